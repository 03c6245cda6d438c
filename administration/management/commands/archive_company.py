"""Archives a company, or brings it back."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from administration.companies import life
from tenants.models import Tenant


class Command(BaseCommand):
    help = "Take a company out of use: nothing is read or sent, and nobody can open it. All of it is kept."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the company's part of the web address: /t/<slug>/")
        parser.add_argument("--bring-back", action="store_true", help="take it into use again")

    def handle(self, *args: Any, slug: str, bring_back: bool, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=slug, removed_at=None).first()
        if tenant is None:
            raise CommandError(f"There is no company {slug!r}.")
        (life.bring_back if bring_back else life.archive_company)(tenant)
        tenant.refresh_from_db()
        self.stdout.write(f"{tenant}: {life.describe_state(tenant)}.")
