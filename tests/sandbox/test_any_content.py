"""Whatever is sent to a route of Conductor is answered in the vendor's format, and never by an error of the sandbox."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.companies.example import add_example
from sandbox.conductor.auth_sessions import PUBLISHABLE_KEY
from sandbox.conductor.company_endpoints import BILLS_TO_PAY, DELETED
from sandbox.conductor.http import bodies, queries
from sandbox.conductor.http.resources import RESOURCES
from sandbox.conductor.http.routes import Conductor
from sandbox.conductor.http.schemas import Choice, Flag, Form, Kind, Many, Members, Number
from sandbox.faults import Faults
from sandbox.messages import Answer, Journal, Request, json_answer
from sandbox.store import Store

from .conftest import BILL, CUSTOMER, EXAMPLE, KEY

HALF, EMOJI = "\ud83d", "\U0001f600"
IDS = ("80000001-1234567890", "80000002-1234567890", "80000003-1234567890", "80000011-1234567890")
LINES = ("456DEF-1234567890", "456DF0-1234567890", "456DF1-1234567890", "-1")
TEXTS = st.sampled_from(["", "a", "A:B", HALF, EMOJI, "Ł", "\0", "]]>", "9" * 41, " "]) | st.text(max_size=5)
NUMBERS = st.sampled_from([0, 1, -1, 2.5, 1e-30, 1e10, -1e30, 1e300, 10**15, 10**400]) | st.floats(allow_nan=False)
DAYS = st.sampled_from(["2026-11-30", "0001-01-01", "9999-12-31", "9999-12-31T23:59:59-05:00", "2026-02-30", ""])
SUMS = st.sampled_from(["0.00", "1.00", "-1.00", "9999999999999.99", "0.01", "٣.00", "1e5"])
UNIT_COSTS = st.sampled_from(["0", "0.00001", "9999999999.99999", "-1", "12.5"])
UUIDS = st.sampled_from(["8f3a7b52-0c3e-4a6b-9d5e-2f1c3b4a5d6e", "8"])
FORMS = {"date": DAYS, "money": SUMS, "cost": UNIT_COSTS, "uuid": UUIDS}
JSON_TEXTS = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS, lambda some: st.lists(some, max_size=2) | st.dictionaries(TEXTS, some)
).map(lambda value: json.dumps(value).encode())
ODD = (
    b"",
    b"{",
    b"\xff",
    b"[" * 100_000,
    b"[" * 900 + b"]" * 900,
    b'{"a":1e400}',
    b"1" * 5000,
    b'{"\\ud800":1}',
    b"NaN",
)
often = settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], derandomize=True
)
TENANT = "/v1/quickbooks-desktop/"
SCHEMAS = {
    f"{TENANT}customers": bodies.CUSTOMER_CREATE,
    f"{TENANT}customers/{CUSTOMER}": bodies.CUSTOMER_UPDATE,
    f"{TENANT}bills": bodies.BILL_CREATE,
    f"{TENANT}bills/{BILL}": bodies.BILL_UPDATE,
    "/v1/end-users": bodies.END_USER,
    "/v1/auth-sessions": bodies.AUTH_SESSION,
}
QUERIES = {
    **{path: queries.parameters(resource) for path, resource in RESOURCES.items() if resource.listed},
    "bills-to-pay": BILLS_TO_PAY,
    "deleted-transactions": ("transactionTypes", *DELETED),
    "deleted-list-objects": ("objectTypes", *DELETED),
}
WORDS = {
    "revisionNumber": st.just("the newest"),
    "vendorId": st.sampled_from([IDS[0], HALF]),
    "publishableKey": st.just(PUBLISHABLE_KEY),
    "endUserId": st.sampled_from([EXAMPLE, HALF]),
    "redirectUrl": st.sampled_from(["http://[", "http://127.0.0.1/a\r\nX: y", "//"]),
    "transactionDate": DAYS,
}


@pytest.fixture(scope="module")
def conductor() -> Iterator[Conductor]:
    """The API in this process, over one company."""
    store = Store(":memory:")
    add_example(store)
    yield Conductor(store, Faults(), 0.0, 10.0)
    store.close()


def values(kind: Kind, name: str = "") -> st.SearchStrategy[Any]:
    """Values that the door of Conductor lets through, and some that it does not."""
    if name in WORDS:
        return WORDS[name]
    if isinstance(kind, Members):
        needed = {member: values(kind.members[member], member) for member in kind.required}
        others = {member: values(one, member) for member, one in kind.members.items() if member not in needed}
        some = st.lists(st.sampled_from(sorted(others)), max_size=3, unique=True) if others else st.just([])
        return some.flatmap(lambda names: st.fixed_dictionaries({**needed, **{one: others[one] for one in names}}))
    if isinstance(kind, Many):
        return st.lists(values(kind.item, name), min_size=1, max_size=2)
    if isinstance(kind, Form):
        return FORMS[kind.name]
    if isinstance(kind, Choice):
        return st.sampled_from(kind.words)
    if isinstance(kind, Flag):
        return st.booleans()
    return NUMBERS if isinstance(kind, Number) else TEXTS | st.sampled_from(IDS if name != "id" else LINES)


def send(conductor: Conductor, method: str, path: str, body: bytes = b"", query: str = "") -> Answer:
    """The answer to one request of the example company, over its original data."""
    headers = {"authorization": f"Bearer {KEY}", "conductor-end-user-id": EXAMPLE}
    conductor.reset()
    conductor.store.reset()
    return conductor.answer(Request(method, path, query, headers, body))


def check_answer(answer: Answer) -> None:
    """The answer is one of the vendor's: strict JSON with an id, and a refusal says what it is."""

    def refuse(word: str) -> None:
        raise AssertionError(word)

    told = json.loads(answer.body.decode(), parse_constant=refuse)
    assert answer.headers["Conductor-Request-Id"].startswith("req_")
    if answer.status == 200:
        assert "error" not in told
        return
    error = told["error"]
    assert (error["httpStatusCode"], error["requestId"]) == (answer.status, answer.headers["Conductor-Request-Id"])
    assert error["type"] in ("INVALID_REQUEST_ERROR", "INTEGRATION_ERROR", "AUTHENTICATION_ERROR"), error["message"]


