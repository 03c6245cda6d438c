"""Adds a company."""

import re
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from tenants.models import Provider, Tenant


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
        named = {name: options[name] for name in ("slug", "name", "day_first")}
        company = Tenant(**named, **_place(options))
        try:
            company.full_clean()
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        company.save()
        self.stdout.write(f"{company} is at /t/{company.slug}/. Next: manage.py set_role PERSON {company.slug} ROLE")


def _place(options: dict[str, Any]) -> dict[str, str]:
    """Return the connection of the company as columns of a Tenant."""
    if options["end_user_id"]:
        if not re.fullmatch(r"end_usr_\w+", options["end_user_id"], re.ASCII):
            raise CommandError(f"An end user id looks like end_usr_…, not {options['end_user_id']!r}.")
        return {"provider": Provider.CONDUCTOR, "end_user_id": options["end_user_id"]}
    name = options["key_variable"] or ""
    if not re.fullmatch(r"[A-Z][A-Z0-9_]*", name):
        raise CommandError(
            f"--key-variable is the name of an environment variable such as BIGCAPITAL_KEY_ACME, not {name[:6]!r}. "
            "Do not give the key itself: Ledgerdesk does not store keys."
        )
    url = options["base_url"].rstrip("/")
    if urlsplit(url).scheme not in ("http", "https"):
        raise CommandError(f"A base URL looks like https://books.example.com/api, not {url!r}.")
    url = url if urlsplit(url).path.endswith("/api") else f"{url}/api"
    return {"provider": Provider.BIGCAPITAL, "base_url": url, "key_variable": name}
