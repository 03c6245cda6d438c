"""The lists inside a customer, over the sandbox as a real process: what leaves, what is refused before."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from books import registry
from books.mirror import lookup
from books.models import Record
from edits.lifecycle import settle
from edits.models.edit import Edit, State
from tests.support.inputs import inputs, sign_in_from
from tests.support.vendor import Sandbox

from .test_edit import ABC, EDIT, change, sent

pytestmark = pytest.mark.starts_first
SHIP = "alternate_shipping_addresses"
FIELDS = "custom_contact_fields"
CONTACTS = "additional_contacts"
NOTES = "additional_notes"
ACME = "80000003-1234567890"
REPAIR = "80000002-1234567890"
CONTACT = {"id": "80000001-1234567890", "revisionNumber": "1721172183"}
STORED = {
    "name": "Alternate shipping address",
    "line1": "Conductor Labs Inc.",
    "line2": "540 Market St.",
    "line3": "Suite 100",
    "line4": "",
    "line5": "",
    "city": "San Francisco",
    "state": "CA",
    "postalCode": "94110",
    "country": "United States",
    "note": "Conductor HQ",
    "isDefaultShippingAddress": True,
}


def form(client: Client, **typed: str) -> dict[str, str]:
    """The form as it is opened, with some inputs typed over; `__` in a name stands for `-`."""
    return inputs(client.get(EDIT)) | {name.replace("__", "-"): text for name, text in typed.items()}


def press(client: Client, data: dict[str, str], button: str, value: str) -> dict[str, str]:
    """The form after one of its own buttons."""
    answer = client.post(EDIT, data | {button: value})
    assert answer.status_code == 200
    return inputs(answer)


def errors(answer: Any) -> dict[str, list[str]]:
    """What is said beside inputs and on lists."""
    form = answer.context["form"]
    lists = {one.section: one.problems for one in form.lists.every() if one.problems}
    return {**form.errors, **lists}


def test_a_changed_ship_to_address_sends_all_of_them_whole(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    assert as_bob.post(EDIT, form(as_bob) | {f"{SHIP}-0-city": "Oakland"}).status_code == 303
    assert sent(sandbox) == [
        {"revisionNumber": "1721172183", "alternateShippingAddresses": [{**STORED, "city": "Oakland"}]}
    ]


def test_an_address_is_added_by_a_button_and_sent_with_the_others(
    as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    data = press(as_bob, form(as_bob), "add", SHIP)
    assert (data[f"{SHIP}-1-id"], data[f"{SHIP}-1-name"], sent(sandbox)) == ("-1", "", [])
    as_bob.post(EDIT, data | {f"{SHIP}-1-name": "Yard", f"{SHIP}-1-line1": "1 Quay"})
    new = dict.fromkeys(STORED, "") | {"name": "Yard", "line1": "1 Quay"}
    del new["isDefaultShippingAddress"]
    assert sent(sandbox)[0]["alternateShippingAddresses"] == [STORED, new]


def test_a_new_entry_left_blank_counts_for_nothing(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    as_bob.post(EDIT, press(as_bob, form(as_bob), "add", SHIP))
    assert sent(sandbox) == []


def test_a_removed_entry_is_left_out(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    data = press(as_bob, form(as_bob), "add", FIELDS) | {f"{FIELDS}-1-name": "Mobile", f"{FIELDS}-1-value": "555"}
    as_bob.post(EDIT, press(as_bob, data, "remove", f"{FIELDS}-0"))
    assert sent(sandbox)[0]["customContactFields"] == [{"name": "Mobile", "value": "555"}]


def test_a_new_entry_that_is_removed_again_is_not_said_to_have_been_stored(as_bob: Client, job: Record) -> None:
    data = press(as_bob, form(as_bob), "add", FIELDS) | {f"{FIELDS}-1-name": "Mobile"}
    pages = [as_bob.post(EDIT, data | {"remove": f"{FIELDS}-{n}"}).content.decode() for n in range(2)]
    found = [re.findall(r"will be ([\w ]+) when you save|also-changed=\"([^\"]+)", page) for page in pages]
    assert found == [
        [("", "Contact field 1 removed"), ("removed", "")],
        [("", "Contact field 2 left out"), ("left out", "")],
    ]


def test_an_entry_put_back_stands_as_it_was_typed(as_bob: Client, job: Record) -> None:
    data = form(as_bob) | {f"{SHIP}-0-city": "Oakland"}
    gone = press(as_bob, data, "remove", f"{SHIP}-0")
    assert (gone[f"{SHIP}-0-remove"], gone[f"{SHIP}-0-city"]) == ("on", "Oakland")
    back = press(as_bob, gone, "undo", f"{SHIP}-0")
    assert (f"{SHIP}-0-remove" in back, back[f"{SHIP}-0-city"]) == (False, "Oakland")


def test_the_last_entry_cannot_be_removed_and_the_list_says_so(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    answer = as_bob.post(EDIT, press(as_bob, form(as_bob), "remove", f"{SHIP}-0"))
    said = "The last ship-to address can only be removed in QuickBooks."
    assert (answer.status_code, errors(answer), sent(sandbox)) == (422, {SHIP: [said]}, [])


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (
            {f"{SHIP}-1-name": "alternate SHIPPING address"},
            {
                f"{SHIP}-1-name": [
                    "Ship-to address 1 is already called “alternate SHIPPING address”. "
                    "Choose another name; capitals and blanks make no difference."
                ]
            },
        ),
        (
            {f"{SHIP}-1-name": "Alternate\xa0 shipping  address"},
            {
                f"{SHIP}-1-name": [
                    "Ship-to address 1 is already called “Alternate  shipping  address”. "
                    "Choose another name; capitals and blanks make no difference."
                ]
            },
        ),
        ({f"{SHIP}-1-line1": "1 Quay"}, {f"{SHIP}-1-name": ["Name is required."]}),
        (
            {f"{SHIP}-1-name": "Yard", f"{SHIP}-1-is_default_shipping_address": "on"},
            {
                f"{SHIP}-1-is_default_shipping_address": [
                    "Only one ship-to address can be the default, and Ship-to address 1 already is."
                ]
            },
        ),
        ({f"{SHIP}-1-name": "Y" * 42}, {f"{SHIP}-1-name": ["Too long: 42 characters, 41 allowed."]}),
    ],
)
def test_the_limits_of_ship_to_addresses_are_said_beside_the_input(
    as_bob: Client, job: Record, sandbox: Sandbox, typed: dict[str, str], said: dict[str, list[str]]
) -> None:
    answer = as_bob.post(EDIT, press(as_bob, form(as_bob), "add", SHIP) | typed)
    assert (answer.status_code, errors(answer), sent(sandbox)) == (422, said, [])


@pytest.mark.parametrize(
    ("name", "most", "said"),
    [(FIELDS, 8, "At most 8 contact fields."), (f"{CONTACTS}-0-{FIELDS}", 5, "At most 5 contact fields.")],
)
def test_a_full_list_takes_no_more(as_bob: Client, job: Record, name: str, most: int, said: str) -> None:
    more = {f"{name}-{n}-{member}": f"Other {n}" for n in range(1, most) for member in ("name", "value")}
    data = form(as_bob) | more | {f"{name}-{n}-id": "-1" for n in range(1, most)}
    answer = as_bob.post(EDIT, data | {"add": name})
    assert (errors(answer), f"{name}-{most}-id" in inputs(answer)) == ({name: [said]}, False)


def test_more_entries_than_the_books_take_are_refused(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    more = {f"{SHIP}-{n}-{member}": f"Yard {n}" for n in range(1, 51) for member in ("name", "line1")}
    answer = as_bob.post(EDIT, form(as_bob) | more | {f"{SHIP}-{n}-id": "-1" for n in range(1, 51)})
    assert (answer.status_code, errors(answer)) == (422, {SHIP: ["At most 50 ship-to addresses."]})
    assert sent(sandbox) == []


def test_a_contact_goes_out_with_its_own_revision_and_what_changed(
    as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    as_bob.post(EDIT, form(as_bob) | {f"{CONTACTS}-0-job_title": "Owner"})
    assert sent(sandbox)[0]["additionalContacts"] == [{**CONTACT, "jobTitle": "Owner"}]


def test_a_field_of_a_contact_is_added_inside_it(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    name = f"{CONTACTS}-0-{FIELDS}"
    data = press(as_bob, form(as_bob), "add", name) | {f"{name}-1-name": "Mobile", f"{name}-1-value": "555"}
    as_bob.post(EDIT, data)
    both = [{"name": "Main Phone", "value": "555-123-4567"}, {"name": "Mobile", "value": "555"}]
    assert sent(sandbox)[0]["additionalContacts"] == [{**CONTACT, "customContactFields": both}]


def test_a_note_goes_out_with_its_number(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    as_bob.post(EDIT, form(as_bob) | {f"{NOTES}-0-note": "Pays late."})
    assert sent(sandbox)[0]["additionalNotes"] == [{"id": 1, "note": "Pays late."}]


@pytest.mark.parametrize(
    ("name", "said"),
    [(f"{NOTES}-0-note", "Note is required."), (f"{CONTACTS}-0-first_name", "First name is required.")],
)
def test_what_the_books_cannot_be_without_is_needed(as_bob: Client, job: Record, name: str, said: str) -> None:
    assert errors(as_bob.post(EDIT, form(as_bob) | {name: ""})) == {name: [said]}


@pytest.mark.parametrize(
    ("name", "forged", "said"),
    [
        (
            CONTACTS,
            {"1-id": "-1", "1-first_name": "Ann"},
            "Add or remove contacts in QuickBooks.",
        ),
        (CONTACTS, {"0-remove": "on"}, "Add or remove contacts in QuickBooks."),
        (NOTES, {"1-id": "-1", "1-note": "New"}, "Add or remove notes in QuickBooks."),
    ],
)
def test_a_list_that_only_quickbooks_lengthens_takes_no_forged_entry(
    as_bob: Client, job: Record, sandbox: Sandbox, name: str, forged: dict[str, str], said: str
) -> None:
    answer = as_bob.post(EDIT, form(as_bob) | {f"{name}-{member}": text for member, text in forged.items()})
    assert (answer.status_code, answer.context["form"].errors["__all__"], sent(sandbox)) == (422, [said], [])


def test_inputs_of_another_entry_are_refused(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    answer = as_bob.post(EDIT, form(as_bob) | {f"{SHIP}-0-id": "Elsewhere", f"{SHIP}-0-city": "Oakland"})
    assert (answer.status_code, sent(sandbox)) == (422, [])


def test_a_card_is_sent_without_its_number(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    as_bob.post(EDIT, form(as_bob) | {"credit_card-expiration_year": "2029"})
    assert sent(sandbox)[0]["creditCard"] == {
        "expirationMonth": 12,
        "expirationYear": 2029,
        "name": "John Doe",
        "address": "1234 Main St, Anytown, USA, 12345",
        "postalCode": "12345",
    }


@pytest.mark.parametrize(
    ("month", "said"), [("13", "Enter a whole number from 1 to 12."), ("1.5", "Enter a whole number from 1 to 12.")]
)
def test_a_month_that_no_year_has_is_said_beside_it(as_bob: Client, job: Record, month: str, said: str) -> None:
    answer = as_bob.post(EDIT, form(as_bob) | {"credit_card-expiration_month": month})
    assert errors(answer) == {"credit_card-expiration_month": [said]}


def test_parent_and_job_type_are_sent_by_their_ids(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    sandbox.change(endUserId=ABC, resource="customers", id=ACME, changes={"jobTypeId": REPAIR})
    raw = sandbox.get(f"/quickbooks-desktop/customers/{ACME}", ABC)
    lookup.store_record(job.tenant, registry.get_table(job.tenant, "customers"), raw)
    as_bob.post(EDIT, form(as_bob) | {"parent": "Acme Corporation", "job_type": "repair"})
    assert sent(sandbox) == [{"revisionNumber": "1721172183", "jobTypeId": REPAIR, "parentId": ACME}]


def test_changes_of_both_sides_to_one_list_are_combined(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    data = form(as_bob) | {f"{SHIP}-0-city": "Oakland"}
    change(sandbox, alternateShippingAddresses=[{**STORED, "line1": "2 Labs"}, {"name": "Dock"}])
    answer = as_bob.post(EDIT, data)
    conflict = answer.context["conflict"]
    assert (answer.status_code, [c.label for c in conflict.combined]) == (
        409,
        ["Ship-to address 1, Alternate shipping address: Line 1",
         "Ship-to address 1, Alternate shipping address: City",
         "Ship-to address 2, Dock"],
    )  # fmt: skip
    as_bob.post(answer.context["form_action"], inputs(answer, "conflict"))
    last: Any = sent(sandbox)[-1]["alternateShippingAddresses"]
    assert [(one["name"], one["line1"], one["city"]) for one in last] == [
        ("Alternate shipping address", "2 Labs", "Oakland"), ("Dock", "", ""),
    ]  # fmt: skip


def test_a_changed_entry_is_described_among_the_edits(as_bob: Client, job: Record) -> None:
    as_bob.post(EDIT, form(as_bob) | {f"{SHIP}-0-city": "Oakland", f"{CONTACTS}-0-job_title": "Owner"})
    edit = Edit.objects.get()
    page = as_bob.get(f"/t/abc/edits/{edit.pk}/")
    assert (edit.state, [(c.label, c.was, c.now) for c in page.context["changes"]]) == (
        State.SAVED,
        [("Additional contacts, Jane Smith, job title", "Purchasing Manager", "Owner"),
         ("Ship-to addresses, Alternate shipping address, city", "San Francisco", "Oakland")],
    )  # fmt: skip


def test_entries_survive_an_ended_session(client: Client, as_bob: Client, job: Record) -> None:
    data = press(as_bob, form(as_bob), "add", SHIP) | {f"{SHIP}-1-name": "Yard"}
    sign_in_from(client.post(EDIT, data), client, "bob")
    assert inputs(client.get(EDIT))[f"{SHIP}-1-name"] == "Yard"


def test_entries_survive_a_rebase(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    data = press(as_bob, form(as_bob), "add", SHIP) | {f"{SHIP}-1-name": "Yard", f"{FIELDS}-0-value": "1"}
    change(sandbox, phone="555-9999")
    raw = sandbox.get(f"/quickbooks-desktop/customers/{job.remote_id}", ABC)
    lookup.store_record(job.tenant, registry.get_table(job.tenant, "customers"), raw)
    back = inputs(as_bob.post(EDIT, data | {"rebase": "1"}))
    assert (back["phone"], back[f"{SHIP}-1-name"], back[f"{FIELDS}-0-value"]) == ("555-9999", "Yard", "1")


def test_a_lost_answer_to_a_new_entry_is_known_by_reading_again(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    data = press(as_bob, form(as_bob), "add", SHIP) | {f"{SHIP}-1-name": "Yard", f"{CONTACTS}-0-job_title": "Owner"}
    sandbox.fault(endUserId=ABC, operation="update", resource="customers", count=1, fault="cut_after")
    assert (as_bob.post(EDIT, data).status_code, Edit.objects.get().state) == (303, State.SAVED)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("customContactFields[0].value", f"{FIELDS}-1-value"),
        ("additionalContacts[0].customContactFields[0].name", f"{CONTACTS}-0-{FIELDS}-0-name"),
        ("alternateShippingAddresses", SHIP),
    ],
)
def test_a_refusal_lands_on_the_entry_that_was_sent_there(
    as_bob: Client, job: Record, sandbox: Sandbox, path: str, name: str
) -> None:
    data = press(as_bob, form(as_bob), "add", FIELDS) | {f"{FIELDS}-1-name": "Mobile", f"{FIELDS}-1-value": "555"}
    data = press(as_bob, data, "remove", f"{FIELDS}-0")
    message = f'The value in the field "{path}" is not valid.'
    sandbox.fault(
        endUserId=ABC, operation="update", resource="customers", count=1, fault="refuse",
        integrationCode="3070", message=message,
    )  # fmt: skip
    assert list(errors(as_bob.post(EDIT, data))) == [name]


def test_entries_come_back_when_an_edit_is_opened_again(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    data = press(as_bob, form(as_bob), "add", SHIP) | {f"{SHIP}-1-name": "Yard", f"{FIELDS}-0-value": "1"}
    data = press(as_bob, data, "remove", f"{SHIP}-0")
    sandbox.fault(endUserId=ABC, operation="update", resource="customers", count=1, fault="not_active")
    as_bob.post(EDIT, data)
    back = inputs(as_bob.get(f"{EDIT}?from={Edit.objects.get().pk}"))
    found = (back[f"{SHIP}-0-remove"], back[f"{SHIP}-1-name"], back[f"{FIELDS}-0-value"])
    assert found == ("on", "Yard", "1")


def test_an_entry_of_a_lost_save_is_not_taken_for_one_of_another_name(
    as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    mine = press(as_bob, form(as_bob), "add", FIELDS) | {f"{FIELDS}-1-name": "Mobile", f"{FIELDS}-1-value": "555"}
    sandbox.fault(endUserId=ABC, operation="update", resource="customers", count=1, fault="cut_before")
    as_bob.post(EDIT, mine)
    held = {"name": mine[f"{FIELDS}-0-name"], "value": mine[f"{FIELDS}-0-value"]}
    change(sandbox, customContactFields=[held, {"name": "Fax", "value": "1"}])
    Edit.objects.update(look_at=timezone.now())
    settle.settle_due()
    conflict = as_bob.get(f"/t/abc/edits/{Edit.objects.get().pk}/").context["conflict"]
    whose = sorted(part.whose for part in conflict.combined)
    assert ([row.note for row in conflict.rows], whose) == ([], ["QuickBooks", "yours"])
