"""A test that starts from the rows of an earlier one starts from what the store makes of a company's lists."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from books.models import Record
from tests.support import copies

OWN = ("id", "version", "read_at")
COLUMNS = [field.name for field in Record._meta.concrete_fields if field.name not in OWN]


def held_after(fill: Callable[[], object]) -> list[tuple[Any, ...]]:
    """All records but their numbers and times, and their versions; the mirror is empty again afterwards."""
    with transaction.atomic():
        fill()
        found = Record.objects.order_by("kind", "remote_id").values_list(
            *COLUMNS, "version__revision", "version__content"
        )
        rows = list(found)
        transaction.set_rollback(True)
    return rows


def earliest_reading() -> datetime:
    found: datetime = Record.objects.aggregate(Min("read_at"))["read_at__min"]
    return found


def test_rows_written_again_are_those_of_the_store(abc, sandbox):
    stored = held_after(lambda: copies.store_lists(abc, (), copies.remember_list))
    again = [held_after(lambda: copies.copy_again(abc, ())) for _ in range(2)]
    assert (len(stored) > 50, again) == (True, [stored, stored])


def test_rows_written_again_count_as_read_now(abc, sandbox):
    held_after(lambda: copies.copy_again(abc, ()))
    began = timezone.now()
    copies.copy_again(abc, ())
    assert earliest_reading() >= began
