"""The operator's commands: who may sign in, which companies exist, and what each person may do there."""

from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from tenants.models import Membership, Role, Tenant


def run(*arguments: str) -> str:
    said = StringIO()
    call_command(*arguments, stdout=said)
    return said.getvalue()


def add_company(slug: str = "brook", end_user_id: str = "end_usr_brook01") -> str:
    return run("add_company", "--slug", slug, "--name", "Brook & Sons", "--end-user-id", end_user_id)


def test_add_company_stores_it_and_says_where_it_is(db):
    assert "/t/brook/" in add_company()
    company = Tenant.objects.get()
    assert (company.slug, company.name, company.end_user_id) == ("brook", "Brook & Sons", "end_usr_brook01")


@pytest.mark.parametrize(
    ("slug", "end_user_id", "reason"),
    [
        ("no spaces", "end_usr_other", "valid “slug”"),
        ("brook", "end_usr_other", "Slug already exists"),
        ("other", "end_usr_brook01", "one_company_per_end_user"),
        ("other", "sk_live_123", "end_usr_…"),
    ],
)
def test_add_company_refuses_with_one_sentence(db, slug, end_user_id, reason):
    add_company()
    with pytest.raises(CommandError, match=reason):
        add_company(slug, end_user_id)
    assert Tenant.objects.count() == 1


def test_add_person_prints_a_link_that_lets_them_choose_a_password(db, client: Client):
    said = run("add_person", "--username", "erin", "--email", "erin@example.com")
    link = next(word for word in said.split() if word.startswith(reverse("account_reset_password")))
    form = client.get(link, follow=True)
    new = "tall grass by the river"
    client.post(form.redirect_chain[-1][0], {"password1": new, "password2": new})
    assert User.objects.get(username="erin").check_password(new)


def test_add_person_takes_a_password_from_standard_input(db, monkeypatch):
    monkeypatch.setattr("sys.stdin", StringIO("tall grass by the river\n"))
    run("add_person", "--username", "erin", "--email", "erin@example.com", "--password-from-stdin")
    assert User.objects.get(username="erin").check_password("tall grass by the river")


@pytest.mark.parametrize(
    ("username", "email", "password", "reason"),
    [
        ("bob", "new@example.com", "tall grass by the river", "username already exists"),
        ("erin", "BOB@example.com", "tall grass by the river", "email address already exists"),
        ("erin", "nowhere", "tall grass by the river", "valid email"),
        ("erin", "erin@example.com", "short", "too short"),
        ("erin", "erin@example.com", "", "too short"),
    ],
)
def test_add_person_refuses_with_a_reason(everybody, monkeypatch, username, email, password, reason):
    monkeypatch.setattr("sys.stdin", StringIO(password))
    with pytest.raises(CommandError, match=reason):
        run("add_person", "--username", username, "--email", email, "--password-from-stdin")
    assert User.objects.count() == 4


def test_set_role_gives_changes_and_takes_a_role(dave, larch):
    run("set_role", "dave", "larch", "bookkeeper")
    assert Membership.objects.get(person=dave).role == Role.BOOKKEEPER
    run("set_role", "dave@example.com", "larch", "viewer")
    assert Membership.objects.get(person=dave).role == Role.VIEWER
    run("set_role", "dave", "larch", "none")
    assert not Membership.objects.filter(person=dave).exists()


@pytest.mark.parametrize("word", ["administrator", "admin"])
def test_set_role_takes_both_words_for_an_administrator(dave, larch, word):
    assert run("set_role", "dave", "larch", word).strip() == "dave is now administrator of Larch Street Supply."
    assert Membership.objects.get(person=dave).role == Role.ADMIN


@pytest.mark.parametrize(
    ("person", "slug", "role", "reason"),
    [
        ("nobody", "larch", "viewer", "no person with the username or email address 'nobody'"),
        ("dave", "nowhere", "viewer", "no company 'nowhere'; the companies are: abc, garnet, harbor"),
        ("dave", "larch", "owner", "invalid choice: 'owner'"),
    ],
)
def test_set_role_refuses_what_does_not_exist(companies, person, slug, role, reason):
    with pytest.raises(CommandError, match=reason):
        run("set_role", person, slug, role)


def test_add_company_takes_an_organization_of_bigcapital(db):
    run(
        "add_company", "--slug", "fig", "--name", "Fig", "--base-url", "https://b.example/", "--key-variable", "FIG_KEY"
    )
    company = Tenant.objects.get()
    found = (company.provider, company.base_url, company.key_variable)
    assert found == ("bigcapital", "https://b.example/api", "FIG_KEY")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "Give --end-user-id for QuickBooks, or --base-url and --key-variable for Bigcapital."),
        (("--base-url", "ftp://b", "--key-variable", "K"), "A base URL looks like https://books.example.com/api, not"),
        (("--base-url", "https://b", "--key-variable", "bc_5a4db0c5"), "Do not give the key itself"),
    ],
)
def test_add_company_explains_an_invalid_connection(db, options, said):
    with pytest.raises(CommandError) as caught:
        run("add_company", "--slug", "fig", "--name", "Fig", *options)
    assert (said in str(caught.value), Tenant.objects.count()) == (True, 0)


def test_add_company_takes_the_order_of_day_and_month(db):
    run("add_company", "--slug", "rhein", "--name", "Rhein", "--end-user-id", "end_usr_rhein", "--day-first")
    assert Tenant.objects.get().day_first


@pytest.mark.parametrize(
    ("order", "said"), [("day-first", "10/1 now means 10 January"), ("month-first", "10/1 now means 1 October")]
)
def test_set_date_order_says_what_a_date_means_from_then_on(db, order, said):
    add_company()
    assert said in run("set_date_order", "brook", order)
    assert Tenant.objects.get().day_first == (order == "day-first")


def test_set_date_order_refuses_a_missing_company(db):
    with pytest.raises(CommandError, match="no company 'brook'"):
        run("set_date_order", "brook", "day-first")


def test_fill_demo_creates_everything_once(db, django_assert_max_num_queries):
    run("fill_demo")
    with django_assert_max_num_queries(15):
        run("fill_demo")
    roles = Membership.objects.filter(tenant__slug="garnet").values_list("person__username", "role")
    assert dict(roles) == {"alice": Role.ADMIN, "bob": Role.BOOKKEEPER, "carol": Role.VIEWER}
    assert (Tenant.objects.count(), User.objects.count(), Membership.objects.count()) == (8, 4, 21)


def test_fill_demo_makes_alice_an_administrator_who_finds_a_company_to_connect(db):
    run("fill_demo")
    run("fill_demo")
    waiting = Tenant.objects.get(slug="willow")
    invited = waiting.invitations.values_list("email", "role", "invited_by__username")
    assert (waiting.end_user_id, waiting.memberships.count(), list(invited)) == (
        "",
        0,
        [("erin@example.com", Role.ADMIN, "alice")],
    )
    assert set(User.objects.filter(is_staff=True).values_list("username", flat=True)) == {"alice"}


def test_fill_demo_leaves_what_was_changed_since(everybody):
    run("set_role", "bob", "larch", "viewer")
    run("fill_demo")
    assert Membership.objects.get(person=everybody["bob"], tenant__slug="larch").role == Role.VIEWER


def test_fill_demo_refuses_outside_a_demo(db, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=1"):
        run("fill_demo")
    assert not User.objects.exists()
