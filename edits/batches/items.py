"""The records of a bulk change as its page and its files list them: filters, counts, and one row for each.

A member sees the records of their own companies, and of each what they may see.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, Q
from django.urls import reverse

from books import registry
from books.mirror.currencies import list_codes, load_currencies, name_changes
from edits.lifecycle.transitions import show_name
from edits.models.batch import WORTH_RUNNING, Batch, BatchItem, BatchItemQuerySet, BatchState, Finding, Step
from edits.models.edit import LEFT, UNDER_WAY, Edit, Outcome, State
from record_forms.bulk.rules import list_rules
from records.diff import Change, load_changes
from records.fields import Shape, Table
from records.formatting import format_count, lower_first
from records.visible import is_shown_whole, list_shown_changes
from tenants.access import Member
from tenants.models import Tenant

FIRST = 4  # changes that a row shows before it is opened
SHOWN, LEAD = 80, 20  # letters of a text before it is opened, and those before its first difference

_TAKEN = Q(finding__in=WORTH_RUNNING, step=Step.PLANNED)
_LEFT_OVER = Q(edit__state__in=LEFT, edit__resolved_by=None)
_NOT_LEFT_OUT = ~Q(step=Step.LEFT_OUT)


class ItemFilter(NamedTuple):
    """One way to narrow the records: its name in an address, its label, and which they are.

    But for "checks", a part of "changes", every record is in one filter of its list, so that their numbers add up.
    """

    name: str
    label: str
    items: Q


_BOTH = (
    ItemFilter("unchanged", "Unchanged", Q(finding=Finding.UNCHANGED) | Q(step=Step.SAME)),
    ItemFilter("cannot", "Cannot be changed", Q(finding=Finding.CANNOT)),
    ItemFilter("left-out", "Left out", Q(step=Step.LEFT_OUT)),
)
OF_PLAN = (
    ItemFilter("changes", "Changes", Q(finding=Finding.CHANGES) & _NOT_LEFT_OUT),
    ItemFilter("checks", "To confirm", Q(finding=Finding.CHANGES) & _NOT_LEFT_OUT & ~Q(checks=[])),
    ItemFilter("clash", "Changed since", Q(finding=Finding.CLASH) & _NOT_LEFT_OUT),
    *_BOTH,
)
OF_RUN = (
    ItemFilter("waiting", "Waiting", Q(step=Step.WAITING) | Q(step=Step.BEGUN, edit__state__in=UNDER_WAY)),
    ItemFilter("saved", "Saved", Q(edit__state=State.SAVED)),
    ItemFilter("needs-you", "Not saved", Q(step=Step.NOT_SENT) | _LEFT_OVER),
    ItemFilter("settled", "Settled later", Q(edit__state__in=LEFT, edit__resolved_by__isnull=False)),
    ItemFilter("cancelled", "Cancelled", Q(step=Step.CANCELLED) | Q(edit__state=State.DISCARDED)),
    *_BOTH,
)


class ShownChange(NamedTuple):
    """One change as a row draws it; its long texts are cut so that their first difference is shown."""

    change: Change
    was: str
    now: str

    @property
    def is_cut(self) -> bool:
        return (self.was, self.now) != (self.change.was, self.change.now)


def cut_change(change: Change) -> ShownChange:
    """Return a change with as much of its texts as a row shows."""
    both = (change.was, change.now)
    differs = next((at for at, (was, now) in enumerate(zip(*both, strict=False)) if was != now), min(map(len, both)))
    start = max(0, min(differs - LEAD, max(map(len, both)) - SHOWN))

    def cut(text: str) -> str:
        shown = text[start : start + SHOWN]
        return f"{'…' if start and shown else ''}{shown}{'…' if len(text) > start + SHOWN else ''}"

    return ShownChange(change, cut(change.was), cut(change.now))


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One record as the page draws it. `changes` are those that the reader may see."""

    item: BatchItem
    noun: str
    record_url: str
    edit_url: str
    changes: list[Change]
    outcome: Outcome
    reason: str
    code: str  # of the currency of its totals

    @property
    def first(self) -> list[ShownChange]:
        return [cut_change(one) for one in self.changes[:FIRST]]

    @property
    def more(self) -> list[ShownChange]:
        """The changes beyond the first."""
        return [cut_change(one) for one in self.changes[FIRST:]]

    @property
    def can_be_taken(self) -> bool:
        return self.item.finding in WORTH_RUNNING

    @property
    def is_taken(self) -> bool:
        return self.item.step == Step.PLANNED

    @property
    def before(self) -> Decimal | None:
        return _read_total(self.item.total_before)

    @property
    def after(self) -> Decimal | None:
        return _read_total(self.item.total_after)


