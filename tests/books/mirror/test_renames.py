"""A renamed or moved record: its jobs and whatever refers to it have the new name at once, as in the books."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from books import registry
from books.mirror import lookup, pickers, query, renames
from books.mirror.name_rules import find_name_conflict
from books.mirror.store import store_page
from books.models import Record, Version
from edits.history import external_changes
from edits.models.external_change import ExternalChange
from records.content import Content
from tenants.models import Tenant

Stored = Callable[..., None]
ALDER, ROOF, TILES = "80000001-1", "80000002-1", "80000003-1"


def refer(id: str, name: str) -> dict[str, str]:
    return {"id": id, "fullName": name}


def customer(id: str, name: str, above: tuple[str, str] | None = None, **more: Any) -> dict[str, Any]:
    full = f"{above[1]}:{name}" if above else name
    parent = refer(*above) if above else None
    row = {"id": id, "name": name, "fullName": full, "parent": parent, "sublevel": full.count(":")}
    return {**row, "revisionNumber": "1", "isActive": True, **more}


def bill(id: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "revisionNumber": "1", "refNumber": id, **more}


@pytest.fixture
def stored(abc: Tenant) -> Stored:
    """`stored("bills", row, …)` reads rows into the mirror."""

    def store(kind: str, *rows: dict[str, Any]) -> None:
        store_page(abc, registry.get_table(abc, kind), rows, timezone.now())

    return store


@pytest.fixture
def family(stored: Stored) -> None:
    """A customer with a job that has a job."""
    stored("customers", customer(ALDER, "Alder"), customer(ROOF, "Roof", (ALDER, "Alder")))
    stored("customers", customer(TILES, "Tiles", (ROOF, "Alder:Roof")))


def read(tenant: Tenant, kind: str, id: str) -> Content:
    return lookup.get_content(lookup.find_record(tenant, kind, id))


def list_names(tenant: Tenant, q: str = "") -> list[str]:
    found = query.search_records(tenant, registry.get_table(tenant, "customers"), q=q)
    return [row.full_name for row in found.rows]


def test_the_jobs_below_a_renamed_customer_follow(abc: Tenant, family: None, stored: Stored) -> None:
    stored("customers", customer(ALDER, "Birch", revisionNumber="2"))
    assert list_names(abc) == ["Birch", "Birch:Roof", "Birch:Roof:Tiles"]
    assert (list_names(abc, "alder"), list_names(abc, "birch tiles")) == ([], ["Birch:Roof:Tiles"])
    tiles = read(abc, "customers", TILES)
    assert (tiles["full_name"], tiles["parent"].name, tiles["name"]) == ("Birch:Roof:Tiles", "Birch:Roof", "Tiles")


def test_the_jobs_below_a_moved_job_follow(abc: Tenant, family: None, stored: Stored) -> None:
    stored("customers", customer(ROOF, "Roof", revisionNumber="2"))
    tiles = read(abc, "customers", TILES)
    assert (tiles["full_name"], tiles["sublevel"], tiles["parent"].name) == ("Roof:Tiles", 1, "Roof")
    stored("customers", customer("80000009-1", "Cedar"), customer(ROOF, "Roof", ("80000009-1", "Cedar")))
    assert list_names(abc) == ["Alder", "Cedar", "Cedar:Roof", "Cedar:Roof:Tiles"]


def test_a_customer_of_the_same_beginning_keeps_its_name(abc: Tenant, family: None, stored: Stored) -> None:
    stored("customers", customer("80000004-1", "Alder Mill"))
    stored("customers", customer(ALDER, "Birch", revisionNumber="2"))
    assert list_names(abc, "alder") == ["Alder Mill"]


def test_the_jobs_of_another_customer_that_took_the_name_keep_theirs(abc: Tenant, family: None, stored: Stored) -> None:
    other = "80000005-1"
    job = customer("80000006-1", "Yard", (other, "Alder"))
    stored("customers", customer(ALDER, "Birch", revisionNumber="2"), customer(other, "Alder"), job)
    assert list_names(abc) == ["Alder", "Alder:Yard", "Birch", "Birch:Roof", "Birch:Roof:Tiles"]


def test_pickers_and_the_name_check_know_the_new_names(abc: Tenant, family: None, stored: Stored) -> None:
    stored("customers", customer(ALDER, "Birch", revisionNumber="2"))
    assert [one.name for one in pickers.find_options(abc, "payees", "birch:roof").options] == [
        "Birch:Roof",
        "Birch:Roof:Tiles",
    ]
    assert pickers.resolve_name(abc, "customers", "Birch:Roof").id == ROOF
    table = registry.get_table(abc, "customers")
    job, new = read(abc, "customers", TILES), read(abc, "customers", ALDER)
    moved = job.replace(parent=pickers.resolve_name(abc, "customers", "Birch"), name="roof")
    said = "A customer is already called “roof”. A name can be used only once under Birch."
    assert (find_name_conflict(abc, table, table.shape["name"], job, moved), new["name"]) == (said, "Birch")


def test_bills_show_the_new_names_of_what_they_refer_to(abc: Tenant, family: None, stored: Stored) -> None:
    line = {"id": "L1", "payee": refer(ROOF, "Alder:Roof"), "account": refer("7-1", "Paint")}
    stored("bills", bill("B-1", expenseLines=[line]), bill("B-2"))
    stored("customers", customer(ALDER, "Birch", revisionNumber="2"))
    (line,) = read(abc, "bills", "B-1")["expense_lines"]
    assert (line["payee"].name, line["account"].name) == ("Birch:Roof", "Paint")


@pytest.mark.parametrize(
    ("kind", "member", "column"),
    [("vendors", "vendor", "vendor_name"), ("standard-terms", "terms", "terms_name"), ("accounts", "account", "")],
)
def test_entries_renamed_in_their_lists_are_renamed_on_bills(
    abc: Tenant, stored: Stored, kind: str, member: str, column: str
) -> None:
    named = {"id": "9-1", "revisionNumber": "1", "name": "Old", "fullName": "Old"}
    held = refer("9-1", "Old")
    on_line = {"expenseLines": [{"id": "L1", "account": held}]} if kind == "accounts" else {member: held}
    stored(kind, named)
    stored("bills", bill("B-1", **on_line))
    stored(kind, {**named, "name": "New", "fullName": "New"})
    content, record = read(abc, "bills", "B-1"), lookup.find_record(abc, "bills", "B-1")
    shown = content["expense_lines"][0]["account"] if kind == "accounts" else content[member]
    assert (shown.name, getattr(record, column) if column else "New") == ("New", "New")


def test_sub_accounts_follow_too(abc: Tenant, stored: Stored) -> None:
    above = {"id": "7-1", "revisionNumber": "1", "name": "Cars", "fullName": "Cars"}
    below = {"id": "7-2", "revisionNumber": "1", "fullName": "Cars:Fuel", "parent": refer("7-1", "Cars")}
    stored("accounts", above, below)
    stored("bills", bill("B-1", expenseLines=[{"id": "L1", "account": refer("7-2", "Cars:Fuel")}]))
    stored("accounts", {**above, "name": "Vans", "fullName": "Vans"})
    assert read(abc, "bills", "B-1")["expense_lines"][0]["account"].name == "Vans:Fuel"
    assert pickers.resolve_name(abc, "accounts", "Vans:Fuel").id == "7-2"


def test_a_sales_representative_keeps_the_name_behind_the_initials(abc: Tenant, stored: Stored) -> None:
    stored("sales-representatives", {"id": "5-1", "revisionNumber": "1", "initial": "JD"})
    stored("customers", customer(ALDER, "Alder", salesRepresentative=refer("5-1", "Jane Doe")))
    stored("sales-representatives", {"id": "5-1", "revisionNumber": "2", "initial": "JX"})
    assert read(abc, "customers", ALDER)["sales_representative"].name == "Jane Doe"


@pytest.mark.parametrize("revision", ["1", "2"])
def test_reading_a_job_again_is_no_change_of_it(abc: Tenant, family: None, stored: Stored, revision: str) -> None:
    before = lookup.find_record(abc, "customers", ROOF)
    stored("customers", customer(ALDER, "Birch", revisionNumber="2"))
    followed = lookup.find_record(abc, "customers", ROOF)
    assert (followed.version_id, followed.read_at) == (before.version_id, before.read_at)
    stored("customers", customer(ROOF, "Roof", (ALDER, "Birch"), revisionNumber=revision))
    external_changes.record_next()
    assert list(ExternalChange.objects.values_list("remote_id", flat=True)) == [ALDER]
    assert Version.objects.filter(record=before).count() == int(revision)


def test_very_many_renamed_at_once_are_found_in_one_pass(abc: Tenant, stored: Stored) -> None:
    rows = [{"id": f"7-{n}", "revisionNumber": "1", "name": f"A{n}", "fullName": f"A{n}"} for n in range(12)]
    stored("accounts", *rows)
    stored("bills", bill("B-1", expenseLines=[{"id": "L1", "account": refer("7-11", "A11")}]), bill("B-2"))
    stored("accounts", *({**row, "name": f"B{n}", "fullName": f"B{n}"} for n, row in enumerate(rows)))
    assert read(abc, "bills", "B-1")["expense_lines"][0]["account"].name == "B11"
    assert Record.objects.filter(kind="bills").count() == 2


def test_of_more_records_than_one_save_can_store_the_newest_follow(
    abc: Tenant, stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renames, "MOST", 1)
    vendor = {"id": "9-1", "revisionNumber": "1", "name": "Old"}
    stored("vendors", vendor)
    stored("bills", bill("B-1", vendor=refer("9-1", "Old")), bill("B-2", vendor=refer("9-1", "Old")))
    stored("vendors", {**vendor, "name": "New"})
    assert [read(abc, "bills", id)["vendor"].name for id in ("B-1", "B-2")] == ["Old", "New"]
