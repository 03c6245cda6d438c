"""The web's processes under attack and without one of them, while people keep working."""

import os
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import httpx
import pytest

from config.environment.addresses import is_port_free
from config.processes.children import Child, stop_children
from config.processes.services import Services, find_free_port
from tests.support.attacks import CHUNK, ENDLESS_BODY, HALF_BODY, HALF_HEADERS, HUGE_BODY, at, ended, flooded, half_sent
from tests.support.figures import Note
from tests.support.inputs import inputs
from tests.support.running import ROOT, RunningDesk, wait_until

pytestmark = pytest.mark.skipif(  # only Linux has /proc, where the web's processes are found
    sys.platform != "linux",
    reason="finds the web's processes, and the bytes that they have read, in /proc, which only Linux has",
)
SIGN_IN = "/accounts/login/"
AT_ONCE = 520  # more than the threads of both processes
SHORT = {"WEB_HEADER_SECONDS": "0.5", "WEB_BODY_SECONDS": "0.5", "WEB_IDLE_SECONDS": "60", "HUNG_SECONDS": "3"}
BEHIND_PROXY = {"BEHIND_PROXY": "1", "SECURE_HTTPS": "1"}


class Web:
    """A separate web over the database of the running desk, with short limits."""

    def __init__(self, desk: RunningDesk, **more: str) -> None:
        self.port = find_free_port()
        self.address = f"127.0.0.1:{self.port}"
        self.newer = desk.home / "newer"  # what is here is found before the installed packages
        environment = {**desk.desk.environment, **SHORT, **BEHIND_PROXY, "PYTHONPATH": str(self.newer), **more}
        command = [sys.executable, "-m", "config.processes.web", self.address]
        self.child = Child("web-of-its-own", command, desk.home / "log" / "own.log", environment, ROOT)
        self.child.start()
        wait_until(lambda: self.status() == 200)

    def status(self, host: str = "localhost") -> int:
        """Return the status of the sign-in page under this name; 0 for no answer."""
        try:
            return httpx.get(f"http://{self.address}{SIGN_IN}", headers={"Host": host}, trust_env=False).status_code
        except httpx.TransportError:
            return 0

    @property
    def parent(self) -> int:
        assert self.child.process is not None
        return self.child.process.pid

    def processes(self) -> list[int]:
        """Return the serving processes."""
        children = Path(f"/proc/{self.parent}/task/{self.parent}/children")
        return [int(pid) for pid in children.read_text().split()]

    def written(self) -> int:
        """Return how many bytes its processes have written to files."""
        told = [Path(f"/proc/{pid}/io").read_text() for pid in self.processes()]
        return sum(int(re.findall(r"wchar: (\d+)", text)[0]) for text in told)


@pytest.fixture(scope="module")
def web(desk_server: RunningDesk) -> Iterator[Web]:
    web = Web(desk_server)
    yield web
    stop_children([web.child])


@pytest.fixture(scope="module")
def bob(desk_server: RunningDesk) -> Iterator[httpx.Client]:
    """A person at the running desk with a customer's form open."""
    with httpx.Client(base_url=desk_server.url, trust_env=False, timeout=30) as browser:
        browser.get(SIGN_IN)
        typed = {"login": "bob", "password": "demo", "csrfmiddlewaretoken": browser.cookies["desk_csrf"]}
        assert browser.post(SIGN_IN, data=typed).status_code == 302
        yield browser


def a_customer(browser: httpx.Client) -> str:
    """Return the page of a customer that no other test changes: the last by name."""
    listed = "/t/larch/customers/?sort=-name"
    wait_until(lambda: re.search(r"/t/larch/customers/[\w-]+/", browser.get(listed).text))
    return str(re.findall(r"/t/larch/customers/[\w-]+/", browser.get(listed).text)[0])


def saved(browser: httpx.Client, page: str, phone: str) -> int:
    """Return the status of a save of a customer's phone number."""
    typed = inputs(browser.get(f"{page}edit")) | {"phone": phone, "save": "1"}
    return browser.post(f"{page}edit", data=typed, headers={"Referer": f"{browser.base_url}"}).status_code


@pytest.mark.parametrize("begun", [HALF_HEADERS, HALF_BODY], ids=["headers", "bodies"])
def test_pages_and_a_save_work_beside_incomplete_requests(desk, bob, figure: Note, begun):
    page = a_customer(bob)
    with half_sent(at(desk.desk.port), AT_ONCE, begun):
        answers = [httpx.get(f"{desk.url}{SIGN_IN}", trust_env=False) for _ in range(5)]
        save = saved(bob, page, f"555-{len(begun):04d}")
    took = median(answer.elapsed.total_seconds() for answer in answers)
    figure(f"{AT_ONCE} half-sent requests: {len(answers)} of 5 pages and a save answered, {1000 * took:.0f} ms a page")
    assert ([answer.status_code for answer in answers], save) == ([200] * 5, 303)


