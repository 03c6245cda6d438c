"""The pages of Ledgerdesk administrators about people: all of them, one over all companies, a test mail."""

import re

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks, Settings

from administration.people import invitations
from administration.people.figures import LISTED
from edits.models.edit import Edit, State
from tenants.mailing import OUTGOING
from tenants.models import Invitation, Membership, Role, Tenant
from tests.edits.factories import an_edit
from tests.support.people import signed_in

from .acting import act, log_of, make_office, role_of, sign_in, words

PEOPLE = "/administration/people/"


@pytest.fixture
def office(dave: User) -> Client:
    """A browser of dave, who administers the whole and is in no company."""
    return signed_in(make_office(dave))


@pytest.fixture
def just_now(dave: User) -> Client:
    """The same of a dave who has given his password just now."""
    return sign_in(make_office(dave))


def page_of(person: User) -> str:
    return f"{PEOPLE}{person.pk}/"


def text_of(client: Client, path: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", words(client.get(path))).split())


def test_all_people_are_listed_with_their_rights(office: Client, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(is_active=False)
    found = text_of(office, PEOPLE)
    assert "Bob bob@example.com turned off 7 " in found
    assert "Dave dave@example.com Ledgerdesk administrator 0 " in found


def test_a_person_is_found_by_letters_of_name_or_address(office: Client) -> None:
    found = [text_of(office, f"{PEOPLE}?q={q}") for q in ("CAR", "bob@", "nobody", "x" * 5000)]
    assert ["carol@example.com" in text for text in found] == [True, False, False, False]
    assert ["No match." in text for text in found] == [False, False, True, True]


def test_many_people_take_no_more_queries_and_a_part_is_shown(
    office: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    office.get(PEOPLE)
    User.objects.bulk_create(User(username=f"one{n}", email=f"one{n}@example.com") for n in range(LISTED + 1))
    with django_assert_num_queries(9):
        found = text_of(office, PEOPLE)
    assert f"The first {LISTED}. Search for the others." in found


def test_one_person_is_shown_over_all_companies(office: Client, bob: User, larch: Tenant) -> None:
    an_edit(larch, bob, timezone.now())
    an_edit(larch, bob, timezone.now(), state=State.CONFLICT)
    found = text_of(office, page_of(bob))
    assert re.search(r"Larch Street Supply .*? today \d\d:\d\d.*? 1 to decide", found)
    assert "Ledgerdesk" in found


def test_a_ledgerdesk_administrator_sees_the_records_of_no_company(office: Client, larch: Tenant) -> None:
    assert [office.get(f"/t/larch/{path}").status_code for path in ("", "bills/", "edits/", "members/")] == [404] * 4


def test_an_invitation_of_a_company_without_members_is_listed_and_withdrawn(office: Client, dave: User) -> None:
    new = Tenant.objects.create(slug="willow", name="Willow Lane Dental")
    one, token = invitations.invite(act(dave), new, "typo@example.com", Role.ADMIN)
    found = text_of(office, PEOPLE)
    answer = office.post(f"{PEOPLE}invitations/{one.pk}/", {"withdraw": "1"})
    assert "typo@example.com as administrator of Willow Lane Dental" in found
    assert (answer["Location"], Client().get(f"/invitations/{token}/").status_code) == (PEOPLE, 410)
    assert "typo@example.com" not in text_of(office, PEOPLE).partition("Open invitations")[2]


def test_an_archived_company_is_not_offered_for_an_invitation(office: Client, larch: Tenant) -> None:
    Tenant.objects.filter(pk=larch.pk).update(archived_at=timezone.now())
    offered = re.findall(r'<option value="(\w+)"', office.get(PEOPLE).content.decode())
    assert ("larch" in offered, "harbor" in offered) == (False, True)


def test_an_invitation_is_sent_again_from_the_list_of_all(office: Client, alice: User, larch: Tenant) -> None:
    one, former = invitations.invite(act(alice), larch, "erin@example.com", Role.VIEWER)
    answer = office.post(f"{PEOPLE}invitations/{one.pk}/", {"again": "1"})
    one.refresh_from_db()
    assert (answer.status_code, one.invited_by) == (201, User.objects.get(username="dave"))
    assert Client().get(f"/invitations/{former}/").status_code == 404


def test_roles_are_set_in_any_company(office: Client, bob: User, larch: Tenant, harbor: Tenant) -> None:
    answer = office.post(page_of(bob), {"set": "larch", "larch-role": Role.VIEWER, "harbor-role": Role.ADMIN})
    assert (answer.status_code, role_of(bob, larch), role_of(bob, harbor)) == (303, Role.VIEWER, Role.BOOKKEEPER)


def test_a_person_is_added_to_a_company_and_removed(office: Client, carol: User, larch: Tenant) -> None:
    office.post(page_of(carol), {"remove": "larch"})
    removed = role_of(carol, larch)
    office.post(page_of(carol), {"add": "1", "company": "larch", "role": Role.BOOKKEEPER})
    assert (removed, role_of(carol, larch)) == (None, Role.BOOKKEEPER)


def test_what_is_left_open_goes_to_whom_the_page_names(office: Client, bob: User, alice: User, larch: Tenant) -> None:
    an_edit(larch, bob, timezone.now(), state=State.CONFLICT)
    refused = office.post(page_of(bob), {"remove": "larch"})
    done = office.post(page_of(bob), {"remove": "larch", "larch-taker": alice.pk})
    assert (refused.status_code, "bob has left open: 1 to decide." in words(refused)) == (422, True)
    assert (done.status_code, role_of(bob, larch), Edit.objects.get().person) == (303, None, alice)


def test_turned_off_the_work_goes_where_it_was_said_and_waits_elsewhere(
    office: Client, bob: User, alice: User, larch: Tenant, harbor: Tenant
) -> None:
    for tenant in (larch, harbor):
        an_edit(tenant, bob, timezone.now(), state=State.CONFLICT)
    client = signed_in(bob)
    office.post(page_of(bob), {"turn_off": "1", "larch-taker": alice.pk, "harbor-taker": ""})
    bob.refresh_from_db()
    assert (bob.is_active, client.get("/").status_code) == (False, 302)
    assert dict(Edit.objects.values_list("tenant__slug", "person__username")) == {"larch": "alice", "harbor": "bob"}
    assert log_of("kind", "tenant__slug") == [("handed_over", "larch"), ("person_turned_off", None)]
    office.post(page_of(bob), {"turn_on": "1"})
    bob.refresh_from_db()
    assert bob.is_active


def test_the_last_administrator_of_a_company_is_not_turned_off(office: Client, alice: User) -> None:
    answer = office.post(page_of(alice), {"turn_off": "1"})
    assert (answer.status_code, "alice is the last administrator of" in words(answer)) == (422, True)


def test_somebody_is_made_a_ledgerdesk_administrator_and_the_last_one_stays(
    just_now: Client, alice: User, dave: User
) -> None:
    just_now.post(page_of(alice), {"office": "1"})
    given_up = just_now.post(page_of(dave), {"no_office": "1"})
    last = sign_in(alice).post(page_of(alice), {"no_office": "1"})
    assert (given_up.status_code, given_up["Location"], last.status_code) == (303, "/", 422)
    assert list(User.objects.filter(is_staff=True)) == [alice]


def test_who_has_given_the_right_up_finds_the_pages_no_more(just_now: Client, alice: User, dave: User) -> None:
    just_now.post(page_of(alice), {"office": "1"})
    User.objects.filter(pk=dave.pk).update(is_staff=False)
    assert just_now.post(page_of(alice), {"no_office": "1"}).status_code == 404


def test_one_becomes_a_member_on_ones_own_page_and_cannot_raise_that(
    just_now: Client, dave: User, larch: Tenant
) -> None:
    just_now.post(page_of(dave), {"add": "1", "company": "larch", "role": Role.VIEWER})
    raised = just_now.post(page_of(dave), {"set": "larch", "larch-role": Role.ADMIN})
    added = just_now.post(page_of(dave), {"add": "1", "company": "larch", "role": Role.ADMIN})
    assert (role_of(dave, larch), raised.status_code, added.status_code) == (Role.VIEWER, 403, 422)
    assert log_of("kind", "actor_name", "person_name") == [
        ("signed_in", "dave", "dave"),
        ("member_added", "dave", "dave"),
    ]


@pytest.mark.parametrize(
    ("whose", "form"),
    [
        ("dave", {"add": "1", "company": "larch", "role": Role.ADMIN}),
        ("bob", {"office": "1"}),
        ("alice", {"no_office": "1"}),
    ],
)
def test_an_unlocked_screen_does_not_give_the_office_away(
    office: Client, everybody: dict[str, User], whose: str, form: dict[str, str]
) -> None:
    make_office(everybody["alice"])
    before = [list(rows.order_by("pk").values()) for rows in (User.objects.all(), Membership.objects.all())]
    answer = office.post(page_of(everybody[whose]), form)
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/accounts/reauthenticate/")
    assert [list(rows.order_by("pk").values()) for rows in (User.objects.all(), Membership.objects.all())] == before


def test_the_other_ledgerdesk_administrators_are_told_of_it(
    just_now: Client,
    everybody: dict[str, User],
    settings: Settings,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    settings.HAS_MAIL = True
    make_office(everybody["alice"])
    with django_capture_on_commit_callbacks(execute=True):
        just_now.post(page_of(everybody["bob"]), {"office": "1"})
        just_now.post(page_of(everybody["bob"]), {"no_office": "1"})
        just_now.post(page_of(everybody["dave"]), {"add": "1", "company": "larch", "role": Role.VIEWER})
    OUTGOING.submit(int).result()
    told = [(message.to, str(message.body).splitlines()[2]) for message in mail.outbox]
    to_alice, to_bob = ["alice@example.com"], ["bob@example.com"]
    assert sorted(told) == [
        (to_alice, "dave became viewer of Larch Street Supply, as Ledgerdesk administrators can."),
        (to_alice, "dave made bob a Ledgerdesk administrator."),
        (to_alice, "dave took Ledgerdesk administration away from bob."),
        (to_bob, "dave made bob a Ledgerdesk administrator."),
        (to_bob, "dave took Ledgerdesk administration away from bob."),
    ]


def test_members_see_whom_somebody_from_outside_has_added(
    office: Client, alice: User, bob: User, larch: Tenant
) -> None:
    second = User.objects.create_user("second")
    office.post(page_of(second), {"add": "1", "company": "larch", "role": Role.VIEWER})
    office.post(page_of(second), {"remove": "larch"})
    shown = text_of(signed_in(alice), "/t/larch/members/")
    assert "Dave , who administers Ledgerdesk, added as viewer: Second, today" in shown


def test_members_see_no_notice_of_whom_one_of_them_has_added(alice: User, larch: Tenant) -> None:
    second, client = User.objects.create_user("second"), signed_in(make_office(alice))
    client.post(page_of(second), {"add": "1", "company": "larch", "role": Role.VIEWER})
    assert "added as viewer" not in text_of(client, "/t/larch/members/")


def test_sessions_are_ended(office: Client, bob: User) -> None:
    client = signed_in(bob)
    office.post(page_of(bob), {"end_sessions": "1"})
    assert client.get("/").status_code == 302


@pytest.mark.parametrize("form", [{"x": "1"}, {"set": "nowhere"}, {"remove": "nowhere"}, {"add": "1", "role": "10"}])
def test_what_cannot_be_read_changes_nothing(office: Client, bob: User, form: dict[str, str]) -> None:
    before = list(Membership.objects.order_by("pk").values())
    assert office.post(page_of(bob), form).status_code == 422
    assert list(Membership.objects.order_by("pk").values()) == before


def test_there_is_no_person_of_such_a_number(office: Client) -> None:
    assert [office.get(f"{PEOPLE}{pk}/").status_code for pk in (10**9, 2**70)] == [404, 404]


def test_an_address_is_invited_into_any_company(office: Client, larch: Tenant) -> None:
    answer = office.post(PEOPLE, {"email": "erin@example.com", "company": "larch", "role": Role.ADMIN})
    one = Invitation.objects.get()
    assert (answer.status_code, one.tenant, one.role, one.invited_by) == (
        201,
        larch,
        Role.ADMIN,
        User.objects.get(username="dave"),
    )


def test_a_test_mail_goes_to_ones_own_address(office: Client, settings: Settings) -> None:
    settings.HAS_MAIL = True
    office.post(f"{PEOPLE}test-mail/")
    assert [message.to for message in mail.outbox] == [["dave@example.com"]]
    assert "A test mail was sent to dave@example.com." in words(office.get(PEOPLE))


def test_a_test_mail_that_does_not_leave_says_why(office: Client, settings: Settings) -> None:
    settings.HAS_MAIL = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    office.post(f"{PEOPLE}test-mail/")
    assert "No test mail was sent. The mail server said:" in words(office.get(PEOPLE))


def test_without_a_mail_server_none_is_offered(office: Client) -> None:
    office.post(f"{PEOPLE}test-mail/")
    page = words(office.get(PEOPLE))
    assert ("Send a test mail" in page, "Ledgerdesk cannot send email here." in page, mail.outbox) == (False, True, [])
