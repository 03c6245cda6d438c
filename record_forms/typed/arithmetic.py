"""A sum that a person types where a number is asked for: `12*4.5`, `100/3`, `(2+3)*1,200`. Pure and exact.

`static/js/amounts.js` works out the same while it is typed.
"""

import re
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple
from unicodedata import category

GROUP = ",' "  # what may separate thousands, of which a number uses one
PART = re.compile(rf"[\d.{GROUP}]+|.", re.DOTALL)
NUMBER = re.compile(r"(\d*)\.?(\d*)", re.ASCII)
# Nobody writes thousands with a zero in front: “0,500” is half a piece to whoever types it.
THOUSANDS = re.compile(rf"[1-9]\d{{0,2}}([{GROUP}])\d{{3}}(?:\1\d{{3}})*(\.\d*)?", re.ASCII)
BLANKS = re.compile(r"[\t-\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
UNNEEDED = re.compile(r"(?<!\d) | (?!\d)", re.ASCII)
SIGNS = str.maketrans({"\u2212": "-", "\u2013": "-", "×": "*", "÷": "/", "’": "'"})
AROUND = re.compile(r"^=\+?|^\+|=$")
MARK = r"[A-Z]{0,3}[$€£¥₹]|[A-Z]{3}"
BEFORE = re.compile(rf"^([-(]*)({MARK})(?![A-Z])", re.IGNORECASE | re.ASCII)
BEHIND = re.compile(rf"(?<![A-Z])({MARK})([-)]?)$", re.IGNORECASE | re.ASCII)
BALANCE = re.compile(rf"([\d.{GROUP}]+)(CR|DR)\.?", re.IGNORECASE | re.ASCII)
NO_CENTS = re.compile(r"([.,])[-—]{1,2}$")  # 1'250.- is 1,250.00 in Switzerland
BELOW_ZERO = re.compile(rf"\(([\d.{GROUP}]+)\)|([\d.{GROUP}]+)-", re.ASCII)
LONGEST = 100  # letters
DATE = re.compile(r"\d\d?/\d\d?/(\d\d){1,2}|\d\d?-\d\d?-\d{4}|\d{4}([-/])\d\d?\2\d\d?", re.ASCII)
IS_SUM = re.compile(r"[+*/(]|.-", re.DOTALL)


class InvalidSum(ValueError):
    """The text is no sum of numbers, `+ - * /` and brackets, or divides by nothing."""


class BareNumber(NamedTuple):
    """A number or a sum without what stands around it, and the currency marks that did: $, CA$, USD."""

    bare: str
    marks: tuple[str, ...] = ()


def strip_text(text: str) -> BareNumber:
    """The figures and signs of a number or a sum, without what stands around them in a sheet.

    “$1,250.00” is 1,250.00, “=12*4.5” is 12*4.5, “$ -” is nothing, and a number alone in brackets, before a minus or
    before CR is below zero, as for Excel and every accountant: read as a sum, “(12.50)” would be a credit turned into a
    charge.
    """
    visible = "".join(letter for letter in text if category(letter) != "Cf")
    bare = UNNEEDED.sub("", BLANKS.sub(" ", visible).strip(" ")).translate(SIGNS)
    bare = AROUND.sub("", bare)
    before, bare = BEFORE.search(bare), BEFORE.sub(r"\1", bare)
    behind, bare = BEHIND.search(bare), BEHIND.sub(r"\2", bare)
    bare = NO_CENTS.sub(r"\1", bare)
    marks = tuple(found.upper() for found in (before and before[2], behind and behind[1]) if found)
    if marks and bare == "-":
        return BareNumber("0", marks)
    if found := BALANCE.fullmatch(bare):
        return BareNumber(("-" if found[2].upper() == "CR" else "") + found[1], marks)
    return BareNumber(f"-{found[1] or found[2]}" if (found := BELOW_ZERO.fullmatch(bare)) else bare, marks)


def strip_thousands(number: str) -> str:
    """A number without the signs that separate its thousands. Raises InvalidSum for any other such sign.

    “12,50” is twelve and a half to half the world; guessing would make it a hundred times as much.
    """
    if not set(GROUP) & set(number) or THOUSANDS.fullmatch(number.removeprefix("-")):
        return number.translate(str.maketrans("", "", GROUP))
    if "," in number:
        raise InvalidSum(f"“{number}” is not clear. Use a comma only before three digits, and a point before decimals.")
    raise InvalidSum(f"“{number}” is not a number.")


def is_sum(text: str) -> bool:
    """Whether there is something to be worked out: more than one number with its sign."""
    return bool(IS_SUM.search(strip_text(text).bare))


def evaluate(text: str, places: int) -> Decimal:
    """What a sum comes to, to so many places, half up. Raises InvalidSum."""
    bare = strip_text(text).bare
    if len(bare) > LONGEST:
        raise InvalidSum(f"A calculation can have at most {LONGEST} characters.")
    if DATE.fullmatch(bare):
        raise InvalidSum("It looks like a date.")
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
    if not parts:
        raise InvalidSum("A number is missing at its end.")
    part = parts.pop(0)
    if part == "-":
        return -_parse_factor(parts)
    if part == "(":
        value = _parse_sum(parts)
        if not parts or parts.pop(0) != ")":
            raise InvalidSum("A bracket is not closed.")
        return value
    found = NUMBER.fullmatch(strip_thousands(part))
    if not found or not (found[1] or found[2]):
        raise InvalidSum(f"“{part}” is not a number.")
    return Fraction(int(found[1] + found[2]), 10 ** len(found[2]))


def _round_half_up(value: Fraction, places: int) -> Decimal:
    """Half a step goes away from zero."""
    whole = int(abs(value) * 10**places + Fraction(1, 2))
    return Decimal(f"{'-' if value < 0 else ''}{whole}E-{places}")
