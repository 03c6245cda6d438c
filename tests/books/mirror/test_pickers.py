"""A picker's options and the entry that a typed name means, from the mirror alone."""

from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone

from books import registry
from books.mirror import pickers
from books.mirror.learned import list_learned
from books.mirror.store import store_page
from books.models import Record, SyncRun
from records.content import Reference


@pytest.fixture
def store(abc):
    """`store("accounts", fullName="Rent")` stores one entry of a reference list in the mirror."""

    def put(kind, **raw):
        raw = {"id": raw.get("fullName") or raw["name"], "isActive": True, **raw}
        store_page(abc, registry.get_table(abc, kind), [raw], timezone.now())

    return put


def shown(found):
    return [(option.name, option.kind) for option in found.options]


def test_names_that_start_with_what_was_typed_come_first(abc, store):
    for name in ("Car rent", "Rent", "Rental income"):
        store("accounts", fullName=name, accountType="other_expense")
    found = pickers.find_options(abc, "accounts", "rent")
    assert [option.name for option in found.options] == ["Rent", "Rental income", "Car rent"]


def test_options_are_found_as_people_read_them_the_best_match_first(abc, store):
    for name in ("Gárden", "Le-Dén", "Dén Haag", "Other"):
        store("classes", fullName=name)
    found = pickers.find_options(abc, "classes", "den")
    assert ([option.name for option in found.options], found.total) == (["Dén Haag", "Le-Dén", "Gárden"], 3)


def test_a_search_for_an_option_that_is_too_long_says_so(as_bob, abc, store):
    store("classes", fullName="a" * 106, id="8-1")
    page = as_bob.get("/t/abc/references/classes/", {"q": "a" * 106}).content.decode()
    assert ("so nothing was searched" in page, 'role="option"' in page) == (True, False)


@pytest.mark.parametrize("typed", ["Celik ‘A’", "çelik  'a'", "ÇELIK `a´"])
def test_a_name_is_understood_as_people_read_it(abc, store, typed):
    store("classes", fullName="Çelik ’A’", id="8-1")
    assert pickers.resolve_name(abc, "classes", typed) == Reference("8-1", "Çelik ’A’")


def test_a_currency_is_found_by_its_code_which_the_picker_shows(abc, store):
    store("currencies", name="Euro", id="8-1", currencyCode="EUR")
    (found,) = pickers.find_options(abc, "currencies", "eur").options
    assert (found.detail, pickers.resolve_name(abc, "currencies", "eur")) == ("EUR", Reference("8-1", "Euro"))


def test_of_two_names_that_read_alike_the_one_that_was_typed_is_meant(abc, store):
    store("classes", fullName="Resume", id="8-1")
    store("classes", fullName="Résumé", id="8-2")
    assert [pickers.resolve_name(abc, "classes", typed).id for typed in ("RESUME", "résumé")] == ["8-1", "8-2"]
    with pytest.raises(pickers.SeveralEntries):
        pickers.resolve_name(abc, "classes", "résume")


def test_a_picker_of_terms_searches_both_lists_and_says_what_they_mean(abc, store):
    store("standard-terms", name="Net 30", dueDays=30)
    store("date-driven-terms", name="Net 10th", dueDayOfMonth=10)
    assert shown(pickers.find_options(abc, "terms", "net")) == [("Net 10th", "due on 10th"), ("Net 30", "30 days")]


def test_an_entry_keeps_its_kind_where_two_lists_share_an_id(abc, store):
    store("standard-terms", id="8-1", name="Net 30", dueDays=30)
    store("date-driven-terms", id="8-1", name="10th of month", dueDayOfMonth=10)
    for name, days, day in (("Net 30", 30, None), ("10TH of Month", None, 10)):
        entry = pickers.find_entry(abc, "terms", Reference("8-1", name))
        assert entry is not None
        assert (entry.get("due_days"), entry.get("due_day_of_month")) == (days, day)
    assert pickers.find_entry(abc, "terms", Reference("8-1", "Neither")) is None


def test_an_entry_is_found_by_its_id_whatever_it_is_called_by_now(abc, store):
    store("standard-terms", id="8-1", name="Net 31", dueDays=31)
    entry = pickers.find_entry(abc, "terms", Reference("8-1", "Net 30"))
    assert entry is not None
    assert entry["due_days"] == 31


