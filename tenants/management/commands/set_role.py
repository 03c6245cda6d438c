"""Sets a person's role in a company."""

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from tenants.models import Membership, Role, Tenant

# "admin" is what the role was called before; scripts of operators may still say so.
ROLES = {**{role.label: role for role in Role}, "admin": Role.ADMIN}


class Command(BaseCommand):
    help = "Set a person's role in a company. The role none removes them from the company."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("person", help="username or email address")
        parser.add_argument("slug", help="the company's part of the web address: /t/<slug>/")
        parser.add_argument("role", choices=[*ROLES, "none"])

    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(Q(username=options["person"]) | Q(email__iexact=options["person"])).first()
        if person is None:
            raise CommandError(f"There is no person with the username or email address {options['person']!r}.")
        company = Tenant.objects.in_use().filter(slug=options["slug"]).first()
        if company is None:
            known = ", ".join(Tenant.objects.in_use().values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"There is no company {options['slug']!r}; the companies are: {known}.")
        if options["role"] == "none":
            Membership.objects.filter(tenant=company, person=person).delete()
            self.stdout.write(f"{person.username} has no access to {company} any more.")
            return
        role = ROLES[options["role"]]
        Membership.objects.update_or_create(tenant=company, person=person, defaults={"role": role})
        self.stdout.write(f"{person.username} is now {role.label} of {company}.")
