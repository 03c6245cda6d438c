"""A customer as it is read, and the rules for adding and deleting one."""

from typing import Any

import pytest

from .conftest import BARE_500, FORMATTED, NOT_FOUND, STUDIO, VENDOR, Office, against_rule, constraints, told

ADDRESS = ("1", "2", "_city", "_country", "_email", "_postcode", "_phone", "_state")


def test_a_read_shows_every_member_in_its_order(interiors: Office) -> None:
    interiors.change(5, opening_balance=123.45, opening_balance_at="2026-01-15", balance=123.45)
    nothing = [("first_name", None), ("last_name", None), ("company_name", None)]
    addresses = [(f"{kind}_address{part}", None) for kind in ("billing", "shipping") for part in ADDRESS]
    assert list(interiors.get("/customers/5").items()) == [
        ("id", 5),
        ("balance", 123.45),
        *dict.fromkeys(("salutation", "email", "website", "note")).items(),
        ("active", 1),
        ("contact_service", "customer"),
        ("contact_type", "business"),
        ("currency_code", "USD"),
        ("opening_balance", 123.45),
        ("opening_balance_at", "2026-01-15T05:00:00.000Z"),
        ("opening_balance_exchange_rate", 1),
        ("opening_balance_branch_id", None),
        *nothing,
        ("display_name", "Mossbank Flooring"),
        ("work_phone", None),
        ("personal_phone", None),
        *addresses,
        ("created_at", None),
        ("updated_at", None),
        ("local_opening_balance", 123.45),
        ("closing_balance", 123.45),
        ("contact_normal", "debit"),
        ("formatted_balance", "123.45"),
        ("formatted_opening_balance", "123.45"),
        ("formatted_opening_balance_at", "01/15/2026"),
        ("customer_type", "business"),
        ("formatted_customer_type", "Business"),
    ]


def test_a_day_is_sent_as_the_midnight_of_new_york(interiors: Office) -> None:
    assert interiors.get("/customers/13")["opening_balance_at"] == "2026-07-01T04:00:00.000Z"


def test_a_day_in_tokyo_begins_the_day_before(tea: Office) -> None:
    shown = tea.get(STUDIO)
    days = (shown["opening_balance_at"], shown["formatted_opening_balance_at"])
    assert days == ("2026-01-14T15:00:00.000Z", "15 Jan 2026")


@pytest.mark.parametrize(
    ("number", "balance", "formatted"),
    [(9, "-1234.5", "-1,234.50"), (10, "0.30000000000000004", "0.30"), (2, "80", "80.00")],
)
def test_money_is_a_number_of_floating_point(interiors: Office, number: int, balance: str, formatted: str) -> None:
    answer = interiors.send("GET", f"/customers/{number}")
    assert f'"balance":{balance},' in answer.text
    assert answer.json()["formatted_balance"] == formatted


def test_a_foreign_opening_balance_is_told_in_local_money_too(interiors: Office) -> None:
    shown = interiors.get("/customers/13")
    assert (shown["opening_balance"], shown["local_opening_balance"]) == (1000.005, 1000.005 * 1.09)


def test_an_unknown_type_has_no_label(interiors: Office) -> None:
    shown = interiors.get("/customers/11")
    assert (shown["customer_type"], shown["formatted_customer_type"]) == ("martian", "")


@pytest.mark.parametrize("path", ["/customers/99999", "/customers/abc", VENDOR, "/customers/bulk-delete"])
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_vendor_is_not_found_as_a_customer(interiors: Office, method: str, path: str) -> None:
    assert told(interiors.send(method, path)) == NOT_FOUND


def test_a_new_customer_is_answered_before_its_opening_balance_is_booked(interiors: Office) -> None:
    answer = interiors.post(openingBalance=-20.1239, openingBalanceAt="2026-01-15")
    created = answer.json()
    read = interiors.get(f"/customers/{created['id']}")
    money = [(one["balance"], one["closing_balance"], one["opening_balance"]) for one in (created, read)]
    assert (answer.status_code, money) == (201, [(0, 0, -20.124), (-20.124, -20.124, -20.124)])


def test_a_new_customer_is_active_and_lacks_the_last_five_members(interiors: Office) -> None:
    created = interiors.post().json()
    read = interiors.get(f"/customers/{created['id']}")
    assert (created["active"], created) == (1, {name: read[name] for name in read if name not in FORMATTED})


def test_what_was_sent_leads_in_a_new_customers_answer(interiors: Office) -> None:
    names = list(interiors.post(note="n").json())
    assert names[:3] == ["note", "active", "id"]
    assert names[names.index("website") + 1 :][:4] == [
        "currency_code",
        "display_name",
        "contact_type",
        "contact_service",
    ]


