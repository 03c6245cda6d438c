"""The second step of a sign-in, and the attempts to do without it. Guesses at it are counted for the account."""

import re
from collections import Counter
from html import unescape
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db.models import F
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from administration.management.commands.add_person import link as link_for
from tenants.access import find_person, has_second_factor
from tenants.models import Tenant, Throttle
from tenants.sign_in.factors import find_by_code
from tests.support.factors import (
    SECOND_STEP,
    SIGN_IN,
    code_of,
    first_step,
    give_app,
    give_recovery_codes,
    is_signed_in,
    second_step,
    wrong_code,
)
from tests.support.people import signed_in

OWN, APP, CODES = "/accounts/2fa/", "/accounts/2fa/app/", "/accounts/2fa/recovery-codes/"
NEW = "a long word for bob"


@pytest.fixture
def guarded(bob: User) -> User:
    """bob, with an app."""
    give_app(bob)
    return bob


def set_up(client: Client, callbacks: DjangoCaptureOnCommitCallbacks) -> str:
    """Set up an app as a person does, and return its secret."""
    page = client.get(APP)
    secret = re.search(r"<code data-secret>(\w+)</code>", page.content.decode())
    assert secret
    with callbacks(execute=True):
        assert client.post(APP, {"code": code_of(secret[1])}).status_code == 302
    return secret[1]


def sign_in(person: User) -> Client:
    """Sign in with the password alone."""
    client = Client()
    client.post(SIGN_IN, {"login": person.username, "password": "demo"})
    return client


def test_a_code_after_the_password_signs_in(guarded: User) -> None:
    client = first_step(guarded, next="/t/larch/")
    answer = second_step(client, code_of())
    assert (answer.status_code, answer["Location"], is_signed_in(client)) == (302, "/t/larch/", True)


@pytest.mark.parametrize("later", [-1, 0, 1])
def test_a_telephone_whose_clock_is_half_a_minute_off_works(guarded: User, later: int) -> None:
    assert find_by_code(guarded, code_of(later=later))


@pytest.mark.parametrize("later", [-10, 10])
def test_a_code_of_another_time_is_refused(guarded: User, later: int) -> None:
    client = first_step(guarded)
    assert (second_step(client, code_of(later=later)).status_code, is_signed_in(client)) == (422, False)


@pytest.mark.parametrize("code", ["", "abc", "١٢٣٤٥٦", "0" * 41, "1\x002", "12345678901"])
def test_what_is_no_code_is_refused(guarded: User, code: str) -> None:
    assert second_step(first_step(guarded), code).status_code == 422


def test_a_code_is_taken_as_apps_show_it(guarded: User) -> None:
    code = code_of()
    assert second_step(first_step(guarded), f" {code[:3]} {code[3:]}").status_code == 302


@pytest.mark.parametrize("path", ["/", "/settings/", "/t/larch/", "/t/larch/bills/", OWN, APP, "/accounts/sessions/"])
def test_the_second_step_cannot_be_skipped_by_going_straight_to_a_page(guarded: User, path: str) -> None:
    answer = first_step(guarded).get(path)
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, SIGN_IN)


@pytest.mark.parametrize("path", ["/settings/", APP, CODES, "/accounts/sessions/", "/accounts/reauthenticate/"])
def test_nor_by_posting_to_one(guarded: User, path: str) -> None:
    answer = first_step(guarded).post(path, {"code": code_of(), "password": "demo"})
    assert (answer.status_code, answer["Location"].split("?")[0]) in ((302, SIGN_IN), (303, SIGN_IN))


def test_the_second_step_needs_the_first(guarded: User) -> None:
    answer = second_step(Client(), code_of())
    assert (answer.status_code, answer["Location"]) == (302, SIGN_IN)


def test_the_second_step_ends_with_its_time(guarded: User, settings: Settings) -> None:
    client = first_step(guarded)
    settings.ACCOUNT_LOGIN_TIMEOUT = -1
    assert (second_step(client, code_of())["Location"], is_signed_in(client)) == (SIGN_IN, False)


def test_a_code_is_used_up_by_its_first_use(guarded: User) -> None:
    code = code_of()
    found = [second_step(first_step(guarded), code).status_code for _ in range(3)]
    assert found == [302, 422, 422]


