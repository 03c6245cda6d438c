"""Which currency marks an amount of a record may be typed with: $, US$ or USD where it is in US dollars. Pure.

Knows no record: where its currency is not known, any one sign is taken and no code.
"""

import re
from collections.abc import Iterable

SIGNS = {"€": ("EUR",), "£": ("GBP", "EGP"), "¥": ("JPY", "CNY"), "₹": ("INR",)}
# Dinars and dirhams end in D too; pesos do not.
DOLLAR = re.compile(r"(?!AED|BHD|DZD|IQD|JOD|KWD|LYD|MAD|MKD|MZD|RSD|SDD|TND)[A-Z]{2}D|(ARS|CLP|COP|DOP|MXN|UYU)")


def list_marks(code: str) -> list[str]:
    """The marks that amounts in the currency `code` can have; "" where it is not known."""
    if not code:
        return ["$", *SIGNS]
    signs = [sign for sign, codes in SIGNS.items() if code in codes]
    dollars = [code[:size] + "$" for size in range(3)] if DOLLAR.fullmatch(code) else []
    return [code, *signs, *dollars]


def find_other_mark(marks: Iterable[str], code: str) -> str:
    """The first of these marks that stands for another currency than `code`; "" if none does."""
    known = list_marks(code)
    return next((mark for mark in marks if mark not in known), "")
