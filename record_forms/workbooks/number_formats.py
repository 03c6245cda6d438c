"""What the number format of a cell says of its number: that it is a day, a percentage, or an amount of a currency."""

import re
from datetime import date, datetime, timedelta
from decimal import Context, Decimal

from .cells import CellAmount, CellFault, CellPercentage, CellValue

EXACT = Context(prec=15)  # digits that a number of a spreadsheet holds; those behind them are noise
WIDE = Context(prec=64)
LARGEST = 308  # powers of ten that a number of a spreadsheet can have
LONGEST_CODE = 255  # letters
FIRST_1900, FIRST_1904 = date(1899, 12, 30), date(1904, 1, 1)
# Excel counts a 29 February 1900, LibreOffice does not, so an earlier day has two numbers.
FIRST_SURE = 61
DAY_SECONDS = 86_400
BUILT_IN_DAYS = {*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)}
BUILT_IN_PERCENT = {9, 10}
LITERAL = re.compile(r'"[^"]*"|\\.|[_*].')
BRACKETS = re.compile(r"\[[^\]]*\]")
ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
DAY_SIGNS = re.compile(r"[ymdhs]", re.IGNORECASE)
SYMBOL = re.compile(r"\[\$([^\]\-]+)")
PLAIN_SYMBOL = re.compile(r'[€£¥₹]|"([A-Z]{3}|[A-Z]{0,3}[$€£¥₹])\s*"')
EARLY = "a date before 1 March 1900, which spreadsheet programs count differently. Write it as text, like 15 Jan 1900"
TIME = "a time without a date"


class NumberFormat:
    """One format, by its code or by its number among the built-in ones."""

    def __init__(self, code: str = "", number: int = 0) -> None:
        first = code[:LONGEST_CODE].partition(";")[0]
        bare = LITERAL.sub("", ELAPSED.sub(r"\1", first))
        bare = BRACKETS.sub("", bare)
        self.is_day = (bool(DAY_SIGNS.search(bare)) and bare.lower() != "general") or number in BUILT_IN_DAYS
        self.is_percentage = "%" in bare or number in BUILT_IN_PERCENT
        found = SYMBOL.search(first)
        plain = PLAIN_SYMBOL.search(first)
        self.mark = found[1].strip() if found else (plain[1] or plain[0]).strip() if plain else ""

    def read(self, text: str, first_day: date) -> CellValue:
        """Return what the number in a cell of this format is."""
        try:
            number = EXACT.create_decimal(text.strip())
        except ArithmeticError:
            return CellFault(f"“{text[:40]}”")
        if not number.is_finite() or number.adjusted() > LARGEST:
            return CellFault(f"“{text[:40]}”")
        if number.adjusted() < -LARGEST:
            number = Decimal(0)
        if self.is_day:
            return make_moment(number, first_day)
        number = plain_number(number)
        if self.is_percentage:
            return CellPercentage(number)
        return CellAmount(number, self.mark) if self.mark else number


def is_rounded(value: CellValue) -> bool:
    """Whether a number is too large for all its digits to have been kept by a spreadsheet."""
    return isinstance(value, Decimal) and value.adjusted() >= EXACT.prec


def plain_number(number: Decimal) -> Decimal:
    """Return the number without zeros behind its decimals and without an exponent."""
    if number.adjusted() > 30 or number.adjusted() < -30:
        return number
    bare = number.normalize(WIDE)
    exponent = bare.as_tuple().exponent
    return bare.quantize(Decimal(1), context=WIDE) if isinstance(exponent, int) and exponent > 0 else WIDE.plus(bare)


def count_decimals(number: Decimal) -> int:
    """Return how many decimals a number needs."""
    exponent = plain_number(number).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def make_moment(number: Decimal, first_day: date) -> CellValue:
    """Return the day of a number of days, with its time if it has one."""
    whole = int(number)
    seconds = round((number - whole) * DAY_SECONDS)
    if number < 0:
        return CellFault("a date before the first one that a spreadsheet counts")
    if whole == 0 and first_day == FIRST_1900:
        return CellFault(TIME)
    if whole < FIRST_SURE and first_day == FIRST_1900:
        return CellFault(EARLY)
    try:
        day = first_day + timedelta(days=whole)
        moment = datetime(day.year, day.month, day.day) + timedelta(seconds=seconds)  # noqa: DTZ001 - a cell has no zone
    except OverflowError:
        return CellFault("a number that is not a date")
    return moment if seconds else day
