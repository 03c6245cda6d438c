"""Sets the order of day and month in the dates that a company's people type."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from administration.settings.company_settings import change_settings
from tenants.models import Tenant

ORDERS = {"month-first": False, "day-first": True}


class Command(BaseCommand):
    help = "Set whether 10/1 in a company's forms means 1 October (month-first) or 10 January (day-first)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the company's part of the web address: /t/<slug>/")
        parser.add_argument("order", choices=ORDERS)

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = Tenant.objects.in_use().filter(slug=options["slug"]).first()
        if tenant is None:
            raise CommandError(f"There is no company {options['slug']!r}.")
        change_settings(tenant, {"day_first": ORDERS[options["order"]]})
        day = "10 January" if ORDERS[options["order"]] else "1 October"
        self.stdout.write(f"In {options['slug']}, 10/1 now means {day}.")
