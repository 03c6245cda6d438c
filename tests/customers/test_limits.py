"""What QuickBooks would refuse is said beside its field before anything is sent, and what passes the form is taken."""

from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bills import forms as bills
from books import registry
from books.mirror import lookup
from books.models import Record
from books.providers.lock import RequestPriority
from record_forms.lists import whole_form
from records.changes import list_changed_fields
from records.content import Content
from records.decoder import decode
from tenants.models import Tenant
from tests.support import databases
from tests.support.inputs import inputs
from tests.support.vendor import Sandbox

from .test_edit import ABC, EDIT, sent

PARENT = "80000002-1234567890"
BILL = "123ABC-1234567890"
SHIP, FIELDS = "alternate_shipping_addresses", "custom_contact_fields"


def said(client: Client, path: str, **typed: str) -> dict[str, list[str]]:
    """What the form says when this is typed into it."""
    return dict(client.post(path, inputs(client.get(path)) | typed).context["form"].errors)


def test_a_colon_in_a_name_is_refused(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    assert said(as_bob, EDIT, name="ABC:Kitchen") == {"name": ["The character “:” cannot be stored. Leave it out."]}
    assert sent(sandbox) == []


def test_a_name_of_a_sister_job_is_taken_whatever_its_capitals(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    table = registry.get_table(job.tenant, "customers")
    raw = sandbox.post("/quickbooks-desktop/customers", ABC, name="Küche", parentId=job.parent_id)
    lookup.store_record(job.tenant, table, raw)
    assert said(as_bob, EDIT, name="KÜCHE") == {
        "name": ["A customer is already called “KÜCHE”. A name can be used only once under ABC Corporation."]
    }


@pytest.mark.parametrize(
    ("name", "noun"),
    [("acme supplies ltd.", "A vendor"), ("JANE DOE", "An employee"), ("acme corporation", "A customer")],
)
def test_at_the_top_a_name_is_unique_among_all_kinds_of_names(
    as_bob: Client, job: Record, sandbox: Sandbox, name: str, noun: str
) -> None:
    where = "among customers, vendors, employees and other names"
    assert said(as_bob, f"/t/abc/customers/{PARENT}/edit", name=name) == {
        "name": [f"{noun} is already called “{name}”. A name can be used only once {where}."]
    }


def test_below_a_customer_a_name_may_be_that_of_a_vendor(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | {"name": "Acme Supplies Ltd."})
    assert sent(sandbox) == [{"revisionNumber": "1721172183", "name": "Acme Supplies Ltd."}]


def test_a_customer_does_not_stand_in_its_own_way(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    as_bob.post(EDIT, inputs(as_bob.get(EDIT)) | {"name": "website redesign project"})
    assert sent(sandbox) == [{"revisionNumber": "1721172183", "name": "website redesign project"}]


def test_a_customer_cannot_stand_below_its_own_job(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    assert said(as_bob, f"/t/abc/customers/{PARENT}/edit", parent=str(job.full_name)) == {
        "parent": ["A customer cannot be a job of itself or of one of its own jobs."]
    }


def test_what_belongs_to_jobs_is_not_changed_on_a_customer_that_has_some(as_bob: Client, job: Record) -> None:
    assert said(as_bob, f"/t/abc/customers/{PARENT}/edit", job_description="Roof") == {
        "job_description": ["QuickBooks keeps this on the jobs, so it cannot be changed on a customer that has jobs."]
    }


def test_a_currency_stays_while_money_is_owed(as_bob: Client, job: Record) -> None:
    assert said(as_bob, EDIT, currency="EUR") == {
        "currency": ["It cannot be changed while the balance with jobs is not zero."]
    }


def test_half_an_expiry_is_refused(as_bob: Client, job: Record, sandbox: Sandbox) -> None:
    path = f"/t/abc/customers/{PARENT}/edit"
    assert said(as_bob, path, **{"credit_card-expiration_month": "3"}) == {
        "credit_card-expiration_year": ["Fill in the expiry's month and year together."]
    }


def test_letters_are_counted_as_the_vendor_s_server_counts_them(as_bob: Client, job: Record) -> None:
    assert said(as_bob, EDIT, phone="📞" * 11) == {"phone": ["Too long: 22 characters, 21 allowed."]}


SIGNS = [
    "",
    " ",
    "\t",
    "\x00",
    "a:b",
    ":",
    "x" * 42,
    "x" * 300,
    "📞" * 21,
    "a\r\nb",
    "\u2028",
    "e\u0301",
    "<b>",
    "' OR 1=1",
]
FIGURES = [
    "-1",
    "0",
    "13",
    "1.5",
    "2029",
    "1e3",
    "NaN",
    "1,234.50",
    "12,50",
    "9" * 14,
    "-0",
    "2029-02-30",
    "29 Feb 2028",
]
WORDS = ["t", "on", "none", "email", "us", "closed", "Net 60", "USD", "Consulting", "Main Phone", "main phone"]
NAMES = ["ABC Corporation", "acme corporation", "Acme Supplies Ltd.", "JANE DOE", "Alternate shipping address"]
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=45),
    st.sampled_from([*SIGNS, *FIGURES, *WORDS, *NAMES]),
)
ADDED = [
    *(f"{SHIP}-{n}-{member}" for n in (1, 2) for member in ("name", "line1", "is_default_shipping_address")),
    *(f"{FIELDS}-1-{member}" for member in ("name", "value")),
    *(f"additional_contacts-0-{FIELDS}-1-{member}" for member in ("name", "value")),
]
FEW = databases.examples(200) // 20  # sent at least, lest the form be one that lets nothing through
often = settings(
    max_examples=databases.examples(200),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def passes(tenant: Tenant, kind: Any, name: str, base: Content, typed: dict[str, str]) -> Content | None:
    """What the form makes of hostile typing; None where it refuses it."""
    table = registry.get_table(tenant, name)
    data = kind.fill_inputs(table, base, base)
    for key, text in typed.items():
        data[key] = text
        prefix = key.rpartition("-")[0]
        if key in ADDED:
            data.setdefault(f"{prefix}-id", "-1")
            for member in ("name", *(["value"] if FIELDS in prefix else [])):
                data.setdefault(f"{prefix}-{member}", f"Other {len(typed)}")
    form = (bills.BillForm if name == "bills" else whole_form.WholeForm)(tenant, table, base, data)
    return form.edited if form.is_valid() else None


def taken(tenant: Tenant, name: str, id: str, typed: list[dict[str, str]], kind: Any) -> int:
    """Send what the form lets through, one after the other over what the one before has left; how many were sent.

    Raises Refused where the books do not take what the form did.
    """
    table, client = registry.get_table(tenant, name), registry.make_client(tenant, RequestPriority.SAVE)
    now, count = decode(table.shape, client.read_record(table, id)), 0
    for one in typed:
        edited = passes(tenant, kind, name, now, one)
        if edited is not None and list_changed_fields(now, edited):
            now = decode(table.shape, client.update_record(table, id, now["revision_number"], now, edited))
            count += 1
    return count


def texts(names: list[str]) -> st.SearchStrategy[list[dict[str, str]]]:
    return st.lists(st.dictionaries(st.sampled_from(names), TEXTS, min_size=1, max_size=2), min_size=1, max_size=3)


def test_whatever_passes_the_form_of_a_customer_is_taken_by_the_books(job: Record, sandbox: Sandbox) -> None:
    table = registry.get_table(job.tenant, "customers")
    content = lookup.get_content(job)
    names = [name for name in whole_form.fill_inputs(table, content, content) if not name.endswith("-id")] + ADDED

    @often
    @given(texts(names))
    def every(typed: list[dict[str, str]]) -> None:
        counts.append(taken(job.tenant, "customers", job.remote_id, typed, whole_form))

    counts: list[int] = []
    every()
    assert sum(counts) > FEW


def test_whatever_passes_the_header_of_a_bill_is_taken_by_the_books(job: Record, sandbox: Sandbox) -> None:
    table = registry.get_table(job.tenant, "bills")
    content = lookup.get_content(lookup.find_record(job.tenant, "bills", BILL))
    names = list(bills.fill_inputs(table, content, content))

    @often
    @given(texts(names))
    def every(typed: list[dict[str, str]]) -> None:
        counts.append(taken(job.tenant, "bills", BILL, typed, bills))

    counts: list[int] = []
    every()
    assert sum(counts) > FEW


def test_a_form_of_emptied_inputs_is_refused_or_taken(job: Record, sandbox: Sandbox) -> None:
    table = registry.get_table(job.tenant, "customers")
    content = lookup.get_content(job)
    data = QueryDict(mutable=True)
    for name in whole_form.fill_inputs(table, content, content):
        data[name] = ""
    form = whole_form.WholeForm(job.tenant, table, content, data)
    assert (form.is_valid(), "name" in form.errors) == (False, True)
