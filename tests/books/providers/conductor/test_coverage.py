"""Our field tables beside the types of the vendor's own client: what it writes can be edited, what it reads is shown.

A difference is allowed only if a list below gives its reason, and only as long as it exists.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import Annotated, Any, Required, get_args, get_origin, get_type_hints

import pytest
from django.test import Client
from pydantic import BaseModel
from typing_extensions import is_typeddict

from bills.linked import LINKED, LinkedTransactions
from books.mirror import lookup
from books.models import Record
from books.providers.conductor.bills import BILLS
from books.providers.conductor.customers import CUSTOMERS
from records.content import Content, is_blank
from records.fields import Field, FieldKind, Shape, Table
from records.formatting import MINUS, format_money
from records.formatting import format_value as as_written
from tenants.models import Tenant
from tests.support.inputs import inputs

BILL = "123ABC-1234567890"
LINES = ("expense_lines", "item_lines", "item_group_lines")

SENT = "The desk sends it with every update; nobody types it."
KNOWN_BY = "What the desk knows a line by; people go by its number."
CONSTANT = "Says of which type the object is, which never differs."
UNSEEN = (
    "Write-only: no answer says what is set, so it could be neither shown, merged nor looked for after a lost answer. "
    "A stored line that is sent without it keeps it."
)
NOT_EDITED = {
    "customers": {
        "revisionNumber": SENT,
        "Conductor-End-User-Id": SENT,
        "creditCard.number": "Card numbers arrive masked: the mask must never be written over the number.",
    },
    "bills": {
        "revisionNumber": SENT,
        "Conductor-End-User-Id": SENT,
        "itemLines[].overrideItemAccountId": UNSEEN,
        "itemGroupLines[].itemLines[].overrideItemAccountId": UNSEEN,
    },
}
LINE_PATHS = ("expenseLines[]", "itemLines[]", "itemGroupLines[]", "itemGroupLines[].itemLines[]")
NOT_SHOWN = {
    "customers": {"objectType": CONSTANT, "additionalContacts[].objectType": CONSTANT},
    "bills": {
        "objectType": CONSTANT,
        "linkedTransactions[].objectType": CONSTANT,
        **{f"{path}.objectType": CONSTANT for path in LINE_PATHS},
        **{f"{path}.id": KNOWN_BY for path in LINE_PATHS},
    },
}
KINDS = pytest.mark.parametrize("table", [CUSTOMERS, BILLS], ids=["customers", "bills"])


def find_vendor_types(table: Table) -> tuple[Any, Any]:
    """The vendor's types of an update's body and of an answer."""
    # To import them takes longer than the tests, and every process of a run imports this module.
    from conductor.types.qbd import Bill, BillUpdateParams, Customer, CustomerUpdateParams

    return (BillUpdateParams, Bill) if table is BILLS else (CustomerUpdateParams, Customer)


def written_by_vendor(params: Any, before: str = "") -> Iterator[str]:
    """Return every value that an update of the vendor's client accepts: `creditCard.name`, `expenseLines[].memo`."""
    for name, hint in get_type_hints(params, include_extras=True).items():
        alias = name
        while get_origin(hint) in (Annotated, Required):
            alias = next((m.alias for m in getattr(hint, "__metadata__", ()) if m.alias), alias)
            hint = get_args(hint)[0]
        nested = next((one for one in (hint, *get_args(hint)) if is_typeddict(one)), None)
        path = f"{before}{alias}{'[]' if nested is not None and nested is not hint else ''}"
        yield from written_by_vendor(nested, f"{path}.") if nested else (path,)


def read_by_vendor(model: type[BaseModel], before: str = "") -> Iterator[str]:
    """Return every value in an answer of the vendor's client; a reference, an id with its name, is one value."""
    for name, info in model.model_fields.items():
        inner = [one for one in _within(info.annotation) if isinstance(one, type) and issubclass(one, BaseModel)]
        many = "[]" if "List" in str(info.annotation) or "list" in str(info.annotation) else ""
        path = f"{before}{info.alias or name}{many}"
        if inner and set(inner[0].model_fields) != {"id", "full_name"}:
            yield from read_by_vendor(inner[0], f"{path}.")
        else:
            yield path


def _within(hint: Any) -> Iterator[Any]:
    yield hint
    for one in get_args(hint):
        yield from _within(one)


def edited(shape: Shape, before: str = "") -> Iterator[str]:
    """Return every value that Ledgerdesk writes by this shape, with those that identify the entry."""
    for f in shape.fields:
        path = f"{before}{f.write or f.wire}"
        if f.writable and f.kind is FieldKind.LIST:
            yield from edited(f.shape, f"{path}[].")
            yield from (before + flag for flag in [f.clear_flag] if flag)
        elif f.writable and f.kind is FieldKind.GROUP:
            yield from edited(f.shape, f"{path}.")
        elif f.writable or (f.sent_along and before):
            yield path


def shown(shape: Shape, before: str = "") -> Iterator[str]:
    """Return every value that Ledgerdesk reads by this shape."""
    for f in shape.fields:
        path = f"{before}{f.wire}"
        if path.endswith("Lines[].id"):
            continue
        if f.kind in (FieldKind.LIST, FieldKind.GROUP):
            yield from shown(f.shape, f"{path}{'[]' if f.kind is FieldKind.LIST else ''}.")
        else:
            yield path


def fields_of(shape: Shape) -> Iterator[Field]:
    for f in shape.fields:
        yield f
        if f.members is not None:
            yield from fields_of(f.members)


