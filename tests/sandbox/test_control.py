"""The controls: reset, external changes, the journal; and the process itself."""

import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from sandbox.store import Store

from .conftest import BILL, CONTRACTOR, CUSTOMER, EXAMPLE, ROOT, Caller, end, quickbooks, refusal, start

PATH = f"customers/{CUSTOMER}"


def test_a_reset_restores_everything(caller: Caller) -> None:
    before = [caller.get(PATH), caller.get(f"bills/{BILL}"), caller.get("customers", status="all")]
    caller.update("customers/80000002-1234567890", name="Renamed")
    caller.control("change", endUserId=EXAMPLE, resource="bills", id=BILL, delete=True)
    caller.send("POST", "customers", json={"name": "New one"})
    caller.control("reset")
    assert [caller.get(PATH), caller.get(f"bills/{BILL}"), caller.get("customers", status="all")] == before
    assert caller.get("deleted-transactions", transactionTypes="bill")["data"] == []


def test_a_change_in_quickbooks_makes_an_older_copy_stale(caller: Caller) -> None:
    changed = caller.control("change", endUserId=EXAMPLE, resource="customers", id=CUSTOMER, changes={"phone": "1"})
    assert caller.get(PATH) == changed
    answer = caller.send("POST", PATH, json={"revisionNumber": "1721172183", "fax": "2"})
    assert refusal(answer) == quickbooks("3200")


def test_the_delay_is_set_until_the_next_reset(caller: Caller) -> None:
    assert caller.control("delay", seconds=0.3) == {"seconds": 0.3, "before": 0.0}
    assert caller.get("health-check")["duration"] >= 300
    caller.control("reset")
    assert caller.control("delay", seconds=0) == {"seconds": 0, "before": 0.0}


def test_another_company_file_answers_until_the_next_reset(caller: Caller) -> None:
    own, other = caller.get("company"), caller.as_(CONTRACTOR).get("customers")
    caller.control("company-file", endUserId=EXAMPLE, file=CONTRACTOR, company={"ein": None})
    assert caller.get("company") == {**caller.as_(CONTRACTOR).get("company"), "ein": None}
    assert caller.get("customers")["data"] == other["data"]
    assert refusal(caller.send("GET", PATH)) == quickbooks("500")
    caller.control("reset")
    assert (caller.get("company"), caller.get(PATH)["id"]) == (own, CUSTOMER)


def test_a_company_file_is_renamed_and_named_as_before(caller: Caller) -> None:
    own = caller.get("company")
    assert caller.control("company-file", endUserId=EXAMPLE, company={"companyName": "New"})["companyName"] == "New"
    assert caller.get("company") == {**own, "companyName": "New"}
    caller.control("company-file", endUserId=EXAMPLE)
    assert caller.get("company") == own
    wrong = (
        {"endUserId": "nobody"},
        {"endUserId": EXAMPLE, "file": "nobody"},
        {"endUserId": EXAMPLE, "company": {"x": 1}},
    )
    answers = [caller.http.post("/_sandbox/company-file", json=body).status_code for body in wrong]
    assert answers == [400, 400, 400]


def test_a_quiet_change_keeps_the_revision(caller: Caller) -> None:
    changes = {"balance": "77.00"}
    changed = caller.control(
        "change", endUserId=EXAMPLE, resource="customers", id=CUSTOMER, changes=changes, quiet=True
    )
    assert (changed["balance"], changed["revisionNumber"]) == ("77.00", "1721172183")


def test_a_change_follows_the_rules_of_lines(caller: Caller) -> None:
    lines = [{"id": "-1", "accountId": "80000003-1234567890", "amount": "1.00"}]
    changed = caller.control("change", endUserId=EXAMPLE, resource="bills", id=BILL, changes={"expenseLines": lines})
    assert changed["amountDue"] == "501.00"


def test_a_vendor_renamed_in_quickbooks_shows_on_its_bills(caller: Caller) -> None:
    changes = {"name": "Acme Group"}
    caller.control("change", endUserId=EXAMPLE, resource="vendors", id="80000001-1234567890", changes=changes)
    assert caller.get(f"bills/{BILL}")["vendor"]["fullName"] == "Acme Group"


def test_the_history_of_a_record_has_the_result_of_each_write(caller: Caller) -> None:
    made = [caller.get(PATH), caller.update(PATH, phone="1")]
    made.append(caller.control("change", endUserId=EXAMPLE, id=CUSTOMER, changes={"phone": "2"}))
    caller.try_update(PATH, salesTaxCodeId="nothing")
    query = {"endUserId": EXAMPLE, "resource": "customers", "id": CUSTOMER}
    assert caller.http.get("/_sandbox/history", params=query).json() == made


def test_a_late_write_is_carried_out_on_request(caller: Caller) -> None:
    caller.fault("land_late", operation="update", seconds=600)
    caller.try_update(PATH, phone="1")
    before = caller.get(PATH)["phone"]
    landed = [caller.control("land") for _ in range(2)]
    assert (landed, before == "1", caller.get(PATH)["phone"]) == ([{"landed": 1}, {"landed": 0}], False, "1")