def test_customers_and_vendors_share_one_id_sequence(interiors: Office) -> None:
    first, second = (interiors.post().json()["id"] for _ in range(2))
    assert (second, first > 290) == (first + 1, True)


def test_a_new_customer_needs_three_members(interiors: Office) -> None:
    assert constraints(interiors.send("POST", "/customers", json={})) == {
        name: {"isNotEmpty": f"{name} should not be empty", "isString": f"{name} must be a string"}
        for name in ("customerType", "currencyCode", "displayName")
    }


@pytest.mark.parametrize("amount", [0, 5, "5"])
def test_an_opening_balance_needs_its_day(interiors: Office, amount: Any) -> None:
    needed = "openingBalanceAt is required when openingBalance is provided"
    assert constraints(interiors.post(openingBalance=amount)) == {
        "openingBalanceAt": {"isString": "openingBalanceAt must be a string", "isNotEmpty": needed}
    }


def test_nobody_checks_that_a_currency_exists(interiors: Office) -> None:
    assert interiors.post(currencyCode="ZZZ").json()["currency_code"] == "ZZZ"


def test_a_time_is_stored_as_the_day_in_the_servers_zone(interiors: Office, tea: Office) -> None:
    moment = {"openingBalance": 1, "openingBalanceAt": "2026-10-01T22:30:00-05:00"}
    made = [office.post(**moment).json()["id"] for office in (interiors, tea)]
    days = [office.get(f"/customers/{number}") for office, number in zip((interiors, tea), made, strict=True)]
    assert [day["formatted_opening_balance_at"] for day in days] == ["10/01/2026", "02 Oct 2026"]


@pytest.mark.parametrize(
    "members",
    [
        {"currencyCode": "USDX"},
        {"openingBalance": 1, "openingBalanceAt": "soon"},
        {"openingBalance": 10**10, "openingBalanceAt": "2026-01-15"},
        {"displayName": "x" * 256},
        {"note": "done \U0001f600"},
        {"billingAddressZipcode": "10001"},
        {"shipping_address_zipcode": ""},
        {"billingAddressZipcode": None},
    ],
)
def test_a_value_that_the_database_cannot_store_is_a_bare_500(interiors: Office, members: dict[str, Any]) -> None:
    before = interiors.get("/customers")["pagination"]["total"]
    assert (told(interiors.post(**members)), interiors.get("/customers")["pagination"]["total"]) == (BARE_500, before)


def test_an_opening_balance_moves_the_balance_after_it_is_answered(interiors: Office) -> None:
    answer = interiors.send("PUT", f"{STUDIO}/opening-balance", json={"openingBalance": 200})
    read = interiors.get(STUDIO)
    assert (answer.status_code, answer.json()["balance"], answer.json()["opening_balance"]) == (200, 1623.45, 200)
    assert (read["balance"], read["opening_balance"]) == (1623.45 - 123.45 + 200, 200)


def test_an_opening_balance_may_move_its_day(interiors: Office) -> None:
    body = {"opening_balance": "5", "opening_balance_at": "2026-02-28"}
    interiors.send("PUT", f"{STUDIO}/opening-balance", json=body)
    assert interiors.get(STUDIO)["formatted_opening_balance_at"] == "02/28/2026"


def test_an_opening_balance_needs_an_amount(interiors: Office) -> None:
    texts = ("should not be empty", "must be a number conforming to the specified constraints")
    assert constraints(interiors.send("PUT", f"{STUDIO}/opening-balance", json={})) == {
        "openingBalance": dict(zip(("isNotEmpty", "isNumber"), (f"openingBalance {t}" for t in texts), strict=True))
    }


def test_a_customer_without_transactions_can_be_deleted(interiors: Office) -> None:
    answer = interiors.send("DELETE", "/customers/5")
    assert (answer.status_code, answer.content, told(interiors.send("GET", "/customers/5"))) == (200, b"", NOT_FOUND)


def test_deleting_one_with_transactions_is_a_bare_500(interiors: Office) -> None:
    assert told(interiors.send("DELETE", STUDIO)) == BARE_500
    assert interiors.get(STUDIO)["display_name"] == "Alder & Finch Studio"


def test_a_contact_is_inactivated_and_activated(interiors: Office) -> None:
    answers = [interiors.send("PATCH", f"/contacts/1/{word}") for word in ("inactivate", "activate")]
    assert [told(answer) for answer in answers] == [
        (200, {"id": 1, "inactivated": True}),
        (200, {"id": 1, "activated": True}),
    ]


