"""Each page loads the styles and the script of its kind: no class and no behaviour of its own is left out of them."""

import re
from collections.abc import Callable
from pathlib import Path

from django.test import Client

from books.models import Record
from edits.models.edit import Edit
from tests.customers.test_edit import EDIT, change
from tests.support.inputs import inputs
from tests.support.vendor import Sandbox

STATIC = Path(__file__).parents[2] / "static"
CUSTOMER, BILL = "customers/80000001-1234567890/", "bills/123ABC-1234567890/"
VENDOR = "vendors/80000001-1234567890/"
PAGES = ("", "connection/", "customers/", CUSTOMER, VENDOR, f"{CUSTOMER}edit", "bills/", BILL, f"{BILL}edit", "edits/")
Known = Callable[[str], set[str]]


def classes(css: str) -> set[str]:
    """The classes that rules are for, what stands in values and comments aside."""
    return set(re.findall(r"\.([a-z][\w-]*)", re.sub(r"/\*.*?\*/|\{[^{}]*\}", "{}", css, flags=re.DOTALL)))


def behaviours(js: str) -> set[str]:
    return set(re.findall(r"\[(data-[\w-]+)", js))


def loaded(html: str, suffix: str) -> set[str]:
    """The texts of the parts that a page loads."""
    names = re.findall(rf"{suffix}/([\w-]+\.{suffix})", html)
    return {part for name in names for part in parts(STATIC / suffix / name)}


def parts(path: Path) -> set[str]:
    imported = re.findall(r'^(?:@import url\("|import "\./)([\w.-]+)"', path.read_text(), re.MULTILINE)
    return set().union(*(parts(path.with_name(name)) for name in imported)) if imported else {path.read_text()}


def left_out(html: str) -> tuple[set[str], set[str]]:
    """Classes without the rules that there are for them, and behaviours without their script."""
    used = {name for names in re.findall(r'class="([^"]*)"', html) for name in names.split()}
    acts = set(re.findall(r"\b(data-[\w-]+)", html))
    return missing(used, classes, "css", html), missing(acts, behaviours, "js", html)


def missing(names: set[str], known: Known, suffix: str, html: str) -> set[str]:
    """Those that only parts know that the page does not load."""
    every = {path.read_text() for path in (STATIC / suffix).iterdir()}
    found, anywhere = (set().union(*map(known, texts)) for texts in (loaded(html, suffix), every))
    return names & anywhere - found


def test_a_page_loads_all_that_it_uses(as_bob: Client, job: Record) -> None:
    found = {path: left_out(as_bob.get(f"/t/abc/{path}").content.decode()) for path in PAGES}
    assert found == dict.fromkeys(PAGES, (set(), set()))


def test_the_sheet_of_states_loads_all_that_there_is(as_bob: Client) -> None:
    assert left_out(as_bob.get("/look/").content.decode()) == (set(), set())


def test_signing_in_loads_all_that_it_uses(client: Client, db: None) -> None:
    assert left_out(client.get("/accounts/login/").content.decode()) == (set(), set())


def test_a_conflict_has_all_that_it_uses_as_a_page_and_in_the_place_of_the_form(
    as_bob: Client, job: Record, sandbox: Sandbox
) -> None:
    form = as_bob.get(EDIT)
    change(sandbox, phone="555-0111")
    conflict = as_bob.post(EDIT, inputs(form) | {"phone": "555-0100"}).content.decode()
    forms = loaded(form.content.decode(), "css")
    _, content = conflict.split('<main id="content"')  # all that htmx puts in the place of the form
    assert left_out(conflict) == (set(), set())
    assert loaded(conflict, "css") - loaded(content, "css") == forms - loaded(content, "css")
    assert loaded(content, "css") == parts(STATIC / "css/conflict.css")


def test_an_edit_loads_all_that_it_uses(as_bob: Client, job: Record) -> None:
    as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | {"phone": "555-0100"})
    assert left_out(as_bob.get(f"/t/abc/edits/{Edit.objects.get().pk}/").content.decode()) == (set(), set())
