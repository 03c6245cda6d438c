"""Offers of a form: an input's button that puts a value into it. Without a script the desk does so and draws it again.

The button is called `take`, and its value names the input and the text: `due_date=27 Nov 2026`. One that fills several
inputs is called `take_all`, and its value is written as a query: `vendor_address-city=Reno&vendor_address-state=NV`.
"""

from urllib.parse import parse_qsl

from django.http import QueryDict

TAKE, TAKE_ALL = "take", "take_all"


def apply_suggestion(data: QueryDict) -> QueryDict:
    """What stands in the form once the offer is taken that its button named; as it is where none was pressed."""
    name, _, text = str(data.get(TAKE, "")).partition("=")
    texts = {name: text} if name else dict(parse_qsl(str(data.get(TAKE_ALL, "")), keep_blank_values=True))
    if not texts:
        return data
    changed = data.copy()
    for name, text in texts.items():
        changed[name] = text
    return changed
