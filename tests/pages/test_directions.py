"""Names and texts in a script that runs from right to left: each place that shows or takes one finds its direction."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from lxml import html

from books import registry
from books.mirror.store import store_page
from books.models import Record
from tests.customers.test_edit import EDIT
from tests.support.inputs import agreed, inputs
from tests.support.vendor import Sandbox

HEBREW = "לקוח"
BILL = "123ABC-1234567890"
FORM = f"/t/abc/bills/{BILL}/edit"
PAGES = [
    "/t/abc/",
    "/t/abc/customers/",
    f"/t/abc/customers/?q={HEBREW}",
    "/t/abc/customers/80000001-1234567890/",
    EDIT,
    "/t/abc/bills/",
    f"/t/abc/bills/?q={HEBREW}",
    f"/t/abc/bills/{BILL}/",
    FORM,
    "/t/abc/edits/",
    "/t/abc/edits/records/customers/80000001-1234567890/",
    f"/t/abc/references/customers/?q={HEBREW}",
    "/",
]


def write(text: str) -> str:
    return ":".join(f"{HEBREW} {part}" for part in text.split(":"))


def rename_all(value: Any) -> Any:
    """The same value with every free text and name of the books in Hebrew."""
    texts = ("name", "fullName", "companyName", "memo", "description", "note", "line1", "line2", "city", "firstName")
    if isinstance(value, dict):
        return {k: write(v) if k in texts and isinstance(v, str) else rename_all(v) for k, v in value.items()}
    return [rename_all(one) for one in value] if isinstance(value, list) else value


@pytest.fixture
def in_hebrew(as_bob: Client, job: Record, sandbox: Sandbox) -> Client:
    """A company with a customer, its parent and a bill in Hebrew, and changes to the customer."""
    for kind in ("customers", "bills"):
        rows = sandbox.get(f"/quickbooks-desktop/{kind}", job.tenant.end_user_id, limit=150)["data"]
        rows = [{**row, "currency": None} for row in rows]
        store_page(job.tenant, registry.get_table(job.tenant, kind), rename_all(rows), timezone.now())
    type(job.tenant).objects.filter(pk=job.tenant.pk).update(name=HEBREW)
    asked = as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | {"contact": HEBREW, "reason": HEBREW})
    assert as_bob.post(EDIT, agreed(asked)).status_code == 303
    return as_bob


def list_undirected(page: str) -> list[str]:
    """The elements with Hebrew text that neither have a direction of their own nor are in an element that has one."""
    root = html.fromstring(page)
    found = root.xpath("//body//*[not(self::script) and not(self::option) and not(self::title)]")
    texts = [e for e in found if HEBREW in "".join([e.text or "", *(child.tail or "" for child in e)])]
    inputs = [e for e in found if e.tag == "input" and e.get("type") != "hidden" and HEBREW in e.get("value", "")]
    shown = [e for e in [*texts, *inputs] if "visually-hidden" not in (e.get("class") or "")]
    # The style sheet of a bill's lines does it for cells without inputs.
    done = "ancestor-or-self::*[@dir='auto' or self::td[ancestor::table[contains(concat(@class, ' '), 'lines ')]]]"
    bare = [e for e in shown if not e.xpath(done)]
    return [html.tostring(e, encoding="unicode", with_tail=False)[:160] for e in bare]


def test_every_name_and_text_finds_its_direction(in_hebrew: Client) -> None:
    bare = {path: list_undirected(in_hebrew.get(path, follow=True).content.decode()) for path in PAGES}
    opened = in_hebrew.post(FORM, inputs(in_hebrew.get(FORM)) | {"open": "expense_lines-0"}).content.decode()
    bare["an open line"] = list_undirected(opened)
    assert 'id="expense_lines-0-memo" name="expense_lines-0-memo" dir="auto"' in opened
    assert {path: found for path, found in bare.items() if found} == {}
