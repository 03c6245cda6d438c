"""Makes a link to choose a password, also for the last Ledgerdesk administrator, whom no page can help."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.urls import reverse

from tenants.sign_in import account_links
from tenants.sign_in.people import people_called


class Command(BaseCommand):
    help = "Print a link with which a person chooses a new password. It works once, for an hour."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("person", help="username or email address")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        found = people_called(options["person"])
        if len(found) != 1:
            raise CommandError(f"There is no person, or more than one, called {options['person']!r}.")
        token = account_links.make_reset_link(found[0], by=None)
        path = reverse("password_link", args=[token])
        self.stdout.write(f"The web address of Ledgerdesk, followed by {path}")
