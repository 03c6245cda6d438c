"""What lists show is kept in columns: named once, checked at the start, and filled again when it changes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from books.mirror import projection, query
from books.mirror.store import store_page
from books.models import Record, SyncStatus, Version
from books.pages.list_table import Column
from books.providers.conductor.customers import CUSTOMERS
from books.sync import refill, scheduler
from books.sync.refill import Refill
from tenants.models import Tenant

READ_AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Lists of customers show fields that no column of Record holds, one of each kind of value."""
    names = frozenset({"account_number", "credit_limit", "job_start_date", "job_status"})
    monkeypatch.setitem(projection._extras, "customers", names)
    projection.make_projection.cache_clear()
    yield
    projection.make_projection.cache_clear()


def store(tenant: Tenant, **rows: dict[str, Any]) -> None:
    """Put customers into the mirror by name, with what else they hold."""
    plain = {"revisionNumber": "1", "isActive": True}
    found = [{**plain, "id": f"{key}{tenant.pk}", "name": key, "fullName": key, **more} for key, more in rows.items()]
    store_page(tenant, CUSTOMERS, found, READ_AT)


def rows() -> list[dict[str, Any]]:
    return [dict(row) for row in Record.objects.order_by("pk").values()]


def forget(**more: Any) -> list[dict[str, Any]]:
    """Leave rows as an older edition has filled them; what they held before."""
    held = rows()
    gone: dict[str, None] = dict.fromkeys(("extra", "projection", "full_name_key", "phone", "balance"))
    Record.objects.update(search="", **gone, **more)
    return held


def test_a_column_that_the_model_does_not_have_stops_the_start() -> None:
    with pytest.raises(ImproperlyConfigured, match=r"customers name columns .*: \['fax'\]"):
        projection.check_columns([replace(CUSTOMERS, columns={**CUSTOMERS.columns, "fax": "fax"})])


@pytest.mark.parametrize(
    ("app", "place", "wrong"),
    [
        ("books", "books.registry.list_tables", lambda: [replace(CUSTOMERS, columns={"fax": "fax"}, search=())]),
        ("customers", "customers.table.COLUMNS", (Column("fox", "Fox"),)),
        ("bills", "bills.list.table.COLUMNS", (Column("fox", "Fox"),)),
    ],
)
def test_the_start_looks_at_every_table(monkeypatch: pytest.MonkeyPatch, app: str, place: str, wrong: object) -> None:
    monkeypatch.setattr(place, wrong)
    with pytest.raises(ImproperlyConfigured, match=r"\['f.x'\]"):
        apps.get_app_config(app).ready()


def test_a_searched_column_that_the_model_does_not_have_stops_the_start() -> None:
    with pytest.raises(ImproperlyConfigured, match=r"\['billing_address', 'fox'\]"):
        projection.check_columns([replace(CUSTOMERS, search=("full_name", "fox", "billing_address"))])


def test_an_amount_that_is_searched_before_a_text_stops_the_start() -> None:
    with pytest.raises(ImproperlyConfigured, match="amounts come last"):
        projection.check_columns([replace(CUSTOMERS, search=("full_name", "balance", "phone"))])


@pytest.mark.parametrize("name", ["fox", "billing_address", "memo"])
def test_what_no_provider_has_in_one_value_stops_the_start(name: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=name):
        projection.keep_columns("customers", ["full_name", name], [CUSTOMERS])


def test_a_field_that_is_no_column_is_kept_beside_them_as_text(larch: Tenant, kept: None) -> None:
    store(larch, a={"accountNumber": "B-2", "creditLimit": "1240.50", "jobStartDate": "2026-10-28"}, b={})
    held = list(Record.objects.order_by("pk").values_list("extra", flat=True))
    assert held == [{"account_number": "B-2", "credit_limit": "1240.50", "job_start_date": "2026-10-28"}, None]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("account_number", "B-2"),
        ("credit_limit", Decimal("1240.50")),
        ("job_start_date", datetime(2026, 10, 28, tzinfo=UTC).date()),
        ("job_status", "in_progress"),
    ],
)
def test_what_is_kept_beside_the_columns_reads_back_in_its_type(
    larch: Tenant, kept: None, name: str, value: object
) -> None:
    wires = {"accountNumber": "B-2", "creditLimit": "1240.50", "jobStartDate": "2026-10-28"}
    store(larch, a={**wires, "jobStatus": "in_progress"})
    (row,) = query.search_records(larch, CUSTOMERS, columns=[name]).rows
    assert projection.read_extra(CUSTOMERS.shape[name], getattr(row, name)) == value


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("account_number", ["c", "a", "b", "d"]),
        ("-account_number", ["b", "a", "c", "d"]),
        ("credit_limit", ["b", "a", "c", "d"]),
        ("-job_start_date", ["a", "c", "b", "d"]),
    ],
)
def test_a_list_goes_by_what_is_kept_beside_the_columns(larch: Tenant, kept: None, sort: str, order: list[str]) -> None:
    store(
        larch,
        a={"accountNumber": "b-1", "creditLimit": "90.00", "jobStartDate": "2026-10-28"},
        b={"accountNumber": "B-2", "creditLimit": "9.00", "jobStartDate": "2025-12-31"},
        c={"accountNumber": "A<1", "creditLimit": "100.00", "jobStartDate": "2026-02-01"},
        d={},
    )
    found = query.search_records(larch, CUSTOMERS, sort=sort, columns=["name"])
    assert [row.name for row in found.rows] == order


