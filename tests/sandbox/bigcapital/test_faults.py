"""Faults apply to Bigcapital as to Conductor, with its own responses; calls of one organization do not queue."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import end, start
from tests.support.vendor import Sandbox

from .conftest import BARE_500, INTERIORS, NOT_FOUND, STUDIO, Office, against_rule, told

OLD_NOTE = "Pays by bank transfer on the 15th."


@pytest.mark.parametrize(
    ("fault", "details", "expected"),
    [
        ("internal", {}, BARE_500),
        ("refuse", {"status": 500}, BARE_500),
        ("refuse", {"status": 503}, (503, {"statusCode": 503, "message": "Internal server error"})),
        ("refuse", {"message": "SOME_RULE"}, against_rule("SOME_RULE")),
        ("refuse", {"status": 404}, NOT_FOUND),
        ("refuse", {"status": 401}, (401, {"message": "Unauthorized", "statusCode": 401})),
        ("refuse", {"status": 403}, (403, {"message": "Forbidden resource", "error": "Forbidden", "statusCode": 403})),
        ("rate_limited", {}, (429, {"statusCode": 429, "message": "ThrottlerException: Too Many Requests"})),
    ],
)
def test_a_failed_update_writes_nothing(interiors: Office, fault: str, details: dict[str, Any], expected: Any) -> None:
    interiors.fault(fault, operation="update", **details)
    assert (told(interiors.put(STUDIO, note="new")), interiors.get(STUDIO)["note"]) == (expected, OLD_NOTE)


def test_a_timeout_is_the_proxys_error_page(interiors: Office) -> None:
    interiors.fault("timeout", operation="update")
    answer = interiors.put(STUDIO, note="new")
    assert (answer.status_code, answer.headers["content-type"]) == (504, "text/html")
    assert interiors.get(STUDIO)["note"] == OLD_NOTE


@pytest.mark.parametrize(("fault", "note"), [("cut_before", OLD_NOTE), ("cut_after", "new"), ("half", "new")])
def test_a_dropped_connection_gives_no_answer(interiors: Office, fault: str, note: str) -> None:
    interiors.fault(fault, operation="update")
    with pytest.raises(httpx.RemoteProtocolError):
        interiors.put(STUDIO, note="new")
    assert interiors.get(STUDIO)["note"] == note


@pytest.mark.parametrize("cut", [True, False])
def test_a_late_write_is_carried_out_when_nobody_waits_for_it(interiors: Office, cut: bool) -> None:
    interiors.fault("land_late", operation="update", seconds=600, cut=cut)
    with ThreadPoolExecutor(1) as pool:
        problem = pool.submit(interiors.put, STUDIO, note="late").exception()
    early = interiors.get(STUDIO)["note"]
    landed = interiors.sandbox.control("land")
    assert (early, landed, interiors.get(STUDIO)["note"]) == (OLD_NOTE, {"landed": 1}, "late")
    assert isinstance(problem, httpx.RemoteProtocolError) is cut


def test_a_reset_cancels_a_late_write(interiors: Office) -> None:
    interiors.fault("land_late", operation="update", seconds=600)
    interiors.put(STUDIO, note="late")
    interiors.sandbox.reset()
    assert (interiors.sandbox.control("land"), interiors.get(STUDIO)["note"]) == ({"landed": 0}, OLD_NOTE)


def test_garbage_is_not_json(interiors: Office) -> None:
    interiors.fault("garbage")
    interiors.fault("garbage", status=502)
    answers = [interiors.send("GET", STUDIO), interiors.send("GET", STUDIO)]
    assert [(a.status_code, a.headers["content-type"]) for a in answers] == [(200, "text/html"), (502, "text/html")]


def test_a_rate_limit_says_how_long_to_wait(interiors: Office) -> None:
    interiors.fault("rate_limited", seconds=3)
    assert interiors.send("GET", STUDIO).headers["Retry-After-auth"] == "3"


@pytest.mark.parametrize(
    ("operation", "method", "path"),
    [
        ("list", "GET", "/customers"),
        ("retrieve", "GET", STUDIO),
        ("create", "POST", "/customers"),
        ("update", "PUT", STUDIO),
        ("update", "PUT", f"{STUDIO}/opening-balance"),
        ("update", "PATCH", "/contacts/1/inactivate"),
        ("delete", "DELETE", STUDIO),
    ],
)
def test_a_fault_applies_to_its_operation_only(interiors: Office, operation: str, method: str, path: str) -> None:
    for other in {"list", "retrieve", "create", "update", "delete"} - {operation}:
        interiors.fault("refuse", operation=other, status=503, count=None)
    interiors.fault("refuse", operation=operation, resource="customers", status=502)
    assert interiors.send(method, path).status_code == 502


def test_a_fault_applies_to_its_organization_only(interiors: Office, tea: Office) -> None:
    interiors.fault("internal")
    assert [tea.send("GET", STUDIO).status_code, interiors.send("GET", STUDIO).status_code] == [200, 500]


def test_a_fault_without_a_company_applies_to_the_next_caller(interiors: Office) -> None:
    interiors.sandbox.fault(fault="internal")
    assert [interiors.send("GET", STUDIO).status_code for _ in range(2)] == [500, 200]


def test_faults_of_quickbooks_do_not_apply_to_bigcapital(interiors: Office) -> None:
    interiors.sandbox.fault(fault="busy")
    assert interiors.send("GET", STUDIO).status_code == 200


def test_faults_are_shown_with_the_parameter_they_were_set_by(interiors: Office) -> None:
    interiors.fault("slow", seconds=1)
    shown = interiors.sandbox.http.get("/_sandbox/faults").json()["faults"]
    plain = {"operation": "*", "resource": None, "count": 1}
    assert shown == [{"fault": "slow", "organizationId": INTERIORS, **plain, "seconds": 1}]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (
            {"organizationId": INTERIORS, "fault": "busy"},
            'Bigcapital knows no "busy", only slow, refuse, timeout, cut_before, cut_after, land_late, half, garbage, '
            "says, drip, huge, bomb, deep, altered, rate_limited, internal, not_built.",
        ),
        (
            {"organizationId": INTERIORS, "endUserId": "end_usr_1234567abcdefg", "fault": "slow"},
            'Name a company by "endUserId" or by "organizationId", not by both.',
        ),
    ],
)
def test_an_invalid_fault_is_refused(sandbox: Sandbox, fault: dict[str, Any], error: str) -> None:
    assert told(sandbox.http.post("/_sandbox/faults", json=fault)) == (400, {"error": error})


def test_calls_of_one_organization_do_not_wait_for_each_other(interiors: Office) -> None:
    interiors.fault("slow", seconds=0.5, count=4)
    began = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(interiors.get, [STUDIO] * 4))
    assert (len(answers), 0.5 <= time.monotonic() - began < 1.5) == (4, True)


def test_the_delay_is_quickbooks_own(interiors: Office) -> None:
    process, url = start("--customers", "20", "--bills", "2", "--delay", "30")
    with httpx.Client(base_url=url, trust_env=False, verify=False, timeout=5) as http:
        answer = http.get("/api/customers/1", headers=interiors.http.headers)
    assert (end(process), answer.status_code) == (0, 200)


def test_a_write_can_be_stored_and_answered_otherwise_than_asked(interiors: Office) -> None:
    members = {"note": "?", "customer_type": "individual", "billing_address_city": None}
    interiors.fault("altered", operation="update", members=members)
    answer = interiors.put(STUDIO, note="new", website="https://new.example").json()
    stored = interiors.get(STUDIO)
    assert answer.items() <= stored.items()
    assert (stored["note"], stored["customer_type"], stored["billing_address_city"]) == ("?", "individual", None)
    assert stored["website"] == "https://new.example"
