"""The history of a company: both kinds of entries in one list, searched, filtered and paged."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from itertools import product
from urllib.parse import parse_qsl

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from books import registry
from books.mirror import lookup
from edits.lifecycle import transitions
from edits.models.edit import OUTCOMES, WITHDRAWN, Edit, State
from records.diff import Change
from tenants.access import Member
from tenants.models import Role, Tenant
from tests.edits.factories import a_sighting, an_edit
from tests.support.markup import one_line

LIST = "/t/abc/edits/"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def names(client: Client, **asked: str) -> list[str]:
    """What the records of the entries found are called, newest first."""
    return [entry.record_name for entry in client.get(LIST, asked).context["found"].rows]


@pytest.fixture
def past(abc: Tenant, bob: User, alice: User) -> None:
    """Six entries, a day apart, the newest first in the list."""
    days = [NOON - timedelta(days=n) for n in range(6)]
    an_edit(abc, bob, days[0], record_name="Ñandú Textiles", reason="New NUMBER", request_id="req_77")
    an_edit(abc, alice, days[1], record_name="Baker", fields=("email", "terms"), state=State.CONFLICT)
    a_sighting(abc, days[2], record_name="Cole")
    an_edit(abc, bob, days[3], record_name="Dunmere 88590", kind="bills", fields=("terms",), state=State.REFUSED)
    resolved = an_edit(abc, bob, days[4], record_name="Elm", state=State.CONFLICT)
    a_sighting(abc, days[5], record_name="Fir", fields=("email",))
    Edit.objects.filter(pk=resolved.pk).update(resolved_by=resolved)


ALL = ["Ñandú Textiles", "Baker", "Cole", "Dunmere 88590", "Elm", "Fir"]


FOUND: list[tuple[dict[str, str], list[str]]] = [
    ({}, ALL),
    ({"q": "ñANDÚ tex"}, ["Ñandú Textiles"]),
    ({"q": "nandu"}, ["Ñandú Textiles"]),
    ({"q": "new number"}, ["Ñandú Textiles"]),
    ({"q": "88-590"}, ["Dunmere 88590"]),
    ({"q": "REQ_77"}, ["Ñandú Textiles"]),
    ({"q": "%"}, []),
    ({"q": "88590"}, ["Dunmere 88590"]),
    ({"person": "bob"}, ["Ñandú Textiles", "Dunmere 88590", "Elm"]),
    ({"person": "books:"}, ["Cole", "Fir"]),
    ({"field": "customers.email"}, ["Baker", "Fir"]),
    ({"field": "bills.terms"}, ["Dunmere 88590"]),
    ({"field": "customers.terms"}, ["Baker"]),
    ({"outcome": "conflict"}, ["Baker"]),
    ({"outcome": "resolved"}, ["Elm"]),
    ({"outcome": "refused"}, ["Dunmere 88590"]),
    ({"outcome": "seen"}, ["Cole", "Fir"]),
    ({"outcome": "unknown"}, []),
    ({"since": "18.11.2026"}, ["Ñandú Textiles", "Baker", "Cole"]),
    ({"until": "Nov 16 2026"}, ["Elm", "Fir"]),
    ({"since": "11/17/2026", "until": "17 Nov 2026"}, ["Dunmere 88590"]),
    ({"person": "alice", "outcome": "seen"}, []),
    ({"q": "e", "person": "bob", "outcome": "saved"}, ["Ñandú Textiles"]),
]


def test_it_is_searched_and_filtered(as_carol: Client, past: None) -> None:
    assert [(asked, names(as_carol, **asked)) for asked, _ in FOUND] == FOUND


def test_the_last_day_counts_to_its_end(as_carol: Client, abc: Tenant, bob: User) -> None:
    an_edit(abc, bob, datetime(2026, 11, 20, 23, 59, 59, tzinfo=UTC), record_name="Late")
    an_edit(abc, bob, datetime(2026, 11, 21, tzinfo=UTC), record_name="Next day")
    assert names(as_carol, until="20 Nov 2026") == ["Late"]


NO_SENSE: list[tuple[dict[str, str], str]] = [
    ({"since": "31 Nov"}, "From: “31 Nov” is not a date."),
    ({"person": "mallory"}, "Person: Select a valid choice."),
    ({"field": "customers.balance"}, "Field: Select a valid choice."),
    ({"outcome": "draft"}, "Outcome: Select a valid choice."),
    ({"since": "20 Nov 2026", "until": "1 Nov 2026"}, "To: The end date is before the start date."),
]


def test_what_makes_no_sense_is_named_and_the_list_shown_without_it(as_carol: Client, past: None) -> None:
    pages = [(said, as_carol.get(LIST, asked).content.decode()) for asked, said in NO_SENSE]
    assert [said for said, page in pages if said not in page or "This filter is ignored." not in page] == []


def test_a_search_that_is_too_long_shows_no_entry_and_says_so(abc: Tenant, bob: User, as_carol: Client) -> None:
    an_edit(abc, bob, NOON, record_name="e" * 106)
    page = as_carol.get(LIST, {"q": "e" * 106})
    assert (page.context["found"].total, "so nothing was searched" in page.content.decode()) == (0, True)


def test_an_empty_result_says_why_and_leads_back(as_carol: Client, past: None) -> None:
    page = as_carol.get(LIST, {"q": "nobody"}).content.decode()
    assert ("No entries match these filters." in page, f'href="{LIST}"' in page) == (True, True)


def test_a_search_that_was_limited_says_so_and_leads_to_one_of_all(as_carol: Client, past: None) -> None:
    page = one_line(as_carol.get(LIST, {"q": "nandu", "outcome": "conflict", "page": "2"}).content.decode())
    said = "Only entries that match the other filters were searched."
    (link,) = re.findall(f'{said} <a href="([^"]*)">Search all entries</a>', page)
    assert names(as_carol, **dict(parse_qsl(unescape(link).lstrip("?")))) == ["Ñandú Textiles"]


def test_a_company_without_a_history_says_what_will_stand_here(as_carol: Client) -> None:
    page = as_carol.get(LIST).content.decode()
    assert ("No changes yet." in page, "Export" in page) == (True, False)


def test_htmx_gets_the_rows_alone_with_their_number_to_be_read_out(as_carol: Client, past: None) -> None:
    rows = as_carol.get(LIST, {"person": "bob"}, headers={"HX-Request": "true"}).content.decode()
    assert ("<h1" in rows, 'data-tell="3 entries found"' in rows) == (False, True)


def test_it_is_paged_and_says_how_many_there_are(as_carol: Client, abc: Tenant, bob: User) -> None:
    for n in range(60):
        an_edit(abc, bob, NOON - timedelta(minutes=2 * n), record_name=f"Edit {n}")
        a_sighting(abc, NOON - timedelta(minutes=2 * n + 1), record_name=f"Seen {n}")
    pages = [names(as_carol, page=str(page)) for page in (1, 2, 3, 9)]
    both = [f"{what} {n}" for n in range(60) for what in ("Edit", "Seen")]
    assert [pages[0], pages[1], pages[2], pages[3]] == [both[:50], both[50:100], both[100:], both[100:]]
    assert "51–100 of 120 entries" in one_line(as_carol.get(LIST, {"page": "2"}).content.decode())


def test_a_single_page_says_how_many_entries_there_are(as_carol: Client, abc: Tenant, bob: User) -> None:
    an_edit(abc, bob, NOON)
    page = as_carol.get(LIST).content.decode()
    assert re.findall(r'role="status">\s*([^<]* entry)', page) == ["1 entry"]


@pytest.mark.parametrize("count", [1, 3])
def test_it_asks_the_database_as_often_however_many_rows(
    as_carol: Client, abc: Tenant, bob: User, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for n in range(count):
        an_edit(abc, bob, NOON, record_name=f"Edit {n}")
        a_sighting(abc, NOON, record_name=f"Seen {n}")
    as_carol.get(LIST)
    with django_assert_num_queries(7):  # session, person with companies; who and how many, edits, sightings; the frame
        as_carol.get(LIST)


@pytest.mark.parametrize("address", [LIST, "/t/abc/edits/records/customers/8-1/"])
def test_what_came_from_outside_is_text_and_no_markup(as_carol: Client, abc: Tenant, bob: User, address: str) -> None:
    evil = "<script>alert(1)</script>"
    an_edit(abc, bob, NOON, record_name=evil, reason=evil, changes=[Change(evil, evil, evil)])
    a_sighting(abc, NOON, record_name=evil, changes=[Change(evil, evil, evil)])
    assert evil not in as_carol.get(address).content.decode()


def test_another_companys_history_is_not_in_it(as_carol: Client, larch: Tenant, bob: User) -> None:
    an_edit(larch, bob, NOON)
    a_sighting(larch, NOON)
    assert names(as_carol) == []


def test_a_draft_is_not_in_it_nor_what_never_became_more(as_carol: Client, abc: Tenant, bob: User) -> None:
    table = registry.get_table(abc, "customers")
    record = lookup.store_record(abc, table, {"id": "8-1", "fullName": "Ada", "revisionNumber": "1"})
    assert record.version is not None
    author = Member(abc, bob, Role.BOOKKEEPER)
    for typed, form in (("phone=1", "form-1"), ("phone=2", "form-2")):
        transitions.keep_draft(author, record, record.version, typed, form)
    transitions.move_edit(Edit.objects.get(form="form-2"), State.DISCARDED)
    assert names(as_carol) == []


def test_of_every_edit_there_is_one_outcome_and_it_is_found_by_it(abc: Tenant, bob: User) -> None:
    for state, is_resolved, why in product(State, (False, True), ("", *WITHDRAWN)):
        made = an_edit(abc, bob, NOON, state=state, error_message=why)
        Edit.objects.filter(pk=made.pk).update(resolved_by=made if is_resolved else None)
    found = [(edit.pk, name) for name, one in OUTCOMES.items() for edit in Edit.objects.filter(one.edits)]
    assert sorted(found) == sorted((edit.pk, edit.outcome.name) for edit in Edit.objects.all())


def test_what_was_changed_by_a_person_who_has_left_still_bears_their_name(
    as_carol: Client, abc: Tenant, bob: User
) -> None:
    an_edit(abc, bob, NOON)
    bob.delete()
    (entry,) = as_carol.get(LIST).context["found"].rows
    assert (entry.who, names(as_carol, person="bob")) == ("bob", ["Ada"])


def test_no_role_changes_or_deletes_an_entry_by_its_address(
    as_carol: Client, as_bob: Client, as_alice: Client, past: None
) -> None:
    edit, seen = Edit.objects.latest("pk"), "/t/abc/edits/external-changes/1/"
    facts = [f.attname for f in Edit._meta.fields if f.name != "notified_at"]  # an author is told of it once
    before = list(Edit.objects.order_by("pk").values(*facts))
    addresses = (LIST, f"{LIST}{edit.pk}/", seen, f"{LIST}export.csv", f"{LIST}of/customers/8-1/")
    tries = product((as_carol, as_bob, as_alice), ("post", "put", "patch", "delete"), addresses)
    for client, method, address in tries:
        getattr(client, method)(address, {"discard": "1", "reason": "Rewritten", "changes": "[]"})
        assert list(Edit.objects.order_by("pk").values(*facts)) == before, (method, address)


def test_an_edit_made_today_is_found_by_t(as_carol: Client, abc: Tenant, bob: User) -> None:
    an_edit(abc, bob, timezone.now(), record_name="Today")
    an_edit(abc, bob, timezone.now() - timedelta(days=2), record_name="Before")
    assert names(as_carol, since="t") == ["Today"]
