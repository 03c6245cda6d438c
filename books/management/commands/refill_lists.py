"""Refills rows of the mirror whose lists show other columns now; the timetable does the same in small steps."""

from typing import Any

from django.core.management.base import BaseCommand

from books.sync.refill import Refill


class Command(BaseCommand):
    help = "Fill the columns of lists again from the mirror if another release of Ledgerdesk filled them."

    def handle(self, *args: Any, **options: Any) -> None:
        refill = Refill()
        while not refill.is_done:
            refill.step()
        self.stdout.write(f"{refill.filled:,} rows filled again.")
