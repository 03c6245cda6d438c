"""Whatever is sent to a route of Bigcapital is answered in one of the server's formats."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.bigcapital import bodies, organizations
from sandbox.bigcapital.limits import Limit, Limits
from sandbox.bigcapital.organizations import ORGANIZATIONS
from sandbox.bigcapital.routes import Bigcapital
from sandbox.companies.organization_builder import Roll
from sandbox.faults import Faults
from sandbox.messages import Answer, Request
from sandbox.store import Store
from tests.sandbox.test_any_content import DAYS, HALF, JSON_TEXTS, NUMBERS, ODD, TEXTS, often

from .conftest import BARE_500, INTERIORS_KEY

ANYTHING: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | NUMBERS | TEXTS | DAYS | st.just([]) | st.just({"a": HALF})
)
SENT = {
    ("POST", "customers"): (*bodies.CUSTOMER_CREATE, "x"),
    ("PUT", "customers/1"): (*bodies.CUSTOMER_UPDATE, "x"),
    ("PUT", "customers/1/opening-balance"): (*bodies.OPENING_BALANCE,),
    ("POST", "customers/bulk-delete"): (*bodies.BULK_DELETE, "x"),
    ("POST", "customers/validate-bulk-delete"): (*bodies.BULK_DELETE,),
    ("PUT", "organization"): (*bodies.ORGANIZATION_UPDATE,),
}
GOOD = {"customerType": "business", "currencyCode": "USD", "displayName": "Studio", "openingBalance": 1}


@pytest.fixture(scope="module")
def bigcapital() -> Iterator[Bigcapital]:
    """The API in this process, over an organization of one customer."""
    store, roll = Store(":memory:"), Roll(ORGANIZATIONS[0], 1)
    roll.add_likely("Studio")
    roll.finish(store)
    yield Bigcapital(store, Faults(), Limits(Limit(None), Limit(None)))
    organizations.reset()
    store.close()


def send(bigcapital: Bigcapital, method: str, path: str, body: bytes = b"", query: str = "") -> Answer:
    """The answer to one request, over the original data."""
    headers = {"authorization": f"Bearer {INTERIORS_KEY}", "content-type": "application/json"}
    bigcapital.reset()
    bigcapital.store.reset()
    return bigcapital.answer(Request(method, f"/api/{path}", query, headers, body))


def check_answer(answer: Answer) -> None:
    """The answer is strict JSON; one that is not a success has its status in the body, by one of the three formats."""

    def refuse(word: str) -> None:
        raise AssertionError(word)

    told = json.loads(answer.body.decode() or "{}", parse_constant=refuse)
    statuses = [told.get("statusCode"), *(error["statusCode"] for error in told.get("errors", []))]
    assert answer.status in (200, 201) or answer.status in statuses


@settings(often, max_examples=80)
@given(route=st.sampled_from([*SENT]), body=JSON_TEXTS | st.sampled_from(ODD))
def test_any_text_is_answered(bigcapital: Bigcapital, route: tuple[str, str], body: bytes) -> None:
    check_answer(send(bigcapital, *route, body))


@pytest.mark.parametrize(("method", "path"), SENT)
@often
@given(data=st.data())
def test_any_value_of_a_member_is_answered(bigcapital: Bigcapital, method: str, path: str, data: st.DataObject) -> None:
    names = st.sampled_from(SENT[method, path])
    sent = GOOD | data.draw(st.dictionaries(names, ANYTHING, max_size=2))
    check_answer(send(bigcapital, method, path, json.dumps(sent).encode()))


@settings(often, max_examples=80)
@given(name=st.sampled_from([*bodies.CUSTOMER_LIST]), value=TEXTS.filter(lambda text: HALF not in text) | JSON_TEXTS)
def test_any_parameter_is_answered(bigcapital: Bigcapital, name: str, value: Any) -> None:
    check_answer(send(bigcapital, "GET", "customers", query=urlencode({name: value})))


@pytest.mark.parametrize("number", ["1" * 400, "1e400", "-1e400"])
def test_a_number_beyond_all_is_none_and_comes_back_as_null(bigcapital: Bigcapital, number: str) -> None:
    body = f'{{"openingBalance": {number}}}'.encode()
    (fault,) = json.loads(send(bigcapital, "PUT", "customers/1/opening-balance", body).body)["message"]
    assert (fault["value"], list(fault["constraints"])) == (None, ["isNumber"])


def test_a_failure_that_nobody_thought_of_is_a_bare_500() -> None:
    store = Store(":memory:")
    bigcapital = Bigcapital(store, Faults(), Limits())
    store.close()
    answer = bigcapital.answer(
        Request("GET", "/api/customers/1", "", {"authorization": f"Bearer {INTERIORS_KEY}"}, b"")
    )
    assert (answer.status, json.loads(answer.body)) == BARE_500
