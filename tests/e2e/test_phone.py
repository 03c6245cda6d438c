"""The desk in a hand: a list and a form on 390 × 844."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.browsing import OpenPage
from tests.support.vendor import Sandbox

from .steps import is_saved, until_read, updates

PAID = "1203-1500503155"  # with the long id of its payment
CELIK = "1720-1501782048"  # 4,281.13 of electrical work and 9 × 14.25 of concrete mix
# Whatever people and books call things, and however much they owe.
LONGEST = """() => {
    const texts = document.querySelectorAll('main :is(.record, bdi, [dir=auto], .at-date, .at-sub):not(:has(*))')
    for (const one of texts) one.textContent = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbau'
    const figures = document.querySelectorAll('main :is(.number, .num, .at-sum):not(:has(*))')
    for (const one of figures) if (/\\d,\\d/.test(one.textContent)) one.textContent = '98,765,432.10'
}"""
AS_WIDE = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


@pytest.fixture
def phone(open_page: OpenPage) -> Page:
    """Bob's phone, once the company is read."""
    page = open_page("bob", has_touch=True, is_mobile=True)
    page.set_viewport_size({"width": 390, "height": 844})
    until_read(page, "harbor")
    return page


CHOSEN = "bills/?columns=name,vendor_name,memo,terms_name,due_date,open_amount&size=50"


@pytest.mark.parametrize(
    "path",
    [
        "",
        "customers/",
        "bills/?size=50",
        CHOSEN,
        f"bills/{CELIK}/",
        f"bills/{PAID}/",
        "lists/bills/",
        "edits/",
        "../../",
    ],
)
def test_pages_fit_the_width_of_a_phone(phone: Page, axe: Callable[[Page], None], path: str) -> None:
    phone.goto(f"/t/harbor/{path}")
    wide = phone.evaluate(AS_WIDE)
    phone.set_viewport_size({"width": 320, "height": 640})  # as a window of 1280 at 400 %
    assert (wide, phone.evaluate(AS_WIDE)) == (True, True)
    axe(phone)
    phone.evaluate(LONGEST)
    assert phone.evaluate(AS_WIDE)


def test_the_companies_are_sorted_on_a_phone(phone: Page) -> None:
    phone.goto("/")
    names = phone.locator(".companies-table a.record")
    before = names.all_inner_texts()
    phone.get_by_label("Sort by").select_option("Company, Z to A")
    expect(names).to_have_text(before[::-1])


def test_chosen_columns_are_below_the_rest_of_a_row_on_a_phone(phone: Page) -> None:
    phone.goto(f"/t/harbor/{CHOSEN}")
    row = phone.locator("[data-rows] tr").first
    expect(row.get_by_text("Terms")).to_have_count(0)  # its label is a style
    shown = row.locator("td.at-more:visible").evaluate_all("all => all.map(one => one.dataset.label)")
    assert shown[-2:] == ["Terms", "Due"]


def test_what_is_done_with_a_draft_is_inside_the_window(phone: Page) -> None:
    phone.goto(f"/t/harbor/bills/{PAID}/edit")
    with phone.expect_response(lambda answer: answer.request.method == "POST"):
        phone.locator("[name=memo]").fill("Half typed")
    phone.goto("/t/harbor/edits/drafts/")
    inside = """all => all.map(one => one.getBoundingClientRect())
        .every(box => box.left >= 0 && box.right <= innerWidth)"""
    found, draft = [], phone.get_by_role("button", name=re.compile("^Delete draft of ")).first
    for width in (320, 390, 1280, 1440):
        phone.set_viewport_size({"width": width, "height": 800})
        found.append(
            (
                draft.count(),
                phone.locator("main :is(a, button)").evaluate_all(inside),
            )
        )
    draft.click()
    assert found == [(1, True)] * 4


def test_a_vendor_is_opened_from_its_bill_on_a_phone(phone: Page, axe: Callable[[Page], None]) -> None:
    phone.goto(f"/t/harbor/bills/{CELIK}/")
    phone.locator("#part-header").locator("..").locator("..").get_by_role("link").first.tap()
    expect(phone.get_by_role("heading", name="Open bills")).to_be_visible()
    phone.set_viewport_size({"width": 320, "height": 640})
    assert phone.evaluate(AS_WIDE)
    axe(phone)


@pytest.mark.parametrize("width", [320, 390, 640])
def test_forms_fit_the_width_of_a_phone_and_of_a_window_at_200_percent(phone: Page, width: int) -> None:
    phone.set_viewport_size({"width": width, "height": 400})
    for path in (f"harbor/bills/{PAID}", "abc/bills/123ABC-1234567890", "abc/customers/80000001-1234567890"):
        phone.goto(f"/t/{path}/edit")
        for fold in phone.locator("main summary:visible").all():
            fold.click()
        assert (path, phone.evaluate(AS_WIDE)) == (path, True)


def test_a_bill_is_changed_and_saved_on_a_phone(phone: Page, vendor: Sandbox, axe: Callable[[Page], None]) -> None:
    phone.goto(f"/t/harbor/bills/{CELIK}/edit")
    phone.locator("#item_lines-0").tap()
    phone.locator("[name=item_lines-0-quantity]").fill("10")
    assert phone.locator(".is-open > .c-no").evaluate("cell => cell.clientHeight") < 40  # no taller than its number
    assert phone.evaluate(AS_WIDE)
    axe(phone)
    bar = phone.get_by_role("button", name="Save")
    expect(bar).to_be_in_viewport(ratio=1)
    bar.tap()
    is_saved(phone)
    (body,) = updates(vendor, CELIK)
    assert [line["quantity"] for line in body["itemLines"]] == [10]
