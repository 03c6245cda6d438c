"""Names that an operator types are stored without blanks around them, and none that a database cannot hold."""

from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import transaction

from administration.companies.forms import TypedName
from tenants.models import Tenant

ADD = ("add_company", "--end-user-id", "end_usr_brook01")
LONG_NAME, LONG_SLUG, LONG_ADDRESS = "x" * 121, "x" * 51, f"{'x' * 60}@{'y.' * 100}example"


def run(*arguments: str) -> str:
    said = StringIO()
    call_command(*arguments, stdout=said)
    return said.getvalue()


def test_blanks_around_a_name_are_not_stored_and_such_a_company_can_be_removed(db: None) -> None:
    run(*ADD, "--name", " Brook & Sons ", "--slug", " brook ")
    assert Tenant.objects.values_list("name", "slug").get() == ("Brook & Sons", "brook")
    run("rename_company", "brook", "--name", "Brook ", "--to", " pine ")
    assert Tenant.objects.values_list("name", "slug").get() == ("Brook", "pine")
    assert "is removed" in run("remove_company", "pine", "--name", "Brook ")


@pytest.mark.parametrize("typed", ["Larch ", "Larch"])
def test_a_company_that_was_stored_with_a_blank_can_be_removed(larch: Tenant, typed: str) -> None:
    Tenant.objects.filter(pk=larch.pk).update(name="Larch ")
    larch.refresh_from_db()
    assert TypedName({"token": "1", "name": typed}, tenant=larch).is_valid()
    assert "is removed" in run("remove_company", "larch", "--name", typed)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((*ADD, "--slug", "brook", "--name", " "), "name: This field cannot be blank"),
        ((*ADD, "--slug", "brook", "--name", LONG_NAME), "name: Ensure this value has at most 120 characters"),
        ((*ADD, "--slug", LONG_SLUG, "--name", "Brook"), "slug: Ensure this value has at most 50 characters"),
        ((*ADD, "--slug", " add", "--name", "Brook"), "No company can have the address add"),
        (("rename_company", "larch", "--name", " "), "name: This field cannot be blank"),
        (("rename_company", "larch", "--name", ""), "name: This field cannot be blank"),
        (("rename_company", "larch", "--name", LONG_NAME), "name: Ensure this value has at most 120 characters"),
        (("rename_company", "larch", "--to", LONG_SLUG), "slug: Ensure this value has at most 50 characters"),
        (("add_person", "--username", "x" * 151, "--email", "erin@example.com"), "username: Ensure this value"),
        (("add_person", "--username", "erin", "--email", LONG_ADDRESS), "email: Ensure this value"),
        (("set_email", "bob", LONG_ADDRESS), "Ensure this value has at most 254 characters"),
    ],
)
def test_what_a_database_cannot_hold_is_refused_by_name(
    larch: Tenant, bob: User, arguments: tuple[str, ...], why: str
) -> None:
    with transaction.atomic(), pytest.raises(CommandError, match=why):
        run(*arguments)
    larch.refresh_from_db()
    assert (larch.slug, larch.name) == ("larch", "Larch Street Supply")


def test_blanks_around_the_names_of_people_are_not_stored(db: None) -> None:
    run("add_person", "--username", " erin ", "--email", " erin@example.com ")
    assert User.objects.values_list("username", "email").get() == ("erin", "erin@example.com")
    assert run("set_email", "erin", " eva@example.com ") == "The email address of erin is now eva@example.com.\n"
