"""Text survives every way into the books: line ends, accents, quotes; and only what people see gets in."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import QueryDict
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bills.forms import BillForm, fill_inputs
from books import registry
from books.mirror import lookup
from books.models import Record
from edits import change
from edits.lifecycle import acceptance
from edits.models.edit import Edit, State
from records.content import Content
from records.diff import diff_records
from records.merge.revert import revert_changes
from records.merge.three_way import merge_three_way
from tenants.access import Member
from tenants.models import Role, Tenant
from tests.bills.factories import bill, data_of
from tests.customers.test_edit import sent
from tests.support import saving
from tests.support.inputs import agreed, inputs
from tests.support.texts import PIECES
from tests.support.vendor import Sandbox

ABC = "end_usr_1234567abcdefg"
BILL = "123ABC-1234567890"
FORM = f"/t/abc/bills/{BILL}/edit"
CUSTOMER = "/t/abc/customers/80000001-1234567890/edit"
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


def texts_of(data: QueryDict) -> dict[str, str]:
    return {name: str(data[name]) for name in data}


LINE = {"item_lines-0-id": "I1"}


def by_typing(tenant: Tenant, base: Content, text: str) -> Content:
    return typed_form(tenant, base, **LINE, memo=text, **{"item_lines-0-description": text}).edited


def by_a_draft(tenant: Tenant, base: Content, text: str) -> Content:
    """Kept as the browser posted it, and resumed."""
    kept = data_of({**LINE, "memo": text, "item_lines-0-description": text}).urlencode()
    return typed_form(tenant, base, **texts_of(QueryDict(kept))).edited


def by_a_form_that_comes_back(tenant: Tenant, base: Content, text: str) -> Content:
    data = fill_inputs(registry.get_table(tenant, "bills"), base, by_typing(tenant, base, text))
    return typed_form(tenant, base, **texts_of(data)).edited


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


def test_a_text_that_the_books_spell_otherwise_is_no_change_of_theirs(larch: Tenant) -> None:
    base = bill(larch, memo="Cafe\u0301\ntwo lines")
    theirs = bill(larch, memo="Caf\xe9\r\ntwo lines")
    merge = merge_three_way(base, typed_form(larch, base, memo="Mine").edited, theirs)
    assert (merge.clashes, merge.content({})["memo"], diff_records(base, theirs)) == ((), "Mine", [])


def test_blanks_around_a_text_stay_as_the_books_hold_them(larch: Tenant) -> None:
    base = bill(larch, memo="  indented\n")
    texts = ["  indented!\n", "indented!", " new "]
    assert [typed_form(larch, base, memo=text).edited["memo"] for text in texts] == [
        "  indented!\n",
        "indented!",
        "new",
    ]


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


def test_a_sign_that_quickbooks_cannot_store_is_asked_about_at_its_field(as_bob: Client, job: Record) -> None:
    answer = as_bob.post(FORM, inputs(as_bob.get(FORM)) | {"memo": "Łódź"})
    assert answer.status_code == 422
    (guard,) = [one for one, _ in answer.context["asked"].warnings if "?" in one.title]
    assert (guard.title, guard.why, guard.spots) == ("QuickBooks will store ? for Ł and ź.", "In Memo.", ("memo",))


def test_it_is_saved_once_it_is_agreed_to(as_bob: Client, sandbox: Sandbox, line: dict[str, str]) -> None:
    save(as_bob, line | {"memo": "Łódź", "item_lines-0-description": "A\u0301 北京"})
    assert stored(sandbox) == ("?ód?", "\xc1 ??")
    assert Edit.objects.latest("pk").state == State.SAVED


def test_apply_asks_about_such_signs_and_drops_invisible_ones(job: Record, sandbox: Sandbox, bob: User) -> None:
    member, held = Member(job.tenant, bob, Role.BOOKKEEPER), lookup.get_content(job)
    asked = change.apply(member, job, job.version, held.replace(company_name="Łódź"), token="1")
    assert isinstance(asked, acceptance.NeedsAgreement)
    assert saving.save(member, job, held.replace(company_name="Con\u200bductor\u202e")).state == State.SAVED
    assert sandbox.get(f"/quickbooks-desktop/customers/{job.remote_id}", ABC)["companyName"] == "Conductor"


def test_a_note_for_the_history_has_no_invisible_signs(as_bob: Client, job: Record) -> None:
    save(as_bob, {"memo": "x", "reason": "Vendor\u200b\xa0called\u202e\r\nCafe\u0301"})
    assert Edit.objects.latest("pk").reason == "Vendor called Caf\xe9"


def test_a_stored_line_end_in_a_field_of_one_line_joins_no_words(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    sandbox.change(endUserId=ABC, resource="customers", id=job.remote_id, changes={"phone": "555\n0100"})
    lookup_table = registry.get_table(job.tenant, "customers")
    lookup.store_record(job.tenant, lookup_table, sandbox.get(f"/quickbooks-desktop/customers/{job.remote_id}", ABC))
    form = inputs(as_bob.get(CUSTOMER))
    assert form["phone"] == "555 0100"
    as_bob.post(CUSTOMER, form | {"fax": "1"})
    as_bob.post(CUSTOMER, inputs(as_bob.get(CUSTOMER)) | {"phone": form["phone"] + "1"})
    assert [body.get("phone") for body in sent(sandbox)] == [None, "555 01001"]


@pytest.mark.parametrize("sign", ["\x07", "\x9b", "\ufffe"])
def test_a_control_character_is_refused_at_its_field(as_bob: Client, job: Record, sign: str) -> None:
    answer = as_bob.post(FORM, inputs(as_bob.get(FORM)) | {"memo": f"Copper{sign}sheet"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["memo"])


def test_a_conflict_decided_by_typing_keeps_line_ends(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    form = inputs(as_bob.get(FORM)) | {"memo": "Mine\r\nof two lines"}
    sandbox.change(endUserId=ABC, resource="bills", id=BILL, changes={"memo": "Theirs\r\nof two lines"})
    page = as_bob.post(FORM, form)
    while page.status_code == 422:
        page = as_bob.post(FORM, agreed(page))
    decided = inputs(page, "conflict")
    assert (page.status_code, decided["typed-memo-memo"]) == (409, "Mine\nof two lines")
    url = f"/t/abc/edits/{Edit.objects.latest('pk').pk}/"
    answer = as_bob.post(url, decided | {"choice-memo": "other", "typed-memo-memo": TYPED, "confirm": "1"})
    while answer.status_code == 422:
        takes = inputs if answer.context.get("total_differs") else agreed
        answer = as_bob.post(url, takes(answer, "conflict"))
    assert stored(sandbox)[0] == KEPT


def test_an_entry_is_found_by_a_pasted_name_with_invisible_signs(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    as_bob.post(CUSTOMER, inputs(as_bob.get(CUSTOMER)) | {"terms": "\u202aNet\xa060\u200b"})
    terms = lookup.get_content(lookup.find_record(job.tenant, "customers", job.remote_id))["terms"]
    assert ([body["termsId"] for body in sent(sandbox)], terms.name) == ([terms.id], "Net 60")


def test_lines_are_shown_on_the_bill_and_unmarked_in_a_form_that_comes_back(
    as_bob: Client, sandbox: Sandbox, line: dict[str, str]
) -> None:
    save(as_bob, line)
    opened = as_bob.post(FORM, inputs(as_bob.get(FORM)) | line | {"open": "expense_lines-0"}).content.decode()
    assert "<span class=was>" not in opened
    assert 'class="line has-lines"' in as_bob.get(f"/t/abc/bills/{BILL}/").content.decode()


@pytest.mark.parametrize("where", ["bills", "edits"])
def test_a_search_is_for_what_is_seen(as_bob: Client, sandbox: Sandbox, line: dict[str, str], where: str) -> None:
    save(as_bob, line | {"memo": "Caf\xe9 bill", "reason": "Caf\xe9 bill"})
    found = [as_bob.get(f"/t/abc/{where}/", {"q": q}).content.decode() for q in ("Cafe\u0301\u200b", "Cafx")]
    assert ["BILL-1234" in page for page in found] == [True, False]
