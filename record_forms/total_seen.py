"""The total that stood on the screen when a form was sent: it travels with the form, so that no other one is saved."""

import re
from collections.abc import Mapping
from decimal import Decimal

from django.core.exceptions import BadRequest

TOTAL_SEEN = "total_seen"
FIGURE = re.compile(r"-?\d{1,20}(\.\d{1,5})?", re.ASCII)


def read_total(posted: Mapping[str, str]) -> Decimal | None:
    """The total that a form carries, as "1234.50"; None where it carries none. Raises BadRequest."""
    text = str(posted.get(TOTAL_SEEN, "")).strip()
    if not text:
        return None
    if not FIGURE.fullmatch(text):
        raise BadRequest("The total of this form cannot be read.")
    return Decimal(text)
