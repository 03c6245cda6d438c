"""The form inputs that express a wanted record, for a draft or a merge to fill the form with."""

from collections.abc import Callable, Iterator, Sequence

from django.http import QueryDict

from record_forms import record_form
from record_forms.form_data import ID, REMOVE
from records.changes import NEW_LINE
from records.content import Content
from records.fields import Field, Table

from .members import list_inputs

Travels = Callable[[Field, Sequence[Content]], bool]


def fill_inputs(
    table: Table, base: Content, wanted: Content, untouched_travel: Travels = lambda f, stored: False
) -> QueryDict:
    """Return the inputs over `base`. An unchanged entry has inputs only if `untouched_travel` says so of its list."""
    data = record_form.fill_inputs(table, base, wanted)
    for f in table.shape.lists:
        for name, text in _fill_list(f, f.name, base[f.name], wanted[f.name], untouched_travel):
            data[name] = text
    return data


def _fill_list(
    f: Field, section: str, base: Sequence[Content], wanted: Sequence[Content], untouched_travel: Travels
) -> Iterator[tuple[str, str]]:
    pairs = _pair(f, base, wanted)
    for index, (entry, now) in enumerate(zip(base, pairs, strict=True)):
        prefix, key = f"{section}-{index}", str(entry[f.key])
        if now is None:
            yield from ((f"{prefix}-{ID}", key), (f"{prefix}-{REMOVE}", "on"))
        elif now != entry or untouched_travel(f, base):
            yield from _fill_entry(prefix, key, now, entry, untouched_travel)
    stored = {id(now) for now in pairs}
    for index, one in enumerate((one for one in wanted if id(one) not in stored), len(base)):
        yield from _fill_entry(f"{section}-{index}", NEW_LINE, one, Content(one.shape, {}), untouched_travel)


def _pair(f: Field, base: Sequence[Content], wanted: Sequence[Content]) -> list[Content | None]:
    """Return for each stored entry what is wanted of it; None if it is to be removed.

    Where people type the key, an entry of an unknown key in the place of one that is missing is that one, renamed: new
    ones stand at the end, so there it is only if nothing else of it has changed.
    """
    known: dict[str, list[Content]] = {}
    for one in reversed(wanted):
        known.setdefault(str(one[f.key]), []).append(one)
    pairs = [known[key].pop() if known.get(key := str(entry[f.key])) else None for entry in base]
    if not f.shape[f.key].writable:
        return pairs
    places = {id(one): place for place, one in enumerate(wanted)}
    stored, place = {id(now) for now in pairs}, 0
    end = max((places[id(now)] for now in pairs if now is not None), default=-1)
    for index, (entry, now) in enumerate(zip(base, pairs, strict=True)):
        if now is not None:
            place = places[id(now)] + 1
        elif (
            place < len(wanted)
            and id(wanted[place]) not in stored
            and _is_renamed(f, entry, wanted[place], place < end)
        ):
            pairs[index] = wanted[place]
            place += 1
    return pairs


def _is_renamed(f: Field, entry: Content, wanted: Content, is_between: bool) -> bool:
    """Return whether an entry has become this one, which its inputs can make of it; at the end by its key alone."""
    names = [m.name for m in (*f.shape.typed, *f.shape.lists)] if is_between else [f.key]
    return entry.replace(**{name: wanted[name] for name in names}) == wanted


def _fill_entry(
    prefix: str, key: str, now: Content, base: Content, untouched_travel: Travels
) -> Iterator[tuple[str, str]]:
    yield f"{prefix}-{ID}", key
    yield from ((f"{prefix}-{name}", text) for name, text in list_inputs(now).items())
    for f in now.shape.lists:
        yield from _fill_list(f, f"{prefix}-{f.name}", base[f.name], now[f.name], untouched_travel)
