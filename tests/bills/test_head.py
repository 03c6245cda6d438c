"""The head of a bill's form leaves room for its lines: what is empty or only to be read takes a line, and opens."""

import re
from pathlib import Path

import pytest
from django.test import Client

from bills.grid.columns import COLUMNS, GridColumn, choose_columns, measure_scrolled, style_table
from books.models import Record
from books.providers.conductor.bills import BILLS
from records.content import Content
from tenants.models import Tenant
from tests.bills.factories import QUAY, expense, store_bill, store_lists
from tests.support.inputs import inputs
from tests.support.markup import one_line

EDIT = "/t/larch/bills/B1/edit"


@pytest.fixture
def record(larch: Tenant) -> Record:
    store_lists(larch)
    return store_bill(larch)


def read_fold(page: str) -> tuple[bool, str]:
    """Whether the vendor's address is open, and the line that it is folded to."""
    ((is_open, text),) = re.findall(r'<details class="address-fold"( open)?>.*?data-folded>([^<]*)<', one_line(page))
    return bool(is_open), text


def test_an_empty_address_is_a_link_to_add_one(as_bob: Client, record: Record) -> None:
    assert read_fold(as_bob.get(EDIT).content.decode()) == (False, "Add an address")


def test_a_filled_address_is_the_line_that_it_prints(as_bob: Client, larch: Tenant, record: Record) -> None:
    store_bill(larch, vendorAddress=QUAY)
    assert read_fold(as_bob.get(EDIT).content.decode()) == (False, "Norrland, 5 Quay St, Reno")


@pytest.mark.parametrize("typed", [{"vendor_address-city": "Reno"}, {"vendor_address-city": "R" * 99}])
def test_an_address_that_is_typed_in_comes_back_open(as_bob: Client, record: Record, typed: dict[str, str]) -> None:
    page = as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | typed | {"transaction_date": "soon"}).content.decode()
    assert read_fold(page) == (True, typed["vendor_address-city"])


def test_what_is_known_before_a_change_is_a_line_with_its_reason_folded(as_bob: Client, larch: Tenant) -> None:
    store_lists(larch)
    store_bill(larch, expenseLines=[expense("E1", "Freight In", "218.00", billingStatus="has_been_billed")])
    page = one_line(as_bob.get(EDIT).content.decode())
    folds = re.findall(
        r'<details class="guard-fold"><summary><strong class="cut">([^<]*)</strong></summary>([^<]*)', page
    )
    assert [(title, bool(why.strip())) for title, why in folds] == [("1 line has been billed to customers.", True)]


def test_the_input_of_an_open_line_is_named_after_its_line(as_bob: Client, record: Record) -> None:
    page = as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | {"open": "expense_lines-1"})
    named = re.findall(r' name="expense_lines-1-(\w+)"[^>]* aria-label="([^"]+)"', page.content.decode())
    assert named[:3] == [("account", "Line 2, Account"), ("memo", "Line 2, Memo"), ("amount", "Line 2, Amount")]


def test_the_widest_table_has_a_width_in_the_style_sheet() -> None:
    blank = Content(BILLS.shape, {})
    lines = [Content(f.shape, {m.name: "x" for m in f.shape.typed}) for f in blank.shape.lists if f.one == "line"]
    widest = measure_scrolled(choose_columns(lines))
    style = (Path(__file__).parents[2] / "static/css/lines.css").read_text()
    assert {int(one) for one in re.findall(r"\.w-(\d+) \{", style)} == set(range(13, widest + 1))


SITE, BIN = GridColumn("c-more", "Site", ("inventory_site",)), GridColumn("c-more", "Bin", ("inventory_site_location",))


@pytest.mark.parametrize(
    ("columns", "scrolled", "look"),
    [
        (COLUMNS, 0, ""),
        (COLUMNS[:-1], 0, "no-bill"),
        ((*COLUMNS, SITE), 13, "has-more is-wide w-13"),
        ((*COLUMNS, SITE, BIN), 15, "has-more is-wide w-15"),
        ((*COLUMNS[:-2], SITE, BIN), 0, "no-class no-bill has-more"),
    ],
)
def test_a_table_that_would_squeeze_its_descriptions_scrolls(
    columns: tuple[GridColumn, ...], scrolled: int, look: str
) -> None:
    assert (measure_scrolled(columns), style_table(columns)) == (scrolled, look)
