"""Key, tenant, query and body are checked before QuickBooks is asked."""

from typing import Any

import pytest

from .conftest import BILL, CUSTOMER, INVALID, Caller, quickbooks, refusal

MASKED = "An internal server error occurred. Please try again later or contact support."


@pytest.mark.parametrize("header", ["", "Bearer sk_conductor_somebody_else", "Basic abc"])
def test_it_refuses_a_wrong_key(caller: Caller, header: str) -> None:
    answer = caller.send("GET", "customers", headers={"Authorization": header})
    assert refusal(answer) == (401, "AUTHENTICATION_ERROR", "API_KEY_INVALID", None)


def test_it_never_repeats_a_whole_key(caller: Caller) -> None:
    answer = caller.send("GET", "customers", headers={"Authorization": "Bearer sk_conductor_somebody_else"})
    assert answer.json()["error"]["message"] == "Invalid API key provided: sk_condu…else"


def test_it_requires_a_tenant(caller: Caller) -> None:
    answer = caller.http.get(
        "/v1/quickbooks-desktop/customers", headers={"Authorization": "Bearer sk_conductor_sandbox"}
    )
    assert refusal(answer) == INVALID


def test_it_refuses_an_unknown_tenant(caller: Caller) -> None:
    answer = caller.as_("end_usr_nobody").send("GET", "customers")
    assert refusal(answer) == (404, "INVALID_REQUEST_ERROR", "RESOURCE_MISSING", None)


@pytest.mark.parametrize(
    ("company", "code"),
    [
        ("end_usr_neversetup001", "INTEGRATION_CONNECTION_NOT_SET_UP"),
        ("end_usr_pcisoff00001", "INTEGRATION_CONNECTION_NOT_ACTIVE"),
    ],
)
def test_it_says_when_a_connection_cannot_work(caller: Caller, company: str, code: str) -> None:
    answer = caller.as_(company).send("GET", "customers")
    assert refusal(answer) == (409, "INTEGRATION_CONNECTION_ERROR", code, None)


def test_every_answer_carries_a_request_id(caller: Caller) -> None:
    answers = [caller.send("GET", "customers"), caller.send("GET", "nothing"), caller.send("GET", "customers/1-2")]
    assert [answer.headers["Conductor-Request-Id"][:4] for answer in answers] == ["req_"] * 3


BAD_BODIES: list[tuple[dict[str, Any], str]] = [
    ({"color": "red"}, 'Unrecognized key: "color"'),
    ({"phone": None}, 'Invalid input: expected string, received null at "phone"'),
    ({"phone": 5}, 'Invalid input: expected string, received number at "phone"'),
    ({"isActive": "true"}, 'Invalid input: expected boolean, received string at "isActive"'),
    ({"name": "x" * 42}, 'Too big: expected string to have <=41 characters at "name"'),
    (
        {"billingAddress": {"city": "x" * 32}},
        'Too big: expected string to have <=31 characters at "billingAddress.city"',
    ),
    ({"alternateShippingAddresses": []}, 'Too small: expected array to have >=1 items at "alternateShippingAddresses"'),
    ({"jobStartDate": "2026-02-30"}, 'Invalid ISO date at "jobStartDate"'),
    ({"jobStartDate": ""}, 'Invalid ISO date at "jobStartDate"'),
    ({"creditLimit": "1,000"}, 'Invalid decimal string at "creditLimit"'),
    ({"creditLimit": "1.5"}, 'Invalid decimal string at "creditLimit"'),
    (
        {"customContactFields": [{"name": "a"}]},
        'Invalid input: expected string, received undefined at "customContactFields[0].value"',
    ),
    (
        {"preferredDeliveryMethod": "fax"},
        'Invalid option: expected one of "email"|"mail"|"none" at "preferredDeliveryMethod"',
    ),
]


@pytest.mark.parametrize(("changes", "message"), BAD_BODIES)
def test_it_refuses_a_bad_body(caller: Caller, changes: dict[str, Any], message: str) -> None:
    answer = caller.try_update(f"customers/{CUSTOMER}", **changes)
    error = answer.json()["error"]
    assert (refusal(answer), error["message"], error["userFacingMessage"]) == (INVALID, message, MASKED)


def test_it_requires_a_revision_number(caller: Caller) -> None:
    answer = caller.send("POST", f"bills/{BILL}", json={"memo": "x"})
    assert refusal(answer) == INVALID


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"revisionNumber": NaN}'])
def test_it_refuses_what_is_not_a_json_object(caller: Caller, content: bytes) -> None:
    assert refusal(caller.send("POST", f"bills/{BILL}", content=content)) == INVALID


@pytest.mark.parametrize(
    "query",
    [
        {"color": "red"},
        {"limit": "0"},
        {"limit": "151"},
        {"limit": "many"},
        {"status": "gone"},
        {"updatedAfter": "yesterday"},
        {"updatedAfter": "2026-13-01"},
        {"excludeAlternateShippingAddresses": "yes"},
        {"totalBalance": "cheap"},
        {"status": ["all", "active"]},
        {"nameContains": "a", "nameStartsWith": "b"},
        {"totalBalance": "1.00", "totalBalanceLessThan": "2.00"},
    ],
)
def test_it_refuses_a_bad_query(caller: Caller, query: dict[str, Any]) -> None:
    assert refusal(caller.send("GET", "customers", params=query)) == INVALID


def test_a_retrieve_takes_no_parameters(caller: Caller) -> None:
    assert refusal(caller.send("GET", f"bills/{BILL}", params={"includeLineItems": "true"})) == INVALID


def test_texts_beyond_quickbooks_own_limits_are_refused_by_quickbooks(caller: Caller) -> None:
    answer = caller.try_update(f"customers/{CUSTOMER}", jobTitle="x" * 42)
    assert refusal(answer) == quickbooks("3070")


@pytest.mark.parametrize(("path", "code"), [("customers/1-2", "500"), ("bills/1-2", "500")])
def test_a_missing_record_cannot_be_read(caller: Caller, path: str, code: str) -> None:
    assert refusal(caller.send("GET", path)) == quickbooks(code)


def test_a_missing_record_cannot_be_changed(caller: Caller) -> None:
    answer = caller.send("POST", "customers/1-2", json={"revisionNumber": "1"})
    assert refusal(answer) == quickbooks("3120")


def test_connections_remember_their_last_requests(caller: Caller) -> None:
    headers = {"Authorization": "Bearer sk_conductor_sandbox"}
    shown = caller.http.get(f"/v1/end-users/{caller.company}", headers=headers).json()["integrationConnections"][0]
    caller.send("GET", "customers/1-2")
    failed = caller.http.get(f"/v1/end-users/{caller.company}", headers=headers).json()["integrationConnections"][0]
    moved = {name for name in shown if shown[name] != failed[name]}
    assert moved == {"lastRequestAt"}
