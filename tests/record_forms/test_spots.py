"""A question stands at the input or line that it is about, in new lines and entries too."""

import pytest
from django.test import Client

from books.models import Record
from tests.edits.test_text import CUSTOMER, FORM
from tests.support.inputs import inputs

NEW = "expense_lines"
FIELDS = {"account": "Expenses:Office Supplies", "amount": "1.00"}


@pytest.mark.parametrize(("field", "text"), [("memo", "Łódź"), ("account", "Expenses:Office Supplies")])
def test_a_question_about_a_new_line_stands_at_that_line(as_bob: Client, job: Record, field: str, text: str) -> None:
    Record.objects.filter(tenant=job.tenant, kind="accounts", full_name=FIELDS["account"]).update(is_active=False)
    form = inputs(as_bob.post(FORM, inputs(as_bob.get(FORM)) | {"add": NEW}))
    index = max(int(name.split("-")[1]) for name in form if name.startswith(f"{NEW}-") and name.split("-")[1].isdigit())
    typed = {f"{NEW}-{index}-{name}": value for name, value in {**FIELDS, field: text}.items()}
    answer = as_bob.post(FORM, form | typed)
    asked = {line.prefix: line.asked for line in answer.context["form"].lines.entries() if line.asked}
    said = "QuickBooks will store ? for Ł and ź." if field == "memo" else "Expenses:Office Supplies is inactive."
    said += " Confirm it above, or undo the line."
    assert (answer.status_code, list(asked), said in asked[f"{NEW}-{index}"]) == (422, [f"{NEW}-{index}"], True)
    assert said in answer.content.decode()


def test_a_question_about_a_ship_to_address_stands_at_its_input(as_bob: Client, job: Record) -> None:
    ship = "alternate_shipping_addresses"
    form = inputs(as_bob.post(CUSTOMER, inputs(as_bob.get(CUSTOMER)) | {"add": ship}))
    answer = as_bob.post(CUSTOMER, form | {f"{ship}-0-city": "Łódź", f"{ship}-1-name": "北"})
    assert {name: len(said) for name, said in answer.context["form"].warned.items()} == {
        f"{ship}-0-city": 1,
        f"{ship}-1-name": 1,
    }
