"""Customers change by QuickBooks' rules."""

from decimal import Decimal
from typing import Any

import pytest

from .conftest import CONTRACTOR, CUSTOMER, STALE_TEXT, WHOLESALER, Caller, quickbooks, refusal

PATH = f"customers/{CUSTOMER}"
PARENT = "customers/80000002-1234567890"
ACME = "customers/80000003-1234567890"


def test_an_update_changes_only_the_sent_members(caller: Caller) -> None:
    before = caller.get(PATH)
    after = caller.update(PATH, phone="555-0100")
    moved = {name for name in before if before[name] != after[name]}
    assert (after, moved) == (caller.get(PATH), {"phone", "revisionNumber", "updatedAt"})


def test_each_update_raises_the_revision(caller: Caller) -> None:
    numbers = [int(caller.update(PATH, phone=str(number))["revisionNumber"]) for number in range(3)]
    assert numbers == sorted(set(numbers))


def test_a_stale_update_is_refused_and_nothing_is_written(caller: Caller) -> None:
    before = caller.get(PATH)
    answer = caller.send("POST", PATH, json={"revisionNumber": "1493020304", "phone": "1"})
    assert refusal(answer) == quickbooks("3200")
    assert answer.json()["error"]["message"] == STALE_TEXT.format("1493020304")
    assert caller.get(PATH) == before


def test_an_empty_text_clears(caller: Caller) -> None:
    assert caller.update(PATH, note="", fax="")["note"] is None


def test_omitted_members_of_an_address_are_cleared(caller: Caller) -> None:
    empty: dict[str, Any] = dict.fromkeys(("line3", "line4", "line5", "state", "postalCode", "country", "note"))
    address = caller.update(PATH, billingAddress={"line1": "One", "line2": "Two", "city": "Rome"})["billingAddress"]
    assert address == {"line1": "One", "line2": "Two", "city": "Rome", **empty}


def test_an_address_without_values_is_null(caller: Caller) -> None:
    assert caller.update(PATH, shippingAddress={"line1": ""})["shippingAddress"] is None


def test_renaming_a_parent_moves_its_jobs_and_keeps_their_revision(caller: Caller) -> None:
    revision = caller.get(PATH)["revisionNumber"]
    caller.update(PARENT, name="ABC Limited")
    job = caller.get(PATH)
    assert job["fullName"] == "ABC Limited:Website Redesign Project"
    assert job["parent"] == {"id": "80000002-1234567890", "fullName": "ABC Limited"}
    assert job["revisionNumber"] == revision


def test_renaming_a_customer_shows_on_bills_that_name_it(caller: Caller) -> None:
    caller.update(ACME, name="Acme Worldwide")
    bill = caller.get("bills/123ABC-1234567890")
    names = {
        bill["expenseLines"][0]["payee"]["fullName"],
        bill["itemGroupLines"][0]["itemLines"][0]["customer"]["fullName"],
    }
    assert names == {"Acme Worldwide"}


def test_moving_a_customer_under_another_makes_it_a_job(caller: Caller) -> None:
    moved = caller.update(ACME, parentId=CUSTOMER)
    assert (moved["fullName"], moved["sublevel"]) == ("ABC Corporation:Website Redesign Project:Acme Corporation", 2)


def test_a_moved_job_takes_its_balance_out_of_the_totals_above_it_and_into_those_of_its_new_place(
    caller: Caller,
) -> None:
    paths = (PARENT, ACME)
    before, total = [caller.get(path) for path in paths], Decimal(caller.get(PATH)["totalBalance"])
    caller.update(PATH, parentId=ACME.partition("/")[2])
    after = [caller.get(path) for path in paths]
    moved = [
        Decimal(now["totalBalance"]) - Decimal(row["totalBalance"]) for row, now in zip(before, after, strict=True)
    ]
    assert (total > 0, moved) == (True, [-total, total])
    assert [row["revisionNumber"] for row in after] == [row["revisionNumber"] for row in before]


def test_a_job_below_a_moved_one_changes_no_total_of_both_places(caller: Caller) -> None:
    """Between two places below one customer, that customer's own total stays."""
    depot = caller.send("POST", "customers", json={"name": "Depot", "parentId": "80000002-1234567890"}).json()
    before = caller.get(PARENT)
    caller.update(PATH, parentId=depot["id"])
    assert (caller.get(PARENT), caller.get(f"customers/{depot['id']}")["totalBalance"]) == (
        before,
        caller.get(PATH)["totalBalance"],
    )


def test_the_opening_balance_of_a_new_job_is_in_the_totals_above_it(caller: Caller) -> None:
    before = [Decimal(caller.get(path)["totalBalance"]) for path in (PATH, PARENT)]
    body = {"name": "Annex", "parentId": CUSTOMER, "openingBalance": "7"}
    made = caller.send("POST", "customers", json=body).json()
    after = [Decimal(caller.get(path)["totalBalance"]) for path in (PATH, PARENT)]
    assert (made["balance"], made["totalBalance"], after) == ("7.00", "7.00", [total + 7 for total in before])


