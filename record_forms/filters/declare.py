"""How a list declares its filters: most are a field of the field table, whose kind decides what is asked for.

A filter by a field that the provider does not have, or that the member may not see, has no parts.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial

from books.mirror.currencies import get_code, list_names
from books.mirror.projection import LINE_MEMBERS, find_field, list_line_fields
from books.models import Record
from books.registry import get_provider
from records.fields import READ_DIGITS, Field, FieldKind
from tenants.access import hidden_fields, is_hidden

from .conditions import match_amount, match_currency, match_days, match_entry, match_moments, match_name, match_text
from .parts import (
    FilterPart,
    Matches,
    Offer,
    Scope,
    make_amounts,
    make_choice,
    make_days,
    make_flag,
    make_hidden,
    make_name,
    name_ends,
)
from .spans import PAST, NamedSpan


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What every filter has: its parameter of the address, its label, and the columns or fields that it reads."""

    name: str
    label: str = ""
    reads: tuple[str, ...] = ()

    @property
    def parameters(self) -> tuple[str, ...]:
        """All parameters of the address that the filter may read, whatever the provider and the member see of it."""
        return (self.name,)

    def make_parts(self, offer: Offer) -> Iterable[FilterPart]:
        raise NotImplementedError


def list_parts(filters: tuple[Filter, ...], scope: Scope) -> tuple[FilterPart, ...]:
    """Return the inputs that these filters have for a member."""
    return _make_parts(filters, make_offer(scope))


def make_offer(scope: Scope) -> Offer:
    tenant = scope.member.tenant
    return Offer(scope.table, hidden_fields(scope.member), tenant.provider, tenant.day_first)


@lru_cache(maxsize=256)
def _make_parts(filters: tuple[Filter, ...], offer: Offer) -> tuple[FilterPart, ...]:
    return tuple(part for one in filters for part in one.make_parts(offer))


def is_readable(offer: Offer, names: Iterable[str]) -> bool:
    """Whether the provider has all of these columns or fields, and the member may see them."""
    return all(_find_readable(offer, name) is not None for name in names)


def _find_readable(offer: Offer, name: str) -> Field | None:
    if name in LINE_MEMBERS:
        return next(iter(list_line_fields(offer.table, name)), None)
    f = find_field(offer.table, name)
    return f if f is not None and not is_hidden(offer.hidden, f"{offer.table.kind}.{f.name}") else None


def _find_picker(offer: Offer, f: Field) -> str:
    return f.options if f.options in get_provider(offer.provider).pickers else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldFilter(Filter):
    """A filter by a column or a field, the `name` unless `field` says another. Its kind decides what is asked for.

    `days` are the parameters of a span of days by its name, its first and its last day.
    """

    field: str = ""
    days: tuple[str, str, str] | None = None
    spans: tuple[NamedSpan, ...] = PAST

    @property
    def parameters(self) -> tuple[str, ...]:
        return (self.name, *name_ends(self.name), *self._name_days())

    def _name_days(self) -> tuple[str, str, str]:
        return self.days or (self.name, f"{self.name}_since", f"{self.name}_until")

    def make_parts(self, offer: Offer) -> Iterable[FilterPart]:
        name = self.field or self.name
        f = _find_readable(offer, name)
        if f is None:
            return ()
        label = self.label or f.label
        if f.kind in READ_DIGITS:
            return make_amounts(self.name, label, partial(match_amount, name))
        if f.kind in (FieldKind.DATE, FieldKind.MOMENT):
            return self._make_days(offer, name, f, label)
        if f.kind is FieldKind.CHOICE:
            options = {key: (text, partial(match_text, name, key)) for key, text in f.choices}
            return (make_choice(self.name, label, options),)
        picker = _find_picker(offer, f)
        match = partial(match_entry, name, picker) if picker else partial(match_name, name)
        return (make_name(self.name, label, match, picker),)

    def _make_days(self, offer: Offer, name: str, f: Field, label: str) -> Iterable[FilterPart]:
        match = match_moments if f.kind is FieldKind.MOMENT else match_days
        return make_days(
            self._name_days(),
            label,
            lambda since, until: match(name, since, until),
            spans=self.spans,
            day_first=offer.day_first,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterOption:
    """One value of a filter: which records pass, and the columns that it reads beside those of its filter."""

    name: str
    label: str
    match: Callable[[Scope], Matches]
    reads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceFilter(Filter):
    """A filter by one of several conditions.

    `usual` applies where none is chosen, `everything` where that one is hidden.
    """

    options: tuple[FilterOption, ...]
    usual: str = ""
    everything: str = ""
    shape: str = "select"

    def make_parts(self, offer: Offer) -> Iterator[FilterPart]:
        shown = [one for one in self.options if is_readable(offer, (*self.reads, *one.reads))]
        if len(shown) < (2 if self.usual else 1):
            return
        options = {one.name: (one.label, one.match) for one in shown}
        usual = self.usual if self.usual in options else self.everything
        yield make_choice(self.name, self.label, options, usual=usual, everything=self.everything, shape=self.shape)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagFilter(Filter):
    """A filter that is on or off. `of_mirror`: it goes by the records of the mirror alone."""

    match: Callable[[Scope], Matches]
    of_mirror: bool = True

    def make_parts(self, offer: Offer) -> Iterator[FilterPart]:
        if is_readable(offer, self.reads):
            yield make_flag(self.name, self.label, self.match, of_mirror=self.of_mirror)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFilter(Filter):
    """A filter by the id of an entry of the list `kind`, for links: names may be alike, and can change.

    `column` holds the ids.
    """

    column: str
    kind: str

    def make_parts(self, offer: Offer) -> Iterator[FilterPart]:
        if is_readable(offer, (self.column, *self.reads)):
            yield make_hidden(self.name, self.label, lambda _, text: {self.column: text}, self._find_name)

    def _find_name(self, scope: Scope, text: str) -> str:
        found = Record.objects.filter(tenant=scope.member.tenant, kind=self.kind, remote_id=text)
        return found.values_list("full_name", flat=True).first() or text


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrencyFilter(Filter):
    """A filter by currency, by its code or its name."""

    def make_parts(self, offer: Offer) -> Iterator[FilterPart]:
        if (f := _find_readable(offer, "currency")) is not None:
            yield make_name(
                self.name,
                f.label,
                lambda scope, text: match_currency(list_names(scope.member.tenant, text)),
                _find_picker(offer, f),
                lambda scope, text: get_code(scope.member.tenant, list_names(scope.member.tenant, text)[0]),
            )