def test_rows_of_another_projection_are_filled_again_without_the_vendor(larch: Tenant, kept: None) -> None:
    store(larch, a={"phone": "555-0142", "balance": "12.50", "accountNumber": "B-2"}, b={})
    held = forget()
    call_command("refill_lists")
    assert rows() == held


def test_a_list_that_shows_something_new_has_its_rows_filled_again(larch: Tenant, kept: None) -> None:
    store(larch, a={"accountNumber": "B-2", "fax": "555-0199"})
    projection._extras["customers"] |= {"fax"}
    projection.make_projection.cache_clear()
    call_command("refill_lists")
    assert Record.objects.get().extra == {"account_number": "B-2", "fax": "555-0199"}


def test_rows_are_filled_a_few_at_a_time_in_every_company(
    larch: Tenant, abc: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refill, "AT_ONCE", 2)
    for tenant in (larch, abc, larch):
        store(tenant, **{f"c{Record.objects.count()}{n}": {"phone": "1"} for n in range(3)})
    held = forget()
    walk = Refill()
    walk.step()
    first = Record.objects.filter(phone="1").count()
    walk.go_on(seconds=60)
    assert (first, walk.filled, walk.is_done) == (2, 9, True)
    assert rows() == held


def test_what_is_filled_already_is_left_alone(larch: Tenant) -> None:
    store(larch, a={})
    Record.objects.update(phone="typed by nobody")
    call_command("refill_lists")
    assert Record.objects.get().phone == "typed by nobody"


def test_a_deleted_record_stays_deleted(larch: Tenant) -> None:
    store(larch, a={"phone": "1"})
    forget(deleted_at=READ_AT)
    call_command("refill_lists")
    assert Record.objects.values_list("phone", "deleted_at").get() == ("1", READ_AT)


def test_what_an_older_edition_stored_unreadable_costs_the_others_nothing(larch: Tenant) -> None:
    store(larch, a={"phone": "1"}, b={"phone": "2"})
    forget()
    Version.objects.filter(record__name="a").update(content="[")
    call_command("refill_lists")
    assert list(Record.objects.order_by("pk").values_list("phone", flat=True)) == ["", "2"]


def test_lists_are_drawn_anew_once_their_rows_are_filled(larch: Tenant) -> None:
    store(larch, a={})
    status, _ = SyncStatus.objects.get_or_create(tenant=larch)
    forget()
    call_command("refill_lists")
    assert SyncStatus.objects.get().edition != status.edition


def test_the_timetable_fills_them_after_the_start(larch: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler, "refilling", Refill())
    store(larch, a={"phone": "1"})
    held = forget()
    scheduler.run_round()
    assert rows() == held


def test_values_that_are_spelled_otherwise_than_most_are_read_beside_them(abc: Tenant) -> None:
    store(abc, a={"balance": "10.00"}, b={"balance": "12.5"}, c={"balance": None}, d={"balance": "", "phone": ""})
    held = [(row["balance"], row["phone"]) for row in rows()]
    assert held == [(Decimal("10.00"), ""), (Decimal("12.50"), ""), (None, ""), (None, "")]


def test_the_newest_change_is_found_in_whatever_zones_the_vendor_writes() -> None:
    stamps = ("2026-11-19T23:30:00-05:00", "2026-11-20T09:00:00+08:00", "2026-11-01T00:00:00Z", "2026-11-20T13:00:00Z")
    found = [{"updatedAt": stamp} for stamp in (*stamps, "soon", None)]
    assert projection.find_newest_change(CUSTOMERS, found, READ_AT) == datetime(2026, 11, 20, 4, 30, tzinfo=UTC)