def test_an_entry_without_an_id_is_found_by_its_name(abc, store):
    store("unit-of-measure-sets", id="8-2", name="Count", baseUnit={"name": "Each", "abbreviation": "ea"})
    entry = pickers.find_entry(abc, "unit-of-measure-sets", Reference("", "Count"))
    assert entry is not None
    assert entry["base_unit"]["name"] == "Each"
    assert pickers.find_entry(abc, "unit-of-measure-sets", Reference("", "")) is None


@pytest.mark.parametrize("slug", ["harbor", "larch"])
def test_terms_picked_by_name_are_those_and_not_the_others(copied, companies, slug):
    """Date-driven terms had the ids of standard ones, so that a picked entry became another one."""
    tenant = companies[slug]
    copied(tenant, "standard-terms", "date-driven-terms")
    options = pickers.find_options(tenant, "terms").options
    for option in options:
        chosen = pickers.resolve_name(tenant, "terms", option.name)
        entry = pickers.find_entry(tenant, "terms", chosen)
        assert entry is not None
        assert entry["name"] == option.name
    assert len({option.id for option in options}) == len(options) == 8


def test_a_payables_picker_has_only_payables_accounts(abc, store):
    store("accounts", fullName="Payable", accountType="accounts_payable", accountNumber="2000")
    store("accounts", fullName="Bank", accountType="bank")
    assert shown(pickers.find_options(abc, "payables-accounts")) == [("Payable", "accounts payable")]
    assert shown(pickers.find_options(abc, "payables-accounts", "2000")) == [("Payable", "accounts payable")]


def test_sites_and_bins_are_one_list_and_two_pickers(abc, store):
    for name, site in (("Main", None), ("Annex", None), ("Shelf A", "Main"), ("Shelf B", "Main"), ("Rack", "Annex")):
        store("inventory-sites", name=name, parent={"id": site, "fullName": site} if site else None)
    assert shown(pickers.find_options(abc, "inventory-sites")) == [("Annex", "site"), ("Main", "site")]
    every = [("Rack", "in Annex"), ("Shelf A", "in Main"), ("Shelf B", "in Main")]
    assert shown(pickers.find_options(abc, "inventory-bins")) == every
    assert shown(pickers.find_options(abc, "inventory-bins", under="main")) == every[1:]
    assert shown(pickers.find_options(abc, "inventory-bins", "b", under="Main")) == every[2:]
    assert shown(pickers.find_options(abc, "inventory-bins", under="Elsewhere")) == []


@pytest.mark.parametrize("site", ["Entrepot", "ENTREPÔT", " entrepôt "])
def test_the_bins_of_a_site_are_found_as_its_name_is_understood(abc, store, site):
    store("inventory-sites", name="Entrepôt")
    store("inventory-sites", name="Rack", parent={"id": "Entrepôt", "fullName": "Entrepôt"})
    Record.objects.filter(full_name="Entrepôt").update(remote_id="8-1")
    Record.objects.filter(full_name="Rack").update(parent_id="8-1")
    assert shown(pickers.find_options(abc, "inventory-bins", under=site)) == [("Rack", "in Entrepôt")]


def test_a_job_shows_its_status(abc, store):
    parent = {"id": "1", "fullName": "ABC"}
    store("customers", fullName="ABC")
    store("customers", fullName="ABC:Roof", parent=parent, jobStatus="in_progress")
    assert shown(pickers.find_options(abc, "customers")) == [("ABC", "customer"), ("ABC:Roof", "job, in progress")]


def test_an_inactive_entry_is_an_option_only_if_already_used(abc, store):
    store("classes", fullName="Old", isActive=False)
    assert pickers.find_options(abc, "classes").total == 0
    assert [option.is_active for option in pickers.find_options(abc, "classes", was="Old").options] == [False]


def test_more_than_the_limit_are_counted_but_not_shown(abc, store):
    for n in range(5):
        store("classes", fullName=f"Class {n}")
    found = pickers.find_options(abc, "classes", "class", limit=3)
    assert (found.shown, found.total) == (3, 5)


