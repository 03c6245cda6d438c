"""Says that the company file that answers now is the company's own, renamed: the same as on its connection page."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from books.registry import get_description
from books.sync import company_file
from tenants.models import Tenant


class Command(BaseCommand):
    help = "Confirm that a different company file is the same company, so that it is read and saved again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the company's part of the web address: /t/<slug>/")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = Tenant.objects.in_use().filter(slug=options["slug"]).first()
        if tenant is None:
            raise CommandError(f"There is no company {options['slug']!r}.")
        file = get_description(tenant).other.FILE
        name = company_file.confirm(tenant, "the operator")
        if not name:
            raise CommandError(f"No different {file} was found for {options['slug']}.")
        self.stdout.write(f"{options['slug']} now belongs to the {file} {name!r}.")
