"""Runs all preparations for serving Ledgerdesk (migrations, static files) in one process, for a quick start."""

import time
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connection

from books import moved
from books.sync import refresh
from config.processes.private_files import restrict_database
from config.processes.static import collect
from config.processes.web import SERVED


def wait_for_database(seconds: float) -> None:
    """Return when the database answers: after a power failure it may start later. Raises OperationalError."""
    ends = time.monotonic() + seconds
    while True:
        try:
            return connection.ensure_connection()
        except OperationalError:
            if time.monotonic() > ends:
                raise
        time.sleep(0.5)  # a server sends no signal when it is ready


class Command(BaseCommand):
    help = "Migrate the database, collect the static files and, with DEMO=1, add the demo's companies and people."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--while-serving", action="store_true", help="fail if a migration does more than add")

    def handle(self, *args: Any, while_serving: bool, **options: Any) -> None:
        wait_for_database(settings.DATABASE_WAIT_SECONDS)
        if while_serving:
            call_command("check_upgrade")
            for module in SERVED:  # before anything is changed, that has to be possible
                import_module(module)
        call_command("migrate", verbosity=0)
        if moved.is_forbidden():
            raise CommandError(moved.WHY_NOT)
        for database in settings.DATABASES.values():
            if database["ENGINE"].endswith("sqlite3"):
                restrict_database(str(database["NAME"]))
        collect()
        if settings.DEMO:
            call_command("fill_demo")
            if never_loaded := refresh.list_never_loaded():
                self.stdout.write(f"{len(never_loaded)} companies are not loaded yet.")