@pytest.mark.parametrize("spelled", ["{}-{}", " {} {}", "{}.{}"])
def test_a_used_code_is_the_same_however_it_is_spelled(guarded: User, settings: Settings, spelled: str) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}  # as in another process
    code = code_of()
    found = [second_step(first_step(guarded), one).status_code for one in (code, spelled.format(code[:3], code[3:]))]
    assert found == [302, 422]


def test_the_code_of_another_person_is_refused(guarded: User, alice: User) -> None:
    other = "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU"
    give_app(alice, other)
    client = first_step(guarded)
    assert (second_step(client, code_of(other)).status_code, is_signed_in(client)) == (422, False)


def test_the_recovery_code_of_another_person_is_refused(guarded: User, alice: User) -> None:
    give_app(alice)
    assert second_step(first_step(guarded), give_recovery_codes(alice)[0]).status_code == 422


def test_a_recovery_code_signs_in_once(guarded: User) -> None:
    codes = give_recovery_codes(guarded)
    found = [second_step(first_step(guarded), code).status_code for code in (codes[0], codes[0], codes[9])]
    assert found == [302, 422, 302]


def test_five_wrong_codes_and_then_a_wait_however_many_sessions_and_networks(guarded: User) -> None:
    found: Counter[int] = Counter()
    for number in range(20):
        client = first_step(guarded, at=f"203.0.113.{number}")
        found[client.post(SECOND_STEP, {"code": wrong_code()}, REMOTE_ADDR=f"203.0.113.{number}").status_code] += 1
    assert found == {422: 5, 429: 15}


def test_even_the_right_code_waits_then_but_not_in_a_browser_of_its_owner(guarded: User) -> None:
    known = first_step(guarded)
    second_step(known, code_of())
    known.post("/accounts/logout/")
    for _ in range(5):
        second_step(first_step(guarded), wrong_code())
    refused = second_step(first_step(guarded), code_of(later=1))
    first_step(guarded, known)
    found = [refused.status_code, second_step(known, code_of(later=1)).status_code]
    assert (found, 590 < int(refused["Retry-After"]) <= 600) == ([429, 302], True)


def test_a_wait_of_codes_ends(guarded: User) -> None:
    for _ in range(6):
        second_step(first_step(guarded), wrong_code())
    Throttle.objects.update(used_until=F("used_until") - 600)
    assert second_step(first_step(guarded), code_of()).status_code == 302


def test_a_browser_is_known_only_after_both_steps(guarded: User) -> None:
    client = first_step(guarded)
    before = "desk_known" in client.cookies
    second_step(client, code_of())
    assert (before, "desk_known" in client.cookies) == (False, True)


def test_a_new_password_voids_the_first_step(guarded: User) -> None:
    client = first_step(guarded)
    guarded.set_password(NEW)
    guarded.save(update_fields=["password"])
    assert (second_step(client, code_of())["Location"], is_signed_in(client)) == (SIGN_IN, False)


def test_who_was_turned_off_meanwhile_does_not_get_in(guarded: User) -> None:
    client = first_step(guarded)
    User.objects.filter(pk=guarded.pk).update(is_active=False)
    assert (second_step(client, code_of())["Location"], is_signed_in(client)) == (SIGN_IN, False)


def test_a_password_link_leads_past_no_second_step(guarded: User) -> None:
    client = Client()
    form = client.get(link_for(guarded), follow=True).redirect_chain[-1][0]
    client.post(form, {"password1": NEW, "password2": NEW})
    assert is_signed_in(client) is False
    assert client.post(SIGN_IN, {"login": "bob", "password": NEW})["Location"] == SECOND_STEP


@pytest.mark.parametrize("has_factor", [False, True])
def test_a_password_link_makes_a_browser_known_only_where_it_is_the_only_step(bob: User, has_factor: bool) -> None:
    """Or else the mailbox would open a fresh counter of wrong codes with each link."""
    if has_factor:
        give_app(bob)
    client = Client()
    form = client.get(link_for(bob), follow=True).redirect_chain[-1][0]
    client.post(form, {"password1": NEW, "password2": NEW})
    assert ("desk_known" in client.cookies) is not has_factor


def test_the_sign_in_page_starts_again(guarded: User) -> None:
    assert first_step(guarded).get(SIGN_IN).status_code == 200


def test_the_demos_click_stays_one_click(guarded: User) -> None:
    client = Client()
    client.post("/demo/sign-in/", {"person": "bob"})
    assert is_signed_in(client)