@settings(often, max_examples=80)
@given(path=st.sampled_from([*SCHEMAS]), body=JSON_TEXTS | st.sampled_from(ODD))
def test_any_text_is_answered(conductor: Conductor, path: str, body: bytes) -> None:
    check_answer(send(conductor, "POST", path, body))


@pytest.mark.parametrize("path", SCHEMAS)
@often
@given(data=st.data())
def test_any_value_of_a_member_is_answered(conductor: Conductor, path: str, data: st.DataObject) -> None:
    sent = data.draw(values(SCHEMAS[path]))
    if "revisionNumber" in sent:
        sent["revisionNumber"] = json.loads(send(conductor, "GET", path).body)["revisionNumber"]
    check_answer(send(conductor, "POST", path, json.dumps(sent).encode()))


@settings(often, max_examples=150)
@given(path=st.sampled_from([*QUERIES]), data=st.data())
def test_any_parameter_is_answered(conductor: Conductor, path: str, data: st.DataObject) -> None:
    texts = (
        TEXTS.filter(lambda text: HALF not in text)
        | DAYS
        | SUMS
        | st.sampled_from([*IDS, "9" * 5000, "active", "bill"])
    )
    name = data.draw(st.sampled_from(QUERIES[path]))
    needed = {"bills-to-pay": {"vendorId": IDS[0]}, "deleted-transactions": {"transactionTypes": "bill"}}
    query = {**needed.get(path, {"objectTypes": "class"} if "deleted" in path else {}), name: data.draw(texts)}
    check_answer(send(conductor, "GET", TENANT + path, query=urlencode(query)))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"itemLines": [{"id": LINES[1], "quantity": 1e30}]}, "3060"),
        ({"itemLines": [{"id": LINES[1], "quantity": 1e-30, "amount": "1.00"}]}, "3045"),
        ({"itemLines": [{"id": LINES[1], "cost": "0.00001", "amount": "9999999999999.00"}]}, "3060"),
        ({"itemLines": [{"id": LINES[1], "cost": "9999999999.00", "quantity": 9999999999}]}, "3040"),
        ({"exchangeRate": 1e10}, "3040"),
        ({"exchangeRate": 9e9, "expenseLines": [{"id": LINES[0], "amount": "9999.00"}]}, "3040"),
    ],
)
def test_quickbooks_refuses_a_number_that_it_cannot_store(conductor: Conductor, changes: Any, code: str) -> None:
    path = f"{TENANT}bills/{BILL}"
    revision = json.loads(send(conductor, "GET", path).body)["revisionNumber"]
    answer = send(conductor, "POST", path, json.dumps({"revisionNumber": revision, **changes}).encode())
    assert json.loads(answer.body)["error"]["integrationCode"] == code


def test_a_bill_that_would_be_due_after_the_last_day_of_the_calendar_is_refused(conductor: Conductor) -> None:
    body = {"vendorId": IDS[0], "transactionDate": "9999-12-31", "expenseLines": [{"accountId": IDS[2]}]}
    answer = send(conductor, "POST", f"{TENANT}bills", json.dumps(body).encode())
    assert json.loads(answer.body)["error"]["integrationCode"] == "3020"


def test_a_number_beyond_all_is_none(conductor: Conductor) -> None:
    body = b'{"revisionNumber": "1", "exchangeRate": 1e400}'
    error = json.loads(send(conductor, "POST", f"{TENANT}bills/{BILL}", body).body)["error"]
    assert error["message"] == 'Invalid input: expected number, received Infinity at "exchangeRate"'


def test_half_of_a_pair_in_the_name_of_an_end_user_spoils_no_list(conductor: Conductor) -> None:
    body = {"companyName": HALF, "sourceId": "half", "email": "half@example.com"}
    made = json.loads(send(conductor, "POST", "/v1/end-users", json.dumps(body).encode()).body)
    listed = conductor.answer(Request("GET", "/v1/end-users", "", {"authorization": f"Bearer {KEY}"}, b""))
    assert json.loads(listed.body)["data"][-1] == {**made, "companyName": "\ufffd"}


def test_a_failure_that_nobody_thought_of_has_the_error_body_of_one_of_conductor() -> None:
    store = Store(":memory:")
    conductor = Conductor(store, Faults(), 0.0, 10.0)
    store.close()
    answer = conductor.answer(Request("GET", "/v1/end-users", "", {"authorization": f"Bearer {KEY}"}, b""))
    error = json.loads(answer.body)["error"]
    assert (answer.status, error["type"], error["requestId"]) == (
        500,
        "INTERNAL_ERROR",
        answer.headers["Conductor-Request-Id"],
    )


@pytest.mark.parametrize("body", ODD)
def test_any_text_is_noted(body: bytes) -> None:
    journal = Journal()
    journal.note(Request("POST", "/v1/end-users", "", {}, body))
    assert json_answer(200, journal.since(0, None)).body.startswith(b'[{"n": 1, ')
