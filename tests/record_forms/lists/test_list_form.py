"""Whatever is added, opened, typed, copied, moved, struck out and put back in a list comes to what a person sees."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bills.forms import BillForm
from books import registry
from record_forms.form_data import OWN
from record_forms.lists.list_form import ListForm
from record_forms.lists.members import list_inputs
from record_forms.lists.whole_form import WholeForm
from record_forms.typed.list_limits import find_broken_limits
from records.content import Content
from records.decoder import decode
from tenants.models import Tenant
from tests.bills.factories import bill, data_of
from tests.support import databases

STEPS = st.tuples(
    st.sampled_from(["add", "below", "up", "down", "open", "type", "copy", "remove", "undo"]),
    st.integers(0, 5),
    st.sampled_from(["Toner", "“Ink” & <b>", "é"]),
)


@dataclass(eq=False)
class Seen:
    """An entry as the person sees it: the index of its inputs; `is_blank` where nothing of it holds anything."""

    text: str
    index: int
    is_new: bool = True
    is_blank: bool = False
    is_gone: bool = False


@pytest.fixture
def larch(db: None) -> Tenant:
    """A company whose mirror holds no lists."""
    return Tenant.objects.create(slug="larch", name="Larch", end_user_id="end_usr_larch")


def customer(tenant: Tenant) -> Content:
    yards = [{"name": f"Yard {n}", "city": city} for n, city in enumerate(("Boise", "Nampa"))]
    shape = registry.get_table(tenant, "customers").shape
    return decode(shape, {"id": "C1", "revisionNumber": "1", "alternateShippingAddresses": yards})


def bill_lines(tenant: Tenant, base: Content, data: QueryDict) -> ListForm[Any]:
    return BillForm(tenant, registry.get_table(tenant, "bills"), base, data).lines


def customer_lists(tenant: Tenant, base: Content, data: QueryDict) -> ListForm[Any]:
    form = WholeForm(tenant, registry.get_table(tenant, "customers"), base, data)
    form.is_valid()
    return form.lists


def travelling(form: ListForm[Any]) -> QueryDict:
    """The inputs that stand in the form: of each open entry all, of any other those that came with it."""
    data = QueryDict(mutable=True)
    for entry in form.entries():
        typed = entry.typed or {}
        is_open = not entry.is_gone and (entry.base is None or not typed.keys() <= OWN)
        drawn = list_inputs(entry.start) if is_open and entry.typed else {}
        for name, text in {**drawn, **typed}.items():
            data[f"{entry.prefix}-{name}"] = text
    return data


def insert(seen: list[Seen], asked: Seen, made: Seen) -> None:
    """A new entry comes below the one that it was asked for in, but not above a stored one."""
    after = seen[seen.index(asked) + 1 :]
    if not asked.is_new and any(not one.is_new and not one.is_gone for one in after):
        return seen.append(made)
    above = [asked] if asked.is_new else [one for one in seen if not one.is_new]
    return seen.insert(seen.index(above[-1]) + 1, made)


def swap(seen: list[Seen], entry: Seen, step: int) -> None:
    new = [one for one in seen if one.is_new]
    at = new.index(entry) + step if entry.is_new else -1
    if 0 <= at < len(new):
        here, there = seen.index(entry), seen.index(new[at])
        seen[here], seen[there] = seen[there], seen[here]


def see(seen: list[Seen], step: str, entry: Seen, text: str) -> None:
    """What a step changes for the person."""
    index = max(one.index for one in seen) + 1
    if step == "add":
        seen.append(Seen("", index, is_blank=True))
    elif step == "below":
        insert(seen, entry, Seen("", index, is_blank=True))
    elif step in ("up", "down"):
        swap(seen, entry, -1 if step == "up" else 1)
    elif step == "undo" or (step == "remove" and not entry.is_gone):
        entry.is_gone = step == "remove"
    elif step == "copy":
        insert(seen, entry, Seen(entry.text, index, is_blank=entry.is_blank))
    elif step == "type":
        entry.text, entry.is_blank = text, False


@pytest.mark.parametrize(
    ("make", "content", "section", "member"),
    [
        (bill_lines, bill, "expense_lines", "memo"),
        (customer_lists, customer, "alternate_shipping_addresses", "city"),
    ],
)
@settings(
    max_examples=databases.examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEPS, max_size=8))
def test_any_steps_on_a_list_come_to_what_is_seen(
    larch: Tenant,
    make: Callable[..., ListForm[Any]],
    content: Callable[[Tenant], Content],
    section: str,
    member: str,
    steps: Any,
) -> None:
    base = content(larch)
    seen = [Seen(entry[member], index, is_new=False) for index, entry in enumerate(base[section])]
    data = QueryDict(mutable=True)
    for step, number, text in steps:
        entry = seen[number % len(seen)]
        if entry.is_gone != (step == "undo") and step != "add":
            continue
        button = "open" if step == "type" else step
        data[button] = section if step == "add" else f"{section}-{entry.index}"
        data = travelling(make(larch, base, data))
        if step == "type":
            data[f"{section}-{entry.index}-{member}"] = text
        see(seen, step, entry, text)
    edited = make(larch, base, data).edited[section]
    assert [entry[member] for entry in edited] == [
        entry.text for entry in seen if not entry.is_gone and not entry.is_blank
    ]


def test_an_entry_inside_one_that_did_not_travel_is_refused(larch: Tenant) -> None:
    fields = [{"name": "Main Phone", "value": "555-0100"}]
    contact = {"id": "K1", "revisionNumber": "1", "firstName": "Ann", "customContactFields": fields}
    table = registry.get_table(larch, "customers")
    base = decode(table.shape, {"id": "C1", "revisionNumber": "1", "additionalContacts": [contact]})
    inside = "additional_contacts-0-custom_contact_fields-0"
    form = customer_lists(larch, base, data_of({f"{inside}-id": "Main Phone", f"{inside}-value": "555-0199"}))
    assert form.errors == {"additional_contacts-0": [ListForm.moved]}


def test_stored_names_that_differ_in_blanks_alone_keep_no_other_entry_from_being_changed(larch: Tenant) -> None:
    listed = registry.get_table(larch, "customers").shape["alternate_shipping_addresses"]
    base = [Content(listed.shape, {"name": name}) for name in ("Dock 1", "Dock  1", "Yard")]
    edited = [*base[:2], base[2].replace(city="Boise")]
    assert list(find_broken_limits(listed, base, edited)) == []
    more = [*edited, Content(listed.shape, {"name": "dock   1"})]
    assert [(place, member) for place, member, _ in find_broken_limits(listed, base, more)] == [(3, "name")]
