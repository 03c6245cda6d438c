"""An update merges, ignores unknown members, and fails in three formats."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from .conftest import BARE_500, FORMATTED, NOT_FOUND, STUDIO, VENDOR, Office, constraints, told

PLACE_PARTS = ("1", "2", "City", "Country", "Phone", "State")
TEXTS = (
    *("salutation", "firstName", "lastName", "companyName", "website", "workPhone", "personalPhone", "note"),
    *(f"{kind}Address{part}" for kind in ("billing", "shipping") for part in PLACE_PARTS),
)
EMAILS = ("email", "billingAddressEmail", "shippingAddressEmail")


def snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def test_an_update_merges(interiors: Office) -> None:
    before = interiors.get(STUDIO)
    interiors.put(STUDIO, displayName="Alder & Finch Studio", note="moved")
    assert interiors.get(STUDIO) == {**before, "note": "moved"}


def test_its_answer_lacks_the_last_five_members(interiors: Office) -> None:
    answer = interiors.put(STUDIO, note="moved")
    read = interiors.get(STUDIO)
    assert told(answer) == (200, {name: read[name] for name in read if name not in FORMATTED})


def test_sent_members_come_first_in_its_answer(interiors: Office) -> None:
    names = list(interiors.put(STUDIO, note="put example").json())
    assert names[:7] == ["note", "id", "balance", "salutation", "email", "website", "active"]
    assert names[7:10] == ["display_name", "contact_type", "contact_service"]


def test_an_update_needs_two_members(interiors: Office) -> None:
    answer = interiors.send("PUT", STUDIO, content=b'{"email":"bad"}', headers={"Content-Type": "application/json"})
    faults: list[dict[str, Any]] = [
        {
            "target": {"email": "bad"},
            "property": name,
            "children": [],
            "constraints": {"isNotEmpty": f"{name} should not be empty", "isString": f"{name} must be a string"},
        }
        for name in ("customerType", "displayName")
    ]
    email: dict[str, Any] = {"target": {"email": "bad"}, "value": "bad", "property": "email", "children": []}
    faults.append({**email, "constraints": {"isEmail": "email must be an email"}})
    body = {"message": faults, "error": "Bad Request", "statusCode": 400}
    assert (answer.status_code, answer.text) == (400, json.dumps(body, separators=(",", ":")))


def test_errors_name_fields_in_camel_case(interiors: Office) -> None:
    body = {"customer_type": "business", "display_name": "A", "first_name": 5}
    (fault,) = interiors.send("PUT", STUDIO, json=body).json()["message"]
    target = {"customerType": "business", "displayName": "A", "firstName": 5}
    text = {"isString": "firstName must be a string"}
    assert fault == {"target": target, "value": 5, "property": "firstName", "children": [], "constraints": text}


@pytest.mark.parametrize("name", TEXTS)
def test_every_text_can_be_written_and_cleared_in_two_ways(interiors: Office, name: str) -> None:
    written = [interiors.put(STUDIO, **{name: value}).json()[snake(name)] for value in ("new", "", None)]
    assert written == ["new", "", None]


@pytest.mark.parametrize("name", EMAILS)
def test_every_address_can_be_written_and_cleared_in_one(interiors: Office, name: str) -> None:
    written = [interiors.put(STUDIO, **{name: value}).json()[snake(name)] for value in ("a@b.example", None)]
    assert written == ["a@b.example", None]


@pytest.mark.parametrize("name", EMAILS)
@pytest.mark.parametrize("value", ["", "bad", "a b@c.example", "a@b", 5])
def test_an_address_must_be_one(interiors: Office, name: str, value: Any) -> None:
    assert constraints(interiors.put(STUDIO, **{name: value})) == {name: {"isEmail": f"{name} must be an email"}}


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_must_be_one(interiors: Office, name: str) -> None:
    assert constraints(interiors.put(STUDIO, **{name: 5})) == {name: {"isString": f"{name} must be a string"}}


def test_both_spellings_are_accepted(interiors: Office) -> None:
    sent = {"customer_type": "individual", "display_name": "A", "work_phone": "1", "billing_address_1": "2"}
    changed = interiors.send("PUT", STUDIO, json=sent).json()
    assert [changed[name] for name in ("contact_type", "display_name", "work_phone", "billing_address1")] == [
        "individual",
        "A",
        "1",
        "2",
    ]


def test_of_both_spellings_the_later_one_is_used(interiors: Office) -> None:
    assert interiors.put(STUDIO, work_phone="1", workPhone="2").json()["work_phone"] == "2"


READ_ONLY: dict[str, Any] = {
    "id": 77,
    "balance": 5,
    "currencyCode": "EUR",
    "openingBalance": 5,
    "openingBalanceAt": "2020-01-01",
    "createdAt": "2020-01-01",
    "contactService": "vendor",
    "billingAddressPostcode": "10001",
    "shipping_address_postcode": "10001",
    "nmae": "misspelt",
}


@pytest.mark.parametrize("name", READ_ONLY)
def test_read_only_members_are_silently_ignored(interiors: Office, name: str) -> None:
    before = interiors.get(STUDIO)
    answer = interiors.put(STUDIO, displayName="Alder & Finch Studio", **{name: READ_ONLY[name]})
    assert (answer.status_code, interiors.get(STUDIO)) == (200, before)


@pytest.mark.parametrize(
    "changes",
    [
        {"billingAddressZipcode": "10001"},
        {"billing_address_zipcode": None},
        {"shippingAddressZipcode": ""},
        {"companyName": "x" * 256},
        {"customerType": "x" * 256},
        {"note": "x" * 65_536},
        {"workPhone": "\U0001f4de"},
    ],
)
def test_a_value_that_the_database_cannot_store_is_a_bare_500(interiors: Office, changes: dict[str, Any]) -> None:
    before = interiors.get(STUDIO)
    assert (told(interiors.put(STUDIO, **changes)), interiors.get(STUDIO)) == (BARE_500, before)


def test_a_text_may_fill_its_column(interiors: Office) -> None:
    changed = interiors.put(STUDIO, companyName="é" * 255, note="x" * 65_535).json()
    assert (len(changed["company_name"]), len(changed["note"])) == (255, 65_535)


@pytest.mark.parametrize("name", ["   ", "Jonas Falk", "<b>Bold</b>", " A "])
def test_almost_any_display_name_is_accepted(interiors: Office, name: str) -> None:
    assert interiors.put(STUDIO, displayName=name).json()["display_name"] == name


@pytest.mark.parametrize("field", ["displayName", "customerType"])
@pytest.mark.parametrize(("value", "kinds"), [("", ["isNotEmpty"]), (None, ["isNotEmpty", "isString"])])
def test_a_required_text_is_not_empty(interiors: Office, field: str, value: Any, kinds: list[str]) -> None:
    assert list(constraints(interiors.put(STUDIO, **{field: value}))[field]) == kinds


def test_any_type_is_accepted(interiors: Office) -> None:
    assert interiors.put(STUDIO, customerType="martian").json()["contact_type"] == "martian"


def test_a_website_is_any_text(interiors: Office) -> None:
    assert interiors.put(STUDIO, website="javascript:alert(1)").json()["website"] == "javascript:alert(1)"


@pytest.mark.parametrize(("value", "stored"), [(True, 1), (False, 0), (None, None)])
def test_active_is_written_as_a_boolean_and_read_as_a_number(interiors: Office, value: Any, stored: Any) -> None:
    assert interiors.put(STUDIO, active=value).json()["active"] == stored


@pytest.mark.parametrize("value", [1, 0, "yes", "true"])
def test_nothing_else_is_a_boolean(interiors: Office, value: Any) -> None:
    assert constraints(interiors.put(STUDIO, active=value)) == {
        "active": {"isBoolean": "active must be a boolean value"}
    }


def test_a_read_cannot_be_written_back(interiors: Office) -> None:
    assert list(constraints(interiors.send("PUT", STUDIO, json=interiors.get(STUDIO)))) == ["active"]


def test_a_customer_neither_active_nor_inactive_is_in_no_list(interiors: Office) -> None:
    interiors.put("/customers/2", active=None)
    numbers = [
        customer["id"]
        for mode in ("false", "true")
        for customer in interiors.get("/customers", inactiveMode=mode, pageSize=400)["customers"]
    ]
    assert (len(numbers), 2 in numbers, 8 in numbers) == (289, False, False)


@pytest.mark.parametrize("path", ["/customers/99999", "/customers/abc", VENDOR])
def test_a_vendor_cannot_be_changed_as_a_customer(interiors: Office, path: str) -> None:
    assert told(interiors.put(path)) == NOT_FOUND


def test_fields_are_checked_before_the_customer_is_looked_up(interiors: Office) -> None:
    assert list(constraints(interiors.send("PUT", "/customers/99999", json={}))) == ["customerType", "displayName"]


def test_an_outdated_update_is_accepted(interiors: Office) -> None:
    tag = interiors.send("GET", STUDIO).headers["ETag"]
    interiors.change(1, note="theirs")
    body = {"customerType": "business", "displayName": "Mine"}
    answer = interiors.send("PUT", STUDIO, json=body, headers={"If-Match": tag})
    assert (answer.status_code, answer.json()["note"]) == (200, "theirs")


def test_of_many_updates_at_once_all_succeed_and_the_last_one_stays(interiors: Office) -> None:
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda number: interiors.put(STUDIO, note=str(number)), range(6)))
    assert [answer.status_code for answer in answers] == [200] * 6
    assert interiors.get(STUDIO)["note"] in [str(number) for number in range(6)]


# As validator.js 13 takes them.
@pytest.mark.parametrize(
    "value",
    [
        *("jo@b.co", "JO+x@B.CO", "o'neil@b.example", "é@b.co", "jo@é.co", "jo@b.日本", "jo@xn--a.xn--abc", "%@b.co"),
        *('"a b"@b.co', '"@b.co', "_@b.co", f"{'a' * 64}@b.co", f"jo@{'a' * 63}.co", "jo@😀.co", "jo@1.co"),
    ],
)
def test_an_address_that_its_validator_takes_is_stored(interiors: Office, value: str) -> None:
    answer = interiors.put(STUDIO, email=value)
    assert (told(answer) == BARE_500) if "😀" in value else (answer.json()["email"] == value)


@pytest.mark.parametrize(
    "value",
    [
        *("jo@exa_mple.org", "jo@b", "jo@b.c", "jo@b.c0m", "jo@1.22", "jo@-b.co", "jo@b-.co", "jo@b..co", ".jo@b.co"),
        *("jo.@b.co", "j..o@b.co", "jo@b.co.", " jo@b.co", "jo@[127.0.0.1]", "Jo <jo@b.co>", "a b@b.co", "a@b@c.co"),
        *(
            f"{'a' * 65}@b.co",
            f"{'é' * 33}@b.co",
            f"jo@{'a' * 64}.co",
            f"jo@{'a' * 60}.{'b' * 60}.{'c' * 60}.{'d' * 70}",
        ),
        *("jo@ｂ.co", "jo@b.\ufeffco", "jo\u200b😀@b.co"),
    ],
)
def test_an_address_that_its_validator_does_not_take_is_refused(interiors: Office, value: str) -> None:
    assert constraints(interiors.put(STUDIO, email=value)) == {"email": {"isEmail": "email must be an email"}}


def test_half_of_a_pair_is_stored_as_a_replacement_sign(interiors: Office) -> None:
    stored = interiors.send("PUT", STUDIO, content=half("note"), headers=JSON).json()["note"]
    assert (stored, interiors.get(STUDIO)["note"]) == ("a\ufffdb", "a\ufffdb")


def test_half_of_a_pair_in_an_address_is_a_bare_500(interiors: Office) -> None:
    assert told(interiors.send("PUT", STUDIO, content=half("email"), headers=JSON)) == BARE_500


def test_half_of_a_pair_comes_back_as_it_was_sent_where_a_field_is_refused(interiors: Office) -> None:
    answer = interiors.send("PUT", STUDIO, content=b'{"displayName":"\\ud800"}', headers=JSON)
    assert (answer.status_code, b'"target":{"displayName":"\\ud800"}' in answer.content) == (400, True)


JSON = {"Content-Type": "application/json"}


def half(name: str) -> bytes:
    return b'{"customerType":"business","displayName":"A","%s":"a\\ud800b"}' % name.encode()
