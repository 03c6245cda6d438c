"""A list that comes back unchanged sends nothing; of one that was changed, just what was typed is proposed."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User

from books import registry
from books.mirror import lookup
from books.pages.spreadsheet import _spell, escape_formula
from record_forms.workbooks.layout import list_columns, walk_places
from records.content import Content
from records.fields import FieldKind
from tenants.access import Member, find_member
from tenants.models import Tenant
from tests.bills import factories
from tests.support.copies import Copied

from .exported import ExportedFile, export, list_records


def member_of(tenant: Tenant, person: User) -> Member:
    found = find_member(tenant, person)
    assert found is not None
    return found


@pytest.fixture
def m(abc: Tenant, bob: User, copied: Copied) -> Member:
    copied(abc)
    return member_of(abc, bob)


def spell_excel(value: Any) -> str:
    """Return how an American Excel saves a cell as CSV, after it has opened ours."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, date):
        return f"{value.month}/{value.day}/{value.year}"
    if isinstance(value, Decimal):
        return f"{value.normalize():,f}"
    text = str(value)
    is_number = text.isascii() and text.isdigit()
    return f"{int(text):.2E}" if is_number and len(text) > 11 else str(int(text)) if is_number else escape_formula(text)


def spell_german(value: Any) -> str:
    if isinstance(value, date) and not isinstance(value, bool):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, Decimal):
        return f"{value:,f}".translate(str.maketrans(",.", ".,"))
    return spell_excel(value)


def spell_own(value: Any) -> str:
    return escape_formula(value if isinstance(value, str) else _spell(value))


WAYS = {
    "excel": lambda file: file.bring_back(),
    "excel 1904": lambda file: file.bring_back(is_1904=True),
    "libreoffice": lambda file: file.bring_back_libre(),
    "csv": lambda file: file.bring_back_text(spell_own),
    "csv of excel": lambda file: file.bring_back_text(spell_excel),
    "csv of a german excel": lambda file: file.bring_back_text(spell_german, ";"),
}


@pytest.mark.parametrize(("kind", "with_lines"), [("customers", False), ("bills", False), ("bills", True)])
def test_a_list_that_comes_back_unchanged_proposes_nothing(m: Member, kind: str, with_lines: bool) -> None:
    file, count = export(m, kind, with_lines=with_lines), len(list_records(m.tenant, kind))
    for way, bring_back in WAYS.items():
        reading = bring_back(file)
        said = [one.problem or one.edited for one in reading.proposals]
        assert (way, said, reading.unchanged) == (way, [], count)


def test_customers_of_bigcapital_come_back_unchanged(juniper: Tenant, bob: User, copied: Copied) -> None:
    copied(juniper)
    reading = export(member_of(juniper, bob), "customers").bring_back()
    assert (reading.proposals, reading.unchanged > 5, reading.notes) == ([], True, [])


def test_what_is_typed_at_random_is_what_is_proposed(m: Member) -> None:
    chance = random.Random(21)
    for way in ("excel", "libreoffice", "csv"):
        file = export(m, "customers")
        wanted = type_at_random(file, chance)
        found = {one.record.remote_id: one for one in WAYS[way](file).proposals}
        assert {key: read_typed(found[key].edited, names) for key, names in wanted.items()} == wanted
        assert found.keys() == wanted.keys()


WORDS = ("Larch", "=1+2", "00123", "a,b;c", "Ünïcode 😀", "-x", "@at", "1-2", "TRUE", "12.50", "'quoted'", '"q"')
LETTERS = (FieldKind.TEXT, FieldKind.LONG_TEXT)
FREE = {"company_name", "salutation", "phone", "alternate_phone", "fax", "contact", "job_description", "account_number"}
FREE |= {f"billing_address-line{n}" for n in range(1, 5)} | {"note", "resale_number", "job_start_date", "credit_limit"}


def type_at_random(file: ExportedFile, chance: random.Random) -> dict[str, dict[str, Any]]:
    """Change a few cells; return the values wanted by record and input name."""
    columns = {one.name: one for one in list_columns(registry.get_table(file.member.tenant, "customers").shape)}
    wanted: dict[str, dict[str, Any]] = {}
    for record in chance.sample(list_records(file.member.tenant, "customers"), 6):
        was = lookup.get_content(record)
        for name in chance.sample(sorted(FREE), 3):
            value = pick_value(columns[name].field.kind, chance)
            if value != columns[name].read(was):
                file.set(file.find(record.remote_id), columns[name].head, value)
                wanted.setdefault(record.remote_id, {})[name] = value
    return wanted


def pick_value(kind: FieldKind, chance: random.Random) -> Any:
    if kind is FieldKind.DATE:
        return date(2020, 1, 1) + timedelta(days=chance.randrange(3000))
    if kind is FieldKind.MONEY:
        return Decimal(chance.randrange(10**9)).scaleb(-2)
    return chance.choice(WORDS)[:15]


def read_typed(edited: Content | None, names: dict[str, Any]) -> dict[str, Any]:
    assert edited is not None
    columns = {one.name: one for one in list_columns(edited.shape)}
    return {name: columns[name].read(edited) for name in names}


@pytest.fixture
def bill(abc: Tenant, bob: User) -> Member:
    factories.store_lists(abc)
    factories.store_bill(abc)
    return member_of(abc, bob)


def read_lines(edited: Content | None) -> Iterator[tuple[str, Any, Any]]:
    assert edited is not None
    for place in walk_places(edited):
        yield place.key, place.entry.get("memo", place.entry.get("description")), place.entry.get("amount")


def test_lines_are_changed_by_their_own_ids_whatever_their_order(bill: Member) -> None:
    file = export(bill, "bills", with_lines=True)
    file.set(1, "Line: memo", "Stamps")
    file.set(4, "Line: cost", Decimal("2"))
    file.rows.reverse()
    (proposal,) = file.bring_back().proposals
    assert (proposal.problem, proposal.place) == ("", "rows 2 to 7")
    assert list(read_lines(proposal.edited)) == [
        ("E1", "Inbound, 2 pallets", Decimal("218.00")),
        ("E2", "Stamps", Decimal("86.40")),
        ("I1", "Single <wall>", Decimal("230.00")),
        ("G1", "", None),
        ("M1", "", Decimal("4.00")),
        ("M2", "", Decimal("195.00")),
    ]


def test_a_value_of_a_bill_may_be_changed_in_one_of_its_rows(bill: Member) -> None:
    file = export(bill, "bills", with_lines=True)
    file.set(2, "Memo", "Boxes")
    (proposal,) = file.bring_back().proposals
    assert proposal.edited is not None and proposal.edited["memo"] == "Boxes"


def test_rows_of_a_bill_that_say_different_things_change_nothing(bill: Member) -> None:
    file = export(bill, "bills", with_lines=True)
    first, second = file.set(0, "Memo", "Boxes"), file.set(2, "Memo", "Crates")
    (proposal,) = file.bring_back().proposals
    said = f"{first} and {second} say different things for Memo of the same record."
    assert (proposal.edited, proposal.problem) == (None, said)
