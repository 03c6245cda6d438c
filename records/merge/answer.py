"""Compares what an update asked for with the record that the vendor answered with. Pure; names no field.

A difference is a value that was asked for and came back otherwise. Values that the vendor derives by rule are none,
nor is another spelling of the same value. What came back otherwise without being asked for is not told here: it is
what is left between the record answered and `Answer.settled`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from records.amounts import Amounts, choose_sent
from records.changes import NEW_LINE, list_changed_fields
from records.content import Content, Value, is_blank
from records.fields import Field, FieldKind
from records.formatting import format_value, lower_first, name_line, summarize_line
from records.json_text import dump_json, parse_json
from records.numbers import CENT

from .answer_lines import Lines, match_answer, spell_alike
from .parts import is_same

FIFTH = Decimal("0.00001")  # a derived quantity or cost has five places (docs/vendors/conductor.md, section 9)
MISSING, REMOVED, ADDED = "not there", "removed", "not asked for"

Path = tuple[str, ...]


class Difference(NamedTuple):
    """One value that came back otherwise, as people read it.

    `path` has field names, and the key that a line was answered with, "" for a line that is missing. `place` is the
    address or line, "" for a field of the record; `label` is the field, "" for a whole line.
    """

    path: Path
    place: str
    label: str
    asked: str
    answered: str

    @property
    def name(self) -> str:
        """The label that the change of the same value has in the history."""
        return ", ".join(filter(None, (self.place, lower_first(self.label) if self.place else self.label)))


@dataclass(frozen=True, slots=True)
class Answer:
    """`settled` is the content asked for, with what the vendor answered in each part that was asked for.

    Lines that nobody asked for are not in it; they are in `explained`, which is the same besides.
    """

    differences: tuple[Difference, ...]
    settled: Content
    explained: Content


def dump_differences(found: Sequence[Difference]) -> str:
    """Encode differences for an edit; "" for none."""
    return dump_json(found) if found else ""


def load_differences(text: str) -> list[Difference]:
    """Decode the differences that `dump_differences` encoded."""
    return [Difference(tuple(path), *rest) for path, *rest in parse_json(text or "[]")]


class Found(list[Difference]):
    """The differences found; with `keeps_added`, lines that nobody asked for count as an answer."""

    def __init__(self, *, keeps_added: bool = False) -> None:
        super().__init__()
        self.keeps_added = keeps_added


def compare_answer(base: Content, asked: Content, answered: Content) -> Answer:
    """Compare the changes from `base` to `asked` with the record that the vendor answered with."""
    found, again = Found(), Found(keeps_added=True)
    settled = _settle(base, asked, answered, (), "", found)
    explained = _settle(base, asked, answered, (), "", again) if found else settled
    return Answer(tuple(found), settled, explained)


def _settle(base: Content, asked: Content, answered: Content, path: Path, place: str, found: Found) -> Content:
    """Return the content asked for with the answers to it; what differs is added to `found`."""
    wanted = list_changed_fields(base, asked)
    taken = {f.name: answered[f.name] for f in _list_derived(wanted, base, asked, answered)}
    for f in (*wanted, *_list_sent_along(wanted, asked)):
        here, inside = (*path, f.name), f"{place}, {lower_first(f.label)}" if place else f.label
        if f.kind is FieldKind.LIST:
            taken[f.name] = _settle_lines(f, base[f.name], asked[f.name], answered[f.name], here, inside, found)
        elif f.kind is FieldKind.GROUP:
            taken[f.name] = _settle(base[f.name], asked[f.name], answered[f.name], here, inside, found)
        else:
            if f.name not in taken and not _is_kept(f, asked[f.name], answered[f.name]):
                shown = [format_value(f, side[f.name]) for side in (asked, answered)]
                found.append(Difference(here, place, f.label, *shown))
            taken[f.name] = answered[f.name]
    return asked.replace(**taken)


def _list_sent_along(wanted: Sequence[Field], asked: Content) -> list[Field]:
    """Return the lists that went out because of others: none of their lines may be missing or new."""
    names = {name for f in wanted for name in f.sent_with if asked[name]}
    return [f for f in asked.shape.lists if f.name in names and f not in wanted]


def _is_kept(f: Field, asked: Value, answered: Value) -> bool:
    if isinstance(asked, str) and isinstance(answered, str):
        return spell_alike(asked) == spell_alike(answered)
    return is_same(f, asked, answered)


def _list_derived(wanted: Sequence[Field], base: Content, asked: Content, answered: Content) -> Iterator[Field]:
    """Yield the fields that the vendor derives, by the field table, from others that were asked for."""
    together = {f.decided_with for f in wanted if f.decided_with}
    for f in base.shape.writable:
        if f.decided_with in together and _is_derived(f, f in wanted, base, asked, answered):
            yield f
    if any(f.kind is FieldKind.LIST for f in wanted):
        # What follows from a total, such as whether a bill is paid.
        yield from (f for f in base.shape.in_history if f.follows and not f.writable)
    if wanted and any(f.entry and f.entry.holds for f in base.shape.fields):
        yield from (f for f in base.shape.lists if f not in wanted)


def _is_derived(f: Field, is_wanted: bool, base: Content, asked: Content, answered: Content) -> bool:
    """Whether the answer to a field follows from those decided with it: an amount, or the factor that was not sent."""
    parts = [m for m in base.shape.writable if m.decided_with == f.decided_with]
    product = next((m for m in parts if m.follows), None)
    if product is None or len(parts) != 3:
        return not is_wanted
    one, other = (m for m in parts if m is not product)
    if f is product:
        return not is_wanted and _is_product(answered[one.name], answered[other.name], answered[product.name])
    partner = other if f is one else one
    amount, by = answered[product.name], answered[partner.name]
    sent = choose_sent(*(Amounts(*(side[m.name] for m in (one, other, product))) for side in (base, asked)))
    is_sent = (one, other).index(f) in sent
    if is_sent or is_blank(amount) or not by or is_blank(answered[f.name]):
        return False
    exact = (amount / by).quantize(FIFTH, ROUND_HALF_UP)
    return bool(answered[f.name] == exact) or _is_product(answered[f.name], by, amount)


def _is_product(one: Value, other: Value, amount: Value) -> bool:
    if is_blank(one) or is_blank(other) or is_blank(amount):
        return False
    return bool((one * other).quantize(CENT, ROUND_HALF_UP) == amount)


def _settle_lines(f: Field, was: Lines, asked: Lines, answered: Lines, path: Path, place: str, found: Found) -> Lines:
    """Do the same for the lines of a list, which come back in the order of the answer."""
    old = {line[f.key]: line for line in was}
    became = match_answer(f, was, asked, answered, _count_differences)
    names = _name_lines(f, was, asked)
    settled = {}
    for number, line in enumerate(asked):
        where = f"{place}, {names[number]}"
        if number not in became:
            found.append(Difference((*path, ""), where, "", summarize_line(line), MISSING))
            continue
        there = answered[became[number]]
        base = old.get(line[f.key])
        blank = Content(line.shape, {}) if base is None else base
        now = _settle(blank, line, there, (*path, str(there[f.key])), where, found)
        settled[became[number]] = there if base is None else now
    for number, line in enumerate(answered):
        if number not in settled:
            is_left = line[f.key] in old
            where = f"{place}, {name_line(f, line, 1 + list(old).index(line[f.key])) if is_left else f'extra {f.one}'}"
            asked_for = REMOVED if is_left else ADDED
            found.append(Difference((*path, str(line[f.key])), where, "", asked_for, summarize_line(line)))
    _compare_order(f, asked, became, path, place, found)
    kept = enumerate(answered) if found.keeps_added else ((n, line) for n, line in enumerate(answered) if n in settled)
    return tuple(settled.get(number, line) for number, line in kept)


def _name_lines(f: Field, was: Lines, asked: Lines) -> list[str]:
    """Name each line asked for as the history does: stored ones by their place before, new ones by a count."""
    places = {line[f.key]: place for place, line in enumerate(was, 1)}
    new = [number for number, line in enumerate(asked) if line[f.key] not in places]
    counts = {number: f" {count}" if len(new) > 1 else "" for count, number in enumerate(new, 1)}
    return [
        f"new {f.one}{counts[number]}" if number in counts else name_line(f, line, places[line[f.key]])
        for number, line in enumerate(asked)
    ]


def _compare_order(f: Field, asked: Lines, became: dict[int, int], path: Path, place: str, found: Found) -> None:
    """Note new lines in another order than asked for. The vendor orders entries that have a name as it likes."""
    new = [number for number in sorted(became) if asked[number][f.key] in ("", NEW_LINE)]
    order = [became[number] for number in new]
    if order != sorted(order) and not f.shape[f.key].writable:
        ranks = [sorted(order).index(number) + 1 for number in order]
        by_rank = sorted(range(1, 1 + len(new)), key=lambda count: ranks[count - 1])
        asked_order = ", ".join(str(count) for count in range(1, 1 + len(new)))
        label = f"Order of the new {f.one}s"
        found.append(Difference(path, place, label, asked_order, ", ".join(map(str, by_rank))))


def _count_differences(asked: Content, answered: Content) -> int:
    """Return in how much a line answered differs from a new line asked for."""
    found = Found()
    _settle(Content(asked.shape, {}), asked, answered, (), "", found)
    return len(found)
