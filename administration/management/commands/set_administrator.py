"""Lets a person administer the whole of this Ledgerdesk, or no longer."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from administration.management.arguments import OPERATOR, find_person, told_plainly
from administration.people import rules


class Command(BaseCommand):
    help = "Make a person a Ledgerdesk administrator, who adds companies and people on its pages, or take that back."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("person", help="username or email address")
        parser.add_argument("answer", choices=["yes", "no"])

    def handle(self, *args: Any, **options: Any) -> None:
        person, is_one = find_person(options["person"]), options["answer"] == "yes"
        with told_plainly():
            rules.set_ledgerdesk_administrator(OPERATOR, person, is_one=is_one)
        self.stdout.write(f"{person} is {'now' if is_one else 'no longer'} a Ledgerdesk administrator.")
