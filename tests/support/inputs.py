"""What a browser would post from a page: every input of a form with its value."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from lxml import html

CHECKED = ("checkbox", "radio")


def inputs(page: Any, form: str = "record-form") -> dict[str, str]:
    """Input name → value of the form with this id in a response of Django's test client."""
    found = html.fromstring(page.content.decode()).xpath("//form[@id=$id]", id=form)
    assert found, f"The page has no form {form}."
    return {name: value for one in found for name, value in controls(one)}


def controls(form: Any) -> Iterator[tuple[str, str]]:
    for control in form.iter("input", "textarea", "select"):
        name = control.get("name")
        if not name or (control.get("type") in CHECKED and "checked" not in control.attrib):
            continue
        if control.tag == "textarea":
            # A browser drops the newline that follows <textarea> in the source.
            yield name, (control.text or "").removeprefix("\n")
        elif control.tag == "select":
            yield name, next(iter(control.xpath(".//option[@selected]/@value")), "")
        else:
            yield name, control.get("value", "")


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
