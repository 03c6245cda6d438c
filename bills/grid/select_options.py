"""The choices of a line's select."""

from html import escape

from records.fields import Field


def make_choices(f: Field, text: str, stored: str) -> str:
    """The options of a select: what is stored or was typed stands among them whatever it is."""
    known = dict(f.choices)
    blank = [] if stored and not f.clearable else [("", "")]
    odd = [(one, one) for one in dict.fromkeys((stored, text)) if one and one not in known]
    return "".join(
        [
            f'<option value="{escape(value)}"{" selected" if value == text else ""}>{escape(label)}'
            for value, label in [*blank, *f.choices, *odd]
        ]
    )