@pytest.mark.parametrize("begun", [HALF_HEADERS, HALF_BODY], ids=["headers", "body"])
def test_the_environment_sets_when_an_incomplete_request_ends(web, begun):
    with half_sent(at(web.port), 50, begun) as lines:
        assert ended(lines, within=5) == 50


@pytest.mark.parametrize("begun, piece", [(HUGE_BODY, b"x" * 65536), (ENDLESS_BODY, CHUNK)], ids=["600 MB", "endless"])
def test_a_body_that_is_too_large_is_neither_read_nor_stored(web, figure: Note, begun, piece):
    before = web.written()
    sent, first = flooded(at(web.port), begun, piece)
    figure(f"{first.decode()} after {sent / 1e6:.1f} MB sent, of which {web.written() - before} bytes went to disk")
    assert first == b"HTTP/1.1 413 Request Entity Too Large"
    assert (sent < 20_000_000, web.written() - before < 10_000) == (True, True)


def test_a_process_that_is_killed_is_replaced_while_the_other_answers(web):
    gone = web.processes()[0]
    os.kill(gone, signal.SIGKILL)
    assert web.status() == 200
    wait_until(lambda: gone not in web.processes() and len(web.processes()) == 2)


def test_a_process_that_hangs_is_replaced(web):
    hung = web.processes()[0]
    os.kill(hung, signal.SIGSTOP)
    wait_until(lambda: hung not in web.processes() and len(web.processes()) == 2)
    assert web.status() == 200


def test_a_reload_of_code_that_cannot_be_loaded_changes_nothing(web):
    before = web.processes()
    web.newer.mkdir(exist_ok=True)
    (web.newer / "waitress.py").write_text("raise ImportError('not whole yet')")
    os.kill(web.parent, signal.SIGHUP)
    wait_until(lambda: "not whole yet" in web.child.log.read_text(), within=60)
    (web.newer / "waitress.py").unlink()
    assert (web.processes(), web.status()) == (before, 200)


def test_a_reload_applies_what_was_changed_in_the_env_file(desk, tmp_path):
    file, settings = tmp_path / ".env", tmp_path / "settings_of_a_file.py"
    load = f"from config.environment import env_file\nenv_file.load(Path({str(file)!r}))"
    settings.write_text(f"from pathlib import Path\n{load}\nfrom tests.support.desk_settings import *\n")
    file.write_text("ALLOWED_HOSTS=localhost,first.example\n")
    web = Web(desk, DJANGO_SETTINGS_MODULE=settings.stem, PYTHONPATH=str(tmp_path))
    before = [web.status(host) for host in ("first.example", "second.example")]
    file.write_text("ALLOWED_HOSTS=localhost,second.example\n")
    os.kill(web.parent, signal.SIGHUP)
    wait_until(lambda: web.status("second.example") == 200, within=60)
    wait_until(lambda: web.status("first.example") == 400, within=60)
    stop_children([web.child])
    assert before == [200, 400]


def test_it_serves_at_an_ipv6_address(desk, tmp_path):
    own = Services(find_free_port(), tmp_path, {**desk.desk.environment, "WEB_PROCESSES": "1"}, "::1")
    free = is_port_free(own.port, own.host)
    own.add("web", "-m", "config.processes.web", own.url.removeprefix("http://"))
    try:
        own.start()
        assert httpx.get(f"{own.url}{SIGN_IN}", trust_env=False).status_code == 200
        assert (free, is_port_free(own.port, own.host)) == (True, False)
    finally:
        own.stop()


def test_only_the_proxy_decides_whether_a_request_is_https(web):
    told = [
        httpx.get(f"http://{web.address}{SIGN_IN}", headers=headers, trust_env=False).headers
        for headers in ({"X-Forwarded-Proto": "https"}, {"X_Forwarded_Proto": "https"}, {})
    ]
    assert ["Strict-Transport-Security" in headers for headers in told] == [True, False, False]


def test_no_process_is_left_when_their_parent_is_killed(desk):
    web = Web(desk)
    left = web.processes()
    os.kill(web.parent, signal.SIGKILL)
    wait_until(lambda: not web.child.running)
    wait_until(lambda: not any(Path(f"/proc/{pid}/exe").exists() for pid in left))
