"""How Bigcapital writes a day out: by the date format of the organization, one of a closed list.

The server writes them with moment.js, which reads some of their signs in its own way: `dd` is the weekday, `EEE` its
number three times, and `yy` the whole year. What the signs are meant as is recognized too. Pure.
"""

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from re import compile as pattern

# The closed list of its settings, the format of a new organization, and that of one without any
# (docs/vendors/bigcapital.md, section 8).
DATE_FORMATS = (
    *("MM.dd.yy", "dd.MM.yy", "yy.MM.dd", "MM.dd.yyyy", "dd.MM.yyyy", "yyyy.MM.dd", "MM/DD/YYYY", "M/D/YYYY"),
    *("dd MMM YYYY", "dd MMMM YYYY", "MMMM dd, YYYY", "EEE, MMMM dd, YYYY", "DD MMM yyyy", "DD-MM-YYYY"),
)
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SIGN = pattern(r"M{1,4}|D{1,2}|d+|Y+|y+|E+")

Writer = Callable[[date], str]
_COMMON: dict[str, Writer] = {
    "M": lambda day: str(day.month),
    "MM": lambda day: f"{day.month:02}",
    "MMM": lambda day: _MONTHS[day.month - 1][:3],
    "MMMM": lambda day: _MONTHS[day.month - 1],
    "D": lambda day: str(day.day),
    "DD": lambda day: f"{day.day:02}",
    "YYYY": lambda day: f"{day.year:04}",
    "yyyy": lambda day: f"{day.year:04}",
}
_AS_WRITTEN: dict[str, Writer] = {
    **_COMMON,
    "dd": lambda day: _WEEKDAYS[day.weekday()][:2],
    "yy": lambda day: f"{day.year:02}",
    "EEE": lambda day: str(day.isoweekday()) * 3,
}
_AS_MEANT: dict[str, Writer] = {
    **_COMMON,
    "dd": lambda day: f"{day.day:02}",
    "yy": lambda day: f"{day.year % 100:02}",
    "EEE": lambda day: _WEEKDAYS[day.weekday()][:3],
}


def is_written_as(day: date, text: str) -> bool:
    """Whether a text is this day in one of the formats; it can never be the day before or after as well."""
    return text.strip() in _write_all(day)


@lru_cache(maxsize=512)
def _write_all(day: date) -> frozenset[str]:
    return frozenset(write_day(day, name, by) for name in DATE_FORMATS for by in (_AS_WRITTEN, _AS_MEANT))


def write_day(day: date, name: str, by: dict[str, Writer] = _AS_WRITTEN) -> str:
    """Return the day as the server writes it in this format."""
    return _SIGN.sub(lambda found: by[found[0]](day), name)
