"""Gives a company another name or address."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from administration.companies import life
from tenants.companies import list_reasons
from tenants.models import Tenant


class Command(BaseCommand):
    help = "Give a company another name, or another part of the web address; old links lead to the new one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the company's part of the web address: /t/<slug>/")
        parser.add_argument("--name", help="the new name on screen")
        parser.add_argument("--to", metavar="SLUG", help="the new part of the web address")

    def handle(self, *args: Any, slug: str, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=slug, removed_at=None).first()
        if tenant is None:
            raise CommandError(f"There is no company {slug!r}.")
        name = tenant.name if options["name"] is None else options["name"]
        try:
            own = life.rename_company(tenant, name, slug if options["to"] is None else options["to"])
        except ValidationError as error:
            raise CommandError(list_reasons(error)) from None
        self.stdout.write(f"{own} is at /t/{own.slug}/.")
