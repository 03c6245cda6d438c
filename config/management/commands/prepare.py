"""Brings everything up to date that has to be before the desk is served, in one process, for a quick start."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from config.private_files import restrict_database
from config.static import collect


class Command(BaseCommand):
    help = "Migrate the database, collect the static files and, with DEMO=1, fill in the demo's companies and people."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0)
        for database in settings.DATABASES.values():
            if database["ENGINE"].endswith("sqlite3"):
                restrict_database(str(database["NAME"]))
        collect()
        if settings.DEMO:
            call_command("fill_demo")
