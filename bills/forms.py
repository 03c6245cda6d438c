"""The form of a bill: its header and address as of any record, and its lines, offered to the edit walk as one."""

from collections.abc import Collection
from dataclasses import replace
from decimal import Decimal

from django.http import QueryDict
from django.utils.functional import cached_property

from books.mirror.currencies import find_currency, get_code
from books.mirror.lookup import get_preferences
from record_forms.checks import Check
from record_forms.lists.inputs import fill_inputs as fill_inputs
from record_forms.record_form import RecordForm
from record_forms.registry import ErrorLink
from record_forms.typed.currency import list_marks
from records.changes import list_changed_fields
from records.content import Content, Reference
from records.fields import Table
from records.numbers import count_places
from tenants.models import Tenant

from .exchange import HomeTotal, compute_home_total
from .grid.lines import BillLines
from .grid.table import Grid
from .terms.due_offer import DueDate


class BillForm:
    """Header and lines of one bill: `base` is what the person saw, `edited` what they want.

    `hidden` are the columns of the lines that the person does not want to see.
    """

    def __init__(
        self,
        tenant: Tenant,
        table: Table,
        base: Content,
        data: QueryDict | None = None,
        *,
        hidden: Collection[str] = (),
    ) -> None:
        self.tenant, self.base, self.hidden = tenant, base, hidden
        self.header = RecordForm(tenant, table, base, data)
        self.lines = BillLines(tenant, table, base, data)

    def is_valid(self) -> bool:
        """Whether both parts are; each says all that is wrong with it."""
        header, rest = self.header.is_valid(), self.lines.is_valid()
        return header and rest

    @property
    def edited(self) -> Content:
        return self.header.edited.replace(**self.lines.edited)

    @property
    def changed_names(self) -> list[str]:
        """The labels of what differs from the base; only after `is_valid`."""
        return [f.label for f in list_changed_fields(self.base, self.edited)]

    @property
    def errors(self) -> dict[str, list[str]]:
        """What is wrong, by input name."""
        header = {name: [str(one) for one in said] for name, said in self.header.errors.items()}
        return {**header, **self.lines.errors}

    @property
    def error_links(self) -> list[ErrorLink]:
        """The inputs with errors, for the notice at the top of the page."""
        return [*self.header.error_links, *self.lines.error_links]

    @property
    def non_field_errors(self) -> list[str]:
        return [*map(str, self.header.non_field_errors()), *self.lines.problems]

    def warn(self, guard: Check) -> None:
        """Say it beside the inputs and lines that it is about, too."""
        self.header.warn(guard)
        more = "" if guard.refuses else " Confirm it above, or undo the line."
        for spot in guard.spots:
            if not (guard.refuses and self.lines.refuse(spot, guard.title)):
                self.lines.warn(spot, guard.title + more, refuses=guard.refuses)

    @cached_property
    def preferences(self) -> Content | None:
        """The company's switches, None where they are not known."""
        return get_preferences(self.tenant)

    @property
    def abroad(self) -> HomeTotal | None:
        """Its total in both currencies, where it is not in the company's own."""
        if not self.lines.shows_total:
            return None
        rate = self.header.wanted("exchange_rate")
        both = compute_home_total(self.base, self.lines.total, rate, self.preferences, self._find_places)
        return both and replace(both, currency=self._name(both.currency), home=self._name(both.home))

    @property
    def currency(self) -> str:
        """The short code of its currency; "" if it has none."""
        return get_code(self.tenant, str(self.base["currency"] or ""))

    def _name(self, currency: Reference) -> Reference:
        return replace(currency, name=get_code(self.tenant, currency.name))

    def _find_places(self, currency: str) -> int:
        return find_currency(self.tenant, currency).places

    @cached_property
    def marks(self) -> str:
        """The currency marks that its amounts can have, for the script; "" where its currency is not known."""
        code = self.lines.find_code()
        return " ".join(list_marks(code)) if code else ""

    @property
    def total_was(self) -> Decimal | None:
        """The total of its lines as they are stored; None if an amount is hidden from its author."""
        return self.lines.total_was if self.lines.shows_total else None

    @property
    def total_now(self) -> Decimal | None:
        """The same of its lines as they are typed."""
        return self.lines.total if self.lines.shows_total else None

    @property
    def places(self) -> int:
        """How many decimals its amounts may have."""
        return self.lines.rules.places

    @property
    def is_whole(self) -> bool:
        """Whether its amounts are shown without decimals if they have none."""
        return count_places(self.currency) == 0

    @property
    def has_currencies(self) -> bool:
        """Whether an exchange rate can mean anything here: not known counts as yes."""
        return not self.preferences or self.preferences["multi_currency"]["is_multi_currency_enabled"] is not False

    @cached_property
    def due(self) -> DueDate:
        """What the date and the terms that were typed come to."""
        return make_typed_due(self.header, self.total_now)

    @cached_property
    def grid(self) -> Grid:
        return Grid(self.lines, self.preferences, self.hidden)

    def refuse(self, path: str, message: str) -> None:
        """Put what the books said beside the input it names, of the header or of a line, or on top."""
        if not self.lines.refuse(path, message):
            self.header.refuse(path, message)


def make_typed_due(header: RecordForm, total: Decimal | None) -> DueDate:
    """What the date and the terms come to that stand in a header; `total` is the sum of its lines, if shown."""
    header.is_valid()
    values = header.values if header.is_bound else header.base
    return DueDate(header.tenant, header.base, values, total)
