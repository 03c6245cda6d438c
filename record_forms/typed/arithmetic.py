"""A sum that a person types where a number is asked for: `12*4.5`, `100/3`, `(2+3)*1,200`. Pure and exact.

`static/js/amounts.js` works out the same while it is typed.
"""

import re
from decimal import Decimal
from fractions import Fraction

PART = re.compile(r"[\d.,]+|.", re.DOTALL)
NUMBER = re.compile(r"(\d*)\.?(\d*)", re.ASCII)
THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(\.\d*)?", re.ASCII)
SIGNS = str.maketrans({"\u2212": "-", "\u2013": "-", "×": "*", "÷": "/"})
AROUND = re.compile(r"^=\+?|^\+|=$|(?<![^-(])[$€£¥]|[$€£¥]$")
BELOW_ZERO = re.compile(r"\(([\d.,]+)\)|([\d.,]+)-", re.ASCII)
NOTHING = re.compile(r"[$€£¥]-|-[$€£¥]")
# Not those between figures, unless they part thousands: “12 50” is twelve and a half to some, and not 1,250.
BLANKS = re.compile(r"(?<=\d)(?<!\d{4})(?<!\.\d)(?<!\.\d\d)(?<!\.\d{3}) (?=\d{3}(?!\d))|(?<!\d) | (?!\d)", re.ASCII)
LONGEST = 100  # letters
IS_SUM = re.compile(r"[+*/(]|.-", re.DOTALL)


class InvalidSum(ValueError):
    """The text is no sum of numbers, `+ - * /` and brackets, or divides by nothing."""


def strip_text(text: str) -> str:
    """The figures and signs of a number or a sum, without what stands around them in a sheet.

    “$1,250.00” is 1,250.00, “=12*4.5” is 12*4.5, “$ -” is nothing, and a number alone in brackets or before a minus is
    below zero, as for Excel and every accountant: read as a sum, “(12.50)” would be a credit turned into a charge.
    """
    bare = BLANKS.sub("", " ".join(text.split())).translate(SIGNS)
    if NOTHING.fullmatch(bare):
        return "0"
    bare = AROUND.sub("", bare)
    return f"-{found[1] or found[2]}" if (found := BELOW_ZERO.fullmatch(bare)) else bare


def strip_commas(number: str) -> str:
    """A number without the commas that part its thousands. Raises InvalidSum for any other comma.

    “12,50” is twelve and a half to half the world; guessing would make it a hundred times as much.
    """
    if "," in number and not THOUSANDS.fullmatch(number.removeprefix("-")):
        raise InvalidSum(f"“{number}” is not clear. Use a comma only before three digits.")
    return number.replace(",", "")


def is_sum(text: str) -> bool:
    """Whether there is something to be worked out: more than one number with its sign."""
    return bool(IS_SUM.search(strip_text(text)))


def evaluate(text: str, places: int) -> Decimal:
    """What a sum comes to, to so many places, half up. Raises InvalidSum."""
    bare = strip_text(text)
    if len(bare) > LONGEST:
        raise InvalidSum(f"A calculation can have at most {LONGEST} characters.")
    parts = PART.findall(bare)
    value = _parse_sum(parts)
    if parts:
        raise InvalidSum(f"“{parts[0]}” is not expected there.")
    return _round_half_up(value, places)


def _parse_sum(parts: list[str]) -> Fraction:
    value = _parse_product(parts)
    while parts and parts[0] in "+-":
        value = value + _parse_product(parts) if parts.pop(0) == "+" else value - _parse_product(parts)
    return value


def _parse_product(parts: list[str]) -> Fraction:
    value = _parse_factor(parts)
    while parts and parts[0] in "*/":
        if parts.pop(0) == "*":
            value *= _parse_factor(parts)
            continue
        divisor = _parse_factor(parts)
        if not divisor:
            raise InvalidSum("It divides by zero.")
        value /= divisor
    return value


def _parse_factor(parts: list[str]) -> Fraction:
    part = parts.pop(0) if parts else ""
    if part == "-":
        return -_parse_factor(parts)
    if part == "(":
        value = _parse_sum(parts)
        if not parts or parts.pop(0) != ")":
            raise InvalidSum("A bracket is not closed.")
        return value
    found = NUMBER.fullmatch(strip_commas(part))
    if not found or not (found[1] or found[2]):
        raise InvalidSum(f"“{part}” is not a number.")
    return Fraction(int(found[1] + found[2]), 10 ** len(found[2]))


def _round_half_up(value: Fraction, places: int) -> Decimal:
    """Half a step goes away from zero."""
    whole = int(abs(value) * 10**places + Fraction(1, 2))
    return Decimal(f"{'-' if value < 0 else ''}{whole}E-{places}")
