"""Signs a person out in every browser."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from administration.management.arguments import OPERATOR, find_person, told_plainly
from administration.people import rules


class Command(BaseCommand):
    help = "End all sessions of a person: each of their browsers has to sign in again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("person", help="username or email address")

    def handle(self, *args: Any, **options: Any) -> None:
        person = find_person(options["person"])
        with told_plainly():
            count = rules.sign_out_everywhere(OPERATOR, person)
        self.stdout.write(f"Sessions of {person} ended: {count}.")
