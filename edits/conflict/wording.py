"""Names of columns and choices on the conflict page and on the undo page.

The sentences are in `templates/edits/conflict/`; those that change while a person decides, in `static/js/conflict.js`.
"""

from dataclasses import dataclass

from records.fields import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictWording:
    """What the three sides and the four choices are called; `said` is the word for a choice once it is made."""

    was: str
    was_short: str
    yours: str
    yours_aside: str = ""
    now: str
    keep: str
    take: str
    back: str
    said: dict[str, str]
    save: str
    theirs: str
    gone: str
    missing: str
    i_removed: str
    they_removed: str
    both_renamed: str
    maybe_there: str = ""
    is_undo: bool = False


def get_conflict_wording(table: Table, books: str) -> ConflictWording:
    """Those of an edit whose record has moved."""
    return ConflictWording(
        was="Was, when you opened it",
        was_short="Was",
        yours="Yours",
        yours_aside="not saved",
        now=f"Now in {books}",
        keep="Keep yours",
        take=f"Use the {books} value",
        back="Keep original",
        said={"mine": "yours", "theirs": f"from {books}", "was": "original", "other": "entered"},
        save="Save",
        theirs=books,
        gone="removed by you",
        missing=f"no longer in {books}",
        i_removed=f"you removed it, {books} has it changed",
        they_removed=f"you changed it, {books} no longer has it",
        both_renamed=f"you and {books} have each given it another name",
        maybe_there=f"{books} has a new line since: yours may be there already, from an earlier save",
    )


def get_undo_wording(books: str) -> ConflictWording:
    """Those of an edit that is to be undone: what it saved, what that was before, and what the books hold now."""
    return ConflictWording(
        was="As it was saved",
        was_short="As saved",
        yours="Undone",
        now=f"In {books}, as last read",
        keep="Undo it",
        take="Keep the current value",
        back="Back to what was saved",
        said={"mine": "undone", "theirs": "as it is", "was": "what was saved", "other": "typed"},
        save="Undo it",
        theirs="changed since, stays",
        gone="not there before",
        missing=f"no longer in {books}",
        i_removed="this change added it, and it has been changed since",
        they_removed="this change changed it, and it has been removed since",
        both_renamed="this change gave it another name, and it has been given another one since",
        is_undo=True,
    )
