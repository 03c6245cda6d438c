"""A minimal HTTP client: one keep-alive connection, cookies, and no overhead of its own."""

import gzip
import http.client
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from types import MappingProxyType
from urllib.parse import urlencode, urlsplit

IDLE_SECONDS = 10.0  # after fifteen, the web server closes an idle connection


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete response."""

    status: int
    content: bytes
    location: str = ""  # where a redirect leads, also one for htmx

    @property
    def text(self) -> str:
        return self.content.decode()


class Visitor:
    """Requests pages of one server. Raises RuntimeError for an unexpected response."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.cookies: dict[str, str] = {}
        self._used = 0.0
        self._line = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)

    def get(self, path: str, *, expect: int = 200) -> Answer:
        """GET a page; reopen a connection that the server has closed meanwhile."""
        try:
            return self._ask("GET", path, None, expect)
        except (http.client.RemoteDisconnected, ConnectionError):
            self._line.close()
            return self._ask("GET", path, None, expect)

    def ask(self, path: str, data: Mapping[str, str] | None = None, *, headers: Mapping[str, str]) -> Answer:
        """GET, or POST a form exactly once, as a script in a page does: with these headers, and packed answers."""
        own = {"Accept-Encoding": "gzip", **headers}
        return self._ask("GET" if data is None else "POST", path, data, (200, 202, 204), own)

    def post(self, path: str, data: Mapping[str, str], *, expect: int = 303) -> Answer:
        """POST a form, exactly once."""
        return self._ask("POST", path, data, expect)

    def sign_in(self, path: str, **fields: str) -> None:
        """Submit a sign-in form."""
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(path).text)
        assert found, f"{path} has no form"
        self.post(path, {"csrfmiddlewaretoken": found[1], **fields}, expect=302)

    def close(self) -> None:
        self._line.close()

    def _ask(
        self,
        method: str,
        path: str,
        data: Mapping[str, str] | None,
        expect: int | tuple[int, ...],
        more: Mapping[str, str] = MappingProxyType({}),
    ) -> Answer:
        if time.monotonic() - self._used > IDLE_SECONDS:
            self._line.close()
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), **more}
        if data is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Referer": self.url + path}
        self._line.request(method, path, urlencode(data) if data is not None else None, headers)
        came = self._line.getresponse()
        content = came.read()
        self._used = time.monotonic()
        for line in came.headers.get_all("Set-Cookie") or []:
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        if came.status not in (expect if isinstance(expect, tuple) else (expect,)):
            raise RuntimeError(f"{method} {path} answered {came.status} instead of {expect}")
        if came.headers.get("Content-Encoding") == "gzip":
            content = gzip.decompress(content)
        return Answer(came.status, content, came.headers.get("Location", came.headers.get("HX-Redirect", "")))
