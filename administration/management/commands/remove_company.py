"""Removes a company for good; the timetable deletes its data."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from administration.companies import life
from tenants.models import Tenant


class Command(BaseCommand):
    help = "Remove a company from Ledgerdesk for good. Its history is kept; nothing changes in its books."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the company's part of the web address: /t/<slug>/")
        parser.add_argument("--name", required=True, help="its name, so that no other one is removed")

    def handle(self, *args: Any, slug: str, name: str, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=slug, removed_at=None).first()
        if tenant is None:
            raise CommandError(f"There is no company {slug!r}.")
        try:
            own = life.remove_company(tenant, name)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(f"{own} is removed. The timetable deletes its data; its history is kept as {own.slug}.")
