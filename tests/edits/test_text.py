"""Text survives every way into the books: line ends, accents, quotes; and only what people see gets in."""

from collections.abc import Callable
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bills.forms import BillForm, fill_inputs
from books import registry
from books.mirror import lookup
from books.models import Record
from edits.models.edit import Edit
from records.content import Content
from records.merge.revert import revert_changes
from records.merge.three_way import merge_three_way
from tenants.models import Tenant
from tests.bills.factories import bill, data_of
from tests.support.inputs import agreed, inputs
from tests.support.texts import PIECES
from tests.support.vendor import Sandbox

ABC = "end_usr_1234567abcdefg"
BILL = "123ABC-1234567890"
FORM = f"/t/abc/bills/{BILL}/edit"
TYPED = "Copper sheet\r\n0.8\u2009mm, “so\u200bft”\r\nheat\xa04711 Cafe\u0301"
KEPT = "Copper sheet\n0.8 mm, “soft”\nheat 4711 Caf\xe9"

a_text = st.lists(st.sampled_from(PIECES), min_size=1, max_size=5).map(
    lambda pieces: (
        "x".join(["Start", *(typed for typed, _, _ in pieces), "end"]),
        "x".join(["Start", *(kept for _, kept, _ in pieces), "end"]),
    )
)
often = settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def larch(db: None) -> Tenant:
    return Tenant.objects.create(slug="larch", name="Larch", end_user_id="end_usr_larch")


def typed_form(tenant: Tenant, base: Content, **typed: str) -> BillForm:
    made = BillForm(tenant, registry.get_table(tenant, "bills"), base, data_of(typed))
    assert made.is_valid(), made.errors
    return made


LINE = {"item_lines-0-id": "I1"}


def by_typing(tenant: Tenant, base: Content, text: str) -> Content:
    return typed_form(tenant, base, **LINE, memo=text, **{"item_lines-0-description": text}).edited


def by_a_draft(tenant: Tenant, base: Content, text: str) -> Content:
    """Kept as the browser posted it, and resumed."""
    kept = data_of({**LINE, "memo": text, "item_lines-0-description": text}).urlencode()
    return typed_form(tenant, base, **QueryDict(kept).dict()).edited


def by_a_form_that_comes_back(tenant: Tenant, base: Content, text: str) -> Content:
    data = fill_inputs(registry.get_table(tenant, "bills"), base, by_typing(tenant, base, text))
    return typed_form(tenant, base, **data.dict()).edited


def by_a_merge(tenant: Tenant, base: Content, text: str) -> Content:
    mine = by_typing(tenant, base, text)
    return merge_three_way(base, mine, base.replace(ref_number="7731-A")).content({})


def by_an_undo(tenant: Tenant, base: Content, text: str) -> Content:
    stored = by_typing(tenant, base, text)
    changed = by_typing(tenant, stored, "Something else")
    return revert_changes(stored, changed, changed)[0]


WAYS: list[Callable[[Tenant, Content, str], Content]] = [
    by_typing,
    by_a_draft,
    by_a_form_that_comes_back,
    by_a_merge,
    by_an_undo,
]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@often
@given(a_text)
def test_text_survives(way: Callable[[Tenant, Content, str], Content], larch: Tenant, text: tuple[str, str]) -> None:
    edited = way(larch, bill(larch), text[0])
    assert (edited["memo"], edited["item_lines"][0]["description"]) == (text[1], text[1])


@pytest.mark.parametrize("button", ["copy", "split"])
def test_text_survives_in_a_copied_and_a_split_line(larch: Tenant, button: str) -> None:
    typed = {**LINE, "item_lines-0-description": TYPED, "item_lines-0-split": "2", button: "item_lines-0"}
    lines = BillForm(larch, registry.get_table(larch, "bills"), bill(larch), data_of(typed)).lines
    assert [line["description"] for line in lines.edited["item_lines"]] == [KEPT, KEPT]


def save(client: Client, more: dict[str, str]) -> Any:
    answer = client.post(FORM, inputs(client.get(FORM)) | more)
    return client.post(FORM, agreed(answer)) if answer.status_code == 422 else answer


def stored(sandbox: Sandbox) -> tuple[str, str]:
    """The memo of the bill and the description of its first item in the books."""
    held = sandbox.get(f"/quickbooks-desktop/bills/{BILL}", ABC)
    return held["memo"], held["itemLines"][0]["description"]


@pytest.fixture
def line(job: Record) -> dict[str, str]:
    """The inputs of an open line that holds text of three lines, and the memo beside it."""
    held = lookup.get_content(lookup.find_record(job.tenant, "bills", BILL))["item_lines"][0]
    return {"memo": TYPED, "item_lines-0-id": held["id"], "item_lines-0-description": TYPED}


def test_a_letter_typed_at_the_end_of_three_lines_changes_nothing_else(
    as_bob: Client, sandbox: Sandbox, line: dict[str, str]
) -> None:
    save(as_bob, line)
    assert stored(sandbox) == (KEPT, KEPT)
    opened = inputs(as_bob.post(FORM, inputs(as_bob.get(FORM)) | {"open": "item_lines-0"}))
    name = "item_lines-0-description"
    save(as_bob, {**line, "memo": opened["memo"] + "!", name: opened[name] + "!"})
    assert stored(sandbox) == (KEPT + "!", KEPT + "!")


def test_text_as_browsers_send_it_back_is_no_change(as_bob: Client, sandbox: Sandbox, line: dict[str, str]) -> None:
    save(as_bob, line)
    before = Edit.objects.count()
    assert save(as_bob, line).status_code == 303
    assert Edit.objects.count() == before