def test_keep_me_signed_in_outlives_the_second_step(guarded: User) -> None:
    client = first_step(guarded, remember="on")
    second_step(client, code_of())
    assert (client.cookies["desk_session"]["max-age"], client.session.get_expiry_age()) == (14 * 86400, 14 * 86400)


def test_both_steps_start_a_new_session(guarded: User) -> None:
    client = first_step(guarded)
    before = client.session.session_key
    second_step(client, code_of())
    assert (client.session.session_key == before, Session.objects.filter(pk=before).exists()) == (False, False)


def test_the_secret_is_nowhere_readable(
    bob: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    client = sign_in(bob)
    page = client.get(APP).content.decode()
    secret = re.search(r"<code data-secret>(\w+)</code>", page)
    assert secret
    pending = str([row.get_decoded() for row in Session.objects.all()])
    client.post(APP, {"code": code_of(secret[1])})
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert (secret[1] in pending, secret[1] in stored, Authenticator.objects.count()) == (False, False, 2)


def test_an_app_is_set_up_with_its_first_code_and_then_asked_for(
    bob: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    secret = set_up(sign_in(bob), django_capture_on_commit_callbacks)
    assert second_step(first_step(bob), code_of(secret, later=1)).status_code == 302


def test_a_wrong_first_code_sets_nothing_up_and_shows_the_same_secret_again(bob: User) -> None:
    client = sign_in(bob)
    shown = [client.get(APP), client.post(APP, {"code": "x"})]
    secrets = {found for page in shown for found in re.findall(r"data-secret>(\w+)<", page.content.decode())}
    assert (shown[1].status_code, len(secrets), Authenticator.objects.count()) == (422, 1, 0)


def test_the_qr_code_is_a_part_of_the_page(bob: User) -> None:
    page = sign_in(bob).get(APP).content.decode()
    assert ("<svg" in page, "<?xml" in page, "data:image" in page, 'style="' in page) == (True, False, False, False)


def test_recovery_codes_are_shown_after_the_first_factor(
    bob: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    client = sign_in(bob)
    set_up(client, django_capture_on_commit_callbacks)
    page = unescape(client.get(CODES).content.decode())
    assert len(re.findall(r"<code>\d{8}</code>", page)) == 10


def test_new_recovery_codes_replace_the_old_ones(
    bob: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    client = sign_in(bob)
    secret = set_up(client, django_capture_on_commit_callbacks)
    old = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    assert client.post(f"{CODES}new/").status_code == 302
    found = [second_step(first_step(bob), code).status_code for code in (old[0], code_of(secret, later=1))]
    assert found == [422, 302]


def test_without_a_factor_there_are_no_recovery_codes(bob: User) -> None:
    assert sign_in(bob).post(f"{CODES}new/").status_code == 422


def test_the_last_factor_takes_the_recovery_codes_along(guarded: User) -> None:
    give_recovery_codes(guarded)
    client = first_step(guarded)
    second_step(client, code_of())
    assert (client.post(f"{APP}remove/").status_code, Authenticator.objects.count()) == (302, 0)
    assert is_signed_in(sign_in(guarded))


@pytest.mark.parametrize("path", [APP, f"{APP}remove/", f"{CODES}new/", CODES, "/accounts/2fa/passkeys/add/"])
def test_at_a_screen_left_unlocked_the_password_is_asked_for_again(guarded: User, path: str) -> None:
    give_recovery_codes(guarded)
    if path == APP:
        Authenticator.objects.filter(type="totp").delete()
    client = signed_in(guarded)
    answer = client.post(path) if path.endswith("new/") else client.get(path)
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/accounts/reauthenticate/")


def test_with_the_password_given_again_it_goes_on(bob: User) -> None:
    client = signed_in(bob)
    asked = client.get(APP)["Location"]
    assert client.post("/accounts/reauthenticate/", {"password": "demo", "next": APP})["Location"] == APP
    assert (client.get(APP).status_code, asked) == (200, f"/accounts/reauthenticate/?next={APP.replace('/', '%2F')}")


def test_guesses_at_that_password_are_counted(bob: User) -> None:
    client = signed_in(bob)
    found = Counter(client.post("/accounts/reauthenticate/", {"password": "x"}).status_code for _ in range(8))
    assert found == {422: 5, 429: 3}


def test_the_password_of_another_person_is_not_taken(bob: User, dave: User) -> None:
    dave.set_password(NEW)
    dave.save(update_fields=["password"])
    assert signed_in(bob).post("/accounts/reauthenticate/", {"password": NEW}).status_code == 422


def test_the_first_factor_ends_the_sessions_that_were_opened_without_one(
    bob: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    elsewhere, here = sign_in(bob), sign_in(bob)
    set_up(here, django_capture_on_commit_callbacks)
    assert (is_signed_in(here), is_signed_in(elsewhere)) == (True, False)


def test_a_form_that_was_carried_is_carried_through_the_second_step(guarded: User, larch: Tenant) -> None:
    """Nothing is stored before it; the page of the second step has it, also after a wrong code."""
    client = Client()
    answer = client.post(SIGN_IN, {"login": "bob", "password": "demo", "carried": "signed text"})
    wrong = second_step(client, wrong_code(), carried="signed text")
    shown = [
        (page.status_code, 'name="carried" value="signed text"' in page.content.decode()) for page in (answer, wrong)
    ]
    assert (shown, "signed text" in str(client.session.items())) == ([(200, True), (422, True)], False)


def require(tenant: Tenant) -> None:
    Tenant.objects.filter(pk=tenant.pk).update(requires_second_factor=True)


def test_a_company_that_asks_for_a_factor_leads_to_setting_one_up(bob: User, larch: Tenant) -> None:
    require(larch)
    answer = signed_in(bob).get("/t/larch/bills/")
    assert (answer.status_code, answer["Location"]) == (302, OWN)


def test_other_companies_stay_open(bob: User, larch: Tenant, harbor: Tenant) -> None:
    require(larch)
    assert signed_in(bob).get("/t/harbor/bills/").status_code == 200


@pytest.mark.parametrize("path", ["/", "/inbox/", "/search/?q=larch", "/settings/"])
def test_no_page_over_all_companies_shows_a_closed_one(bob: User, larch: Tenant, path: str) -> None:
    require(larch)
    assert "/t/larch/" not in signed_in(bob).get(path).content.decode()


def test_the_list_of_companies_says_how_to_open_it(bob: User, larch: Tenant) -> None:
    require(larch)
    page = signed_in(bob).get("/").content.decode()
    assert "Set up a second factor to open 1 company of yours." in page


def test_a_form_that_is_posted_to_it_is_not_taken_away(bob: User, larch: Tenant) -> None:
    client = signed_in(bob)
    require(larch)
    answer = client.post("/t/larch/customers/80000001-1234567890/edit", {"phone": "555-0182"})
    page = answer.content.decode()
    assert (answer.status_code, "phone: 555-0182" in page, OWN in page) == (403, True, True)


def test_who_has_a_factor_opens_it(guarded: User, larch: Tenant) -> None:
    require(larch)
    assert signed_in(guarded).get("/t/larch/bills/").status_code == 200


def test_recovery_codes_alone_are_no_factor(bob: User, larch: Tenant) -> None:
    require(larch)
    give_recovery_codes(bob)
    assert signed_in(bob).get("/t/larch/bills/").status_code == 302


def test_an_outsider_does_not_learn_that_it_exists(dave: User, larch: Tenant) -> None:
    require(larch)
    assert signed_in(dave).get("/t/larch/bills/").status_code == 404


@pytest.mark.parametrize("path", ["/", "/t/larch/", "/settings/", "/help/"])
def test_where_everybody_needs_one_every_page_leads_there(bob: User, dave: User, settings: Settings, path: str) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    found = [signed_in(person).get(path) for person in (bob, dave)]
    assert [(answer.status_code, answer["Location"]) for answer in found] == [(302, OWN)] * 2


def test_where_everybody_needs_one_it_can_be_set_up(
    bob: User, settings: Settings, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    client = sign_in(bob)
    set_up(client, django_capture_on_commit_callbacks)
    assert client.get("/t/larch/bills/").status_code == 200


def test_behind_an_open_form_a_notice_says_so(bob: User, settings: Settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    answer: Any = signed_in(bob).get("/inbox/count/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers.get("HX-Redirect")) == (403, None)


def test_whether_a_person_has_a_factor_costs_no_query(guarded: User, larch: Tenant, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        person = find_person(guarded.pk)
        assert person and has_second_factor(person)


def test_a_factor_that_was_sealed_with_a_lost_key_lets_nobody_in(guarded: User, settings: Settings) -> None:
    client = first_step(guarded)
    app = Authenticator.objects.get(user=guarded)
    Authenticator.objects.filter(pk=app.pk).update(data={"secret": "gAAAAABlost"})
    assert second_step(client, code_of()).status_code == 422
