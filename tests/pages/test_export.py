"""A list as a file holds all that it lists, in its columns and order, and nothing that the member may not see."""

import csv
import json
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook
from pytest_django import Settings

from bills.list.query import BillRows
from books.models import Record
from tenants.access import Member, find_member
from tenants.models import Tenant
from tests.support.copies import Copied

LISTS = ("customers", "bills")


@pytest.fixture
def harbor(companies: dict[str, Tenant], copied: Copied) -> Tenant:
    copied(companies["harbor"])
    return companies["harbor"]


def export(client: Client, kind: str, suffix: str, query: str = "", slug: str = "harbor", **headers: str) -> Any:
    return client.get(f"/t/{slug}/lists/{kind}/export.{suffix}?{query}", headers=headers or None)


def find_bob(tenant: Tenant) -> Member:
    member = find_member(tenant, User.objects.get(username="bob"))
    assert member is not None
    return member


def read_csv(answer: Any) -> list[list[str]]:
    return list(csv.reader(StringIO(answer.getvalue().decode("utf-8-sig"))))


def read_xlsx(content: bytes) -> list[list[Any]]:
    return [list(row) for row in load_workbook(BytesIO(content)).active.iter_rows(values_only=True)]


@pytest.mark.parametrize("query", ["", "state=all&sort=-amount", "q=pine&columns=name,amount", "state=overdue&size=50"])
def test_a_file_of_bills_has_the_rows_of_all_pages_in_their_order(as_bob: Client, harbor: Tenant, query: str) -> None:
    heads, *rows = read_csv(export(as_bob, "bills", "csv", query))
    listed = BillRows(find_bob(harbor), QueryDict(query))
    ids = listed.find_ids(0, 10_000)
    numbers = dict(Record.objects.filter(tenant=harbor, kind="bills").values_list("remote_id", "name"))
    assert (heads, [row[0] for row in rows]) == ([c.label for c in listed.columns], [numbers[pk] for pk in ids])


@pytest.mark.parametrize("kind", LISTS)
def test_both_files_hold_the_same(as_bob: Client, harbor: Tenant, kind: str) -> None:
    texts = read_csv(export(as_bob, kind, "csv", "state=all"))
    cells = read_xlsx(export(as_bob, kind, "xlsx", "state=all").getvalue())
    assert len(texts) == len(cells) > 100
    for text, cell in zip(texts[1:], cells[1:], strict=True):
        assert [is_same(*pair) for pair in zip(text, cell, strict=True)] == [True] * len(text), (text, cell)


def is_same(text: str, cell: Any) -> bool:
    if isinstance(cell, int | float):
        return Decimal(text) == Decimal(str(cell))
    return text == ("" if cell is None else str(cell).removesuffix(" 00:00:00")) or text == f"{cell}"


def test_a_script_is_told_how_far_the_file_is_and_then_gets_it(as_bob: Client, harbor: Tenant) -> None:
    told, told_last, content = export(as_bob, "customers", "xlsx", **{"X-Progress": "1"}).getvalue().split(b"\n", 2)
    count = len(read_xlsx(content)) - 1
    assert json.loads(told) == {"rows": count, "of": count}
    assert json.loads(told_last)["bytes"] == len(content)


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_what_is_hidden_is_in_no_file(as_carol: Client, harbor: Tenant, settings: Settings, suffix: str) -> None:
    settings.HIDDEN_FIELDS = {"viewer": ["customers.balance"]}
    content = export(as_carol, "customers", suffix, "columns=full_name,balance").getvalue()
    rows = read_xlsx(content) if suffix == "xlsx" else read_csv_text(content)
    assert rows[0] == ["Name"]


def read_csv_text(content: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(content.decode("utf-8-sig"))))


@pytest.mark.parametrize("query", ["due_since=tomorrowish", "state=strange", "dated=someday"])
def test_a_query_that_makes_no_sense_opens_the_list(as_bob: Client, harbor: Tenant, query: str) -> None:
    answer = export(as_bob, "bills", "csv", query)
    assert (answer.status_code, answer.headers.get("Location")) == (302, f"/t/harbor/bills/?{query}")


def test_with_several_currencies_each_row_says_its_own(as_bob: Client, larch: Tenant, copied: Copied) -> None:
    copied(larch)
    heads, *rows = read_csv(export(as_bob, "bills", "csv", "state=all", slug="larch"))
    assert (heads[-1], {row[-1] for row in rows} >= {"USD", "EUR"}) == ("Currency", True)


def test_a_file_of_one_currency_that_is_not_the_main_one_says_so(as_bob: Client, larch: Tenant, copied: Copied) -> None:
    copied(larch)
    heads, *rows = read_csv(export(as_bob, "bills", "csv", "state=all&currency=EUR", slug="larch"))
    assert (heads[-1], {row[-1] for row in rows}) == ("Currency", {"EUR"})
    usual, *_ = read_csv(export(as_bob, "bills", "csv", "state=all&currency=USD", slug="larch"))
    assert usual == heads[:-1]


def test_a_currency_that_is_a_column_of_the_list_is_in_its_file_once(
    as_bob: Client, larch: Tenant, copied: Copied
) -> None:
    copied(larch)
    heads, *_ = read_csv(export(as_bob, "bills", "csv", "state=all&columns=name,currency,amount", slug="larch"))
    assert heads == ["Number", "Currency", "Amount"]


@pytest.mark.parametrize(("kind", "query"), [("customers", ""), ("bills", "columns=name,created_at,updated_at")])
def test_the_heads_of_moments_name_their_time_zone(as_bob: Client, harbor: Tenant, kind: str, query: str) -> None:
    heads, *_ = read_csv(export(as_bob, kind, "csv", query))
    assert [head for head in heads if "(" in head] == [
        head for head in heads if head.startswith(("Created", "Last modified"))
    ]
    assert "Last modified (UTC)" in heads


def test_an_outsider_gets_no_file(as_dave: Client, harbor: Tenant) -> None:
    assert [export(as_dave, kind, "csv").status_code for kind in LISTS] == [404, 404]


def test_a_file_costs_the_same_queries_for_any_number_of_rows(
    as_bob: Client, harbor: Tenant, abc: Tenant, copied: Copied
) -> None:
    copied(abc)
    counts = []
    for slug in ("abc", "harbor"):
        with CaptureQueriesContext(connection) as asked:
            export(as_bob, "customers", "csv", slug=slug).getvalue()
        counts.append(len(asked))
    assert counts[0] == counts[1]
