"""A database made before tables, columns and tasks were renamed serves as today's after `manage.py migrate`."""

import io
import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from books import registry
from books.mirror import lookup
from books.models import ReadState, SyncStatus
from books.sync.tasks import read_books
from edits.models.edit import Edit, State
from edits.models.external_change import ExternalChange
from records.searching import make_search_text
from tenants.models import Tenant
from tests.support import databases
from tests.support.inputs import inputs
from tests.support.old_database import Databases, Row, read_rows, read_schema
from tests.support.people import signed_in
from tests.support.vendor import Sandbox

pytestmark = [
    pytest.mark.sqlite_only("the dump is a SQLite database"),
    pytest.mark.usefixtures("django_db_setup"),  # its schema is today's, and a copy takes its place
]

RENAMED: dict[str, dict[str, str]] = {
    "edits_edit": {
        "told_at": "notified_at",
        "happened": "error_message",
        "todo": "next_step",
        "life": "state_log",
        "may_land_until": "uncertain_until",
    },
    "books_version": {"untold_id": "replaces_unreported_id"},
    "books_syncrun": {"beat_at": "heartbeat_at", "mark": "high_water_mark", "todo": "next_step"},
    "books_watch": {"beat_at": "heartbeat_at", "todo": "next_step"},
}
ADDED: dict[str, Row] = {
    "edits_edit": {
        "brief": "",
        "batch_id": None,
        "refused_at": None,
        "differs": "",
        "differs_open": None,
        "agreed": "",
        "behind_id": None,
        "posted": "",
        "total_seen": "",
        "waiting_since": None,
        "handed_over": "",
        "handed_at": None,
    },
    "tenants_membership": {"list_settings": "{}"},
    "tenants_tenant": {
        "list_settings": "{}",
        "archived_at": None,
        "removed_at": None,
        "purged_at": None,
        "names_every_currency": 0,
        "sealed_key": "",
        "closing_date": None,
        "requires_second_factor": 0,
    },
    "books_record": {"extra": None, "projection": None, "deletion_untold": None},
    "books_syncrun": {"has_gaps": 0, "whole_at": None, "seen": "[]", "is_asked": 0, "error": "", "code": ""},
    "books_watch": {
        "company_file": "{}",
        "other_file": "{}",
        "other_file_since": None,
        "file_asked_at": None,
        "clock_off": 0,
        "wanted": "{}",
        "resting_since": None,
        "setting_up_since": None,
        "pause_seconds": 0.0,
        "requests_per_hour": None,
        "requests_per_day": None,
        "quiet_from": None,
        "quiet_until": None,
        "time_zone": "",
        "seconds_per_request": None,
        "paced_until": None,
        "counted_at": None,
        "requests_this_hour": 0,
        "requests_this_day": 0,
        "error": "",
        "code": "",
        "answering_since": None,
        "clock_off_since": None,
    },
}


def make_keys(row: Row) -> Row:
    """What names are sorted by until `refill` has read the row again: the database makes it, without accents."""
    names = {key: row[key] for key in ("full_name", "vendor_name")}
    lower = {key: name and str(name).encode().lower().decode() for key, name in names.items()}  # of ASCII alone
    return {f"{key}_key": name and name.replace(":", "\t") for key, name in lower.items()}


def fold_search(row: Row) -> Row:
    return {"search": make_search_text(str(row["search"]).split("\n"))}


FILLED: dict[str, Callable[[Row], Row]] = {
    "books_record": make_keys,
    "edits_edit": fold_search,
    "edits_sighting": fold_search,
}
TABLES = (
    *("tenants_tenant", "tenants_membership", "auth_user", "edits_edit", "edits_sighting"),
    *("books_record", "books_version", "books_syncrun", "books_watch", "books_quota"),
)
SHOWN_ANEW = ("base", "column", "column-offered")


def person(name: str) -> Client:
    return signed_in(User.objects.get(username=name))


