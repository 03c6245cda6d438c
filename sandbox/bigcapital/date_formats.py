"""The closed list of an organization's date formats, and a day as moment.js writes it in one of them."""

import re
from datetime import date

DATE_FORMATS = (
    "MM.dd.yy",
    "dd.MM.yy",
    "yy.MM.dd",
    "MM.dd.yyyy",
    "dd.MM.yyyy",
    "yyyy.MM.dd",
    "MM/DD/YYYY",
    "M/D/YYYY",
    "dd MMM YYYY",
    "dd MMMM YYYY",
    "MMMM dd, YYYY",
    "EEE, MMMM dd, YYYY",
)
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


def written(day: date, form: str) -> str:
    """The day in a format: `dd` is the weekday, each `E` its number, and `yy` does not shorten a year."""
    signs = {
        "MMMM": _MONTHS[day.month - 1],
        "MMM": _MONTHS[day.month - 1][:3],
        "MM": f"{day.month:02}",
        "M": str(day.month),
        "DD": f"{day.day:02}",
        "D": str(day.day),
        "dd": _DAYS[day.weekday()],
        "YYYY": f"{day.year:04}",
        "yyyy": f"{day.year:04}",
        "yy": f"{day.year:02}",
        "E": str(day.isoweekday()),
    }
    return re.sub("MMMM|MMM|MM|M|DD|D|dd|YYYY|yyyy|yy|E", lambda found: signs[found[0]], form)
