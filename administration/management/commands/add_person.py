"""Adds a person who may sign in. `set_role` gives them access to a company."""

import sys
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from administration.management.arguments import OPERATOR, told_plainly
from administration.people import invitations, rules
from tenants.companies import list_reasons


class Command(BaseCommand):
    help = "Add a person. Prints a link to choose a password, unless the password comes on standard input."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--username", required=True)
        parser.add_argument("--email", required=True)
        parser.add_argument(
            "--password-from-stdin", action="store_true", help="read the password from one line of standard input"
        )
        parser.add_argument(
            "--ledgerdesk-administrator",
            action="store_true",
            help="who adds companies and people on the pages for that",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            person = invitations.make_person(options["username"], options["email"])
            if User.objects.filter(email__iexact=person.email).exists():
                raise ValidationError("A person with this email address already exists.")
            if options["password_from_stdin"]:
                set_password(person, sys.stdin.readline().rstrip("\r\n"))
            invitations.store_person(person)
        except ValidationError as error:
            raise CommandError(list_reasons(error)) from None
        if options["ledgerdesk_administrator"]:
            with told_plainly():
                rules.set_ledgerdesk_administrator(OPERATOR, person, is_one=True)
        self.stdout.write(
            f"Added {person.username}, who has no company yet. Next: manage.py set_role {person.username} SLUG ROLE"
        )
        if not options["password_from_stdin"]:
            self.stdout.write(
                "With this link they choose a password; it works for three days: "
                f"the web address of Ledgerdesk, followed by {link(person)}"
            )


def set_password(person: User, password: str) -> None:
    """Set a password that passes the password validators. Raises ValidationError for any other."""
    validate_password(password, person)
    person.set_password(password)


def link(person: User) -> str:
    """Return the path at which this person may choose a password once."""
    key = default_token_generator.make_token(person)
    return reverse("account_reset_password_from_key", args=[user_pk_to_url_str(person), key])