def test_a_change_of_an_unknown_record_is_refused(caller: Caller) -> None:
    body = {"endUserId": EXAMPLE, "resource": "customers", "id": CUSTOMER, "changes": {"colour": "red"}}
    answer = caller.http.post("/_sandbox/change", json=body)
    assert (answer.status_code, answer.json()) == (400, {"error": 'qbd_customer has no member "colour".'})


def test_the_journal_has_every_request(caller: Caller) -> None:
    caller.update(PATH, phone="1")
    read, written = caller.requests(endUserId=EXAMPLE)
    assert (read["method"], read["status"], written["method"], written["path"]) == (
        "GET",
        200,
        "POST",
        f"/v1/quickbooks-desktop/{PATH}",
    )
    assert written["body"] == {"revisionNumber": "1721172183", "phone": "1"}
    assert written["headers"]["authorization"] == "dbox"


def test_the_journal_returns_only_new_requests(caller: Caller) -> None:
    caller.get(PATH)
    (first,) = caller.requests()
    caller.get(PATH)
    assert [entry["n"] for entry in caller.requests(since=first["n"])] == [first["n"] + 1]


def test_the_journal_can_be_cleared(caller: Caller) -> None:
    caller.get(PATH)
    caller.control("requests/clear")
    assert caller.requests() == []


def test_it_lists_its_companies(caller: Caller) -> None:
    rows = caller.http.get("/_sandbox/companies").json()
    assert [(row["endUserId"], row["state"]) for row in rows if "endUserId" in row] == [
        (EXAMPLE, "ok"),
        (CONTRACTOR, "ok"),
        ("end_usr_wholesaler0001", "ok"),
        ("end_usr_neversetup001", "not_set_up"),
        ("end_usr_pcisoff00001", "not_active"),
    ]


def test_many_callers_at_once_lose_nothing(caller: Caller) -> None:
    keys = [row["id"] for row in caller.get("customers")["data"]]

    def save(key: str) -> int:
        return caller.try_update(f"customers/{key}", fax="555-0199").status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(save, keys)) == {200}
    assert {row["fax"] for row in caller.get("customers", ids=keys)["data"]} == {"555-0199"}


def test_of_two_saves_at_once_one_wins(caller: Caller) -> None:
    body = {"revisionNumber": "1721172183", "phone": "1"}
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: caller.send("POST", PATH, json=body), range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 502, 502, 502]


def test_an_edit_survives_a_restart(data: Path) -> None:
    seen = []
    for turn in range(2):
        process, url = start("--data", str(data))
        with httpx.Client(base_url=url, timeout=20, trust_env=False, verify=False) as http:
            if turn == 0:
                Caller(http).update(PATH, phone="555-0123")
            seen.append(Caller(http).get(PATH)["phone"])
        assert end(process) == 0
    assert seen == ["555-0123", "555-0123"]


def test_a_data_file_whose_writer_was_stopped_is_filled_by_the_next(tmp_path: Path) -> None:
    found = []
    for _ in range(2):
        store = Store(str(tmp_path / "data.sqlite3"))
        found.append(store.is_new)
        store.close()
    assert found == [True, True]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_at_once_even_with_a_caller_waiting(data: Path, number: signal.Signals) -> None:
    process, url = start("--delay", "30", "--data", str(data))
    with ThreadPoolExecutor(1) as pool, httpx.Client(base_url=url, timeout=20, trust_env=False, verify=False) as http:
        waiting = pool.submit(Caller(http).send, "GET", PATH)
        time.sleep(0.2)  # the caller has to be waiting in the queue, and nothing signals that it is
        process.send_signal(number)
        process.communicate(timeout=5)
        assert (process.returncode, isinstance(waiting.exception(), httpx.TransportError)) == (0, True)


def test_a_busy_port_is_reported_in_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "sandbox", "--port", port]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stderr) == (1, f"Port {port} cannot be used: Address already in use.\n")


def test_the_journal_names_the_process_of_a_caller_if_asked_to() -> None:
    process, url = start("--name-peers")
    calling = f"import urllib.request as u; u.urlopen(u.Request('{url}/v1/end-users', None, {{}}))"
    subprocess.run([sys.executable, "-c", calling, "a desk"], check=False, capture_output=True)
    with httpx.Client(base_url=url, trust_env=False, verify=False) as http:
        http.get("/v1/end-users")
        peers = [request["peer"] for request in http.get("/_sandbox/requests").json()]
    end(process)
    own = Path("/proc/self/cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
    assert (peers[0].endswith("a desk"), peers[1]) == (True, own)


def test_the_journal_names_nobody_unless_asked_to(caller: Caller) -> None:
    caller.get(PATH)
    assert caller.http.get("/_sandbox/requests").json()[-1]["peer"] == ""
