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
    known: dict[str, list[Content]] = {}
    for one in reversed(wanted):
        known.setdefault(str(one[f.key]), []).append(one)
    for index, entry in enumerate(base):
        prefix, same = f"{section}-{index}", known.get(str(entry[f.key]))
        if not same:
            yield from ((f"{prefix}-{ID}", str(entry[f.key])), (f"{prefix}-{REMOVE}", "on"))
        elif (now := same.pop()) != entry or untouched_travel(f, base):
            yield from _fill_entry(prefix, str(entry[f.key]), now, entry, untouched_travel)
    new = {id(one) for ones in known.values() for one in ones}
    for index, one in enumerate((one for one in wanted if id(one) in new), len(base)):
        yield from _fill_entry(f"{section}-{index}", NEW_LINE, one, Content(one.shape, {}), untouched_travel)


def _fill_entry(
    prefix: str, key: str, now: Content, base: Content, untouched_travel: Travels
) -> Iterator[tuple[str, str]]:
    yield f"{prefix}-{ID}", key
    yield from ((f"{prefix}-{name}", text) for name, text in list_inputs(now).items())
    for f in now.shape.lists:
        yield from _fill_list(f, f"{prefix}-{f.name}", base[f.name], now[f.name], untouched_travel)
