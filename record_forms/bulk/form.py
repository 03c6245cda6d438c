"""The form of a bulk change: one or more changes, and further companies in which to make them. Names no field."""

import re
from collections.abc import Mapping, Sequence

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from records.fields import Table
from tenants.models import Tenant

from .change_form import ChangeForm
from .operations import BulkOperation
from .value_changes import DeriveValue

MOST_CHANGES = 20
INDEX = re.compile(r"change-(\d{1,4})-target", re.ASCII)


class CompaniesForm(forms.Form):
    """The further companies, by slug: `choices` are their slugs and names, `counts` how many records each adds.

    No more records are taken than there is `room` for.
    """

    def __init__(
        self, data: QueryDict | None, choices: Sequence[tuple[str, str]], counts: Mapping[str, int], room: int
    ) -> None:
        super().__init__(data)
        self.counts, self.room = counts, room
        widget = forms.CheckboxSelectMultiple()
        self.fields["company"] = forms.MultipleChoiceField(required=False, choices=choices, widget=widget)

    def clean_company(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["company"]
        over = sum(self.counts[slug] for slug in chosen) - self.room
        if over > 0:
            raise ValidationError(f"Too many records for one bulk change: {over:,} more than it can have.")
        return chosen


class BulkForm:
    """The changes of one bulk change. The button `add` adds one, `remove` takes the one of its number away."""

    def __init__(self, tenant: Tenant, table: Table, data: QueryDict | None = None, *, is_draft: bool = False) -> None:
        numbers = [int(found[1]) for name in data or () if (found := INDEX.fullmatch(name))][:MOST_CHANGES]
        removed = data.get("remove", "") if data else ""
        numbers = [number for number in numbers if str(number) != removed]
        self.is_added = bool(data and "add" in data and len(numbers) < MOST_CHANGES) or not numbers
        self.changes = [ChangeForm(tenant, table, data, f"change-{number}", is_draft=is_draft) for number in numbers]
        if self.is_added:
            self.changes.append(ChangeForm(tenant, table, None, f"change-{max(numbers, default=-1) + 1}"))

    @property
    def is_full(self) -> bool:
        return len(self.changes) >= MOST_CHANGES

    def is_valid(self) -> bool:
        """Whether all changes can be made; each says what is wrong with it."""
        valid = [change.is_valid() for change in self.changes]
        return all(valid)

    def make_operations(self, tenant: Tenant, table: Table) -> list[BulkOperation]:
        """Return the operations in a company, in order, but what a value is derived from before that value.

        Raises ValidationError with a sentence for people.
        """
        found: list[BulkOperation] = []
        for change in self.changes:
            try:
                found += change.make_operations(tenant, table)
            except ValidationError as error:
                named = change.chosen.label if change.chosen else ""
                raise ValidationError(f"{named}: {error.messages[0]}") from None
        reads = {name for one in found if isinstance(one.change, DeriveValue) for name in one.change.reads}
        return sorted(found, key=lambda one: one.path[0] not in reads)

    def describe(self) -> str:
        """Say the changes in words."""
        return "; ".join(change.describe() for change in self.changes)