def test_a_customer_cannot_be_its_own_ancestor(caller: Caller) -> None:
    assert refusal(caller.try_update(PARENT, parentId=CUSTOMER)) == quickbooks("3210")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("abc CORPORATION", "3100"),
        ("Acme Supplies Ltd.", "3100"),
        ("Jane Doe", "3100"),
        ("Petty Cash Custodian", "3100"),
        ("A:B", "3090"),
        ("", "3190"),
    ],
)
def test_invalid_and_duplicate_names_are_refused(caller: Caller, name: str, code: str) -> None:
    assert refusal(caller.try_update(ACME, name=name)) == quickbooks(code)


def test_two_jobs_of_one_customer_cannot_share_a_name(caller: Caller) -> None:
    body = {"name": "website redesign project", "parentId": "80000002-1234567890"}
    assert refusal(caller.send("POST", "customers", json=body)) == quickbooks("3100")


def test_a_job_may_have_the_name_of_a_customer_elsewhere(caller: Caller) -> None:
    created = caller.send("POST", "customers", json={"name": "Acme Corporation", "parentId": CUSTOMER}).json()
    assert created["fullName"] == "ABC Corporation:Website Redesign Project:Acme Corporation"


@pytest.mark.parametrize(("key", "code"), [("80000999-1234567890", "3140"), ("nonsense", "3000"), ("", "3000")])
def test_references_must_exist(caller: Caller, key: str, code: str) -> None:
    assert refusal(caller.try_update(PATH, termsId=key)) == quickbooks(code)


def test_terms_of_either_kind_are_accepted(caller: Caller) -> None:
    terms = caller.get("date-driven-terms")["data"][0]
    assert caller.update(PATH, termsId=terms["id"])["terms"] == {"id": terms["id"], "fullName": terms["name"]}


def test_job_details_are_refused_on_a_customer_that_has_jobs(caller: Caller) -> None:
    assert refusal(caller.try_update(PARENT, jobStatus="closed")) == quickbooks("3210")


def test_a_feature_that_is_off_is_refused(caller: Caller) -> None:
    builder = caller.as_(CONTRACTOR)
    key = builder.get("customers", limit=1)["data"][0]["id"]
    assert refusal(builder.try_update(f"customers/{key}", classId="80000001-1500000977")) == quickbooks("3250")


def test_a_card_number_is_masked(caller: Caller) -> None:
    card = caller.update(PATH, creditCard={"number": "4111-1111-1111-9876"})["creditCard"]
    assert (card["number"], card["name"]) == ("xxxxxxxxxxxx9876", "John Doe")


def test_contacts_need_their_own_revision(caller: Caller) -> None:
    contact = {"id": "80000001-1234567890", "revisionNumber": "1", "jobTitle": "Owner"}
    assert refusal(caller.try_update(PATH, additionalContacts=[contact])) == quickbooks("3200")


def test_a_changed_contact_gets_a_new_revision(caller: Caller) -> None:
    contact = {"id": "80000001-1234567890", "revisionNumber": "1721172183", "lastName": "Roe"}
    changed = caller.update(PATH, additionalContacts=[contact])["additionalContacts"][0]
    assert (changed["name"], changed["revisionNumber"]) == ("John A. Roe", "1721172184")


def test_notes_are_changed_by_their_number(caller: Caller) -> None:
    notes = caller.update(PATH, additionalNotes=[{"id": 1, "note": "Changed."}])["additionalNotes"]
    assert notes == [{"id": 1, "date": "2021-01-01", "note": "Changed."}]


def test_shipping_addresses_are_replaced_as_a_whole(caller: Caller) -> None:
    places = caller.update(PATH, alternateShippingAddresses=[{"name": "Depot"}])["alternateShippingAddresses"]
    assert [(place["name"], place["line1"], place["isDefaultShippingAddress"]) for place in places] == [
        ("Depot", None, False)
    ]


def test_a_created_customer_is_listed(caller: Caller) -> None:
    created = caller.as_(WHOLESALER).send("POST", "customers", json={"name": "Zuletzt GmbH"}).json()
    assert caller.as_(WHOLESALER).get("customers", nameContains="zuletzt")["data"] == [created]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"alternateShippingAddresses": [{"name": " "}]}, "3190"),
        ({"alternateShippingAddresses": [{"name": "Yard"}, {"name": "YARD"}]}, "3100"),
        ({"alternateShippingAddresses": [{"name": f"Yard {n}"} for n in range(51)]}, "3210"),
        ({"customContactFields": [{"name": f"Other {n}", "value": "1"} for n in range(9)]}, "3210"),
        ({"additionalContacts": [{"id": "80000001-1234567890", "revisionNumber": "7", "lastName": "Poe"}]}, "3200"),
        ({"additionalNotes": [{"id": 1, "note": ""}]}, "3190"),
        ({"additionalNotes": [{"id": 2, "note": "New"}]}, "3120"),
        ({"creditCard": {"expirationMonth": 13}}, "3040"),
    ],
)
def test_quickbooks_refuses_invalid_nested_lists(caller: Caller, changes: dict[str, Any], code: str) -> None:
    before = caller.get(PATH)
    assert refusal(caller.try_update(PATH, **changes)) == quickbooks(code)
    assert caller.get(PATH) == before
