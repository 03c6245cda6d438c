"""Numbers as people type them and sheets have them: the cases that Python and the script of a bill's form share."""

import json
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from books.providers.conductor.bills import BILLS, EXPENSE_LINE, ITEM_LINE
from record_forms.typed.parse import parse_value
from records.fields import Field
from tenants.models import Tenant

COMPANY = Tenant(slug="larch")
FIELDS = {"amount": EXPENSE_LINE["amount"], "cost": ITEM_LINE["cost"], "rate": BILLS.shape["exchange_rate"]}
CASES: dict[str, dict[str, str | None]] = json.loads(Path(__file__).with_name("number_cases.json").read_text())


def split_group(group: str) -> tuple[str, str]:
    """The kind of number that a group of cases is about, and the currency of its record."""
    kind, _, code = group.partition(" in ")
    return kind, code


def parse_number(f: Field, text: str, code: str) -> Decimal | None:
    """The number that `text` stands for; None where it is refused or blank."""
    try:
        value = parse_value(f, text, None, COMPANY, lambda: code)
    except ValidationError:
        return None
    assert value is None or isinstance(value, Decimal)
    return value


@pytest.mark.parametrize("group", CASES)
def test_a_number_is_read_or_refused_as_the_cases_say(group: str) -> None:
    kind, code = split_group(group)
    found = {text: parse_number(FIELDS[kind], text, code) for text in CASES[group]}
    assert found == {text: None if value is None else Decimal(value) for text, value in CASES[group].items()}


def test_what_is_refused_is_refused_for_its_own_reason() -> None:
    said: dict[tuple[str, str], list[str]] = {}
    unclear = (("1.250", ""), ("0,500", ""), ("1250,-", ""))
    for text, code in (*unclear, ("50 USD", "CAD"), ("50 USD", ""), ("1,250.00 CRX", "USD")):
        with pytest.raises(ValidationError) as error:
            parse_value(FIELDS["amount"], text, None, COMPANY, partial(str, code))
        said[text, code] = error.value.messages
    assert said == {
        ("1.250", ""): [
            "“1.250” is not clear: a point and three digits can be thousands or decimals. Use two decimals."
        ],
        ("0,500", ""): ["“0,500” is not clear. Use a comma only before three digits, and a point before decimals."],
        ("1250,-", ""): ["“1250,” is not clear. Use a comma only before three digits, and a point before decimals."],
        ("50 USD", "CAD"): ["“50 USD”: amounts here are in CAD. Leave out “USD” if the number is right."],
        ("50 USD", ""): ["“50 USD”: Leave out “USD” if the number is right."],
        ("1,250.00 CRX", "USD"): ["“1,250.00 CRX”: amounts here are in USD. Leave out “CRX” if the number is right."],
    }