def _read_total(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def list_filters(batch: Batch) -> tuple[ItemFilter, ...]:
    """Return the filters of a plan, or of what was started."""
    return OF_PLAN if batch.state in (BatchState.PLANNED, BatchState.DISCARDED) else OF_RUN


def filter_items(batch: Batch, members: Mapping[int, Member]) -> BatchItemQuerySet:
    """Return the records of these companies."""
    return BatchItem.objects.filter(batch=batch, tenant__in=list(members))


def hides_any(kind: str, members: Mapping[int, Member], items: BatchItemQuerySet) -> bool:
    """Return whether the reader may not see some field of this kind in a company of these records."""
    companies = items.order_by().values_list("tenant", flat=True).distinct()
    return any(registry.get_visible_table(members[company], kind).hides for company in companies)


def count_filters(batch: Batch, items: BatchItemQuerySet) -> dict[str, int]:
    """Return how many records each filter finds, `all` among them. One query."""
    found = {one.name: Count("pk", filter=one.items) for one in list_filters(batch)}
    return dict(items.aggregate(all=Count("pk"), **found))


def count_companies(items: BatchItemQuerySet) -> list[tuple[str, str, int]]:
    """Return slug, name and number of records of each company."""
    named = items.order_by("tenant__name").values_list("tenant__slug", "tenant__name")
    return list(named.annotate(count=Count("pk")))


def count_taken(items: BatchItemQuerySet) -> int:
    """Return how many records a confirmation would start."""
    return items.filter(_TAKEN).count()


def list_left_alone(items: BatchItemQuerySet, table: Table) -> list[str]:
    """Say what a confirmation would leave as it is though it can be derived from what changes, and in how many."""
    taken = items.filter(_TAKEN)
    found = []
    for one in list_rules(table):
        changed = Q(*[Q(fields__contains=f" {name} ") for name in one.reads], _connector=Q.OR)
        if count := taken.filter(changed).exclude(fields__contains=f" {one.field} ").count():
            label = lower_first(table.shape[one.field].label)
            found.append(f"The {label} stays as it is in {format_count(count, 'record')}.")
    return found


def sum_totals(items: BatchItemQuerySet) -> list[tuple[str, Decimal, Decimal]]:
    """Return currency, sum before and sum after of the records that a confirmation would start.

    A currency is one whatever each company calls it. Of several companies, the sums of one whose currency has no name
    are its own, under the company's name.
    """
    sums: dict[str, list[Decimal]] = {}
    with_total = items.filter(_TAKEN).exclude(total_after="")
    rows = list(with_total.values_list("tenant", "currency", "total_before", "total_after"))
    companies = Tenant.objects.in_bulk({company for company, *_ in rows})
    known = load_currencies(companies.values())
    for company, name, before, after in rows:
        currency = known[company][name].code if name in known[company] else name
        own = "" if len(companies) == 1 else companies[company].name
        both = sums.setdefault(currency or own, [Decimal(0), Decimal(0)])
        both[0] += Decimal(before or after)
        both[1] += Decimal(after)
    return [(currency, before, after) for currency, (before, after) in sorted(sums.items())]


def fetch_listed(items: BatchItemQuerySet) -> BatchItemQuerySet:
    """Return the records with what their rows show, in their order."""
    long = ("wanted", "changes", "search", "typed")
    found = items.select_related("batch", "tenant", "edit").order_by("number")
    return found.defer("wanted", *(f"edit__{name}" for name in long))


def make_rows(members: Mapping[int, Member], items: Iterable[BatchItem]) -> Iterator[ItemRow]:
    """Yield a row for each of these records."""
    shapes: dict[tuple[int, str], Shape] = {}
    codes: dict[int, dict[str, str]] = {}
    for item in items:
        member, kind = members[item.tenant_id], item.batch.kind
        table = registry.get_visible_table(member, kind)
        shape = shapes.setdefault((item.tenant_id, kind), table.shape)
        if item.currency and item.tenant_id not in codes:
            codes[item.tenant_id] = list_codes(item.tenant)
        slug, changes = item.tenant.slug, load_changes(item.changes or "[]")
        item.record_name = show_name(item.record_name, item.remote_id, table.hidden_columns)
        yield ItemRow(
            item=item,
            noun=table.noun,
            record_url=reverse(f"{table.noun}_page", args=[slug, item.remote_id]),
            edit_url=reverse("edit_page", args=[slug, item.edit_id]) if item.edit_id else "",
            changes=name_changes(item.tenant, table, list_shown_changes(shape, changes)),
            outcome=find_outcome(item),
            reason=_find_reason(item, table, member),
            code=codes.get(item.tenant_id, {}).get(item.currency, ""),
        )


def find_outcome(item: BatchItem) -> Outcome:
    """Return what became of a record, or what a plan says of it, in a word."""
    if item.edit is not None:
        return item.edit.outcome
    if item.step in (Step.PLANNED, Step.WAITING) or item.finding not in WORTH_RUNNING:
        waits = item.step == Step.WAITING
        named, mark = (
            (Step.WAITING, "yours") if waits else (Finding(item.finding), _MARKS.get(Finding(item.finding), ""))
        )
        return Outcome(str(named), str(named.label), mark, Q(pk__in=()))
    return Outcome(item.step, item.get_step_display(), "warn" if item.step == Step.NOT_SENT else "", Q(pk__in=()))


_MARKS = {Finding.CANNOT: "warn", Finding.CLASH: "bad"}


def _find_reason(item: BatchItem, table: Table, member: Member) -> str:
    """Return why a record is not changed; "" where the words may quote a value that the reader may not see."""
    names = {*item.fields.split(), *(item.edit.fields.split() if item.edit else ())}
    is_own = item.batch.person_id == member.person.pk and not item.batch.handed_over
    is_clear = is_shown_whole(table.shape, names) if names else is_own or not table.hides
    return (item.problem or _describe_end(item.edit)) if is_clear else ""


def _describe_end(edit: Edit | None) -> str:
    return edit.error_message if edit is not None and edit.state not in (State.SAVED, *UNDER_WAY) else ""
