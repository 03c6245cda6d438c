"""The choices of a line's select."""

from records.fields import Field


def list_options(f: Field, text: str, stored: str) -> list[tuple[str, str]]:
    """Return the value and label of each option; a stored or typed value is always one of them."""
    known = dict(f.choices)
    blank = [] if stored and not f.clearable else [("", "")]
    odd = [(one, one) for one in dict.fromkeys((stored, text)) if one and one not in known]
    return [*blank, *f.choices, *odd]