def rename(table: str, row: Row) -> Row:
    """A row of the old database under today's names, with today's new columns."""
    names = RENAMED.get(table, {})
    renamed = {names.get(name, name): value for name, value in row.items()}
    return renamed | ADDED.get(table, {}) | (FILLED[table](row) if table in FILLED else {})


def test_the_dump_has_edits_in_every_state(old_database: Databases) -> None:
    known = set(State) - {State.QUEUED}  # that release sent at once
    assert {row["state"] for row in read_rows(old_database.before, "edits_edit")} == known


def test_the_dump_has_what_killed_processes_left(old_database: Databases) -> None:
    holders = [row["holder"] != "" for row in read_rows(old_database.before, "books_line")]
    states = [row["state"] for row in read_rows(old_database.before, "books_watch")]
    waiting = len(read_rows(old_database.before, "books_waiter"))
    assert (holders, sorted(states), waiting) == ([True, False, True], ["done", "queued", "running"], 1)


@pytest.mark.parametrize("table", TABLES)
def test_every_row_keeps_its_values(old_database: Databases, table: str) -> None:
    before = [rename(table, row) for row in read_rows(old_database.before, table)]
    assert (bool(before), read_rows(old_database.after, table)) == (True, before)


def test_queued_readings_find_their_task(old_database: Databases) -> None:
    table, column = "django_tasks_database_dbtaskresult", "task_path"
    moved = {"books.tasks.read_books": "books.sync.tasks.read_books"}
    before = [row | {column: moved.get(row[column], row[column])} for row in read_rows(old_database.before, table)]
    assert read_rows(old_database.after, table) == before


def test_queued_tasks_run(migrated_desk: None, sandbox: Sandbox) -> None:
    for queue in ("saves", "sync"):
        call_command("db_worker", queue_name=queue, batch=True, startup_delay=False, reload=False, verbosity=0)
    ran = DBTaskResult.objects.exclude(status=TaskResultStatus.RUNNING)  # its worker was killed
    assert set(ran.values_list("status", flat=True)) == {TaskResultStatus.SUCCESSFUL}
    reading = SyncStatus.objects.get(tenant__slug="abc")
    assert (reading.state, reading.why) == (ReadState.DONE, "")
    edits = Edit.objects.filter(state__in=(State.SENDING, State.UNKNOWN)).values_list("record_name", "state")
    assert set(edits) == {("Ñandú Textiles S.A.", State.UNKNOWN), ("北京茶馆", State.UNKNOWN)}


def test_a_reading_whose_worker_was_killed_waits_again(migrated_desk: None) -> None:
    call_command("timetable", once=True)
    kawara = SyncStatus.objects.get(tenant__slug="kawara")
    queued = DBTaskResult.objects.filter(status=TaskResultStatus.READY, args_kwargs__args=[kawara.tenant_id])
    paths = list(queued.values_list("task_path", flat=True))
    assert (kawara.state, paths) == (ReadState.QUEUED, [read_books.module_path])


def test_every_draft_opens_as_it_was_typed(migrated_desk: None) -> None:
    drafts = Edit.objects.filter(state=State.DRAFT).select_related("tenant", "person")
    assert [(draft.pk, read_form(draft)) for draft in drafts] == [(draft.pk, read_typed(draft)) for draft in drafts]


def read_form(draft: Edit) -> dict[str, str]:
    """What the form of a draft's author holds of what was typed."""
    assert draft.person is not None
    url = f"/t/{draft.tenant.slug}/{draft.kind}/{draft.remote_id}/edit"
    form = inputs(signed_in(draft.person).get(url, {"draft": draft.pk}))
    return {name: form.get(name, "") for name in read_typed(draft)}


def read_typed(draft: Edit) -> dict[str, str]:
    """What was typed, without what every showing of the form makes anew: its seal, and which columns it has."""
    typed = {name: str(text) for name, text in QueryDict(draft.typed).items() if name not in SHOWN_ANEW}
    return {name: text.replace("\r\n", "\n") for name, text in typed.items()}  # as a page is read