@KINDS
def test_every_field_writable_at_the_vendor_can_be_edited(table: Table, record_property: Any) -> None:
    params, _ = find_vendor_types(table)
    vendor, ours = set(written_by_vendor(params)), set(edited(table.shape))
    record_property("coverage", f"{table.kind}: {len(vendor & ours)} of {len(vendor)} writable values edited")
    assert (vendor - ours, ours - vendor) == (set(NOT_EDITED[table.kind]), set())


@KINDS
def test_every_field_in_the_vendors_answers_is_read(table: Table, record_property: Any) -> None:
    _, model = find_vendor_types(table)
    vendor, ours = set(read_by_vendor(model)), set(shown(table.shape))
    record_property("coverage", f"{table.kind}: {len(vendor & ours)} of {len(vendor)} readable values shown")
    assert (vendor - ours, ours - vendor) == (set(NOT_SHOWN[table.kind]), set())


@KINDS
def test_every_field_is_in_a_section_of_its_page(table: Table) -> None:
    placed = [name for section in table.sections for name in section.fields]
    assert sorted(placed) == sorted(table.shape)


@KINDS
def test_a_field_that_cannot_be_written_has_a_reason(table: Table) -> None:
    assert [f.name for f in fields_of(table.shape) if not f.writable and not f.why_read_only] == []


def leaves(f: Field, value: Any) -> Iterator[str]:
    """Return every value that a field holds, as people read it."""
    if f.kind is FieldKind.LIST:
        yield from (text for entry in value for m in f.shape.fields for text in leaves(m, entry[m.name]))
    elif f.kind is FieldKind.GROUP:
        yield from (text for m in f.shape.fields for text in leaves(m, value[m.name]))
    elif not is_blank(value):
        yield from as_written(f, value).split("\n")


def inputs_for(shape: Shape, content: Content, before: str = "") -> Iterator[str]:
    """Return the name of the input of every value that Ledgerdesk writes, over one record."""
    for f in shape.writable:
        name = f"{before}{f.name}"
        if f.kind is FieldKind.LIST:
            for place, entry in enumerate(content[f.name]):
                yield from inputs_for(f.shape, entry, f"{name}-{place}-")
        elif f.kind is FieldKind.GROUP:
            yield from (f"{name}-{m.name}" for m in f.shape.writable)
        else:
            yield name


def text_of(page: Any) -> str:
    """Return the text of a page as a person reads it."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.content.decode())).split())


def test_a_customer_s_page_shows_every_value_of_it(as_bob: Client, job: Record) -> None:
    text, content = text_of(as_bob.get(f"/t/abc/customers/{job.remote_id}/")), lookup.get_content(job)
    missing = [(f.name, one) for f in CUSTOMERS.shape.fields for one in leaves(f, content[f.name]) if one not in text]
    assert missing == []


def test_a_customer_s_form_has_an_input_for_every_value_that_can_be_written(as_bob: Client, job: Record) -> None:
    form = inputs(as_bob.get(f"/t/abc/customers/{job.remote_id}/edit"))
    wanted = set(inputs_for(CUSTOMERS.shape, lookup.get_content(job)))
    assert (wanted - set(form), len(wanted) > 70) == (set(), True)


def test_a_bill_s_page_shows_every_value_of_it(as_bob: Client, abc: Tenant, job: Record) -> None:
    text = text_of(as_bob.get(f"/t/abc/bills/{BILL}/"))
    content = lookup.get_content(lookup.find_record(abc, "bills", BILL))
    missing = [(f.name, one) for f in BILLS.shape.fields for one in leaves(f, content[f.name]) if one not in text]
    ids = [(f.name, line["id"]) for f in (BILLS.shape[name] for name in LINES) for line in content[f.name]]
    inside = [("item_group_lines", line["id"]) for group in content["item_group_lines"] for line in group["item_lines"]]
    paid = [(LINKED, f"{MINUS}{format_money(one.amount)}") for one in LinkedTransactions(content).payments]
    assert set(missing) <= {*ids, *inside, *paid}  # what a payment takes off the bill is shown without a sign


def test_a_bill_s_form_has_an_input_for_every_value_that_can_be_written(
    as_bob: Client, abc: Tenant, job: Record
) -> None:
    content = lookup.get_content(lookup.find_record(abc, "bills", BILL))
    lists = [f for f in BILLS.shape.writable if f.kind is FieldKind.LIST]
    header = set(inputs_for(BILLS.shape, content.replace(**{f.name: () for f in lists})))
    page = as_bob.get(f"/t/abc/bills/{BILL}/edit")
    lines = {f"{f.name}-@-{m.name}" for f in lists for m in f.shape.writable if m.kind is not FieldKind.LIST}
    blanks = {
        f"{section}-@{name}"
        for section, row in re.findall(r'<template id="blank-([a-z_]+)">(.*?)</template>', page.content.decode(), re.S)
        for name in re.findall(r'name="(-[a-z_]+)"', row)
    }
    assert (header - set(inputs(page)), lines - blanks) == (set(), set())


@pytest.mark.parametrize("kind", ["customers", "bills"])
def test_a_list_that_only_quickbooks_changes_is_on_the_form_with_the_reason(
    as_bob: Client, abc: Tenant, job: Record, kind: str
) -> None:
    table, id = {"customers": (CUSTOMERS, job.remote_id), "bills": (BILLS, BILL)}[kind]
    text, content = (
        text_of(as_bob.get(f"/t/abc/{kind}/{id}/edit")),
        lookup.get_content(lookup.find_record(abc, kind, id)),
    )
    fixed = [f for f in table.shape.fields if f.kind is FieldKind.LIST and not f.writable]
    assert [f.name for f in fixed if content[f.name] and f.why_read_only not in text] == []
