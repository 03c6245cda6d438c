"""The limits of a list in a form, with messages beside the inputs of the entries that break them."""

from record_forms.typed.list_limits import find_broken_limits

from .entry import E, EntryList


def check_limits(one: EntryList[E], books: str) -> None:
    """Refuse what breaks the limits in a list that has changed. `books` is the provider's name."""
    f, now, kept = one.field, one.edited, one.kept
    if now == one.base:
        return
    if one.base and not now and not f.clear_flag:
        one.refuse(f"The last {f.one} can only be removed in {books}.")
    for number, member, sentence in find_broken_limits(f, one.base, now, lambda number: kept[number].label):
        if number is None:
            one.refuse(sentence)
        elif member not in kept[number].errors:
            kept[number].refuse(member, sentence)
