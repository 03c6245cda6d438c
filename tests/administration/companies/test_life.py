"""The life of a company: renamed, moved, put to rest, archived, brought back, removed."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from administration.companies import life
from books.mirror import lookup
from books.models import Record, SyncRun, SyncStatus
from books.providers.company_file import CompanyFile
from books.sync import scheduler, tasks
from edits.models.edit import State
from overview import away
from tenants.access import Member, find_member
from tenants.models import PersonSettings, Role, SecurityEvent, Tenant
from tests.edits.factories import an_edit
from tests.support import saving
from tests.support.inputs import inputs
from tests.support.people import signed_in
from tests.support.tasks import run_queued_tasks
from tests.support.vendor import Sandbox

PAGE = "/administration/companies/larch/"
NOW = timezone.now()


@pytest.fixture
def as_chief(alice: User) -> Client:
    """A Ledgerdesk administrator who is a member of no company."""
    return signed_in(User.objects.create(username="chief", is_staff=True))


def press(client: Client, act: str, page: str = PAGE, **typed: str) -> Any:
    seen = client.get(page).context["mark"]
    return client.post(page, {"act": act, "seen": seen, **typed})


def log_of(tenant: Tenant) -> list[tuple[str, dict[str, Any]]]:
    return list(SecurityEvent.objects.filter(tenant=tenant).order_by("pk").values_list("kind", "details"))


def test_a_company_gets_another_name_and_address(as_chief: Client, larch: Tenant) -> None:
    answer = press(as_chief, "rename", name="Larch & Sons", slug="larch-sons")
    larch.refresh_from_db()
    assert (answer.status_code, answer["Location"]) == (303, "/administration/companies/larch-sons/")
    assert (larch.name, larch.slug) == ("Larch & Sons", "larch-sons")
    assert log_of(larch) == [
        ("company_changed", {"what": "name", "was": "Larch Street Supply", "becomes": "Larch & Sons"}),
        ("company_changed", {"what": "address", "was": "larch", "becomes": "larch-sons"}),
    ]


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_link_to_the_old_address_leads_to_the_new_one(as_bob: Client, larch: Tenant, method: str) -> None:
    life.rename_company(larch, larch.name, "pine")
    answer = getattr(as_bob, method)("/t/larch/bills/B1/edit?list=q%3Da%20b")
    assert (answer.status_code, answer["Location"]) == (307, "/t/pine/bills/B1/edit?list=q%3Da%20b")


def test_an_outsider_is_not_led_on(as_dave: Client, larch: Tenant) -> None:
    life.rename_company(larch, larch.name, "pine")
    assert as_dave.get("/t/larch/").status_code == 404


def test_a_company_may_get_its_old_address_back(as_bob: Client, larch: Tenant) -> None:
    life.rename_company(larch, larch.name, "pine")
    life.rename_company(larch, larch.name, "larch")
    assert [as_bob.get(f"/t/{slug}/").status_code for slug in ("larch", "pine")] == [200, 307]


@pytest.mark.parametrize("slug", ["harbor", "before", "add"])
def test_an_address_that_is_or_was_taken_is_refused(
    as_chief: Client, larch: Tenant, harbor: Tenant, abc: Tenant, slug: str
) -> None:
    abc.former_slugs.create(slug="before")
    answer = press(as_chief, "rename", name="Larch", slug=slug)
    assert (answer.status_code, Tenant.objects.get(pk=larch.pk).slug) == (422, "larch")


def test_the_page_with_which_somebody_begins_moves_along(larch: Tenant, bob: User) -> None:
    PersonSettings.objects.create(person=bob, first_page="bill_list larch")
    life.rename_company(larch, larch.name, "pine")
    assert PersonSettings.objects.get(person=bob).first_page == "bill_list pine"


@pytest.fixture
def known(larch: Tenant) -> SyncStatus:
    """The company with its company file known."""
    file = CompanyFile("Larch Street Supply", "Larch Street Supply", False, "a1").dump()
    return SyncStatus.objects.create(tenant=larch, company_file=file)


def test_a_moved_company_is_held_until_its_file_has_answered(as_chief: Client, larch: Tenant, known: Any) -> None:
    press(as_chief, "move", end_user_id="end_usr_another00001")
    larch.refresh_from_db()
    known.refresh_from_db()
    assert (larch.end_user_id, known.other_file_since is not None, known.file_asked_at) == (
        "end_usr_another00001",
        True,
        None,
    )
    said = {"what": "end user", "was": "end_usr_wholesaler0001", "becomes": "end_usr_another00001"}
    assert log_of(larch) == [("key_changed", said)]


def test_another_file_behind_the_new_end_user_is_never_read(sandbox: Sandbox, larch: Tenant) -> None:
    file = CompanyFile("Some Other Name", "Some Other Name", False).dump()
    SyncStatus.objects.create(tenant=larch, company_file=file)
    SyncRun.objects.create(tenant=larch, kind="customers")
    end_user, larch.end_user_id = larch.end_user_id, "end_usr_before00001"
    larch.save(update_fields=["end_user_id"])
    life.move_company(larch, end_user)
    tasks.read_at_once(Tenant.objects.get(pk=larch.pk))
    asked = [request["path"].rpartition("/")[2] for request in sandbox.requests(end_user)]
    assert (asked, Record.objects.filter(tenant=larch).count()) == (["company"], 0)


@pytest.mark.parametrize("end_user", ["end_usr_contractor0001", "someone"])
def test_an_end_user_that_is_taken_or_none_is_refused(
    as_chief: Client, larch: Tenant, harbor: Tenant, known: Any, end_user: str
) -> None:
    answer = press(as_chief, "move", end_user_id=end_user)
    assert (answer.status_code, Tenant.objects.get(pk=larch.pk).end_user_id) == (422, "end_usr_wholesaler0001")


def test_a_company_whose_file_is_not_known_cannot_move(job: Record) -> None:
    with pytest.raises(ValidationError, match="It is not known which company file"):
        life.move_company(job.tenant, "end_usr_another00001")


@pytest.fixture
def archived(larch: Tenant) -> Tenant:
    life.archive_company(larch)
    larch.refresh_from_db()
    return larch


def test_archiving_is_logged_once(as_chief: Client, larch: Tenant) -> None:
    press(as_chief, "archive")
    press(as_chief, "archive")
    assert log_of(larch) == [("company_changed", {"what": "archived"})]


def test_a_member_is_told_that_it_is_archived_and_an_outsider_nothing(
    archived: Tenant, as_bob: Client, as_dave: Client
) -> None:
    page = as_bob.get("/t/larch/bills/")
    assert (page.status_code, "Larch Street Supply is archived" in page.content.decode()) == (410, True)
    assert as_dave.get("/t/larch/bills/").status_code == 404


def test_no_list_of_companies_no_search_and_no_switcher_has_it(archived: Tenant, as_bob: Client) -> None:
    urls = ["/", "/search/?q=larch", "/search/", "/?q=larch&now=abc", "/inbox/", "/settings/", "/batches/"]
    pages = [as_bob.get(url).content.decode() for url in urls]
    assert [url for url, page in zip(urls, pages, strict=True) if "Larch Street" in page] == []


def test_nobody_is_its_member_meanwhile(archived: Tenant, bob: User) -> None:
    assert find_member(archived, bob) is None


def test_nothing_is_read_of_it(archived: Tenant, sandbox: Sandbox) -> None:
    Tenant.objects.exclude(pk=archived.pk).delete()
    scheduler.run_round()
    run_queued_tasks("sync", "reads", "saves")
    assert (sandbox.requests(archived.end_user_id), SyncRun.objects.filter(tenant=archived).count()) == ([], 0)


def test_what_waits_to_be_sent_ends_as_not_sent(bob: User, job: Record, sandbox: Sandbox) -> None:
    edit = saving.accept(Member(job.tenant, bob, Role.BOOKKEEPER), job, lookup.get_content(job).replace(phone="1"))
    life.archive_company(job.tenant)
    run_queued_tasks("saves")
    edit.refresh_from_db()
    assert (edit.state, edit.error_message) == (State.NOT_SENT, "The company was archived before this change was sent.")
    assert [request for request in sandbox.requests() if request["method"] == "POST"] == []


def test_no_mail_speaks_of_it(archived: Tenant, bob: User, settings: Settings) -> None:
    settings.HAS_MAIL = True
    PersonSettings.objects.create(person=bob, mails_changes=True, mailed_until=NOW - timedelta(hours=1))
    ended = timezone.now() - timedelta(minutes=10)
    an_edit(archived, bob, ended, state=State.CONFLICT, settled_at=ended)
    assert away.mail_changes() == 0


def test_brought_back_it_is_as_before(archived: Tenant, as_chief: Client, as_bob: Client) -> None:
    press(as_chief, "bring_back")
    archived.refresh_from_db()
    status = SyncStatus.objects.get(tenant=archived)
    assert (archived.archived_at, status.resting_since, as_bob.get("/t/larch/").status_code) == (None, None, 200)


def test_a_company_that_was_at_rest_before_still_is(larch: Tenant) -> None:
    life.rest_company(larch, is_resting=True)
    since = SyncStatus.objects.get(tenant=larch).resting_since
    life.archive_company(larch)
    life.bring_back(larch)
    assert SyncStatus.objects.get(tenant=larch).resting_since == since is not None


@pytest.mark.parametrize(("act", "is_resting"), [("rest", True), ("wake", False)])
def test_rest_and_its_end_are_logged(as_chief: Client, larch: Tenant, act: str, is_resting: bool) -> None:
    life.rest_company(larch, is_resting=not is_resting)
    before = log_of(larch)
    press(as_chief, act)
    was, becomes = ("on", "paused") if is_resting else ("paused", "on")
    assert log_of(larch) == [
        *before,
        ("setting_changed", {"setting": "Reading and saving", "was": was, "becomes": becomes}),
    ]


def test_a_command_does_not_wake_an_archived_company(archived: Tenant) -> None:
    with pytest.raises(CommandError, match="There is no company 'larch'"):
        call_command("set_pace", "larch", "--no-rest")


ACTS: dict[str, Callable[[Tenant], object]] = {
    "rename": lambda tenant: life.rename_company(tenant, "Other", tenant.slug),
    "rest": lambda tenant: life.rest_company(tenant, is_resting=True),
    "archive": life.archive_company,
}


@pytest.mark.parametrize("meanwhile", ACTS)
def test_a_button_of_a_page_that_is_out_of_date_does_nothing(as_chief: Client, larch: Tenant, meanwhile: str) -> None:
    seen = as_chief.get(PAGE).context["mark"]
    ACTS[meanwhile](larch)
    answer = as_chief.post(PAGE, {"act": "remove", "seen": seen, "typed_name": larch.name})
    assert (answer.status_code, Tenant.objects.get(pk=larch.pk).removed_at) == (409, None)


@pytest.mark.parametrize("posted", [{}, {"act": "rename"}, {"act": "delete"}, {"seen": "x", "act": "archive"}])
def test_a_form_that_says_too_little_does_nothing(as_chief: Client, larch: Tenant, posted: dict[str, str]) -> None:
    answer = as_chief.post(PAGE, posted)
    larch.refresh_from_db()
    assert (answer.status_code in (409, 422), larch.archived_at, larch.name) == (True, None, "Larch Street Supply")


def test_it_shows_nothing_of_the_companys_records(as_chief: Client, job: Record) -> None:
    page = as_chief.get("/administration/companies/abc/").content.decode()
    assert ("ABC Corporation" in page, "Website Redesign" in page) == (True, False)


def test_the_name_to_type_stands_in_no_field(as_chief: Client, larch: Tenant) -> None:
    page = as_chief.get(PAGE)
    assert inputs(page, "life-remove")["typed_name"] == ""


def test_a_company_that_was_never_connected_is_being_set_up_and_its_pause_can_end(
    as_chief: Client, larch: Tenant
) -> None:
    Tenant.objects.filter(pk=larch.pk).update(end_user_id="")
    said = [as_chief.get(PAGE).context["state"]]
    press(as_chief, "rest")
    paused = as_chief.get(PAGE)
    said.append(paused.context["state"])
    assert (said, "End the pause" in paused.content.decode()) == (["Not connected yet", "Paused"], True)


def test_the_page_leads_to_the_list_and_to_the_connection(as_chief: Client, larch: Tenant) -> None:
    page = as_chief.get(PAGE).content.decode()
    links = ("/administration/", "/administration/companies/", "/administration/companies/larch/connect/")
    assert [f'href="{link}"' in page for link in links] == [True] * 3


def run(*command: str) -> str:
    out = StringIO()
    call_command(*command, stdout=out)
    return out.getvalue()


def test_the_commands_do_the_same(companies: dict[str, Tenant]) -> None:
    assert run("rename_company", "larch", "--name", "Larch", "--to", "pine") == "Larch is at /t/pine/.\n"
    assert run("archive_company", "pine") == "Larch: Archived.\n"
    assert run("archive_company", "pine", "--bring-back") == "Larch: Not connected yet.\n"
    pk = companies["larch"].pk
    assert f"its history is kept as removed-{pk}." in run("remove_company", "pine", "--name", "Larch")
    listed = [line.split("\t") for line in run("list_companies").splitlines()]
    assert [f"removed-{pk}", "Larch", "Removed, its data is being deleted"] in listed
    assert ["abc", "ABC Corporation", "Not connected yet"] in listed


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["rename_company", "larch", "--to", "harbor"], "“harbor” is taken"),
        (["rename_company", "nope", "--to", "x"], "There is no company 'nope'."),
        (["rename_company", "larch", "--to", "a b"], "Enter a valid"),
        (["archive_company", "nope"], "There is no company 'nope'."),
        (["remove_company", "larch", "--name", "Pine"], "This is not the name of the company."),
    ],
)
def test_a_command_that_cannot_be_done_says_why(companies: Any, command: list[str], said: str) -> None:
    with pytest.raises(CommandError, match=said.replace(".", r"\.")):
        run(*command)
