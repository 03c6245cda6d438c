"""The sandbox as a process of its own, and a caller who can send it any request."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]
KEY = "sk_conductor_sandbox"
EXAMPLE = "end_usr_1234567abcdefg"
CONTRACTOR = "end_usr_contractor0001"
WHOLESALER = "end_usr_wholesaler0001"
CUSTOMER, BILL = "80000001-1234567890", "123ABC-1234567890"
STALE_TEXT = 'QBD Request Error (3200): The provided revision number (edit sequence) "{}" is out-of-date.'


def start(*options: str) -> tuple["subprocess.Popen[str]", str]:
    """Starts a sandbox on a free port; returns the process and its URL."""
    command = [sys.executable, "-m", "sandbox", "--port", "0", *options]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("Sandbox on http://127.0.0.1:")
    return process, line.split()[-1]


def end(process: "subprocess.Popen[str]") -> int:
    """Stops a sandbox; returns its exit code."""
    process.terminate()
    process.communicate(timeout=10)
    return process.returncode


class Caller:
    """Calls the sandbox as one end user, or with any headers."""

    def __init__(self, http: httpx.Client, company: str = EXAMPLE) -> None:
        self.http, self.company = http, company
        self.url = str(http.base_url).rstrip("/")

    def as_(self, company: str) -> "Caller":
        """The same caller for another end user."""
        return Caller(self.http, company)

    def send(self, method: str, path: str, headers: dict[str, str] | None = None, **content: Any) -> httpx.Response:
        """One call below `/v1/quickbooks-desktop`."""
        sent = {"Authorization": f"Bearer {KEY}", "Conductor-End-User-Id": self.company, **(headers or {})}
        return self.http.request(method, f"/v1/quickbooks-desktop/{path}", headers=sent, **content)

    def get(self, path: str, **query: Any) -> Any:
        """A read that must succeed."""
        answer = self.send("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def update(self, path: str, **changes: Any) -> Any:
        """An update from the newest revision that must succeed."""
        answer = self.try_update(path, **changes)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def try_update(self, path: str, **changes: Any) -> httpx.Response:
        """An update from the newest revision, with any result."""
        body = {"revisionNumber": self.get(path)["revisionNumber"], **changes}
        return self.send("POST", path, json=body)

    def control(self, name: str, **body: Any) -> Any:
        """A control call that must succeed."""
        answer = self.http.post(f"/_sandbox/{name}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def fault(self, fault: str, **details: Any) -> None:
        """Sets a fault for this caller's end user."""
        self.control("faults", endUserId=self.company, fault=fault, **details)

    def requests(self, **query: Any) -> Any:
        """The journal."""
        return self.http.get("/_sandbox/requests", params=query).json()


def refusal(answer: httpx.Response) -> tuple[int, str, str, str | None]:
    """The fields of an error: status, type, code, QuickBooks' own code."""
    error = answer.json()["error"]
    assert error["httpStatusCode"] == answer.status_code
    assert error["requestId"] == answer.headers["Conductor-Request-Id"]
    return answer.status_code, error["type"], error["code"], error.get("integrationCode")


def quickbooks(code: str | None) -> tuple[int, str, str, str | None]:
    """The message of a refusal by QuickBooks."""
    return 502, "INTEGRATION_ERROR", "QBD_REQUEST_ERROR", code


INVALID = (400, "INVALID_REQUEST_ERROR", "INVALID_REQUEST_ERROR", None)


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a sandbox that serves the whole run."""
    process, url = start("--data", str(tmp_path_factory.mktemp("sandbox") / "data.sqlite3"))
    yield url
    end(process)


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data file written by a sandbox, so that not every process of a test has to create its own."""
    path = tmp_path_factory.mktemp("filled") / "data.sqlite3"
    process, _ = start("--data", str(path), "--customers", "20", "--bills", "2")
    end(process)
    return path


@pytest.fixture
def data(filled: Path, tmp_path: Path) -> Path:
    """A copy of it for one test."""
    return Path(shutil.copy(filled, tmp_path))


@pytest.fixture
def caller(running: str) -> Iterator[Caller]:
    """A caller with the sandbox in its initial state."""
    # There is no certificate to check, and to get ready for one takes longer than the test.
    with httpx.Client(base_url=running, timeout=20, trust_env=False, verify=False) as http:
        caller = Caller(http)
        caller.control("reset")
        yield caller
