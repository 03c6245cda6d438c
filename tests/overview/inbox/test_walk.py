"""Every person in every role of every company: nobody is shown or counted what is not theirs."""

import re
from datetime import timedelta
from itertools import product

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from books.models import SyncStatus, UnreadableRecord
from edits.models.edit import Edit, State
from overview import away
from overview.inbox import counts
from tenants.models import Membership, PersonSettings, Role, Tenant
from tests.bills.factories import store_bill
from tests.overview.inbox.test_inbox import left
from tests.support.figures import Note
from tests.support.people import signed_in

ROLES = (None, Role.VIEWER, Role.BOOKKEEPER, Role.ADMIN)
STATES = (State.CONFLICT, State.NOT_SENT, State.UNKNOWN)
SECRET = re.compile(r"(Secret([a-z]+)_\w+)")


def name_secret(tenant: Tenant, owner: str) -> str:
    return f"Secret{tenant.slug}_{owner}"


def give_roles(people: list[User], companies: list[Tenant]) -> dict[tuple[str, str], Role]:
    """Give each person each role in some company, and each company each role, and return them."""
    Membership.objects.all().delete()
    found = {}
    for (row, person), (column, tenant) in product(enumerate(people), enumerate(companies)):
        if role := ROLES[(row + column) % len(ROLES)]:
            Membership.objects.create(tenant=tenant, person=person, role=role)
            found[person.username, tenant.slug] = role
    return found


def fill(people: list[User], companies: list[Tenant]) -> None:
    """Let something wait for everybody in every company, also where they have no role, and for everybody there."""
    now = timezone.now()
    for tenant in companies:
        SyncStatus.objects.create(tenant=tenant, failing_since=now, why=name_secret(tenant, "off"))
        UnreadableRecord.objects.create(
            tenant=tenant, kind="customers", remote_id="1", reason="x", raw="{", first_seen_at=now, last_seen_at=now
        )
        if tenant.provider == "conductor":
            store_bill(tenant, dueDate=timezone.localdate().isoformat(), refNumber=name_secret(tenant, "bill"))
        for person, state in product(people, STATES):
            left(tenant, person, state, record_name=name_secret(tenant, person.username))


@pytest.fixture
def roles(everybody: dict[str, User], companies: dict[str, Tenant]) -> dict[tuple[str, str], Role]:
    people, all_companies = list(everybody.values()), list(companies.values())
    found = give_roles(people, all_companies)
    fill(people, all_companies)
    return found


def list_pages(client: Client, companies: dict[str, Tenant]) -> dict[str, str]:
    """Return the pages that are answered with more than "not found", by their address."""
    homes = [f"/t/{slug}/" for slug in companies]
    narrow = [f"/inbox/?company={slug}" for slug in companies]
    searches = [f"/search/?q=secret{more}" for more in ("", "&palette=on&now=abc", *(f"{one}" for one in companies))]
    answers = {url: client.get(url) for url in ("/inbox/", "/?sort=name", "/search/", *homes, *narrow, *searches)}
    answers["switch"] = client.get("/?now=abc", headers={"HX-Request": "true"})
    return {url: answer.content.decode() for url, answer in answers.items() if answer.status_code == 200}


def may_be_shown(secret: str, url: str, role: Role | None, person: str, slug: str) -> bool:
    """Whether a person may be shown a text of a company: what is everybody's there, and their own change if they may
    edit. A page of the company tells them once how a change of theirs has ended, whatever their role is by now. A
    search finds the history of the company, which all of its members see."""
    if url.startswith("/search/"):
        return role is not None
    owner = secret.removeprefix(f"Secret{slug}_")
    is_own = owner == person and role is not None and (role >= Role.BOOKKEEPER or url.startswith("/t/"))
    return is_own or (owner in ("off", "bill") and role is not None)


def test_nobody_is_shown_what_is_not_theirs(
    everybody: dict[str, User], companies: dict[str, Tenant], roles: dict[tuple[str, str], Role], figure: Note
) -> None:
    pages = leaks = shown = 0
    for name, person in everybody.items():
        for url, page in list_pages(signed_in(person), companies).items():
            secrets = SECRET.findall(page)
            pages, shown = pages + 1, shown + len(secrets)
            leaks += sum(not may_be_shown(secret, url, roles.get((name, slug)), name, slug) for secret, slug in secrets)
    figure(f"needs you, home and search: {pages} pages of {len(everybody)} people, {shown} things shown, {leaks} leaks")
    assert (leaks, pages > 40, shown > 300) == (0, True, True)


def find_morning_zone() -> str:
    """Return a time zone in which it is nine o'clock now."""
    ahead = (21 - timezone.now().hour) % 24 - 12
    return f"Etc/GMT{-ahead:+d}"  # the signs of these names are the other way round


def test_nobody_is_mailed_what_is_not_theirs(
    everybody: dict[str, User],
    companies: dict[str, Tenant],
    roles: dict[tuple[str, str], Role],
    figure: Note,
    settings: Settings,
) -> None:
    settings.HAS_MAIL = True
    wanted = {"mails_changes": True, "mails_summary": True, "time_zone": find_morning_zone()}
    for person in everybody.values():
        PersonSettings.objects.create(person=person, mailed_until=timezone.now() - timedelta(days=9), **wanted)
    Edit.objects.update(settled_at=timezone.now() - timedelta(hours=1))
    counts_of = [away.mail_changes()]
    PersonSettings.objects.update(mailed_at=None)  # the pause between two mails has passed
    counts_of.append(away.mail_summaries())
    leaks = shown = 0
    for message in mail.outbox:
        name = message.to[0].partition("@")[0]
        for secret, slug in SECRET.findall(f"{message.subject} {message.body}"):
            shown += 1
            leaks += not may_be_shown(secret, "/t/", roles.get((name, slug)), name, slug)
    figure(f"mails: {sum(counts_of)} to {len(everybody)} people, {shown} things named, {leaks} leaks")
    assert (leaks, counts_of, len(mail.outbox), shown > 30) == (0, [4, 4], 8, True)


def test_everybody_is_counted_what_is_theirs_alone(
    everybody: dict[str, User], companies: dict[str, Tenant], roles: dict[tuple[str, str], Role]
) -> None:
    editing = {
        name: [slug for slug in companies if roles.get((name, slug), 0) >= Role.BOOKKEEPER] for name in everybody
    }
    wanted = {name: len(STATES) * len(slugs) for name, slugs in editing.items()}
    assert {name: counts.count_items(person) for name, person in everybody.items()} == wanted
    listed = {name: signed_in(person).get("/?sort=name").context["found"] for name, person in everybody.items()}
    needs = {name: [own.member.tenant.slug for own in found if own.needs] for name, found in listed.items()}
    assert {name: sorted(slugs) for name, slugs in needs.items()} == {
        name: sorted(slugs) for name, slugs in editing.items()
    }


def test_a_viewer_has_no_buttons(
    everybody: dict[str, User], companies: dict[str, Tenant], roles: dict[tuple[str, str], Role]
) -> None:
    found = {}
    for (name, slug), role in roles.items():
        page = signed_in(everybody[name]).get(f"/inbox/?company={slug}").content.decode()
        found[name, slug] = (role >= Role.BOOKKEEPER, 'name="step"' in page)
    assert {may_edit == has_buttons for may_edit, has_buttons in found.values()} == {True}
