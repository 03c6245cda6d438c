"""For any answer of a vendor, every call of both clients returns its promised result or raises one of our errors."""

import json
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from books.providers import bigcapital, conductor, errors, http
from books.providers.bigcapital.client import Bigcapital
from books.providers.conductor.client import Conductor
from books.providers.lock import RequestPriority
from records.content import Content
from tests.support.listening import listening

# A call may release its thread's connection, and makes no database query.
pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only("asks no database")]
SINCE = datetime(2026, 11, 1, tzinfo=UTC)
ID = "80000001-1234567890"
CUSTOMERS = conductor.DESCRIPTION.tables["customers"]
PREFERENCES = conductor.DESCRIPTION.tables["preferences"]
CONTACTS = bigcapital.DESCRIPTION.tables["customers"]
BASE = Content(CUSTOMERS.shape, {"name": "Alder", "phone": "1"})
CONTACT = Content(CONTACTS.shape, {"display_name": "Alder", "work_phone": "1"})

Call = Callable[[Any], Any]
CONDUCTOR: dict[str, Call] = {
    "pages": lambda client: list(client.pages(CUSTOMERS)),
    "single": lambda client: list(client.pages(PREFERENCES)),
    "read_record": lambda client: client.read_record(CUSTOMERS, ID),
    "update_record": lambda client: client.update_record(CUSTOMERS, ID, "1", BASE, BASE.replace(phone="2")),
    "deleted": lambda client: client.deleted(conductor.DESCRIPTION.tables.values(), SINCE),
    "company": lambda client: client.company(),
    "health": lambda client: client.health(),
    "about": lambda client: client.about(),
}
BIGCAPITAL: dict[str, Call] = {
    "pages": lambda client: list(client.pages(CONTACTS)),
    "read_record": lambda client: client.read_record(CONTACTS, "1"),
    "update_record": lambda client: client.update_record(CONTACTS, "1", "", CONTACT, CONTACT.replace(work_phone="2")),
    "deleted": lambda client: client.deleted([CONTACTS], SINCE),
    "health": lambda client: client.health(),
    "about": lambda client: client.about(),
}

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.sampled_from(["", "1", ID, "2026-11-01", "999-99-99T99:99", "x" * 5_000, 10**400, 0, 1, 5])
    | st.text(max_size=8)
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner), max_leaves=4
)
NAMES = [
    *("data", "customers", "nextCursor", "remainingCount", "hasMore", "pagination", "filter_meta", "metadata"),
    *("id", "listType", "transactionType", "revisionNumber", "duration", "integrationConnections", "companyName"),
    *("email", "error", "errors", "message", "statusCode", "name", "display_name", "billingAddress", "active"),
    *("total", "type", "code", "integrationCode", "userFacingMessage", "requestId", "property", "constraints"),
    *("lastRequestAt", "lastSuccessfulRequestAt", "base_currency"),
]
OBJECTS = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=6)
NESTED = st.dictionaries(st.sampled_from(NAMES), VALUES | OBJECTS | st.lists(OBJECTS | VALUES, max_size=3), max_size=5)
RECORDS = st.builds(lambda id, more: {**more, "id": id}, st.sampled_from([ID, 1, "1", True]), OBJECTS)
LISTS = st.fixed_dictionaries(
    {"data": st.lists(OBJECTS, max_size=3), "customers": st.lists(OBJECTS, max_size=3)},
    optional={
        "nextCursor": VALUES,
        "remainingCount": VALUES,
        "hasMore": VALUES,
        "pagination": VALUES | st.fixed_dictionaries({"total": VALUES | st.sampled_from([10**18, -1, 501])}),
    },
)
FAULTS = st.fixed_dictionaries({"error": OBJECTS, "message": VALUES | st.lists(NESTED, max_size=2)})
RAW = st.sampled_from(
    [b"", b"{", b"[" * 200_000, b'{"a":' * 200_000, b'"\xff"', b"<html>Sign in</html>", b"1e-999999999999"]
)
BODIES = (VALUES | NESTED | RECORDS | LISTS | FAULTS).map(lambda value: json.dumps(value).encode()) | RAW
STATUSES = st.sampled_from(
    [200, 200, 200, 201, 204, 302, 304, 400, 401, 403, 404, 405, 409, 422, 429, 500, 502, 504, 599]
)
TOLD = st.sampled_from(
    ["", "1", "10", "-1", "nan", "inf", "1e308", "99999999999", "²", "Wed, 21 Oct 2099 07:28:00 GMT", "x"]
)
HEADERS = st.dictionaries(
    st.sampled_from(
        [
            *("Retry-After", "Retry-After-auth", "Content-Encoding", "Location", "Conductor-Request-Id"),
            *(f"x-ratelimit-{word}{suffix}" for word in ("limit", "remaining", "reset") for suffix in ("", "-auth")),
        ]
    ),
    TOLD,
    max_size=8,
)


