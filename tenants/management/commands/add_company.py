"""Adds a company."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from tenants.companies import add_company, check_end_user_id, check_key_variable, clean_base_url, list_reasons
from tenants.models import Provider


class Command(BaseCommand):
    help = (
        "Add a company: the part of its web address (slug), its name, and where its records are: its end user at "
        "Conductor, or the base URL of a Bigcapital server and the name of the environment variable with the key."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--slug", required=True, help="the part of the web address: /t/<slug>/")
        parser.add_argument("--name", required=True, help="the name on screen")
        parser.add_argument("--end-user-id", help="as Conductor's dashboard shows it: end_usr_…")
        parser.add_argument("--base-url", help="of a Bigcapital server, for example https://books.example.com/api")
        parser.add_argument(
            "--key-variable", help="name of the variable with its API key; with _FILE appended, of the key's file"
        )

        parser.add_argument(
            "--day-first", action="store_true", help="10/1 means 10 January in this company; see set_date_order"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["end_user_id"]) == bool(options["base_url"]):
            raise CommandError("Give --end-user-id for QuickBooks, or --base-url and --key-variable for Bigcapital.")
        try:
            columns = {"day_first": options["day_first"], **_place(options)}
            company = add_company(options["name"], options["slug"], **columns)
        except ValidationError as error:
            raise CommandError(list_reasons(error)) from None
        self.stdout.write(f"{company} is at /t/{company.slug}/. Next: manage.py set_role PERSON {company.slug} ROLE")


def _place(options: dict[str, Any]) -> dict[str, str]:
    """Return the connection of the company as columns of a Tenant. Raises ValidationError."""
    if options["end_user_id"]:
        return {"provider": Provider.CONDUCTOR, "end_user_id": check_end_user_id(options["end_user_id"])}
    variable = check_key_variable(options["key_variable"] or "")
    return {"provider": Provider.BIGCAPITAL, "base_url": clean_base_url(options["base_url"]), "key_variable": variable}
