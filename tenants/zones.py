"""Time zones by their names in the time zone database."""

from zoneinfo import available_timezones

from django.core.exceptions import ValidationError


def parse_zone(typed: str) -> str:
    """Return the name of a time zone, however its letters are written; "" for a blank. Raises ValidationError."""
    asked = typed.strip().replace(" ", "_")
    known = {name.casefold(): name for name in available_timezones()}
    if asked and asked.casefold() not in known:
        raise ValidationError(f"There is no time zone “{asked}”. Choose one from the list.", code="zone")
    return known.get(asked.casefold(), "")
