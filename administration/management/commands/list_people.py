"""Lists who may do what."""

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandParser

from administration.management.arguments import find_company
from tenants.models import Membership, Role


class Command(BaseCommand):
    help = "List people with their roles and their last sign-in, everywhere or in one company. A tab between columns."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", nargs="?", help="one company's part of the web address: /t/<slug>/")

    def handle(self, *args: Any, **options: Any) -> None:
        roles = Membership.objects.select_related("tenant").order_by("tenant__slug")
        people = User.objects.order_by("username")
        if options["slug"]:
            roles = roles.filter(tenant=find_company(options["slug"]))
            people = people.filter(pk__in=roles.order_by().values("person"))
        of_person: dict[int, list[str]] = {}
        for own in roles:
            of_person.setdefault(own.person_id, []).append(f"{own.tenant.slug}: {Role(own.role).label}")
        for person in people:
            last = f"{person.last_login:%Y-%m-%d %H:%M}" if person.last_login else "never"
            rights = [*(["Ledgerdesk administrator"] if person.is_staff else []), *of_person.get(person.pk, [])]
            state = "" if person.is_active else "turned off"
            self.stdout.write("\t".join((person.username, person.email, last, state, ", ".join(rights))))
