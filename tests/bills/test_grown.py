"""A bill that becomes too long to be edited: while its form is open, before a decision, before an undo."""

from typing import Any

import pytest
from django.test import Client

from bills.grid.lines import count_lines
from books.mirror import lookup
from books.models import Record
from edits.models.edit import Edit
from tests.support.copies import Copied
from tests.support.inputs import agreed, inputs
from tests.support.vendor import Sandbox

ABC, BILL = "end_usr_1234567abcdefg", "123ABC-1234567890"
PAGE = f"/t/abc/bills/{BILL}/"
EDIT = f"{PAGE}edit"


@pytest.fixture
def full(abc: Any, copied: Copied, settings: Any) -> Record:
    """A bill with as many lines as can be edited."""
    copied(abc)
    record = lookup.find_record(abc, "bills", BILL)
    settings.MAX_BILL_LINES = count_lines(lookup.get_content(record))
    return record


def grow(record: Record, sandbox: Sandbox) -> str:
    """Add an expense line in QuickBooks; return why it cannot be edited from then on."""
    lines = lookup.get_content(record)["expense_lines"]
    new = {"id": "-1", "accountId": lines[0]["account"].id, "amount": "1.00"}
    changes = {"memo": "Longer", "expenseLines": [*({"id": line["id"]} for line in lines), new]}
    sandbox.change(endUserId=ABC, resource="bills", id=BILL, changes=changes)
    count = count_lines(lookup.get_content(record))
    return f"Bills over {count} lines can only be edited in QuickBooks. This one has {count + 1} lines."


def read(record: Record, sandbox: Sandbox, copied: Copied) -> None:
    """Have the mirror read the bill again."""
    copied(record.tenant, "bills")


def save(client: Client, form: dict[str, str]) -> Any:
    answer = client.post(EDIT, form)
    return client.post(EDIT, agreed(answer)) if answer.status_code == 422 and b"confirm-" in answer.content else answer


def posts(sandbox: Sandbox) -> int:
    return sum(request["method"] == "POST" for request in sandbox.requests())


def test_a_form_over_a_bill_that_has_grown_since_is_not_sent_and_says_why(
    as_bob: Client, full: Record, sandbox: Sandbox, copied: Copied
) -> None:
    form = inputs(as_bob.get(EDIT)) | {"memo": "Mine"}
    why = grow(full, sandbox)
    read(full, sandbox, copied)
    answer = save(as_bob, form)
    assert (answer.status_code, why in answer.content.decode(), inputs(answer)["memo"]) == (422, True, "Mine")
    assert posts(sandbox) == 0


def test_changes_that_make_a_bill_too_long_are_not_loaded_into_its_form(
    as_bob: Client, full: Record, sandbox: Sandbox, copied: Copied
) -> None:
    form = inputs(as_bob.get(EDIT)) | {"memo": "Mine"}
    why = grow(full, sandbox)
    read(full, sandbox, copied)
    answer = as_bob.post(EDIT, form | {"rebase": "1"})
    assert (answer.status_code, why in answer.content.decode(), inputs(answer)["memo"]) == (422, True, "Mine")


def test_a_conflict_over_a_bill_that_has_grown_says_why_and_can_only_be_discarded(
    as_bob: Client, full: Record, sandbox: Sandbox
) -> None:
    form = inputs(as_bob.get(EDIT)) | {"memo": "Mine"}
    why = grow(full, sandbox)
    page = save(as_bob, form)
    text = page.content.decode()
    assert (page.status_code, why in text, 'name="confirm"' in text, "Back to the form" in text) == (
        409,
        True,
        False,
        False,
    )
    before, edit = posts(sandbox), Edit.objects.latest("pk")
    choice = {page.context["conflict"].rows[0].name: "mine", "confirm": "1"}
    answer = as_bob.post(f"/t/abc/edits/{edit.pk}/", inputs(page, "conflict") | choice)
    refused = [check.title for check in answer.context["asked"].refusals]
    assert (answer.status_code, refused, posts(sandbox) - before) == (422, [why], 0)


def test_a_change_to_a_bill_that_has_grown_since_cannot_be_undone_and_says_why(
    as_bob: Client, full: Record, sandbox: Sandbox, copied: Copied
) -> None:
    assert save(as_bob, inputs(as_bob.get(EDIT)) | {"memo": "Mine"}).status_code == 303
    edit = Edit.objects.latest("pk")
    why = grow(lookup.find_record(full.tenant, "bills", BILL), sandbox)
    read(full, sandbox, copied)
    page = as_bob.get(f"/t/abc/edits/{edit.pk}/").content.decode()
    assert (why in page, "Undo this change" in page) == (True, False)
    assert as_bob.get(f"/t/abc/edits/{edit.pk}/undo/").status_code == 303


def test_a_form_that_a_new_line_makes_too_long_is_not_sent_and_says_so(
    as_bob: Client, full: Record, sandbox: Sandbox
) -> None:
    account = str(lookup.get_content(full)["expense_lines"][0]["account"])
    typed = {"expense_lines-9-id": "-1", "expense_lines-9-account": account, "expense_lines-9-amount": "1.00"}
    answer = save(as_bob, inputs(as_bob.get(EDIT)) | typed)
    count = count_lines(lookup.get_content(full))
    why = f"A bill can have up to {count} lines here; this one would have {count + 1}. "
    assert (answer.status_code, why in answer.content.decode(), posts(sandbox)) == (422, True, 0)


@pytest.mark.parametrize(("others", "is_refused"), [("0", False), (None, True)])
def test_a_block_that_makes_a_bill_too_long_is_not_pasted(
    as_bob: Client, full: Record, others: str | None, is_refused: bool
) -> None:
    count = count_lines(lookup.get_content(full))
    form = {"base": inputs(as_bob.get(EDIT))["base"], "section": "expense_lines", "members": "account,memo,amount"}
    form |= {"start": "0", "text": "Rent\tPaper\t1.00\nRent\tInk\t2.00", "others": others or str(count - 1)}
    told = as_bob.post(f"{PAGE}paste/", form).json()
    why = f"Nothing was pasted. A bill can have up to {count} lines here; this one would have {count + 1}. "
    assert (told["said"][0].startswith(why), len(told["lines"])) == (is_refused, 0 if is_refused else 2)
