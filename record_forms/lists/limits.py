"""The limits of a list and of its entries, as the field table says them: how many, what is needed, what only once."""

from records.content import is_blank
from records.fields import Field

from .entry import E, EntryList


def check_limits(one: EntryList[E]) -> None:
    """Refuse what breaks them, where something about the list has changed."""
    f, now = one.field, one.edited
    if now == one.base:
        return
    if f.most is not None and len(now) > f.most:
        one.refuse(describe_limit(f))
    if one.base and not now and not f.clear_flag:
        one.refuse(f"The last {f.one} cannot be removed from here: the connection has no way to say so.")
    for entry in one.kept:
        _check_needed(entry)
    _check_single(one)


def describe_limit(f: Field) -> str:
    return f"At most {f.most} {f.one}{'es' if f.one.endswith('s') else 's'}."


def _check_needed(entry: E) -> None:
    for f in entry.shape.typed:
        if f.required and is_blank(entry.value[f.name]) and entry.value != entry.base and f.name not in entry.errors:
            entry.refuse(f.name, f"{f.label} is needed.")


def _check_single(one: EntryList[E]) -> None:
    """No two entries of one name, and one at most with what only one may have."""
    members = one.field.shape.typed
    for f in (f for f in members if f.only_one or (one.field.unique and f.name == one.field.key)):
        seen: dict[str, str] = {}
        for entry in one.kept:
            value = entry.value[f.name]
            if is_blank(value) or value is False:
                continue
            before = seen.setdefault(str(value).casefold(), entry.label)
            if before != entry.label and f.name not in entry.errors:
                entry.refuse(f.name, _describe_duplicate(one.field, f, str(value), before))


def _describe_duplicate(listed: Field, f: Field, value: str, before: str) -> str:
    if f.only_one:
        return f"Only one {listed.one} can be this: {before} is it already."
    return f"{before} is called “{value}” already: names must differ, and capitals make no difference."
