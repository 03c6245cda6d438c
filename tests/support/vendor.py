"""The sandbox as a separate process, so that a lost response or a dropped connection comes from a real socket."""

import json
import re
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import pytest
from pytest_django import Settings

from config.processes.children import Child, stop_children

ROOT = Path(__file__).resolve().parent.parent.parent
KEY = "sk_conductor_sandbox"
SERVES_PAGES = "config.processes.web"  # in the command line of the processes that serve pages
CLEARING = ("reset", "requests/clear")
JUNIPER, JUNIPER_KEY = "org_junipergrove01", f"bc_{'5a4db0c5' * 12}"
KAWARA_KEY = f"bc_{'70c10ea5' * 12}"


class Sandbox:
    """A running sandbox: `url` for Ledgerdesk, the rest for a test that acts as the vendor or as a person there.

    `names_peers` is whether it looks up which process sends a request.
    """

    def __init__(self, url: str, *, names_peers: bool = False) -> None:
        self.url, self.names_peers = url, names_peers
        # There is no certificate to check, and to get ready for one takes longer than many requests.
        self.http = httpx.Client(base_url=url, timeout=30, trust_env=False, verify=False)
        self.idle: list[HTTPConnection] = []  # for control calls, which any thread may make
        self.seen_of_pages: list[str] = []
        self.was_told = True  # whether a test may have changed what the sandbox holds or answers, since the last reset

    def close(self) -> None:
        self.http.close()
        while self.idle:
            self.idle.pop().close()

    def control(self, what: str, **members: Any) -> Any:
        """POST to a control endpoint and return its response, if it is JSON."""
        self.was_told = True
        if what in CLEARING and self.names_peers:
            self.note_calls_of_pages()
        return self._ask("POST", f"/_sandbox/{what}", members)

    def note_calls_of_pages(self) -> None:
        """Note those requests before the sandbox stops."""
        self.seen_of_pages += self._find_calls_of_pages()

    def list_calls_of_pages(self) -> list[str]:
        """Return the requests that came from a process that serves pages, also those before the journal was cleared."""
        return [*self.seen_of_pages, *self._find_calls_of_pages()]

    def _find_calls_of_pages(self) -> list[str]:
        called = [request for request in self.requests() if SERVES_PAGES in request["peer"]]
        return [f"{one['method']} {one['path']}" for one in called]

    def reset(self) -> None:
        """Restore every record and clear every fault."""
        self.control("reset")
        self.was_told = False

    def is_as_at_first(self) -> bool:
        """Whether nothing can have changed since the last reset: no word from a test, and no write from the desk."""
        return not self.was_told and all(request["method"] == "GET" for request in self.requests())

    def forget_reads(self) -> None:
        """Let the vendor forget which requests it has seen, none of which has changed anything."""
        was_told = self.was_told
        self.clear_requests()
        self.was_told = was_told

    def fault(self, **fault: Any) -> Any:
        """Let coming requests fail: see `sandbox/control.py` for the faults."""
        return self.control("faults", **fault)

    def change(self, **change: Any) -> Any:
        """Change a record like a person in QuickBooks."""
        return self.control("change", **change)

    def limits(self, **limits: Any) -> None:
        """Set Bigcapital's limits until the next reset, for example `auth={"calls": 3, "seconds": 2}`; or None."""
        self.control("limits", **limits)

    def requests(self, end_user_id: str | None = None, organization_id: str | None = None) -> list[dict[str, Any]]:
        """Return the requests that the vendor has received since the last reset, of one or all companies."""
        asked = {"endUserId": end_user_id, "organizationId": organization_id}
        asked = {name: company for name, company in asked.items() if company}
        seen: list[dict[str, Any]] = self._ask("GET", f"/_sandbox/requests?{urlencode(asked)}")
        return seen

    def _ask(self, method: str, path: str, members: Any = None, **headers: str) -> Any:
        """Make a request and return its answer, if it is JSON. By httpx it would take three times as long."""
        body = b"" if members is None else json.dumps(members).encode()
        while True:
            line = self.idle.pop() if self.idle else HTTPConnection(urlsplit(self.url).netloc, timeout=30)
            is_new = line.sock is None
            try:
                line.request(method, path, body, {"Content-Type": "application/json", **headers})
                answer = line.getresponse()
                content = answer.read()
            except ConnectionError:
                line.close()
                if is_new:
                    raise
                continue  # the sandbox was started anew, or has closed it meanwhile
            self.idle.append(line)
            assert answer.status < 300, content.decode()
            return json.loads(content) if content else None

    def clear_requests(self) -> None:
        """Clear the vendor's journal of requests."""
        self.control("requests/clear")

    def get(self, path: str, end_user_id: str, **parameters: Any) -> Any:
        """Read from Conductor's API as a company, for example `/quickbooks-desktop/customers/ID`."""
        return self.call("GET", f"{path}?{httpx.QueryParams(parameters)}", end_user_id)

    def post(self, path: str, end_user_id: str, **body: Any) -> Any:
        """Write through Conductor's API as a company, without Ledgerdesk."""
        return self.call("POST", path, end_user_id, body)

    def call(self, method: str, path: str, end_user_id: str, members: Any = None) -> Any:
        self.was_told = self.was_told or method != "GET"
        headers = {"Authorization": f"Bearer {KEY}", "Conductor-End-User-Id": end_user_id}
        return self._ask(method, f"/v1{path}", members, **headers)


def announced_url(child: Child, *, within: float = 60) -> str:
    """Return the URL that the sandbox prints when it is ready."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline and child.running:
        if found := re.search(r"http://\S+:\d+", child.log.read_text()):
            return found[0]
        time.sleep(0.05)  # it is another process: only its log shows it
    raise RuntimeError(f"The sandbox did not start: {child.last_line()}")


@pytest.fixture(scope="session")
def sandbox_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One sandbox per test process, without limits; tests use `sandbox`, which is reset for each.

    A test about Bigcapital's limits sets them: `sandbox.limits(...)`.
    """
    home = tmp_path_factory.mktemp("sandbox")
    options = ("--port", "0", "--delay", "0", "--rate-limit", "0", "--data", str(home / "data.sqlite3"))
    command = [sys.executable, "-m", "sandbox", *options]
    child = Child("sandbox", command, home / "sandbox.log", {"PATH": "/usr/bin:/bin"}, ROOT)
    child.start()
    try:
        server = Sandbox(announced_url(child))
        yield server
        server.close()
    finally:
        stop_children([child], grace=2)


@pytest.fixture
def sandbox(sandbox_server: Sandbox, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """The sandbox with its original records, as the vendor that Ledgerdesk connects to."""
    sandbox_server.reset()
    settings.CONDUCTOR_BASE_URL = f"{sandbox_server.url}/v1"
    settings.BIGCAPITAL_BASE_URL = f"{sandbox_server.url}/api"
    settings.CONDUCTOR_SECRET_KEY = KEY
    monkeypatch.setenv("BIGCAPITAL_KEY_JUNIPER", JUNIPER_KEY)
    monkeypatch.setenv("BIGCAPITAL_KEY_KAWARA", KAWARA_KEY)
    return sandbox_server
