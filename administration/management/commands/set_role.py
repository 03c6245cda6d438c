"""Sets a person's role in a company."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from administration.management.arguments import OPERATOR, find_company, find_person, told_plainly
from administration.people import rules
from tenants.models import Membership, Role

# "admin" is what the role was called before; scripts of operators may still say so.
ROLES = {**{role.label: role for role in Role}, "admin": Role.ADMIN}


class Command(BaseCommand):
    help = "Set a person's role in a company. The role none removes them from the company, as remove_person does."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("person", help="username or email address")
        parser.add_argument("slug", help="the company's part of the web address: /t/<slug>/")
        parser.add_argument("role", choices=[*ROLES, "none"])

    def handle(self, *args: Any, **options: Any) -> None:
        person, company = find_person(options["person"]), find_company(options["slug"])
        with told_plainly():
            if options["role"] == "none":
                if Membership.objects.filter(tenant=company, person=person).exists():
                    rules.remove_member(OPERATOR, company, person)
                self.stdout.write(f"{person.username} has no access to {company} any more.")
                return
            role = ROLES[options["role"]]
            rules.set_role(OPERATOR, company, person, role)
        self.stdout.write(f"{person.username} is now {role.label} of {company}.")
