"""Faults fail the request that they are set for, and the journal shows what was written."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.support.running import wait_until

from .conftest import CONTRACTOR, CUSTOMER, Caller, quickbooks, refusal

PATH = f"customers/{CUSTOMER}"
BILL = "bills/123ABC-1234567890"
CONNECTION = "INTEGRATION_CONNECTION_ERROR"
TIMEOUT = (504, CONNECTION, "QBD_REQUEST_TIMEOUT", None)


def save(caller: Caller, phone: str = "555-0177") -> httpx.Response:
    body = {"revisionNumber": "1721172183", "phone": phone}
    return caller.send("POST", PATH, json=body)


@pytest.mark.parametrize(
    ("fault", "details", "expected"),
    [
        ("refuse", {"integrationCode": "3210"}, quickbooks("3210")),
        ("busy", {}, quickbooks("3175")),
        ("timeout", {}, TIMEOUT),
        ("land_late", {"seconds": 5}, TIMEOUT),
        ("closed", {}, (502, CONNECTION, "QBD_CONNECTION_ERROR", "0x80040416")),
        ("not_set_up", {}, (409, CONNECTION, "INTEGRATION_CONNECTION_NOT_SET_UP", None)),
        ("not_active", {}, (409, CONNECTION, "INTEGRATION_CONNECTION_NOT_ACTIVE", None)),
        ("rate_limited", {"seconds": 3}, (429, "INVALID_REQUEST_ERROR", "RATE_LIMIT_EXCEEDED", None)),
        ("internal", {}, (500, "INTERNAL_ERROR", "INTERNAL_ERROR", None)),
        ("forbidden", {}, (403, "PERMISSION_ERROR", "PERMISSION_DENIED", None)),
    ],
)
def test_a_failed_save_writes_nothing(caller: Caller, fault: str, details: dict[str, Any], expected: object) -> None:
    caller.fault(fault, operation="update", **details)
    assert refusal(save(caller)) == expected
    assert caller.get(PATH)["revisionNumber"] == "1721172183"


@pytest.mark.parametrize(("fault", "written"), [("cut_before", False), ("cut_after", True), ("half", True)])
def test_a_dropped_connection_gives_no_answer(caller: Caller, fault: str, written: bool) -> None:
    caller.fault(fault, operation="update")
    with pytest.raises(httpx.RemoteProtocolError):
        save(caller)
    assert (caller.get(PATH)["phone"] == "555-0177") is written


def test_a_fault_can_let_requests_pass_first(caller: Caller) -> None:
    caller.fault("internal", operation="retrieve", skip=1)
    assert [caller.send("GET", PATH).status_code for _ in range(3)] == [200, 500, 200]


def test_a_fault_can_wait_for_a_write(caller: Caller) -> None:
    caller.fault("cut_after", operation="update")
    caller.fault("internal", operation="retrieve", after="update", skip=1)
    before = [caller.send("GET", PATH).status_code for _ in range(2)]
    with pytest.raises(httpx.RemoteProtocolError):
        save(caller)
    assert (before, [caller.send("GET", PATH).status_code for _ in range(3)]) == ([200, 200], [200, 500, 200])


def test_a_late_write_is_carried_out_after_the_timeout(caller: Caller) -> None:
    caller.fault("land_late", operation="update", seconds=0.1)
    save(caller)
    wait_until(lambda: caller.get(PATH)["phone"] == "555-0177", within=10)


def test_a_late_write_is_refused_when_the_record_has_moved(caller: Caller) -> None:
    caller.fault("land_late", operation="update", seconds=600)
    save(caller)
    caller.update(PATH, phone="555-0188")
    assert (caller.control("land"), caller.get(PATH)["phone"]) == ({"landed": 1}, "555-0188")


def test_a_reset_cancels_late_writes(caller: Caller) -> None:
    caller.fault("land_late", operation="update", seconds=600)
    save(caller)
    caller.control("reset")
    assert (caller.control("land"), caller.get(PATH)["revisionNumber"]) == ({"landed": 0}, "1721172183")


def test_a_slow_request_takes_its_time(caller: Caller) -> None:
    caller.fault("slow", seconds=0.3)
    began = time.monotonic()
    caller.get(PATH)
    assert time.monotonic() - began >= 0.3


def test_a_caller_may_wait_less(caller: Caller) -> None:
    caller.fault("slow", seconds=5)
    began = time.monotonic()
    answer = caller.send("GET", PATH, headers={"Conductor-Timeout-Seconds": "1"})
    assert (refusal(answer), time.monotonic() - began < 3) == (TIMEOUT, True)


def test_requests_of_one_company_queue(caller: Caller) -> None:
    caller.fault("slow", seconds=0.2, count=3)
    began = time.monotonic()
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(caller.get, [PATH] * 3))
    assert time.monotonic() - began >= 0.6


def test_another_company_does_not_wait(caller: Caller) -> None:
    caller.fault("slow", seconds=1.5)
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(caller.get, PATH)
        time.sleep(0.1)  # the slow one has to be in the queue, and nothing signals that it is
        caller.as_(CONTRACTOR).get("classes")
        assert not slow.done()


def test_a_fault_applies_to_its_operation_and_resource_only(caller: Caller) -> None:
    caller.fault("busy", operation="list", resource="bills")
    caller.get(PATH)
    caller.get("customers")
    assert refusal(caller.send("GET", "bills")) == quickbooks("3175")


def test_a_fault_is_used_up(caller: Caller) -> None:
    caller.fault("busy", count=2)
    assert [caller.send("GET", PATH).status_code for _ in range(3)] == [502, 502, 200]


def test_a_fault_without_count_stays_until_cleared(caller: Caller) -> None:
    caller.fault("busy", count=None)
    statuses = [caller.send("GET", PATH).status_code for _ in range(3)]
    caller.control("faults")
    assert (statuses, caller.send("GET", PATH).status_code) == ([502, 502, 502], 200)


def test_garbage_is_not_json(caller: Caller) -> None:
    caller.fault("garbage")
    caller.fault("garbage", status=502)
    answers = [caller.send("GET", PATH), caller.send("GET", PATH)]
    assert [(a.status_code, a.headers["content-type"]) for a in answers] == [(200, "text/html"), (502, "text/html")]


def test_a_lost_cursor_ends_the_list(caller: Caller) -> None:
    cursor = caller.get("customers", limit=5)["nextCursor"]
    caller.fault("cursor_lost")
    answer = caller.send("GET", "customers", params={"limit": 5, "cursor": cursor})
    assert refusal(answer) == quickbooks(None)


def test_a_rate_limit_says_how_long_to_wait(caller: Caller) -> None:
    caller.fault("rate_limited", seconds=3)
    assert caller.send("GET", PATH).headers["Retry-After"] == "3"


def test_an_unknown_fault_is_refused(caller: Caller) -> None:
    answer = caller.http.post("/_sandbox/faults", json={"fault": "meteor"})
    assert (answer.status_code, answer.json()["error"][:23]) == (400, '"fault" must be one of ')


@pytest.mark.parametrize("wrong", [{"changes": {"phone": {}}}, {"raw": '{"id":1E9}'}], ids=["changes", "raw"])
def test_an_altered_answer_leaves_the_records_unchanged(caller: Caller, wrong: dict[str, Any]) -> None:
    before = caller.get(PATH)
    caller.fault("altered", id=before["id"], **wrong)
    assert caller.get(PATH) != before
    assert caller.get(PATH) == before


def test_a_write_can_be_stored_and_answered_otherwise_than_asked(caller: Caller) -> None:
    caller.fault("altered", operation="update", members={"phone": "?", "billingAddress.city": None})
    answer = caller.update(PATH, phone="1", fax="2")
    assert (answer, answer["fax"]) == (caller.get(PATH), "2")
    assert (answer["phone"], answer["billingAddress"]["city"]) == ("?", None)


def test_lines_are_altered_by_id_place_or_novelty_and_the_totals_follow(caller: Caller) -> None:
    (line,) = caller.get(BILL)["expenseLines"]
    new = {"id": "-1", "accountId": line["account"]["id"], "amount": "5.00"}
    members = {f"expenseLines.{line['id']}.memo": "?", "expenseLines.1.memo": "!", "expenseLines.new2": None}
    caller.fault("altered", operation="update", members={**members, "expenseLines.new.amount": "7.00"})
    answer = caller.update(BILL, expenseLines=[{"id": line["id"]}, new, new])
    assert [(one["memo"], one["amount"]) for one in answer["expenseLines"]] == [("?", "500.00"), ("!", "7.00")]
    assert answer["amountDue"] == "1007.00"


def test_a_path_that_the_record_does_not_have_is_refused_and_nothing_is_written(caller: Caller) -> None:
    before = caller.get(PATH)
    caller.fault("altered", operation="update", members={"phones": "?"})
    assert (save(caller).status_code, caller.get(PATH)) == (400, before)


def test_a_write_that_would_be_altered_is_refused_as_any_other(caller: Caller) -> None:
    caller.fault("altered", operation="update", members={"phone": "?"})
    assert refusal(caller.try_update(PATH, name="a:b")) == quickbooks("3090")
    assert caller.get(PATH)["phone"] == "+1-555-123-4567"


def test_the_answer_to_an_altered_write_can_be_lost(caller: Caller) -> None:
    caller.fault("altered", operation="update", members={"phone": "?"}, cut=True)
    with pytest.raises(httpx.RemoteProtocolError):
        save(caller)
    assert caller.get(PATH)["phone"] == "?"