def test_a_name_is_understood_in_any_case_and_an_id_as_itself(abc, store):
    store("classes", fullName="Parent:Child", id="8-1")
    assert pickers.resolve_name(abc, "classes", " parent:CHILD ") == Reference("8-1", "Parent:Child")
    assert pickers.resolve_name(abc, "classes", "8-1") == Reference("8-1", "Parent:Child")


def test_an_active_entry_comes_before_an_inactive_one_of_the_same_name(abc, store):
    store("classes", fullName="Twin", id="old", isActive=False)
    store("classes", fullName="Twin", id="new")
    assert pickers.resolve_name(abc, "classes", "twin").id == "new"


def test_part_of_a_name_matches_no_entry(abc, store):
    store("classes", fullName="Office")
    with pytest.raises(pickers.NoSuchEntry, match="“Off” is not in the list"):
        pickers.resolve_name(abc, "classes", "Off")


def test_a_name_of_two_entries_is_ambiguous(abc, store):
    store("service-items", fullName="Hours", id="1")
    store("inventory-items", fullName="Hours", id="2")
    with pytest.raises(pickers.SeveralEntries, match="the name of 2 entries"):
        pickers.resolve_name(abc, "items", "Hours")


@pytest.mark.parametrize(
    ("as_of", "error", "words"),
    [
        (None, pickers.ListNotRead, "Still loading: standard terms. Try again"),
        (timezone.now(), pickers.NoSuchEntry, "is not in the list"),
    ],
)
def test_a_name_of_a_list_that_is_still_being_read_is_not_called_wrong(abc, store, as_of, error, words):
    store("date-driven-terms", name="15th of month", dueDayOfMonth=15)
    SyncRun.objects.create(tenant=abc, kind="date-driven-terms", as_of=timezone.now())
    SyncRun.objects.create(tenant=abc, kind="standard-terms", as_of=as_of)
    with pytest.raises(pickers.NoSuchEntry, match=words) as caught:
        pickers.resolve_name(abc, "terms", "Net 45")
    assert type(caught.value) is error


@pytest.mark.parametrize(("kept", "words"), [(0, "8 lists"), (6, "subtotal items and sales tax items")])
def test_many_lists_that_are_still_being_read_are_counted(abc, kept, words):
    kinds = registry.get_description(abc).pickers["items"]
    SyncRun.objects.bulk_create(
        SyncRun(tenant=abc, kind=kind, as_of=timezone.now() if n < kept else None) for n, kind in enumerate(kinds)
    )
    assert pickers.list_unread(abc, "items") == words


def test_a_picker_of_a_list_that_is_still_being_read_says_so(as_bob, abc):
    SyncRun.objects.create(tenant=abc, kind="classes")
    assert "Still loading: classes" in as_bob.get("/t/abc/references/classes/?q=site").content.decode()


def customer(id, job_type):
    kind = {"id": job_type[:2], "fullName": job_type} if job_type else None
    return {"id": id, "name": id, "fullName": id, "jobType": kind}


def test_job_types_are_learned_from_the_customers_that_have_one(abc):
    rows = [customer("1", "Repair"), customer("2", "Installation"), customer("3", "Repair"), customer("4", "")]
    store_page(abc, registry.get_table(abc, "customers"), rows, timezone.now())
    assert shown(pickers.find_options(abc, "job-types", "")) == [("Installation", "job type"), ("Repair", "job type")]
    assert shown(pickers.find_options(abc, "job-types", "PAIR")) == [("Repair", "job type")]
    assert pickers.resolve_name(abc, "job-types", "repair") == Reference("Re", "Repair")


def test_a_job_type_that_nobody_has_says_where_to_set_it(abc):
    with pytest.raises(pickers.NoSuchEntry, match="Use it for a first record in QuickBooks"):
        pickers.resolve_name(abc, "job-types", "Repair")


def test_a_mirror_filled_before_learns_its_job_types_too(abc):
    store_page(abc, registry.get_table(abc, "customers"), [customer("1", "Repair"), customer("2", "")], timezone.now())
    Record.objects.update(subtype=None)
    import_module("books.migrations.0006_job_types").fill(apps, None)
    assert [one.name for one in list_learned(abc, "job-types")] == ["Repair"]
