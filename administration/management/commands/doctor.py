"""Looks at the whole installation and says of each part that it is right, or what to do. Ends with 1 if any is not."""

import sys
from collections.abc import Iterator
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import Error

from administration.health import machine_checks, settings_checks, vendor_checks
from administration.health.diagnosis import Diagnosis, Examination

EXAMINATIONS: tuple[Examination, ...] = (
    settings_checks.examine_key,
    settings_checks.examine_modes,
    settings_checks.examine_addresses,
    settings_checks.examine_mail,
    machine_checks.examine_database,
    machine_checks.examine_clock,
    machine_checks.examine_disk,
    machine_checks.examine_cache,
    machine_checks.examine_processes,
)


class Command(BaseCommand):
    help = (
        "Look at secret key, addresses, mail, database, clocks, disk, cache, processes and the vendors' keys. "
        "Nothing is changed and no mail is sent. Exit status 0: all is right; 1: look at what is named."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--wait", type=float, default=vendor_checks.WAIT_SECONDS, metavar="SECONDS", help="for the vendors' answers"
        )

    def handle(self, *args: Any, wait: float, **options: Any) -> None:
        wrong = 0
        for one in _examine(wait):
            wrong += not one.is_fine
            self.stdout.write(f"{'OK          ' if one.is_fine else 'LOOK AT THIS'}  {one.subject}: {one.words}")
            if one.next_step:
                self.stdout.write(f"{'':14}{one.next_step}")
        self.stdout.write(f"{wrong} to look at." if wrong else "All is right.")
        if wrong:
            sys.exit(1)


def _examine(wait: float) -> Iterator[Diagnosis]:
    examinations: list[Examination] = [*EXAMINATIONS, partial(vendor_checks.examine_vendors, wait)]
    for examine in examinations:
        try:
            yield from examine()
        except Error as error:  # without a database the rest is looked at all the same
            said = (str(error).strip().splitlines() or [type(error).__name__])[0]
            yield Diagnosis("database", f"It cannot be asked: {said}", "See what is said of the database.")