def test_an_inactive_customer_is_listed_among_its_kind(interiors: Office) -> None:
    interiors.send("PATCH", "/contacts/1/inactivate")
    totals = [interiors.get("/customers", inactiveMode=mode)["pagination"]["total"] for mode in ("false", "true")]
    assert totals == [259, 31]


@pytest.mark.parametrize(("number", "word", "kind"), [(1, "activate", "ACTIVE"), (8, "inactivate", "INACTIVE")])
def test_activating_twice_is_refused(interiors: Office, number: int, word: str, kind: str) -> None:
    answer = interiors.send("PATCH", f"/contacts/{number}/{word}")
    assert told(answer) == against_rule(f"CONTACT_ALREADY_{kind}")


def test_a_vendor_is_a_contact_too(interiors: Office) -> None:
    assert told(interiors.send("PATCH", "/contacts/4/inactivate")) == (200, {"id": 4, "inactivated": True})


def test_a_missing_contact_cannot_be_activated(interiors: Office) -> None:
    assert told(interiors.send("PATCH", "/contacts/99999/activate")) == NOT_FOUND


def test_a_contact_is_named_by_a_number(interiors: Office) -> None:
    message = "Validation failed (numeric string is expected)"
    answer = interiors.send("PATCH", "/contacts/abc/activate")
    assert told(answer) == (400, {"message": message, "error": "Bad Request", "statusCode": 400})


def test_a_branch_that_is_not_there_is_a_bare_500(interiors: Office) -> None:
    before = interiors.get("/customers")["pagination"]["total"]
    added = interiors.post(openingBalance=5, openingBalanceAt="2026-01-15", openingBalanceBranchId=7)
    changed = interiors.send(
        "PUT", f"{STUDIO}/opening-balance", json={"openingBalance": 5, "openingBalanceBranchId": 7}
    )
    assert ([told(added), told(changed)], interiors.get("/customers")["pagination"]["total"]) == (
        [BARE_500] * 2,
        before,
    )


@pytest.mark.parametrize(("sent", "stored"), [(1.0005, 1.001), (2.0005, 2.001), (-1.0005, -1.001), ("1.0005", 1.001)])
def test_an_amount_is_rounded_half_up_to_three_decimals(interiors: Office, sent: object, stored: float) -> None:
    body = {"openingBalance": sent, "openingBalanceAt": "2026-01-15"}
    interiors.send("PUT", "/customers/5/opening-balance", json=body)
    assert interiors.get("/customers/5")["opening_balance"] == stored


@pytest.mark.parametrize("path", ["/customers/01", "/customers/1abc", "/customers/1.0"])
def test_the_customer_that_an_id_means_is_deleted(interiors: Office, path: str) -> None:
    interiors.change(1, transactions=0)
    assert interiors.send("DELETE", path).status_code == 200
    assert told(interiors.send("GET", STUDIO)) == NOT_FOUND


def test_a_contact_is_switched_by_its_number(interiors: Office) -> None:
    assert told(interiors.send("PATCH", "/contacts/01/inactivate")) == (200, {"id": 1, "inactivated": True})
    assert interiors.get(STUDIO)["active"] == 0


def test_which_of_several_customers_can_be_deleted_is_told_before(interiors: Office) -> None:
    interiors.change(1, transactions=0)
    interiors.change(2, transactions=1)
    expected = {
        "deletable_count": 1,
        "non_deletable_count": 2,
        "deletable_ids": [1],
        "non_deletable_ids": [2, 4],
    }
    assert told(interiors.send("POST", "/customers/validate-bulk-delete", json={"ids": [1, 2, 4]})) == (201, expected)
    assert interiors.get(STUDIO)["id"] == 1


@pytest.mark.parametrize(("skip", "status"), [(True, 201), (False, 500)])
def test_one_that_cannot_be_deleted_does_not_save_the_others(interiors: Office, skip: bool, status: int) -> None:
    interiors.change(1, transactions=0)
    interiors.change(2, transactions=1)
    body = {"ids": [2, 1], "skipUndeletable": skip}
    answer = interiors.send("POST", "/customers/bulk-delete", json=body)
    left = [interiors.send("GET", f"/customers/{number}").status_code for number in (1, 2)]
    assert (answer.status_code, left) == (status, [404, 200])


@pytest.mark.parametrize("ids", [None, "1", ["1"], [1.5]])
def test_several_customers_are_named_by_whole_numbers(interiors: Office, ids: object) -> None:
    assert list(constraints(interiors.send("POST", "/customers/bulk-delete", json={"ids": ids}))) == ["ids"]