@pytest.mark.parametrize("slug", ["abc", "kawara"])
def test_the_history_lists_every_edit_and_external_change(migrated_desk: None, slug: str) -> None:
    answer = person("bob").get(f"/t/{slug}/edits/")
    sent = Edit.objects.sent().filter(tenant__slug=slug)
    seen = ExternalChange.objects.filter(tenant__slug=slug)
    names = [one.record_name for one in (*sent, *seen)]
    assert sorted(entry.record_name for entry in answer.context["found"].rows) == sorted(names)


def test_every_edit_and_external_change_has_its_page(migrated_desk: None) -> None:
    bob = person("bob")
    sent = Edit.objects.sent().select_related("tenant")
    pages = [f"/t/{edit.tenant.slug}/edits/{edit.pk}/" for edit in sent]
    pages += [f"/t/{one.tenant.slug}/edits/external-changes/{one.pk}/" for one in ExternalChange.objects.all()]
    assert [page for page in pages if bob.get(page).status_code != 200] == []


@pytest.mark.parametrize(
    ("url", "word", "found"),
    [
        ("/t/abc/customers/", "AHLBERG", {"80000011-1234567890"}),
        ("/t/abc/customers/", "555-0100", {"80000001-1234567890"}),  # as saved by an edit
        ("/t/abc/customers/", "555-0177", set()),
        ("/t/abc/bills/", "45073", {"123AD3-1234567890"}),
        ("/t/kawara/customers/", "5555 0101", {"3"}),
    ],
)
def test_a_companys_search_finds_its_records(migrated_desk: None, url: str, word: str, found: set[str]) -> None:
    answer = person("bob").get(url, {"q": word}).content.decode()
    assert set(re.findall(rf'href="{url}([^"/?]+)/\?list=', answer)) == found


def test_the_index_of_the_search_holds_old_records_and_new_ones(migrated_desk: None) -> None:
    abc = Tenant.objects.get(slug="abc")
    new = {"id": "8-1", "fullName": "Zyzzyva Ltd", "name": "Zyzzyva Ltd", "isActive": True, "revisionNumber": "1"}
    lookup.store_record(abc, registry.get_table(abc, "customers"), new)
    assert (list_indexed("lbe"), list_indexed("zyz")) == ({"Ahlberg, Ada"}, {"Zyzzyva Ltd"})


def list_indexed(letters: str) -> set[str]:
    """The names of the records that the index finds by three letters; a list asks it only where records are many."""
    hits = "SELECT rowid FROM books_search WHERE books_search MATCH %s"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT full_name FROM books_record WHERE kind = 'customers' AND id IN ({hits})", [f'"{letters}"']
        )
        return {name for (name,) in cursor.fetchall()}


def test_columns_that_were_hidden_stay_hidden(migrated_desk: None) -> None:
    bill = "/t/abc/bills/123AD2-1234567890/edit"
    pages = [person(name).get(bill).content.decode() for name in ("bob", "alice")]
    heads = [set(re.findall(r'<th class="c-([a-z]+)" scope="col">', page)) for page in pages]
    assert heads[1] - heads[0] == {"unit", "class", "bill"}


def test_people_keep_their_roles(migrated_desk: None) -> None:
    url = "/t/abc/customers/80000001-1234567890/edit"
    answers = {name: person(name).get(url).status_code for name in ("alice", "bob", "carol")}
    assert answers == {"alice": 200, "bob": 200, "carol": 403}


def test_no_change_of_a_model_lacks_its_migration(migrated_desk: None) -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)  # exits where one does


def test_a_second_migration_does_nothing(migrated_desk: None) -> None:
    said = io.StringIO()
    call_command("migrate", stdout=said, no_color=True)
    assert "No migrations to apply." in said.getvalue()


def test_its_schema_is_that_of_a_new_database(old_database: Databases, db: None) -> None:
    new = databases.find_file(databases.url())
    assert read_schema(old_database.after) == read_schema(new)
