"""Turns an account off."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from administration.management.arguments import OPERATOR, find_person, told_plainly
from administration.people import rules


class Command(BaseCommand):
    help = "Turn an account off: nobody can sign in with it, and its sessions end. Companies and roles are kept."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("person", help="username or email address")

    def handle(self, *args: Any, **options: Any) -> None:
        person = find_person(options["person"])
        with told_plainly():
            rules.turn_off(OPERATOR, person)
        self.stdout.write(f"The account of {person} is turned off. All of their sessions have ended.")
