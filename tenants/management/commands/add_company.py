"""Adds a company whose records the desk shows."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from tenants.models import Provider, Tenant


class Command(BaseCommand):
    help = "Add a company: its address in the desk (slug), its name, and its end user at Conductor."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--slug", required=True, help="the part of the address: /t/<slug>/")
        parser.add_argument("--name", required=True, help="the name on screen")
        parser.add_argument("--end-user-id", required=True, help="as Conductor's dashboard shows it: end_usr_…")

    def handle(self, *args: Any, **options: Any) -> None:
        if not re.fullmatch(r"end_usr_\w+", options["end_user_id"], re.ASCII):
            raise CommandError(f"An end user id reads end_usr_…, unlike {options['end_user_id']!r}.")
        company = Tenant(
            slug=options["slug"],
            name=options["name"],
            provider=Provider.CONDUCTOR,
            end_user_id=options["end_user_id"],
        )
        try:
            company.full_clean()
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        company.save()
        self.stdout.write(
            f"{company} is at /t/{company.slug}/. Let people in: manage.py set_role PERSON {company.slug} ROLE"
        )
