"""Takes a person's second factor away, also where nobody is left who could do so on a page."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from administration.management.arguments import find_person
from tenants.security_log import Kind, log_in_companies
from tenants.sign_in.factors import reset_factors


class Command(BaseCommand):
    help = "Reset a person's second factor: their password alone signs them in until they have set up another one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("person", help="username or email address")

    def handle(self, *args: Any, **options: Any) -> None:
        person = find_person(options["person"])
        with transaction.atomic():
            count = reset_factors(person)
            if count:
                log_in_companies(Kind.SECOND_FACTOR_RESET, person)
        told = "is reset. All of their sessions have ended" if count else "was not set up"
        self.stdout.write(f"The second factor of {person} {told}.")
