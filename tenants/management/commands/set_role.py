"""Sets a person's role in a company."""

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from tenants.models import Membership, Role, Tenant

ROLES = {role.label: role for role in Role}


class Command(BaseCommand):
    help = "Set a person's role in a company; none removes their access."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("person", help="user name or e-mail address")
        parser.add_argument("slug", help="the company's part of the address: /t/<slug>/")
        parser.add_argument("role", choices=[*ROLES, "none"])

    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(Q(username=options["person"]) | Q(email__iexact=options["person"])).first()
        if person is None:
            raise CommandError(f"There is nobody with the user name or e-mail address {options['person']!r}.")
        company = Tenant.objects.filter(slug=options["slug"]).first()
        if company is None:
            known = ", ".join(Tenant.objects.values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"There is no company {options['slug']!r}; there are: {known}.")
        if options["role"] == "none":
            Membership.objects.filter(tenant=company, person=person).delete()
            self.stdout.write(f"{person.username} no longer sees {company}.")
            return
        Membership.objects.update_or_create(tenant=company, person=person, defaults={"role": ROLES[options["role"]]})
        self.stdout.write(f"{person.username} is {options['role']} in {company}.")
