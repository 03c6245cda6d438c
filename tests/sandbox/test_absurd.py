"""The sandbox's faults that no vendor makes on purpose: the bytes sent, and the work done all the same."""

from typing import Any

import httpx
import pytest

from tests.support.vendor import KEY, Sandbox

END_USER = "end_usr_1234567abcdefg"
PATH = "/v1/quickbooks-desktop/customers/80000001-1234567890"
HEADERS = {"Authorization": f"Bearer {KEY}", "Conductor-End-User-Id": END_USER}


@pytest.fixture
def vendor(sandbox_server: Sandbox) -> Sandbox:
    sandbox_server.reset()
    return sandbox_server


def raw(vendor: Sandbox, **fault: Any) -> tuple[httpx.Response, bytes]:
    """The response to a read with this fault, and its body as it was sent."""
    vendor.fault(endUserId=END_USER, **fault)
    with vendor.http.stream("GET", PATH, headers=HEADERS) as answer:
        return answer, b"".join(answer.iter_raw())


def test_it_answers_any_text_with_any_status_and_headers(vendor: Sandbox) -> None:
    answer, body = raw(vendor, fault="says", body="<p>no", status=404, headers={"X-Front": "proxy"})
    assert (answer.status_code, body, answer.headers["x-front"]) == (404, b"<p>no", "proxy")


def test_the_answer_may_be_an_object(vendor: Sandbox) -> None:
    assert raw(vendor, fault="says", body={"data": 5})[1] == b'{"data": 5}'


@pytest.mark.parametrize(("fault", "least", "most"), [("bomb", 1, 700_000), ("huge", 100 * 2**20, 101 * 2**20)])
def test_a_bomb_is_small_and_what_is_huge_is_large(vendor: Sandbox, fault: str, least: int, most: int) -> None:
    assert least < len(raw(vendor, fault=fault)[1]) < most


def test_deep_json_is_200_000_levels_deep(vendor: Sandbox) -> None:
    assert raw(vendor, fault="deep")[1] == b"[" * 200_000 + b"]" * 200_000


@pytest.mark.parametrize("wrong", [{"at": "nowhere"}, {"headers": ["x"]}, {"headers": {"x": 1}}, {"seconds": "2"}])
def test_an_invalid_detail_is_refused(vendor: Sandbox, wrong: dict[str, Any]) -> None:
    assert vendor.http.post("/_sandbox/faults", json={"fault": "says", **wrong}).status_code == 400
