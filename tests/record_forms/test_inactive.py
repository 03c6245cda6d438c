"""Entries that are inactive in the books: picked ones are asked about, those that the record has already are not."""

from collections.abc import Iterator

import pytest
from django.test import Client

from books import registry
from books.mirror import lookup
from books.models import Record
from record_forms.inactive import list_inactive
from records.content import Content, Reference
from records.fields import Field, FieldKind, Shape
from tests.customers.test_edit import EDIT, sent
from tests.support.inputs import agreed, inputs
from tests.support.vendor import Sandbox

ACME = "80000003-1234567890"
BILL = "/t/abc/bills/123ABC-1234567890/edit"


def list_references(shape: Shape) -> Iterator[Field]:
    for f in shape.writable:
        if f.kind is FieldKind.REFERENCE:
            yield f
        elif f.members:
            yield from list_references(f.members)


def refer_everywhere(shape: Shape, one: Reference) -> dict[str, object]:
    """A value with this entry in every writable reference, in one entry of each list and in each group."""
    made: dict[str, object] = {f.name: one for f in shape.writable if f.kind is FieldKind.REFERENCE}
    for f in shape.writable:
        if f.kind is FieldKind.GROUP:
            made[f.name] = Content(f.shape, refer_everywhere(f.shape, one))
        elif f.kind is FieldKind.LIST:
            made[f.name] = (Content(f.shape, refer_everywhere(f.shape, one)),)
    return made


def make_inactive(job: Record, kind: str, name: str) -> Record:
    record = Record.objects.get(tenant=job.tenant, kind=kind, full_name=name)
    Record.objects.filter(pk=record.pk).update(is_active=False)
    return record


@pytest.mark.parametrize("kind", ["customers", "bills"])
def test_every_reference_of_the_field_table_is_looked_at(job: Record, kind: str) -> None:
    table = registry.get_table(job.tenant, kind)
    pickers = registry.get_description(job.tenant).pickers
    every = {one for kinds in pickers.values() for one in kinds}
    for one in every:
        Record.objects.create(tenant=job.tenant, kind=one, remote_id="0-9", is_active=False, read_at=job.read_at)
    blank = Content(table.shape, {})
    full = blank.replace(**refer_everywhere(table.shape, Reference("0-9", "Old")))
    wanted = sum(1 for f in list_references(table.shape) if f.options)
    assert len(list_inactive(job.tenant, blank, full)) == wanted
    assert list_inactive(job.tenant, full, full.replace(**{f.name: full[f.name] for f in table.shape.typed})) == []


def test_an_inactive_entry_that_the_record_has_already_is_not_asked_about(job: Record) -> None:
    make_inactive(job, "customers", "ABC Corporation")
    base = lookup.get_content(lookup.find_record(job.tenant, "customers", job.remote_id))
    renamed = base.replace(phone="1", parent=Reference(base["parent"].id, "ABC"))
    assert list_inactive(job.tenant, base, renamed) == []


def test_the_same_id_in_another_list_is_another_entry(job: Record) -> None:
    Record.objects.create(tenant=job.tenant, kind="vendors", remote_id="0-9", is_active=False, read_at=job.read_at)
    base = lookup.get_content(lookup.find_record(job.tenant, "customers", job.remote_id))
    assert list_inactive(job.tenant, base, base.replace(terms=Reference("0-9", "Net 5"))) == []


@pytest.mark.parametrize(
    ("field", "kind", "name"),
    [("parent", "customers", "Acme Corporation"), ("terms", "standard-terms", "Net 60"), ("class", "classes", "")],
)
def test_an_inactive_entry_typed_into_a_customer_is_said_beside_it(
    as_bob: Client, job: Record, sandbox: Sandbox, field: str, kind: str, name: str
) -> None:
    taken = Record.objects.filter(tenant=job.tenant, kind=kind).exclude(full_name=None).order_by("-pk")
    picked = make_inactive(job, kind, name or str(taken[0].full_name))
    form = inputs(as_bob.get(EDIT)) | {field: picked.full_name}
    answer = as_bob.post(EDIT, form)
    (check,) = answer.context["form"].warned[field]
    assert (answer.status_code, check.title, sent(sandbox)) == (422, f"{picked.full_name} is inactive.", [])
    assert as_bob.post(EDIT, form | agreed(answer)).status_code == 303
    assert len(sent(sandbox)) == 1
