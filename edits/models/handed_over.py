"""Who has passed a change or a bulk change on to whom: an act of an administrator, kept with what it is about."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.utils import timezone


class HandOver(NamedTuple):
    """One passing on, by names as they were; `by` is "" for the operator at a command line."""

    was: str
    now: str
    by: str
    at: datetime


def add_hand_over(stored: str, was: str, now: str, by: str) -> str:
    """Return what a row stores after one more passing on."""
    kept = json.loads(stored) if stored else []
    return json.dumps([*kept, [was, now, by, timezone.now().isoformat()]], ensure_ascii=False)


def read_hand_overs(stored: str) -> Sequence[HandOver]:
    """Return every passing on that a row stores, the oldest first."""
    return [HandOver(was, now, by, datetime.fromisoformat(at)) for was, now, by, at in json.loads(stored or "[]")]
