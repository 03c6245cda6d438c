"""Removes a person from a company."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from administration.management.arguments import OPERATOR, find_company, find_person, told_plainly
from administration.people import rules
from administration.people.figures import describe_handed_over


class Command(BaseCommand):
    help = "Remove a person from a company, and hand what they have left open there over to another member."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("person", help="username or email address")
        parser.add_argument("slug", help="the company's part of the web address: /t/<slug>/")
        parser.add_argument("--hand-over-to", metavar="OTHER", help="a bookkeeper or administrator of the company")

    def handle(self, *args: Any, **options: Any) -> None:
        person, company = find_person(options["person"]), find_company(options["slug"])
        taker = find_person(options["hand_over_to"]) if options["hand_over_to"] else None
        with told_plainly():
            work = rules.remove_member(OPERATOR, company, person, taker)
        self.stdout.write(f"{person} was removed from {company}.{describe_handed_over(work, taker)}")
