"""The rounding of amounts, and what numbers of bills are compared by: one typed finds the same one in the copy."""

import re
from decimal import ROUND_HALF_UP, Decimal
from unicodedata import normalize

CENT = Decimal("0.01")  # amounts in QuickBooks have two places, or none
MILL = Decimal("0.001")  # of a dinar, in Bigcapital
BETWEEN = re.compile(r"[\s\u00ad\u200b\u2010-\u2015\u2212-]+")
LEADING = re.compile(r"(?<!\d)0+(?=\d)")


def round_amount(amount: Decimal, finest: Decimal = MILL) -> Decimal:
    """Return an amount in `finest` steps, half a step going away from zero; with two places where it has no more."""
    kept = amount.quantize(finest, ROUND_HALF_UP)
    return in_cents if kept == (in_cents := kept.quantize(CENT, ROUND_HALF_UP)) else kept


def normalize_number(number: str) -> str:
    """Ignore case, spaces, dashes and the leading zeros of each run of digits: INV-0042 equals inv 42.

    Zeros are removed before the dashes, which separate runs, and after them, because 00-12 equals 012.
    """
    plain = normalize("NFKC", number).casefold()
    return LEADING.sub("", BETWEEN.sub("", LEADING.sub("", plain)))
