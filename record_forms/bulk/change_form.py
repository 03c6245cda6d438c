"""One change of a bulk change as a form: of which value, what is done, with which inputs, and in which lines.

Its inputs are those of the chosen field and action only. It names no field.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.http import QueryDict

from record_forms.typed.dates import is_counted
from record_forms.typed.parse import parse_value
from record_forms.widgets import AUTO, InputMap
from records.content import Value, is_blank, make_blank
from records.fields import Field, FieldKind, Table
from records.formatting import lower_first
from records.text import clean_lines
from tenants.models import Tenant

from .operations import BulkOperation, LineScope, WhereLines
from .rules import list_derived, list_rules
from .targets import BulkTarget, TargetSection, find_target, list_targets
from .value_changes import (
    AddText,
    BulkAction,
    DeriveValue,
    MoveDate,
    ReplaceText,
    SetValue,
    ValueChange,
    list_actions,
    make_clearing,
)

ACTIONS = {
    BulkAction.SET: "Set to",
    BulkAction.CLEAR: "Clear",
    BulkAction.REPLACE: "Replace text",
    BulkAction.PREPEND: "Add text before",
    BulkAction.APPEND: "Add text after",
    BulkAction.MOVE: "Move by days",
}
SCOPES = (
    (LineScope.ALL, "In every line"),
    (LineScope.EQUAL, "Where it is now"),
    (LineScope.BLANK, "Where it is blank"),
)
DERIVE = "derive-"
REDRAWS = {"data-redraws": True}  # another choice needs other inputs
MOST_DAYS = 36_500
LONGEST_TEXT = 5_000
WHOLE_DATE = "Enter a whole date, such as 28 Oct 2026. To move each date, choose “Move by days”."
NO_SUCH_FIELD = "This company has no such field, or you may not see it."


class TextPart(forms.CharField):
    """A part of a text, composed as stored texts are, with the blanks around it."""

    def to_python(self, value: Any) -> str:
        return clean_lines(super().to_python(value) or "")


class DaysField(forms.IntegerField):
    """A number of days but none, also with the minus sign that Ledgerdesk writes."""

    def to_python(self, value: Any) -> int | None:
        days = super().to_python(str(value or "").replace("\u2212", "-"))
        if days == 0:
            raise ValidationError("Enter how many days later, or earlier.")
        return days


class ChangeForm(forms.Form):
    """One change, bound to what was posted. `prefix` begins the names of its inputs.

    Of a draft, whose inputs are not all there yet, nothing is said to be wrong.
    """

    def __init__(
        self, tenant: Tenant, table: Table, data: QueryDict | None, prefix: str, *, is_draft: bool = False
    ) -> None:
        super().__init__(data, prefix=prefix)
        self.tenant, self.table, self.is_draft = tenant, table, is_draft
        choices = [("", "Choose a field"), *map(_list_choices, list_targets(table))]
        said = {"required": "Choose a field."}
        widget = forms.Select(attrs=REDRAWS if self.is_bound else {**REDRAWS, "autofocus": True})
        self.fields["target"] = forms.ChoiceField(label="Field", choices=choices, error_messages=said, widget=widget)
        key = self._find_posted("target")
        self.chosen = find_target(table, key) if key else None
        self.operations: list[BulkOperation] = []
        if self.chosen:
            self._add_inputs(self.chosen)

    def _find_posted(self, name: str) -> str:
        return str(self.data.get(self.add_prefix(name), ""))

    def _add_inputs(self, target: BulkTarget) -> None:
        """Add the inputs of the chosen action, and those that say in which lines."""
        actions = _list_actions(self.table, target)
        posted = self._find_posted("action")
        self.action = posted if posted in dict(actions) else actions[0][0]
        self.fields["action"] = _make_choice("What to do", actions)
        self.initial["action"] = self.action
        for name, field in _make_inputs(self.tenant, target.field, self.action):
            self.fields[name] = field
        if not target.in_list:
            return
        self.fields["scope"] = _make_choice("Lines", SCOPES)
        if self._find_posted("scope") == LineScope.EQUAL:
            self.fields["now"] = _make_value(self.tenant, target.field, "Present value")

    @property
    def number(self) -> str:
        return str(self.prefix).rpartition("-")[2]

    @property
    def inputs(self) -> Iterator[forms.BoundField]:
        """The inputs that depend on the chosen field."""
        return (self[name] for name in self.fields if name != "target")

    @property
    def left_alone(self) -> str:
        """What does not follow the chosen field by itself, and how it is changed too; "" for nothing."""
        rules = [one for one in list_rules(self.table) if self.chosen and self.chosen.key in one.reads]
        labels = {one: self.table.shape[one.field].label for one in rules}
        return " ".join(
            f"Each record keeps its {lower_first(label)}. To change that too, add a change of “{label}”: “{one.label}”."
            for one, label in labels.items()
        )

    def full_clean(self) -> None:
        if not self.is_draft:
            super().full_clean()
            return
        self._errors, self.cleaned_data = ErrorDict(), {}

    def clean(self) -> None:
        if self.chosen and not self.errors:
            try:
                self.operations = self.make_operations(self.tenant, self.table)
            except ValidationError as error:
                self.add_error(error.params["input"] if error.params else None, error.messages[0])

    def make_operations(self, tenant: Tenant, table: Table) -> list[BulkOperation]:
        """Return the change as operations on records of a company, whose own entries the typed names mean.

        Raises ValidationError if the company has no such field or no such entry.
        """
        target = self.chosen and find_target(table, self.chosen.key)
        if target is None or self.action not in dict(_list_actions(table, target)):
            raise ValidationError(NO_SUCH_FIELD)
        found, refused = [], None
        for path, f in zip(target.paths, target.fields, strict=True):
            try:
                where = self._make_where(tenant, f) if target.in_list else WhereLines()
            except ValidationError as error:  # no line of this list can have that value
                refused = error
                continue
            found.append(BulkOperation(tenant, path, self._make_change(tenant, table, f), where))
        if refused and not found:
            raise refused
        return found

    def _make_where(self, tenant: Tenant, f: Field) -> WhereLines:
        scope = LineScope(self.cleaned_data.get("scope") or LineScope.ALL)
        value = self._parse(tenant, f, "now") if scope is LineScope.EQUAL else None
        return WhereLines(scope, value)

    def _make_change(self, tenant: Tenant, table: Table, f: Field) -> ValueChange:
        got = self.cleaned_data
        if self.action.startswith(DERIVE):
            rule = next(one for one in list_derived(table, f.name) if DERIVE + one.name == self.action)
            return DeriveValue(rule.label, rule.make(tenant), rule.reads)
        match BulkAction(self.action):
            case BulkAction.CLEAR:
                return make_clearing(f)
            case BulkAction.REPLACE:
                return ReplaceText(got["find"], got["by"])
            case BulkAction.MOVE:
                return MoveDate(got["days"])
            case BulkAction.SET:
                return SetValue(self._parse(tenant, f, "value"))
            case added:
                return AddText(got["text"], is_before=added is BulkAction.PREPEND)

    def _parse(self, tenant: Tenant, f: Field, name: str) -> Value:
        """Return the value that an input stands for in this company."""
        text = str(self.cleaned_data.get(name) or "")
        if f.kind is FieldKind.DATE:
            if is_counted(text):
                raise ValidationError(WHOLE_DATE, params={"input": name})
            tenant = self.tenant  # on whose page it was typed: another one may write the day first
        try:
            value = parse_value(f, text, make_blank(f), tenant) if text.strip() else None
        except ValidationError as error:
            raise ValidationError(error.messages[0], params={"input": name}) from None
        if value is None or is_blank(value):
            raise ValidationError("Enter a value.", params={"input": name})
        return value

    def describe(self) -> str:
        """Say the change in words: "Terms: set to Net 30"."""
        if not self.chosen or not self.operations:
            return ""
        first, f = self.operations[0], self.chosen.field
        return f"{self.chosen.label}: {first.change.describe(f)}{first.where.describe(f)}"


def _list_choices(section: TargetSection) -> tuple[str, list[tuple[str, str]]]:
    return section.label, [(target.key, target.label) for target in section.targets]


def _list_actions(table: Table, target: BulkTarget) -> list[tuple[str, str]]:
    """Return what can be done with a value: its action and its label."""
    derived = [] if target.in_list else list_derived(table, target.key)
    shared = [action for action in list_actions(target.field) if all(action in list_actions(f) for f in target.fields)]
    return [*((str(one), ACTIONS[one]) for one in shared), *((DERIVE + one.name, one.label) for one in derived)]


def _make_inputs(tenant: Tenant, f: Field, action: str) -> Sequence[tuple[str, forms.Field]]:
    """Return the inputs that an action needs."""
    match action:
        case BulkAction.SET:
            return [("value", _make_value(tenant, f, "New value", f.hint))]
        case BulkAction.REPLACE:
            return [
                ("find", _make_text("Find", required=True, hint="With the same capitals.")),
                ("by", _make_text("Replace by")),
            ]
        case BulkAction.PREPEND | BulkAction.APPEND:
            hint = "With the blank between. A text that has it already stays as it is."
            return [("text", _make_text("Text to add", required=True, hint=hint))]
        case BulkAction.MOVE:
            hint = "Such as 14, or -7 for a week earlier."
            days = DaysField(label="Days", min_value=-MOST_DAYS, max_value=MOST_DAYS, help_text=hint)
            days.widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
            return [("days", days)]
        case _:
            return []


def _make_choice(label: str, choices: Iterable[tuple[str, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=list(choices), required=False, widget=forms.Select(attrs=REDRAWS))


def _make_text(label: str, *, required: bool = False, hint: str = "") -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", **AUTO})
    return TextPart(label=label, required=required, strip=False, max_length=LONGEST_TEXT, help_text=hint, widget=widget)


def _make_value(tenant: Tenant, f: Field, label: str, hint: str = "") -> forms.Field:
    """Return the input that the record's form has for the field; for a box a choice, as blank is no answer here."""
    if f.kind is FieldKind.BOOLEAN:
        made: Any = forms.ChoiceField(choices=[("", ""), ("yes", "Yes"), ("no", "No")], required=False)
    else:
        made = InputMap(tenant, {"value": (f, make_blank(f))})["value"]
    made.label, made.help_text = label, hint
    return made  # type: ignore[no-any-return]
