"""Names of customers that look the same or alike: what is refused, and what is asked about."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from books import registry
from books.mirror import lookup, name_rules
from books.models import Record
from tests.support.inputs import agreed, inputs
from tests.support.vendor import Sandbox

from .test_edit import ABC, EDIT, sent
from .test_limits import PARENT, said


def updates(sandbox: Sandbox) -> list[dict[str, Any]]:
    """The bodies of the updates among what was sent."""
    return [body for body in sent(sandbox) if "revisionNumber" in body]


@pytest.mark.parametrize(
    "name", ["Roof  Works", "Roof\xa0Works", "Ro\u200bof Works\u202e", "ROOF \u2003 works", "\u200fRoof Works "]
)
def test_a_name_that_looks_the_same_is_taken(as_bob: Client, job: Record, sandbox: Sandbox, name: str) -> None:
    table = registry.get_table(job.tenant, "customers")
    raw = sandbox.post("/quickbooks-desktop/customers", ABC, name="Roof Works", parentId=job.parent_id)
    for typed, held in ((name, "Roof Works"), ("Roof Works", name)):
        lookup.store_record(job.tenant, table, {**raw, "name": held, "fullName": f"ABC Corporation:{held}"})
        assert "A customer is already called" in said(as_bob, EDIT, name=typed)["name"][0]
    assert updates(sandbox) == []


@pytest.mark.parametrize("name", ["Creme O'Brien", "CRÈME O`Brien", "Creme\u0301 O’Brien"])
@pytest.mark.parametrize("above", ["", "ABC Corporation:"])
def test_a_name_that_looks_alike_is_asked_about(
    as_bob: Client, job: Record, sandbox: Sandbox, name: str, above: str
) -> None:
    path = {"parentId": job.parent_id} if above else {}
    raw = sandbox.post("/quickbooks-desktop/customers", ABC, name="Crème O’Brien", **path)
    lookup.store_record(job.tenant, registry.get_table(job.tenant, "customers"), raw)
    page = EDIT if above else f"/t/abc/customers/{PARENT}/edit"
    form = inputs(as_bob.get(page)) | {"name": name}
    asked = as_bob.post(page, form)
    (check,) = [one for one in asked.context["form"].warned["name"] if "alike" in one.why]
    title = f"A customer is already called “{above}Crème O’Brien”."
    assert (asked.status_code, check.title, updates(sandbox)) == (422, title, [])
    assert as_bob.post(page, form | agreed(asked)).status_code == 303


@pytest.mark.sqlite_only("EXPLAIN QUERY PLAN")
def test_names_that_look_alike_are_found_along_the_index_of_names(job: Record, django_assert_num_queries: Any) -> None:
    table, base = registry.get_table(job.tenant, "customers"), lookup.get_content(job)
    with django_assert_num_queries(1) as asked:
        name_rules.find_name_conflict(job.tenant, table, table.shape["name"], base, base.replace(name="Roof"))
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {asked.captured_queries[0]['sql']}")
        plan = [step for *_, step in cursor.fetchall() if step.startswith("S")]
    assert [step.partition(" (")[0] for step in plan] == ["SEARCH books_record USING INDEX record_by_full_name"] * 2


def test_a_name_with_letters_of_another_script_says_which(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    form = as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | {"name": "Сосо Ltd"}).context["form"]
    (check,) = form.warned["name"]
    assert check.title == "QuickBooks will store ? for С (Cyrillic), о (Cyrillic) and с (Cyrillic)."
    assert updates(sandbox) == []
