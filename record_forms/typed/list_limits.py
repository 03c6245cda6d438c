"""The limits of a list and of its entries, as the field table says them: how many, what is required, what only once."""

from collections.abc import Callable, Iterator, Sequence

from records.content import Content, is_blank
from records.fields import Field
from records.formatting import format_count
from records.text import fold_blanks


def find_broken_limits(
    f: Field, base: Sequence[Content], now: Sequence[Content], name: Callable[[int], str] | None = None
) -> Iterator[tuple[int | None, str, str]]:
    """Yield (position in `now`, member, sentence) for each limit of a list that has changed; None for the list.

    `name` says what the entry at a position is called on the screen, where that is not its position.
    """
    if f.most is not None and len(now) > f.most:
        yield None, "", describe_most(f)
    stored = {entry[f.key]: entry for entry in base}
    for number, entry in enumerate(now):
        if entry == stored.get(entry[f.key]):
            continue
        for m in f.shape.typed:
            if m.required and is_blank(entry[m.name]):
                yield number, m.name, f"{m.label} is required."
    yield from _find_repeated(f, base, now, name or (lambda number: f"{f.one[:1].upper()}{f.one[1:]} {number + 1}"))


def _find_repeated(
    f: Field, base: Sequence[Content], now: Sequence[Content], name: Callable[[int], str]
) -> Iterator[tuple[int, str, str]]:
    """No two entries of one name, and one at most with what only one may have.

    Two stored names that differ in blanks alone stay, so that other entries can be changed.
    """
    for m in (m for m in f.shape.typed if m.only_one or (f.unique and m.name == f.key)):
        seen: dict[str, int] = {}
        stored = {entry[m.name] for entry in base}
        for number, entry in enumerate(now):
            value = entry[m.name]
            if is_blank(value) or value is False:
                continue
            before = seen.setdefault(fold_blanks(str(value)), number)
            if before != number and (value == now[before][m.name] or not {value, now[before][m.name]} <= stored):
                yield number, m.name, _describe_repeated(f, m, str(value), name(before))


def describe_most(f: Field) -> str:
    """How many entries a list may have."""
    return f"At most {format_count(f.most or 0, f.one)}."


def _describe_repeated(listed: Field, f: Field, value: str, other: str) -> str:
    if f.only_one:
        return f"Only one {listed.one} can be the {f.label.lower()}, and {other} already is."
    return f"{other} is already called “{value}”. Choose another name; capitals and blanks make no difference."
