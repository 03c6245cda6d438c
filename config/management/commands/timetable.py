"""Runs the timetable as a process of its own beside the web and the workers. Any signal ends it at once."""

import logging
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from books.sync import daily, heartbeat, scheduler
from books.sync.outage import AWAY, Outage
from config.processes.garbage import collect_seldom
from config.processes.page_cache import keep_few_pages

log = logging.getLogger(__name__)

PRUNE_EVERY_SECONDS = 600.0
CLEAR_EVERY_SECONDS = 24 * 3600.0


class Command(BaseCommand):
    help = "Keep all companies' data up to date, restart what a killed worker held, and delete what has expired."
    requires_system_checks = []  # they load every page; `prepare` makes them, for all processes that start after it

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--interval", type=float, default=2.0, help="seconds between two rounds")
        parser.add_argument("--once", action="store_true", help="make one round, delete old rows, and end")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["once"]:
            keep_few_pages()
        heartbeat.start("timetable")
        pruned = cleared = float("-inf")
        outage = Outage()
        collect_seldom()
        while True:
            try:
                scheduler.run_round()
                if time.monotonic() - pruned > PRUNE_EVERY_SECONDS:
                    scheduler.clear_old_rows(timezone.now())
                    pruned = time.monotonic()
                if time.monotonic() - cleared > CLEAR_EVERY_SECONDS and daily.clear_away():
                    cleared = time.monotonic()
                outage.end()
            except AWAY as error:
                if options["once"]:
                    raise
                outage.wait(error)
            except DatabaseError:
                log.exception("A round of the timetable failed; the next one retries.")
            if options["once"]:
                return
            close_old_connections()
            time.sleep(options["interval"])  # a round starts by the clock; SIGTERM ends this wait at once
