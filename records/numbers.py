"""The smallest amount, and what numbers of bills are compared by: one typed finds the same one in the copy. Pure."""

import re
from decimal import Decimal
from unicodedata import normalize

CENT = Decimal("0.01")  # amounts in QuickBooks have two places, or none
BETWEEN = re.compile(r"[\s\u00ad\u200b\u2010-\u2015\u2212-]+")
LEADING = re.compile(r"(?<!\d)0+(?=\d)")


def normalize_number(number: str) -> str:
    """Ignore case, spaces, dashes and the leading zeros of each run of digits: INV-0042 equals inv 42.

    Zeros are removed before the dashes, which separate runs, and after them, because 00-12 equals 012.
    """
    plain = normalize("NFKC", number).casefold()
    return LEADING.sub("", BETWEEN.sub("", LEADING.sub("", plain)))