# A valid answer to each call, every member of which is replaced by every absurd value in turn, and left out.
CONNECTION = {"lastRequestAt": "2026-11-01T10:00:00.000Z", "lastSuccessfulRequestAt": None}
GONE = {"listType": "customer", "transactionType": "bill", "id": ID}
RECORD = {"id": ID, "revisionNumber": "1", "updatedAt": "2026-11-01T10:00:00+00:00"}
CONTACT_NOW = {"id": 1, "customer_type": "business", "display_name": "Alder", "work_phone": "1", "active": 1}
GOOD_CONDUCTOR: dict[str, Any] = {
    "pages": {"data": [RECORD], "nextCursor": "c", "remainingCount": 1, "hasMore": True},
    "single": {"accounting": {}},
    "read_record": RECORD,
    "update_record": {**RECORD, "name": "Alder", "phone": "2"},
    "deleted": {"data": [GONE]},
    "company": {"companyName": "Alder"},
    "health": {"duration": 5, "status": "ok"},
    "about": {"companyName": "Alder", "email": "a@b.example", "integrationConnections": [CONNECTION]},
}
GOOD_BIGCAPITAL: dict[str, Any] = {
    "pages": {"customers": [CONTACT_NOW], "pagination": {"total": 1, "page": 1}},
    "read_record": CONTACT_NOW,
    "update_record": CONTACT_NOW,
    "deleted": {},
    "health": {"metadata": {}},
    "about": {"metadata": {"name": "Alder", "base_currency": "USD", "date_format": "D", "timezone": "UTC"}},
}
ABSURD: tuple[Any, ...] = (None, True, "", "x", "9" * 99, -1, 0, 5, 10**18, 10**400, 1.5, [], [5], [[]], {}, {"a": 5})


def spoiled(good: Any) -> Iterator[Any]:
    yield from ABSURD
    if isinstance(good, dict):
        for name in good:
            yield {other: good[other] for other in good if other != name}
            yield from ({**good, name: worse} for worse in spoiled(good[name]))
    elif isinstance(good, list):
        yield from ([worse] for worse in spoiled(good[0]))


class Vendor:
    """A server that sends to every request the answer that was last set."""

    def __init__(self, url: str) -> None:
        self.url, self.reply = url, b""

    def says(self, status: int, headers: dict[str, str], body: bytes) -> None:
        told = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"HTTP/1.1 {status} Said\r\n{told}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        self.reply = head.encode("latin-1") + body


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch) -> Iterator[Vendor]:
    monkeypatch.setattr(http, "RETRY_AFTER_SECONDS", 0.0)
    with listening(lambda taken: taken.sendall(one.reply)) as server:
        one = Vendor(server.url)
        yield one


def try_out(call: Call, client: Any) -> None:
    try:
        call(client)
    except errors.BooksError as error:
        assert all((error.title, error.error_message, error.kept, error.next_step))


often = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@often
@given(call=st.sampled_from([*CONDUCTOR]), status=STATUSES, headers=HEADERS, body=BODIES)
def test_whatever_conductor_answers_ends_in_one_of_the_desks_errors(
    vendor: Vendor, call: str, status: int, headers: dict[str, str], body: bytes
) -> None:
    vendor.says(status, headers, body)
    try_out(CONDUCTOR[call], Conductor("end_usr_1", "sk", vendor.url, nullcontext, 20, 20))


@pytest.mark.django_db
@often
@given(call=st.sampled_from([*BIGCAPITAL]), status=STATUSES, headers=HEADERS, body=BODIES)
def test_whatever_bigcapital_answers_ends_in_one_of_the_desks_errors(
    vendor: Vendor, call: str, status: int, headers: dict[str, str], body: bytes
) -> None:
    vendor.says(status, headers, body)
    try_out(BIGCAPITAL[call], Bigcapital(vendor.url, "bc", nullcontext, RequestPriority.SAVE, 20))


@pytest.mark.parametrize("call", CONDUCTOR)
def test_no_member_of_conductors_answers_can_be_absurd_enough_to_escape(vendor: Vendor, call: str) -> None:
    client = Conductor("end_usr_1", "sk", vendor.url, nullcontext, 20, 20)
    for answer in spoiled(GOOD_CONDUCTOR[call]):
        vendor.says(200, {}, json.dumps(answer).encode())
        try_out(CONDUCTOR[call], client)


@pytest.mark.django_db
@pytest.mark.parametrize("call", BIGCAPITAL)
def test_no_member_of_bigcapitals_answers_can_be_absurd_enough_to_escape(vendor: Vendor, call: str) -> None:
    client = Bigcapital(vendor.url, "bc", nullcontext, RequestPriority.SAVE, 20)
    for answer in spoiled(GOOD_BIGCAPITAL[call]):
        vendor.says(200, {}, json.dumps(answer).encode())
        try_out(BIGCAPITAL[call], client)


@pytest.mark.parametrize("call", CONDUCTOR)
def test_the_valid_answers_are_accepted(vendor: Vendor, call: str) -> None:
    """Otherwise the absurd ones would be refused before their absurdity is reached."""
    client = Conductor("end_usr_1", "sk", vendor.url, nullcontext, 20, 20)
    vendor.says(200, {}, json.dumps({**GOOD_CONDUCTOR[call], "nextCursor": None}).encode())
    CONDUCTOR[call](client)
