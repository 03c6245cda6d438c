"""Lists the companies with where each is in its life."""

from typing import Any

from django.core.management.base import BaseCommand

from administration.companies import life
from tenants.models import Tenant


class Command(BaseCommand):
    help = "List all companies: the part of the web address, the name, and whether they are in use."

    def handle(self, *args: Any, **options: Any) -> None:
        for tenant in Tenant.objects.order_by("slug"):
            self.stdout.write(f"{tenant.slug}\t{tenant.name}\t{life.describe_state(tenant)}")
