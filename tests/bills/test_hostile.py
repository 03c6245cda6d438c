"""Whatever the lines of the form let through, the books take: hostile typing in every cell, sent to the sandbox."""

from collections.abc import Callable

from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bills.grid.lines import BillLines
from books import registry
from books.mirror import lookup
from books.providers.lock import RequestPriority
from records.changes import list_changed_fields
from records.content import Content
from records.decoder import decode
from records.fields import FieldKind
from tenants.models import Tenant
from tests.customers.test_limits import TEXTS
from tests.support import databases

BILL = "123ABC-1234567890"
FEW = databases.examples(300) // 30  # sent at least, lest the form be one that lets nothing through
FIGURES = st.sampled_from(["1", "0", "-1", "2.5", "12*4.5", "100/3", "1,250", "12,50", "0.00001", "9" * 10, "9" * 14])
often = settings(
    max_examples=databases.examples(300),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def passes(tenant: Tenant, base: Content, typed: dict[str, str]) -> Content | None:
    """What the form makes of hostile typing; None where it or the guard against negative bills refuses it."""
    data = QueryDict(mutable=True)
    for name, text in typed.items():
        section, index, _ = name.split("-")
        data[name] = text
        data.setdefault(f"{section}-{index}-id", base[section][int(index)]["id"])
    lines = BillLines(tenant, registry.get_table(tenant, "bills"), base, data)
    return base.replace(**lines.edited) if lines.is_valid() and lines.total >= 0 else None


def test_whatever_passes_the_lines_of_a_bill_is_taken_by_the_books(abc: Tenant, copied: Callable[..., None]) -> None:
    copied(abc)
    table, client = registry.get_table(abc, "bills"), registry.make_client(abc, RequestPriority.SAVE)
    members = [(f"{f.name}-0-{m.name}", m.kind) for f in table.shape.lists for m in f.shape.typed]
    plain = st.sampled_from([name for name, kind in members if kind is not FieldKind.REFERENCE])
    names = st.one_of(plain, st.sampled_from([name for name, _ in members]))
    sent: list[str] = []

    @often
    @given(st.dictionaries(names, st.one_of(FIGURES, TEXTS), min_size=1, max_size=2))
    def every(typed: dict[str, str]) -> None:
        now = decode(table.shape, client.read_record(table, BILL))
        edited = passes(abc, now, typed)
        if edited is not None and list_changed_fields(now, edited):
            client.update_record(table, BILL, now["revision_number"], now, edited)
            sent.append(str(typed))

    every()
    assert len(sent) > FEW


def test_a_customer_of_an_expense_that_is_set_cannot_be_emptied(abc: Tenant, copied: Callable[..., None]) -> None:
    copied(abc)
    base = lookup.get_content(lookup.find_record(abc, "bills", BILL))
    data = QueryDict(mutable=True)
    data.update({"expense_lines-0-id": base["expense_lines"][0]["id"], "expense_lines-0-payee": ""})
    lines = BillLines(abc, registry.get_table(abc, "bills"), base, data)
    said = ["This cannot be cleared in QuickBooks once it is set."]
    assert (lines.is_valid(), lines.errors) == (False, {"expense_lines-0-payee": said})
