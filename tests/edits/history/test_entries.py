"""The timeline of a record on its page and in whole, and what the pages of one edit and one sighting say."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from books import registry
from books.mirror import lookup
from books.models import Record
from books.sync import refresh
from edits.history import export, external_changes
from edits.models.edit import CANCELLED, POSTPONED, REPLACED, TAKEN_BACK, Edit, State
from edits.models.external_change import ExternalChange
from records.diff import Change
from tenants.models import Tenant
from tests.customers.test_edit import EDIT, JOB, PAGE, change
from tests.edits.factories import a_sighting, an_edit
from tests.support.inputs import inputs
from tests.support.markup import one_line
from tests.support.vendor import Sandbox

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
WHOLE = f"/t/abc/edits/records/customers/{JOB}/"


def changed_twice(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    """Bob changes the phone number from here, then somebody the fax number in QuickBooks."""
    as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | {"phone": "555-0100", "reason": "Their letter of 20 Nov"})
    change(sandbox, fax="555-0188")
    refresh.read_record(job.tenant, registry.get_table(job.tenant, "customers"), JOB)
    external_changes.record_next()


def text_of(page: str) -> str:
    """The words of the timeline of a page, without its tags."""
    return " ".join(" ".join(part.partition(">")[2] for part in page.partition("<ol")[2].split("<")).split())


@pytest.mark.parametrize("address", [PAGE, WHOLE])
def test_it_tells_both_kinds_of_changes_newest_first(
    as_bob: Client, as_carol: Client, job: Record, sandbox: Sandbox, address: str
) -> None:
    changed_twice(as_bob, job, sandbox)
    told = text_of(as_carol.get(address).content.decode())
    after, seen = Edit.objects.get().result, ExternalChange.objects.get()
    assert after is not None
    in_order = [
        *("Changed in QuickBooks", "Changed at", "by the QuickBooks clock, noticed at", "Fax"),
        "+1-555-555-1212 → 555-0188",
        *(f"revision …{seen.before[-4:]} → …{seen.after[-4:]}", "Bob", "“Their letter of 20 Nov”"),
        *("Phone", "+1-555-123-4567 → 555-0100", "Saved", f"revision …2183 → …{after.revision[-4:]}"),
    ]
    places = [told.find(words) for words in in_order]
    assert (places == sorted(places), -1 in places) == (True, False), told


def test_nobody_is_named_for_a_change_in_the_books(as_carol: Client, abc: Tenant) -> None:
    one = a_sighting(abc, NOON)
    page = as_carol.get(f"/t/abc/edits/external-changes/{one.pk}/").content.decode()
    assert "QuickBooks does not record who." in page


def test_a_change_seen_with_an_edit_says_so_and_any_other_does_not(as_carol: Client, abc: Tenant, bob: User) -> None:
    for remote_id, edit in (("8-1", an_edit(abc, bob, NOON)), ("8-2", None)):
        a_sighting(abc, NOON, remote_id=remote_id, edit=edit)
    pages = [as_carol.get(f"/t/abc/edits/records/customers/{remote_id}/") for remote_id in ("8-1", "8-2")]
    said = [", together with a change made in Ledgerdesk." in page.content.decode() for page in pages]
    assert said == [True, False]


def test_what_was_not_written_is_marked_so(as_carol: Client, abc: Tenant, bob: User) -> None:
    an_edit(abc, bob, NOON, state=State.REFUSED)
    page = as_carol.get("/t/abc/edits/records/customers/8-1/").content.decode()
    assert '<span class="badge is-bad">Refused</span>' in page


def test_what_a_later_save_replaced_says_so_and_leads_there(as_carol: Client, abc: Tenant, bob: User) -> None:
    later = an_edit(abc, bob, NOON)
    was = an_edit(abc, bob, NOON, state=State.DISCARDED, resolved_by=later, error_message=REPLACED, settled_at=NOON)
    link = f'<a href="/t/abc/edits/{later.pk}/">'
    pages = [as_carol.get(f"/t/abc/edits/{one}").content.decode() for one in ("", "records/customers/8-1/")]
    own = as_carol.get(f"/t/abc/edits/{was.pk}/").content.decode()
    assert [page.count(f"{link}Replaced later</a>") for page in pages] == [1, 1]
    assert ("by a later save of the same form" in own, f"{link}view that save</a>" in own) == (True, True)
    assert [page.count("Discarded") for page in (*pages, own)] == [1, 0, 0]  # once, in the filter of outcomes


@pytest.mark.parametrize(
    ("why", "words"),
    [(CANCELLED, "Cancelled"), (TAKEN_BACK, "Cancelled"), (POSTPONED, "Postponed"), ("", "Discarded")],
)
def test_what_was_not_sent_says_why(as_carol: Client, abc: Tenant, bob: User, why: str, words: str) -> None:
    log = [[State.QUEUED, NOON.isoformat()], [State.DISCARDED, NOON.isoformat()]]
    an_edit(abc, bob, NOON, state=State.DISCARDED, error_message=why, settled_at=NOON, state_log=log)
    (entry,) = as_carol.get("/t/abc/edits/").context["found"].rows
    page = as_carol.get(entry.url).content.decode()
    shown = [f'<span class="badge">{words}</span>', f"<p>{words} ", f"· {words}</li>"]
    assert [one in page for one in shown] == [True, True, True]
    assert words in "".join(export.stream_rows(abc, [entry]))


def test_a_change_that_was_settled_later_offers_nothing_more(as_carol: Client, abc: Tenant, bob: User) -> None:
    later = an_edit(abc, bob, NOON)
    edit = an_edit(abc, bob, NOON, state=State.NOT_APPLIED, resolved_by=later)
    page = as_carol.get(f"/t/abc/edits/{edit.pk}/").content.decode()
    assert ("Settled later by" in page, "You can send it again" in page) == (True, False)


def test_a_record_that_is_gone_keeps_its_timeline(as_carol: Client, abc: Tenant, bob: User) -> None:
    an_edit(abc, bob, NOON, remote_id="8-404", record_name="Gone & Co")
    page = as_carol.get("/t/abc/edits/records/customers/8-404/").content.decode()
    assert "History of Gone &amp; Co" in page


def test_that_a_record_was_deleted_in_the_books_is_in_its_timeline(as_carol: Client, abc: Tenant) -> None:
    lookup.store_record(
        abc, registry.get_table(abc, "customers"), {"id": "8-1", "fullName": "Ada", "revisionNumber": "1"}
    )
    found = [as_carol.get("/t/abc/edits/records/customers/8-1/").content.decode()]
    lookup.mark_deleted(abc, "customers", ["8-1"])
    found.append(as_carol.get("/t/abc/edits/records/customers/8-1/").content.decode())
    assert ["Deleted in QuickBooks" in page for page in found] == [False, True]


@pytest.mark.parametrize("address", ["records/customers/8-404/", "records/martians/8-1/", "external-changes/404/"])
def test_what_never_was_has_none(as_carol: Client, address: str) -> None:
    assert as_carol.get(f"/t/abc/edits/{address}").status_code == 404


def test_another_company_has_no_part_in_it(as_carol: Client, larch: Tenant, abc: Tenant, bob: User) -> None:
    an_edit(larch, bob, NOON)
    an_edit(abc, bob, NOON, record_name="Ada of abc")
    other = a_sighting(larch, NOON)
    found = as_carol.get("/t/abc/edits/records/customers/8-1/").context["found"].rows
    assert (
        [entry.record_name for entry in found],
        as_carol.get(f"/t/abc/edits/external-changes/{other.pk}/").status_code,
    ) == (
        ["Ada of abc"],
        404,
    )


def test_it_shows_the_first_changes_and_how_many_more_there_are(as_carol: Client, abc: Tenant, bob: User) -> None:
    changes = [Change(f"Items, line {n}, memo", "a", "b") for n in range(1, 1003)]
    edit = an_edit(abc, bob, NOON, kind="bills", remote_id="B1", changes=changes)
    short = as_carol.get("/t/abc/edits/records/bills/B1/").content.decode()
    whole = as_carol.get(f"/t/abc/edits/{edit.pk}/").content.decode()
    assert ("and 998 more" in short, "line 5," in short, "line 1002," in whole) == (True, False, True)


def test_it_is_paged(as_carol: Client, abc: Tenant, bob: User) -> None:
    for n in range(51):
        an_edit(abc, bob, NOON - timedelta(minutes=n))
    page = as_carol.get("/t/abc/edits/records/customers/8-1/", {"page": "2"})
    assert (len(page.context["found"].rows), "51–51 of 51 entries" in one_line(page.content.decode())) == (1, True)


@pytest.mark.parametrize("count", [1, 8])
def test_a_records_page_asks_for_its_history_twice_however_long_it_is(
    as_carol: Client, abc: Tenant, bob: User, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    table = registry.get_table(abc, "customers")
    lookup.store_record(abc, table, {"id": "8-1", "fullName": "Ada", "revisionNumber": "1"})
    for n in range(count):
        an_edit(abc, bob, NOON - timedelta(minutes=n))
        a_sighting(abc, NOON - timedelta(minutes=n))
    cache.clear()  # whether somebody looked at the company is known by its number, which an earlier test's may have had
    as_carol.get("/t/abc/customers/8-1/")
    with django_assert_num_queries(10):  # person 2, record 1, jobs 1, history 2, freshness 2, frame 1, seen 1
        as_carol.get("/t/abc/customers/8-1/")


def test_the_page_of_an_edit_says_all_that_is_kept_of_it(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | {"phone": "555-0100", "reason": "Their letter of 20 Nov"})
    edit = Edit.objects.get()
    assert edit.result is not None
    page = as_bob.get(f"/t/abc/edits/{edit.pk}/").content.decode()
    kept = ["Bob", "Their letter of 20 Nov", "1721172183", edit.result.revision, edit.request_id, "· Saving", "· Saved"]
    assert (edit.request_id[:4], [words for words in kept if words not in page]) == ("req_", [])


def test_an_edit_reads_as_on_its_day_when_its_version_and_its_record_have_other_names(
    as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | {"terms": "Net 60"})
    Record.objects.filter(pk=job.pk).update(full_name="Renamed", name="Renamed")
    edit = Edit.objects.get()
    assert edit.base is not None
    edit.base.content = "{}"
    edit.base.save()
    page = as_bob.get(f"/t/abc/edits/{edit.pk}/").content.decode()
    assert ("Website Redesign Project" in page, "Net 30" in page, "Net 60" in page) == (True, True, True)


def test_an_edit_from_before_its_words_were_kept_is_told_from_its_versions(
    as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | {"phone": "555-0100"})
    edit = Edit.objects.get()
    Edit.objects.filter(pk=edit.pk).update(changes="", state_log=[])
    assert "+1-555-123-4567 → 555-0100" in text_of(as_bob.get(WHOLE).content.decode())
    assert "· Saving" in as_bob.get(f"/t/abc/edits/{edit.pk}/").content.decode()


def test_a_bill_is_called_by_its_vendor_and_number(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    form = "/t/abc/bills/123ABC-1234567890/edit"
    as_bob.post(form, inputs(as_bob.get(form)) | {"memo": "October"})
    assert Edit.objects.get().record_name == "Acme Supplies Ltd. BILL-1234"


def test_a_currency_is_named_by_its_code_as_beside_amounts(as_carol: Client, abc: Tenant, bob: User) -> None:
    euro = {"id": "E", "name": "Euro", "currencyCode": "EUR", "isActive": True}
    lookup.store_record(abc, registry.get_table(abc, "currencies"), euro)
    an_edit(abc, bob, NOON, changes=[Change("Currency", "Yen", "Euro"), Change("Company", "Euro", "Euro Ltd")])
    told = text_of(as_carol.get("/t/abc/edits/records/customers/8-1/").content.decode())
    assert ("Yen → EUR" in told, "Euro → Euro Ltd" in told) == (True, True)
