"""Complete update bodies, as they are sent."""

from decimal import Decimal

import pytest

from books.providers.conductor.bills import BILLS, EXPENSE_LINE, GROUP_LINE, ITEM_LINE
from books.providers.conductor.customers import CARD, CONTACT, CUSTOMERS, NOTE, SHIP_TO
from books.providers.errors import Refused
from books.providers.update_body import compose_body
from records import json_text
from records.content import Content, Reference

D = Decimal


def customer(**values):
    return Content(CUSTOMERS.shape, {"name": "Roof", "full_name": "ABC:Roof", "revision_number": "1", **values})


def bill(**values):
    return Content(BILLS.shape, {"vendor": Reference("8-1", "Acme"), "ref_number": "7", **values})


def expense(id, **values):
    return Content(EXPENSE_LINE, {"id": id, "account": Reference("8-2", "Rent"), "amount": D("10.00"), **values})


def item(id, **values):
    usual = {"item": Reference("8-3", "Nail"), "quantity": D(2), "cost": D("5.00"), "amount": D("10.00")}
    return Content(ITEM_LINE, {"id": id, **usual, **values})


def test_nothing_changed_sends_nothing():
    assert compose_body(customer(), customer()) == {}
    assert compose_body(bill(expense_lines=(expense("a"),)), bill(expense_lines=(expense("a"),))) == {}


def test_only_changes_are_sent_and_a_reference_by_its_id():
    edited = customer(phone="555", terms=Reference("8-9", "Net 30"), credit_limit=D(500), is_active=False)
    assert compose_body(customer(phone="1"), edited) == {
        "isActive": False,
        "phone": "555",
        "termsId": "8-9",
        "creditLimit": "500.00",
    }


def test_an_emptied_text_is_an_empty_text():
    assert compose_body(customer(email="a@b.c", note="x"), customer()) == {"email": "", "note": ""}


def test_values_derived_by_quickbooks_are_never_sent():
    assert compose_body(customer(), customer(balance=D(9), full_name="X", revision_number="2")) == {}


def test_an_address_is_sent_whole():
    shape = CUSTOMERS.shape["billing_address"].shape
    before = customer(billing_address=Content(shape, {"line1": "1 Mill St", "city": "Larch"}))
    after = customer(billing_address=Content(shape, {"line1": "2 Mill St", "city": "Larch"}))
    assert compose_body(before, after) == {
        "billingAddress": {
            **dict.fromkeys(("line2", "line3", "line4", "line5", "state", "postalCode", "country", "note"), ""),
            "line1": "2 Mill St",
            "city": "Larch",
        }
    }


def test_an_unchanged_line_is_sent_as_its_id_a_changed_one_with_its_changes_a_new_one_whole():
    before = bill(expense_lines=(expense("a"), expense("b"), expense("c")))
    new = Content(EXPENSE_LINE, {"account": Reference("8-4", "Fuel"), "amount": D("3.5"), "memo": "van"})
    after = bill(expense_lines=(expense("a"), expense("c", amount=D("12.00")), new))
    assert compose_body(before, after) == {
        "expenseLines": [
            {"id": "a"},
            {"id": "c", "amount": "12.00"},
            {"id": "-1", "accountId": "8-4", "memo": "van", "amount": "3.50"},
        ]
    }


def test_the_last_line_of_a_kind_is_removed_by_its_flag():
    before = bill(expense_lines=(expense("a"),), item_lines=(item("b"),))
    assert compose_body(before, bill(item_lines=(item("b"),))) == {"clearExpenseLines": True}


def test_item_lines_and_groups_are_sent_together():
    group = Content(GROUP_LINE, {"id": "g", "item_group": Reference("8-5", "Kit")})
    before = bill(item_lines=(item("b"),), item_group_lines=(group,))
    after = bill(item_lines=(item("b", description="long"),), item_group_lines=(group,))
    assert compose_body(before, after) == {
        "itemLines": [{"id": "b", "description": "long"}],
        "itemGroupLines": [{"id": "g"}],
    }


@pytest.mark.parametrize("ids", [("", "b"), ("", "")])
def test_a_list_with_a_line_of_unknown_id_is_not_sent(ids):
    before = bill(expense_lines=tuple(expense(id) for id in ids), item_lines=(item("c"),))
    after = before.replace(expense_lines=(expense("a", memo="new"), expense(ids[1])))
    with pytest.raises(Refused, match="The expenses can only be changed in QuickBooks"):
        compose_body(before, after, "QuickBooks")
    assert compose_body(before, before.replace(memo="x")) == {"memo": "x"}


