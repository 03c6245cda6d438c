"""Gives a person another email address, also a Ledgerdesk administrator, for whom no page does."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from tenants.sign_in import addresses
from tenants.sign_in.people import people_called


class Command(BaseCommand):
    help = "Set a person's email address. Both addresses are told, where Ledgerdesk can send email."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("person", help="username or email address")
        parser.add_argument("email", help="the new address")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        found = people_called(options["person"])
        if len(found) != 1:
            raise CommandError(f"There is no person, or more than one, called {options['person']!r}.")
        try:
            email = addresses.clean_address(options["email"])
            addresses.store_address(found[0], email, by=None)
        except (ValidationError, addresses.AddressRefused) as error:
            raise CommandError(" ".join(getattr(error, "messages", [str(error)]))) from None
        self.stdout.write(f"The email address of {found[0]} is now {email}.")
