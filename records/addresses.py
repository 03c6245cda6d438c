"""Parses a pasted address into its members: free lines, city, state, postal code, country.

Only certain values leave the free lines; no text is lost. Pure.
"""

import re

from .formatting import FREE_LINES, PRINTED

US = (
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR "
    "PA RI SC SD TN TX UT VT VA WA WV WI WY PR VI GU AS MP AA AE AP"
)
CANADA = "AB BC MB NB NL NS NT NU ON PE QC SK YT"
AUSTRALIA = "NSW VIC QLD SA WA TAS ACT NT"


def _find_town(states: str, code: str) -> re.Pattern[str]:
    one = "|".join(states.split())
    return re.compile(rf"(?P<city>[^\d,]*[^\d\s,]),?\s+(?P<state>{one})\.?,?\s+(?P<postal_code>{code})")


TOWNS = (
    _find_town(US, r"\d{5}(?:-\d{4})?"),
    _find_town(CANADA, r"[A-Z]\d[A-Z] ?\d[A-Z]\d"),
    _find_town(AUSTRALIA, r"\d{4}"),
    # A state written out, or an unknown one, is certain only between a comma and a postal code.
    re.compile(r"(?P<city>[^\d,]*[^\d\s,]),\s*(?P<state>[^\W\d_][^\d,]*[^\d\s,])\s+(?P<postal_code>\d{5}(?:-\d{4})?)"),
)
CODE_FIRST = re.compile(r"(?P<postal_code>(?:[A-Z]{1,2}-)?\d{4,5})\s+(?P<city>[^\d,]*[^\d\s,])")
BRITISH = re.compile(r"[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}")
COUNTRY = re.compile(r"[^\d,]*[^\d\s,]")

Found = tuple[dict[str, str], int]  # values by member, and the number of lines they took


def parse_address(text: str) -> dict[str, str]:
    """Return the members of the address in `text`, line by line; missing ones are blank."""
    lines = [" ".join(line.split()).rstrip(",") for line in re.split(r"[\r\n\u2028\u2029]+", text)]
    lines = [line for line in lines if line]
    found, taken = _split_country(lines) or _parse_town(lines) or ({}, 0)
    rest = lines[: len(lines) - taken]
    if len(rest) > len(FREE_LINES):
        rest = [*rest[: len(FREE_LINES) - 1], ", ".join(rest[len(FREE_LINES) - 1 :])]
    return {**dict.fromkeys(PRINTED, ""), **dict(zip(FREE_LINES, rest, strict=False)), **found}


def _split_country(lines: list[str]) -> Found | None:
    """Return the country, if the last lines hold one below the town."""
    if len(lines) < 2 or not COUNTRY.fullmatch(lines[-1]):
        return None
    found = _parse_town(lines[:-1]) or _is_code_first(lines[:-1])
    return ({**found[0], "country": lines[-1]}, found[1] + 1) if found else None


def _parse_town(lines: list[str]) -> Found | None:
    if not lines:
        return None
    found = next((hit for one in TOWNS if (hit := one.fullmatch(lines[-1]))), None)
    if found:
        return found.groupdict(), 1
    if len(lines) > 2 and BRITISH.fullmatch(lines[-1]) and COUNTRY.fullmatch(lines[-2]):
        return {"city": lines[-2], "postal_code": lines[-1]}, 2
    return None


def _is_code_first(lines: list[str]) -> Found | None:
    """10115 Berlin: certain only above a country, because a street may begin with a number too."""
    found = CODE_FIRST.fullmatch(lines[-1]) if len(lines) > 1 else None
    return (found.groupdict(), 1) if found else None
