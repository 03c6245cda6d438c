"""What a browser would post from a page: every input of a form with its value."""

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any


class _Inputs(HTMLParser):
    def __init__(self, form: str) -> None:
        super().__init__()
        self.form, self.inside = form, False
        self.found: dict[str, str] = {}
        self.area: str | None = None
        self.select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = {k: v or "" for k, v in attrs}
        if tag == "form":
            self.inside = got.get("id") == self.form
        name = got.get("name", "")
        if not self.inside or not (name or tag == "option"):
            return
        if tag == "input" and (got.get("type") not in ("checkbox", "radio") or "checked" in got):
            self.found[name] = got.get("value", "")
        elif tag == "textarea":
            self.area, self.found[name] = name, ""
        elif tag == "select":
            self.select, self.found[name] = name, ""
        elif tag == "option" and self.select and "selected" in got:
            self.found[self.select] = got.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.area = None
        elif tag == "select":
            self.select = None
        elif tag == "form":
            self.inside = False

    def handle_data(self, data: str) -> None:
        if self.area:
            # A browser drops the newline that follows <textarea> in the source.
            self.found[self.area] += data[1:] if data.startswith("\n") and not self.found[self.area] else data


def inputs(page: Any, form: str = "record-form") -> dict[str, str]:
    """Input name → value of the form with this id in a response of Django's test client."""
    parser = _Inputs(form)
    parser.feed(page.content.decode())
    assert parser.found, f"The page has no form {form}."
    return parser.found


def agreed(page: Any, form: str = "record-form") -> dict[str, str]:
    """Return the inputs of a form that came back with warnings, with every "save anyway" ticked."""
    boxes = re.findall(r'name="(confirm-\w+)"', page.content.decode())
    assert boxes, "The page asks for no agreement."
    return inputs(page, form) | dict.fromkeys(boxes, "on")


def sign_in_from(page: Any, client: Any, person: str, password: str = "demo") -> Any:
    """Sign in on the sign-in page that a request was answered with; return the response."""
    found = re.findall(r'name="(next|carried)" value="([^"]*)"', page.content.decode())
    typed = {name: unescape(value) for name, value in found}
    return client.post("/accounts/login/", {"login": person, "password": password, **typed})
