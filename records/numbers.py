"""The rounding of amounts, and when the numbers of two bills count as the same."""

import re
from decimal import ROUND_HALF_UP, Decimal
from unicodedata import normalize

from .searching import INDEXED_LETTERS

CENT = Decimal("0.01")  # amounts in QuickBooks have two places, or none
MILL = Decimal("0.001")  # of a dinar, in Bigcapital
# By ISO 4217, of the currencies whose amounts do not have two decimals.
WHOLE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND"
USUAL_PLACES = 2
PLACES = dict.fromkeys(WHOLE.split(), 0) | dict.fromkeys(THOUSANDTHS.split(), 3)
BETWEEN = re.compile(r"[\W_]+")  # all that is neither letter nor digit
LEADING = re.compile(r"(?<!\d)0+(?=\d)")


def count_places(code: str) -> int:
    """Return how many decimals the amounts of a currency have, by its short code; two if it is not known."""
    return PLACES.get(code, USUAL_PLACES)


def round_to_places(amount: Decimal, places: int) -> Decimal:
    """Return what was worked out as an amount of a currency with so many decimals, half a step going away from zero.

    With two places for a currency without any, as amounts are written elsewhere, and at most two: QuickBooks keeps none
    finer.
    """
    return amount.quantize(Decimal(1).scaleb(-min(places, USUAL_PLACES)), ROUND_HALF_UP).quantize(CENT) + 0


def round_amount(amount: Decimal, finest: Decimal = MILL) -> Decimal:
    """Return an amount in `finest` steps, half a step going away from zero; with two places where it has no more.

    Without a sign if it is zero: SQLite adds 0.3, -0.1 and -0.2 up to a little less than nothing.
    """
    kept = amount.quantize(finest, ROUND_HALF_UP) + 0
    return in_cents if kept == (in_cents := kept.quantize(CENT, ROUND_HALF_UP)) else kept


def normalize_number(number: str) -> str:
    """Ignore case, blanks, all other signs and the leading zeros of each run of digits: INV-0042 equals inv/42.

    Zeros are removed before the signs, which separate runs, and after them, because 00-12 equals 012.
    """
    return _join_signs(LEADING.sub("", _fold(number)))


def is_same_number(one: str, other: str) -> bool:
    """Whether two numbers may be those of the same bill: 2026-0042 is 2026-42, and 20260042 too. Blanks never are."""
    if not (first := normalize_number(one)):
        return False
    return first == normalize_number(other) or _join_signs(_fold(one)) == _join_signs(_fold(other))


def make_number_key(number: str) -> str:
    """A text that is equal for all numbers that `is_same_number` finds the same, and for a few more; "" for a blank."""
    plain = normalize_number(number)
    return plain.replace("0", "")[:INDEXED_LETTERS] or plain[:1]


def _fold(number: str) -> str:
    return normalize("NFKC", normalize("NFKC", number).casefold())


def _join_signs(number: str) -> str:
    return LEADING.sub("", BETWEEN.sub("", number))
