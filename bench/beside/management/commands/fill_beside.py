"""Gives the admin its user and one bill of the mirror, line for line."""

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandParser

from bench.beside.models import ALSO_CALLED, Bill, Line
from bills.grid.columns import walk_lines
from books.mirror import lookup
from records.content import Content, Reference
from tenants.models import Tenant


class Command(BaseCommand):
    help = "Make alice a superuser and copy a bill of a company into the admin's own tables."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("bill")

    def handle(self, *args: Any, **options: Any) -> None:
        User.objects.filter(username="alice").update(is_staff=True, is_superuser=True)
        tenant = Tenant.objects.get(slug=options["slug"])
        content = lookup.get_content(lookup.find_record(tenant, "bills", options["bill"]))
        bill = Bill._default_manager.create(**columns(Bill, content))
        lines = [line for f in content.shape.lists for line in walk_lines(content[f.name])]
        Line._default_manager.bulk_create([Line(bill=bill, **columns(Line, line)) for line in lines])


def columns(model: type[Bill] | type[Line], content: Content) -> dict[str, Any]:
    """Return the columns of the admin's table for a bill or a line of the mirror."""
    found: dict[str, Any] = {}
    for f in model._meta.concrete_fields:
        names = (f.name, *ALSO_CALLED.get(f.name, ()))
        value = next((content[name] for name in names if name in content.shape), None)
        if value is not None and f.name != "id":
            found[f.name] = str(value) if isinstance(value, Reference) else value
    return found
