"""What needs a person, over all of their companies: which items there are, whose they are, and what is counted."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from books.models import SyncStatus, UnreadableRecord
from edits.models.batch import Batch, BatchItem, BatchState, Finding
from edits.models.edit import DRAFTS_KEPT, Edit, State
from overview.inbox import counts, views
from overview.inbox.items import make_reader
from overview.inbox.sources import edits
from records.merge.answer import Difference, dump_differences
from tenants.models import Membership, PersonSettings, Tenant
from tests.bills.factories import store_bill
from tests.edits.factories import an_edit
from tests.support.markup import one_line

PAGE = "/inbox/"
HOUR = timedelta(hours=1)
DIFFERS = {"differs": dump_differences([Difference(("phone",), "Phone", "Phone", "555-0199", "555")])}


def left(tenant: Tenant, person: User, state: State = State.CONFLICT, **more: Any) -> Edit:
    """An edit of an hour ago."""
    return an_edit(tenant, person, timezone.now() - HOUR, state=state, **more)


def show(client: Client, page: str = PAGE) -> list[tuple[str, str, list[str]]]:
    """Return company, badge and the steps of each item, in the order of the page."""
    found = client.get(page).context["inbox"]
    items = [item for company in found.companies for item in company.items]
    return [(item.tenant.slug, item.badge[1], [step.label for step in item.steps]) for item in items]


def count(person: User) -> int:
    return counts.count_items(User.objects.get(pk=person.pk))


@pytest.mark.parametrize(
    ("state", "badge", "steps"),
    [
        (State.CONFLICT, "Conflict", ["Decide", "Discard"]),
        (State.REFUSED, "Refused", ["Continue editing", "Discard"]),
        (State.NOT_SENT, "Not sent", ["Send again", "Continue editing", "Discard"]),
        (State.NOT_APPLIED, "Not saved", ["Send again", "Continue editing", "Discard"]),
        (State.UNKNOWN, "Checking", ["Open", "Check again"]),
    ],
)
def test_a_change_that_ended_unsaved_has_its_next_steps(
    as_bob: Client, bob: User, larch: Tenant, state: State, badge: str, steps: list[str]
) -> None:
    left(larch, bob, state)
    assert (show(as_bob), count(bob)) == ([("larch", badge, steps)], 1)


def test_the_companies_where_something_is_to_settle_come_first_by_name(
    as_bob: Client, bob: User, abc: Tenant, larch: Tenant, harbor: Tenant
) -> None:
    left(abc, bob, State.QUEUED, waiting_since=timezone.now())
    for tenant in (larch, larch, harbor):
        left(tenant, bob)
    assert [slug for slug, _, _ in show(as_bob)] == ["harbor", "larch", "larch", "abc"]


def test_what_only_another_person_can_decide_is_theirs_alone(as_bob: Client, alice: User, larch: Tenant) -> None:
    left(larch, alice)
    assert (show(as_bob), count(alice)) == ([], 1)


def test_who_may_only_view_now_has_nothing_to_settle(as_carol: Client, carol: User, larch: Tenant) -> None:
    left(larch, carol)
    left(larch, carol, State.NOT_SENT)
    assert (show(as_carol), count(carol)) == ([], 0)


def test_who_has_left_a_company_sees_nothing_of_it(as_bob: Client, bob: User, larch: Tenant) -> None:
    left(larch, bob)
    Membership.objects.filter(person=bob, tenant=larch).delete()
    assert (show(as_bob), count(bob)) == ([], 0)


def test_another_company_is_not_found(as_bob: Client, bob: User, larch: Tenant) -> None:
    Membership.objects.filter(person=bob, tenant=larch).delete()
    assert [as_bob.get(f"{PAGE}?company={slug}").status_code for slug in ("abc", "larch", "nope")] == [200, 404, 404]


@pytest.mark.parametrize("company", ["%21", "A/B", "%00"])
def test_what_names_no_company_shows_none(as_bob: Client, as_dave: Client, company: str) -> None:
    assert [client.get(f"{PAGE}?company={company}").status_code for client in (as_bob, as_dave)] == [404, 404]


def test_a_blank_company_is_all_of_them(as_bob: Client, as_dave: Client, larch: Tenant) -> None:
    asked = [client.get(f"{PAGE}?company=+").context["only"] for client in (as_bob, as_dave)]
    assert asked == [None, None]


def test_a_count_of_thousands_is_easy_to_read() -> None:
    part = one_line(render_to_string("components/inbox_count.html", {"inbox_count": 1234}))
    assert ("have=1234" in part, ">1,234<" in part) == (True, True)


def test_what_a_later_change_has_settled_is_gone(as_bob: Client, bob: User, larch: Tenant) -> None:
    left(larch, bob, resolved_by=left(larch, bob, State.SAVED))
    assert show(as_bob) == []


def test_a_save_with_differences_stays_until_its_author_accepts_the_values(
    as_bob: Client, bob: User, larch: Tenant
) -> None:
    edit = left(larch, bob, State.SAVED, differs_open=True, **DIFFERS)
    assert show(as_bob) == [("larch", "Saved with differences", ["Open", "Accept values", "Undo"])]
    as_bob.post(PAGE, {"step": f"differing accept {edit.pk} larch"})
    assert (show(as_bob), count(bob)) == ([], 0)


def test_a_later_save_of_the_record_deals_with_the_differences(as_bob: Client, bob: User, larch: Tenant) -> None:
    left(larch, bob, State.SAVED, differs_open=True, **DIFFERS)
    an_edit(larch, bob, timezone.now(), state=State.SAVED)
    assert (show(as_bob), count(bob)) == ([], 0)


def test_a_change_that_waits_for_quickbooks_can_be_cancelled_and_is_not_counted(
    as_bob: Client, bob: User, larch: Tenant
) -> None:
    left(larch, bob, State.QUEUED, waiting_since=timezone.now())
    left(larch, bob, State.QUEUED)  # is on its way
    assert (show(as_bob), count(bob)) == ([("larch", "Waiting", ["Open", "Cancel"])], 0)


def test_a_draft_is_shown_in_its_last_week(as_bob: Client, bob: User, larch: Tenant) -> None:
    for days in (1, 7.5):
        at = timezone.now() - DRAFTS_KEPT + timedelta(days=days)
        an_edit(larch, bob, at, state=State.DRAFT, fields=())
    assert (show(as_bob), count(bob)) == ([("larch", "Draft", ["Continue editing", "Delete draft"])], 1)


@pytest.mark.parametrize(
    ("columns", "word", "steps"),
    [
        ({"failing_since": timezone.now(), "why": "The PC is off."}, "Not answering", ["Open", "Try now"]),
        ({"failing_since": timezone.now(), "error": "NotSetUp"}, "Not connected yet", ["Open", "Try now"]),
        ({"resting_since": timezone.now()}, "Paused", ["Open"]),
        ({"other_file_since": timezone.now()}, "Different company", ["Open", "Try now"]),
    ],
)
def test_a_company_that_is_off_is_told(
    as_bob: Client, as_carol: Client, larch: Tenant, columns: dict[str, Any], word: str, steps: list[str]
) -> None:
    SyncStatus.objects.create(tenant=larch, answered_at=timezone.now(), **columns)
    assert (show(as_bob), show(as_carol)) == ([("larch", word, steps)], [("larch", word, ["Open"])])


def test_records_kept_aside_are_told_for_each_company(as_carol: Client, larch: Tenant) -> None:
    now = timezone.now()
    for number in "12":
        UnreadableRecord.objects.create(
            tenant=larch, kind="bills", remote_id=number, reason="x", raw="{", first_seen_at=now, last_seen_at=now
        )
    (company,) = as_carol.get(PAGE).context["inbox"].companies
    assert [(item.title, item.url) for item in company.items] == [("2 records kept aside", "/t/larch/connection/")]


def test_bills_that_are_due_today_and_that_may_be_duplicates_are_told(as_carol: Client, larch: Tenant) -> None:
    today = timezone.localdate().isoformat()
    store_bill(larch, dueDate=today)
    store_bill(larch, id="B2", dueDate="2026-01-01")
    store_bill(larch, id="B3", refNumber="8", dueDate=today, isPaid=True, openAmount="0.00")
    (company,) = as_carol.get(PAGE).context["inbox"].companies
    found = [(item.title, as_carol.get(item.url).context["found"].total) for item in company.items]
    assert found == [("1 bill due today", 1), ("2 unpaid bills with the number of another", 2)]
    assert "<time" not in as_carol.get(PAGE).content.decode()  # they are due on a day, at no hour


def test_a_bulk_change_that_is_stopped_is_counted_once_in_the_company_of_its_first_record(
    as_bob: Client, bob: User, abc: Tenant, larch: Tenant
) -> None:
    batch = Batch.objects.create(
        person=bob,
        person_name="bob",
        kind="bills",
        title="Terms",
        planned_at=timezone.now(),
        state=BatchState.SUSPENDED,
    )
    for number, tenant in enumerate((larch, abc), 1):
        BatchItem.objects.create(batch=batch, number=number, tenant=tenant, finding=Finding.CHANGES, step="waiting")
    assert (show(as_bob), count(bob)) == ([("larch", "Stopped", ["Open"])], 1)
    assert show(as_bob, f"{PAGE}?company=abc") == []


def test_what_came_after_the_last_visit_is_new(as_bob: Client, bob: User, larch: Tenant) -> None:
    left(larch, bob, settled_at=timezone.now())
    assert as_bob.get(PAGE).context["inbox"].new == 0  # the first visit
    PersonSettings.objects.filter(person=bob).update(inbox_seen_at=timezone.now() - HOUR)
    left(larch, bob, settled_at=timezone.now() - 2 * HOUR)
    news = [as_bob.get(PAGE).context["inbox"].new for _ in range(2)]  # a look again is the same visit
    assert news == [1, 1]


def test_a_look_at_one_company_is_no_visit_of_the_others(as_bob: Client, bob: User, larch: Tenant, abc: Tenant) -> None:
    left(larch, bob, settled_at=timezone.now())
    PersonSettings.objects.create(person=bob, inbox_seen_at=timezone.now() - HOUR)
    as_bob.get(f"{PAGE}?company=abc")
    PersonSettings.objects.filter(inbox_seen_at__gt=timezone.now() - HOUR / 2).update(inbox_seen_at=None)
    assert as_bob.get(PAGE).context["inbox"].new == 1


def list_told(client: Client, page: str) -> tuple[list[str], list[str]]:
    """Return the outcomes that a page announces, and those that are read then, by the names of their records."""
    announced = [edit.record_name for edit in client.get(page).context["outcomes"]]
    return announced, sorted(Edit.objects.exclude(notified_at=None).values_list("record_name", flat=True))


def test_the_page_of_one_company_tells_nothing_of_another(
    as_bob: Client, bob: User, larch: Tenant, abc: Tenant
) -> None:
    for tenant, state in ((larch, State.CONFLICT), (larch, State.SAVED), (abc, State.CONFLICT), (abc, State.SAVED)):
        left(tenant, bob, state, record_name=f"{tenant.slug} {state}", settled_at=timezone.now())
    assert list_told(as_bob, f"{PAGE}?company=abc") == (["abc saved"], ["abc conflict", "abc saved"])


def test_what_ended_where_one_may_only_view_now_is_announced(as_carol: Client, carol: User, larch: Tenant) -> None:
    left(larch, carol, record_name="Quillon", settled_at=timezone.now())
    assert list_told(as_carol, PAGE) == (["Quillon"], ["Quillon"])


def test_all_that_stands_on_the_page_is_read(as_bob: Client, bob: User, larch: Tenant) -> None:
    for _ in range(12):
        left(larch, bob, settled_at=timezone.now())
    as_bob.get(PAGE)
    assert Edit.objects.filter(notified_at=None).count() == 0


def test_what_has_no_room_on_the_page_is_counted(
    as_bob: Client, bob: User, larch: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (edits, views):
        monkeypatch.setattr(module, "SHOWN", 3)
    for _ in range(5):
        left(larch, bob)
    answer = as_bob.get(PAGE)
    page = one_line(answer.content.decode())
    assert ("5 things to settle" in page, "of which 3 are shown" in page, len(show(as_bob))) == (True, True, 3)


def test_the_vendors_words_are_not_shown_to_who_may_not_see_the_field(
    as_bob: Client, bob: User, larch: Tenant, settings: Settings
) -> None:
    settings.HIDDEN_FIELDS = {"bookkeeper": ["customers.phone"]}
    left(larch, bob, State.REFUSED, error_message="555-0199 is no phone number.")
    assert "555-0199" not in as_bob.get(PAGE).content.decode()


def test_the_count_in_the_bar_is_sent_only_when_it_has_changed(as_bob: Client, bob: User, larch: Tenant) -> None:
    left(larch, bob)
    answers = [as_bob.get(f"/inbox/count/?have={have}") for have in (1, 0)]
    assert [answer.status_code for answer in answers] == [204, 200]
    assert '?have=1"' in answers[1].content.decode()


def test_it_takes_as_many_queries_for_seven_companies_as_for_one(
    as_bob: Client, bob: User, companies: dict[str, Tenant]
) -> None:
    for tenant in companies.values():
        left(tenant, bob)
    as_bob.get(PAGE)
    found = []
    for page in (f"{PAGE}?company=abc", PAGE):
        with CaptureQueriesContext(connection) as asked:
            as_bob.get(page)
        found.append(len(asked))
    assert found[0] == found[1] <= 20


def test_the_count_of_every_page_takes_one_query(bob: User, companies: dict[str, Tenant]) -> None:
    for tenant in companies.values():
        left(tenant, bob)
    reader = make_reader(bob)
    with CaptureQueriesContext(connection) as asked:
        found = counts.count_by_company(reader)
    assert (len(asked), found) == (1, dict.fromkeys(reader.companies, 1))


@pytest.mark.sqlite_only("EXPLAIN QUERY PLAN")
def test_the_count_of_every_page_goes_along_the_persons_own_edits(bob: User, companies: dict[str, Tenant]) -> None:
    reader = make_reader(bob)
    with CaptureQueriesContext(connection) as asked:
        counts.count_by_company(reader)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {asked.captured_queries[0]['sql']}")
        ways = [way for *_, way in cursor.fetchall() if way.startswith("SEARCH edits_edit")]
    assert [("person_id=?" in way, "sent_at" in way) for way in ways] == [(True, False)] * 3


def test_the_reader_of_a_role_that_is_not_known_has_no_company(bob: User, larch: Tenant) -> None:
    Membership.objects.filter(person=bob).update(role=99)
    assert make_reader(bob).members == {}
