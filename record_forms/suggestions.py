"""Offers of a form: an input's button that puts a value into it. Without a script the desk does so and draws it again.

The button is called `take`, and its value names the input and the text: `due_date=27 Nov 2026`.
"""

from django.http import QueryDict

TAKE = "take"


def apply_suggestion(data: QueryDict) -> QueryDict:
    """What stands in the form once the offer is taken that its button named; as it is where none was pressed."""
    name, _, text = str(data.get(TAKE, "")).partition("=")
    if not name:
        return data
    changed = data.copy()
    changed[name] = text
    return changed
