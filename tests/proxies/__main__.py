"""`make proxy-check`: what a reverse proxy passes on to Ledgerdesk, measured with the samples in `docs/proxy`."""

import re
import socket
import ssl
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median

import httpx

from config.processes.services import CannotServe, Services, find_free_port
from config.processes.supervisor import make_demo
from tests.support.attacks import HALF_BODY, HALF_HEADERS, HUGE_BODY, Connect, ended, flooded, half_sent
from tests.support.running import prepare

from .proxies import Certificate, Proxy, found, self_made

SIGN_IN = "/accounts/login/"
AT_ONCE = 520
FORGED = {"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil", "Forwarded": "for=6"}
KEPT = ("Cache-Control", "Content-Encoding", "Vary", "Content-Length")
faults: list[str] = []


def tell(what: str, figure: str, *, holds: bool) -> None:
    """Print one line, and remember a failed check."""
    sys.stdout.write(f"  {'ok  ' if holds else 'FAIL'} {what}: {figure}\n")
    sys.stdout.flush()
    if not holds:
        faults.append(what)


class Heard(BaseHTTPRequestHandler):
    """Answers with the proxy's headers about the client."""

    def do_GET(self) -> None:
        told = "|".join(f"{name}={self.headers[name]}" for name in FORGED if self.headers[name]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, *arguments: object) -> None:
        """Log nothing."""


@contextmanager
def echo() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Heard) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


class Check:
    """The checks of one proxy in front of one desk."""

    def __init__(self, proxy: Proxy, desk: Services, trust: ssl.SSLContext) -> None:
        self.desk = desk
        self.url = f"https://127.0.0.1:{proxy.port}"
        self.connect: Connect = partial(encrypted, proxy.port, trust)
        self.browser = httpx.Client(base_url=self.url, verify=trust, trust_env=False, timeout=20)

    def run(self) -> None:
        self.pages("a page", 20)
        for name, begun in (("headers", HALF_HEADERS), ("bodies", HALF_BODY)):
            with half_sent(self.connect, AT_ONCE, begun):
                self.pages(f"a page beside {AT_ONCE} half-sent {name}", 5)
        with half_sent(self.connect, 20, HALF_HEADERS) as lines:
            gone = ended(lines, within=20, drip=b"x")
            tell("headers that drip", f"{gone} of 20 connections ended within 20 s", holds=gone == 20)
        sent, first = flooded(self.connect, HUGE_BODY, b"x" * 65536)
        tell("600 MB to the sign-in page", f"{first.decode()} after {sent / 1e6:.1f} MB", holds=b"413" in first)
        self.sign_in()
        self.static()
        self.browser.close()

    def pages(self, what: str, count: int) -> None:
        answers = [self.browser.get(SIGN_IN) for _ in range(count)]
        good = [answer for answer in answers if answer.status_code == 200]
        took = 1000 * median(answer.elapsed.total_seconds() for answer in answers)
        tell(what, f"{len(good)} of {count} answered, {took:.0f} ms", holds=len(good) == count)

    def sign_in(self) -> None:
        page = self.browser.get(SIGN_IN)
        secure = "Strict-Transport-Security" in page.headers
        token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[0]
        typed = {"login": "bob", "password": "demo", "csrfmiddlewaretoken": token}
        answer = self.browser.post(SIGN_IN, data=typed, headers={"Referer": self.url + SIGN_IN})
        home = self.browser.get("/", follow_redirects=True).status_code
        figure = f"{answer.status_code}, then {home}, HSTS {'on' if secure else 'off'}"
        tell("sign-in", figure, holds=(answer.status_code, home, secure) == (302, 200, True))

    def static(self) -> None:
        """A style sheet arrives as the desk sends it."""
        path = re.findall(r'href="(/static/[^"]+\.css)"', self.browser.get("/", follow_redirects=True).text)[0]
        ours = httpx.get(self.desk.url + path, trust_env=False).headers
        theirs = self.browser.get(path).headers
        same = [ours.get(name) for name in KEPT] == [theirs.get(name) for name in KEPT]
        tell("static files", f"{theirs.get('Cache-Control')}, {theirs.get('Content-Encoding')}", holds=same)


def encrypted(port: int, trust: ssl.SSLContext) -> socket.socket:
    """Return a TLS connection to a proxy."""
    return trust.wrap_socket(socket.create_connection(("127.0.0.1", port), timeout=10), server_hostname="127.0.0.1")


def check_forged(name: str, home: Path, certificate: Certificate, trust: ssl.SSLContext) -> None:
    """A client's claim about its own address must not reach the desk."""
    with echo() as port:
        proxy = Proxy(name, home, port, certificate)
        proxy.start()
        heard = httpx.get(f"https://127.0.0.1:{proxy.port}/", headers=FORGED, verify=trust, trust_env=False).text
        proxy.stop()
    tell("forged headers", heard, holds=heard == "X-Forwarded-For=127.0.0.1|X-Forwarded-Proto=https")


def check(name: str, desk: Services, certificate: Certificate) -> None:
    sys.stdout.write(f"{name}\n")
    trust = ssl.create_default_context(cafile=str(certificate.public))
    proxy = Proxy(name, desk.home, desk.port, certificate)
    try:
        proxy.start()
        Check(proxy, desk, trust).run()
    finally:
        proxy.stop()
    check_forged(name, desk.home, certificate, trust)


def main() -> int:
    """Check both. Returns the exit status."""
    with tempfile.TemporaryDirectory() as home:
        desk = make_demo(Path(home), find_free_port(), find_free_port(), "--delay", "0")
        desk.environment |= {"BEHIND_PROXY": "1", "SECURE_HTTPS": "1"}
        try:
            prepare(desk)
            desk.start()
            certificate = self_made(desk.home)
            for name in sys.argv[1:] or ("nginx", "caddy"):
                if found(name):
                    check(name, desk, certificate)
                else:
                    tell(
                        name,
                        f"is not installed; install it with your system's packages: apt install {name}",
                        holds=False,
                    )
        except CannotServe as reason:
            sys.stderr.write(f"{reason}\n")
            return 1
        finally:
            desk.stop()
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