def test_removing_the_last_group_is_refused_with_a_reason():
    group = Content(GROUP_LINE, {"id": "g", "item_group": Reference("8-5", "Kit")})
    with pytest.raises(Refused, match="item groups can only be removed in"):
        compose_body(bill(item_group_lines=(group,)), bill())


def test_the_flag_for_the_last_item_is_not_sent_beside_groups():
    group = Content(GROUP_LINE, {"id": "g", "item_group": Reference("8-5", "Kit")})
    with pytest.raises(
        Refused, match="items can only be removed in the accounting system while the bill has item group lines"
    ):
        compose_body(bill(item_lines=(item("b"),), item_group_lines=(group,)), bill(item_group_lines=(group,)))


@pytest.mark.parametrize(
    ("changed", "sent"),
    [
        ({"quantity": D(3), "amount": D("15.00")}, {"quantity": D(3), "cost": "5.00"}),
        ({"cost": D("6.12345")}, {"quantity": D(2), "cost": "6.12345"}),
        ({"amount": D("9.99")}, {"quantity": D(2), "amount": "9.99"}),
        ({"quantity": D(3000), "cost": D("0.03334"), "amount": D("100.01")}, {"quantity": D(3000), "amount": "100.01"}),
        (
            {"quantity": D("6.95652"), "cost": D("1.15"), "amount": D("8.01")},
            {"quantity": D("6.95652"), "amount": "8.01"},
        ),
        ({"quantity": D(30), "cost": D("0.33333"), "amount": D("10.00")}, {"quantity": D(30), "cost": "0.33333"}),
        ({"quantity": D("0.33333"), "cost": D("3000"), "amount": D("1000.00")}, {"cost": "3000", "amount": "1000.00"}),
    ],
)
def test_two_of_quantity_cost_and_amount_are_sent(changed, sent):
    assert compose_body(bill(item_lines=(item("b"),)), bill(item_lines=(item("b", **changed),))) == {
        "itemLines": [{"id": "b", **sent}]
    }


def test_a_body_is_json_without_floats():
    body = compose_body(bill(), bill(exchange_rate=D("1.2345")))
    assert json_text.dump_json(body) == '{"exchangeRate":1.2345}'


def contact(id, **values):
    return Content(CONTACT, {"id": id, "revision_number": f"r{id}", "first_name": "Ann", **values})


def place(name, **values):
    return Content(SHIP_TO, {"name": name, **values})


def test_an_unchanged_contact_is_sent_as_its_id_and_revision():
    before = customer(additional_contacts=(contact("1"), contact("2")))
    after = customer(additional_contacts=(contact("1"), contact("2", last_name="Poe")))
    assert compose_body(before, after) == {
        "additionalContacts": [
            {"id": "1", "revisionNumber": "r1"},
            {"id": "2", "revisionNumber": "r2", "lastName": "Poe"},
        ]
    }


def test_every_entry_of_a_list_without_ids_is_sent_whole_except_blanks():
    before = customer(alternate_shipping_addresses=(place("Yard", is_default_shipping_address=True),))
    after = customer(alternate_shipping_addresses=(*before["alternate_shipping_addresses"], place("Dock", city="Rome")))
    blank = dict.fromkeys(
        ("line1", "line2", "line3", "line4", "line5", "city", "state", "postalCode", "country", "note"), ""
    )
    assert compose_body(before, after) == {
        "alternateShippingAddresses": [
            {**blank, "name": "Yard", "isDefaultShippingAddress": True},
            {**blank, "name": "Dock", "city": "Rome"},
        ]
    }


def test_removing_the_last_entry_of_a_list_without_a_flag_is_refused():
    with pytest.raises(Refused, match="ship-to addresses can only be removed in"):
        compose_body(customer(alternate_shipping_addresses=(place("Yard"),)), customer())


def test_a_note_is_sent_with_its_number_and_text():
    notes = (Content(NOTE, {"id": D(1), "note": "one"}), Content(NOTE, {"id": D(2), "note": "two"}))
    after = customer(additional_notes=(notes[0], notes[1].replace(note="three")))
    assert compose_body(customer(additional_notes=notes), after) == {
        "additionalNotes": [{"id": D(1), "note": "one"}, {"id": D(2), "note": "three"}]
    }


def test_unknown_values_of_a_card_are_omitted_and_the_number_always():
    card = Content(CARD, {"number": "xxxx1234", "name": "Ann"})
    assert compose_body(customer(credit_card=card), customer(credit_card=card.replace(postal_code="1"))) == {
        "creditCard": {"name": "Ann", "address": "", "postalCode": "1"}
    }
