"""What was typed outlives its session, is stored for nobody, and is never anybody's but its author's."""

import json
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core import signing
from django.test import Client

from books.models import Record
from edits.editor import session_rescue
from edits.lifecycle.form_token import SALT, FormToken, NotYours, read_token
from edits.models.edit import Edit, State
from tests.customers.test_edit import EDIT, JOB, sent
from tests.support.factors import code_of, give_app, second_step
from tests.support.inputs import inputs, sign_in_from
from tests.support.markup import one_line
from tests.support.people import signed_in
from tests.support.vendor import Sandbox

PHONE = "555-0100"
LIVE = f"/t/abc/edits/presence/customers/{JOB}/"
HTMX = {"HX-Request": "true"}


def typed(client: Client) -> dict[str, str]:
    """A form that its person has typed into and not posted yet."""
    return inputs(client.get(EDIT)) | {"phone": PHONE}


def strict(person: User) -> Client:
    """A browser with this person's session whose forms need their CSRF token."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(person)
    return browser


def everything(client: Client) -> str:
    """All that the pages show a person about the record, and all that their session holds."""
    pages = [EDIT, f"/t/abc/customers/{JOB}/", "/t/abc/edits/drafts/", "/t/abc/edits/", "/t/abc/"]
    return "".join(client.get(page).content.decode() for page in pages) + json.dumps(dict(client.session))


def test_the_author_finds_everything_typed_and_nothing_sent(client: Client, as_alice: Client, sandbox: Sandbox, job):
    page = client.post(EDIT, typed(as_alice))
    assert (page.status_code, PHONE in page.content.decode()) == (401, False)
    assert sign_in_from(page, client, "alice")["Location"] == EDIT
    form = client.get(EDIT)
    assert (inputs(form)["phone"], form.context["typed_again"], sent(sandbox)) == (PHONE, True, [])


def test_it_is_the_same_form_as_before(client: Client, as_bob: Client, job: Record) -> None:
    refused = as_bob.post(EDIT, typed(as_bob) | {"email": "nope@"})
    sign_in_from(client.post(EDIT, inputs(refused) | {"email": "ann@x.example"}), client, "bob")
    as_bob.post(EDIT, inputs(client.get(EDIT)))
    assert [(one.state, one.fields.split()) for one in Edit.objects.all()] == [(State.SAVED, ["phone", "email"])]


@pytest.mark.parametrize("token", [{}, {"csrfmiddlewaretoken": "x" * 64}])
def test_it_comes_back_at_its_place_in_the_list(client: Client, alice: User, job: Record, token) -> None:
    address, browser = f"{EDIT}?list=sort%3Dname", strict(alice)
    form = typed(browser) | token
    answer = browser.post(address, form) if token else sign_in_from(client.post(address, form), client, "alice")
    assert answer["Location"] == address
    assert inputs((browser if token else client).get(address))["phone"] == PHONE


def test_it_is_shown_once(client: Client, as_alice: Client, job: Record) -> None:
    sign_in_from(client.post(EDIT, typed(as_alice)), client, "alice")
    assert [PHONE in client.get(EDIT).content.decode() for _ in range(2)] == [True, False]


def test_a_wrong_password_loses_nothing(client: Client, as_alice: Client, job: Record) -> None:
    wrong = sign_in_from(client.post(EDIT, typed(as_alice)), client, "alice", "not-mine")
    sign_in_from(wrong, client, "alice")
    assert inputs(client.get(EDIT))["phone"] == PHONE


def test_a_second_step_loses_nothing_either(client: Client, as_alice: Client, alice: User, job: Record) -> None:
    give_app(alice)
    step = sign_in_from(client.post(EDIT, typed(as_alice)), client, "alice")
    text = step.context["carried"]()
    wrong = second_step(client, "x", carried=text)
    held = PHONE in json.dumps(dict(client.session)) or text in json.dumps(dict(client.session))
    done = second_step(client, code_of(), carried=wrong.context["carried"]())
    assert (held, done["Location"], inputs(client.get(EDIT))["phone"]) == (False, EDIT, PHONE)


def test_one_click_of_the_demo_takes_it_along(client: Client, as_alice: Client, job: Record) -> None:
    text = client.post(EDIT, typed(as_alice)).context["carried"]()
    client.post("/demo/sign-in/", {"person": "alice", "next": EDIT, "carried": text})
    assert inputs(client.get(EDIT))["phone"] == PHONE


def test_somebody_else_who_signs_in_sees_nothing_of_it(client: Client, as_alice: Client, sandbox: Sandbox, job) -> None:
    sign_in_from(client.post(EDIT, typed(as_alice)), client, "bob")
    form = client.get(EDIT)
    assert "Nothing that alice typed was used." in unescape(form.content.decode())
    assert (PHONE in form.content.decode() + everything(client), Edit.objects.count(), sent(sandbox)) == (False, 0, [])


def test_a_sign_in_in_another_tab_meanwhile_loses_nothing(client: Client, as_alice: Client, alice: User, job) -> None:
    page = client.post(EDIT, typed(as_alice))
    client.force_login(alice)
    assert sign_in_from(page, client, "alice")["Location"] == EDIT
    assert inputs(client.get(EDIT))["phone"] == PHONE


def test_a_sign_in_page_whose_token_has_ended_carries_on(as_alice: Client, job: Record) -> None:
    browser = Client(enforce_csrf_checks=True)
    page = browser.post(EDIT, typed(as_alice))
    again = sign_in_from(page, browser, "alice")
    assert again.status_code == 403
    typed_in = {"csrfmiddlewaretoken": browser.cookies["desk_csrf"].value, "login": "alice", "password": "demo"}
    browser.post("/accounts/login/", {**typed_in, "carried": again.context["carried"]()})
    assert inputs(browser.get(EDIT))["phone"] == PHONE


def test_a_form_whose_token_has_ended_comes_back_to_its_author(alice: User, job: Record, sandbox: Sandbox) -> None:
    browser = strict(alice)
    answer = browser.post(EDIT, typed(browser) | {"csrfmiddlewaretoken": "x" * 64})
    assert (answer.status_code, answer["Location"]) == (303, EDIT)
    assert (inputs(browser.get(EDIT))["phone"], sent(sandbox)) == (PHONE, [])


def test_a_form_whose_token_has_ended_comes_back_to_nobody_else(as_alice: Client, bob: User, job: Record) -> None:
    browser = strict(bob)
    answer = browser.post(EDIT, typed(as_alice) | {"csrfmiddlewaretoken": "x" * 64})
    assert (answer.status_code, PHONE in answer.content.decode() + everything(browser)) == (403, False)


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_form_of_somebody_else_is_refused(
    as_alice: Client, as_bob: Client, job: Record, sandbox: Sandbox, headers: dict[str, str]
) -> None:
    form, buttons = typed(as_alice), ("save", "draft", "add", "rebase", "reopen", "preview")
    answers = {button: as_bob.post(EDIT, form | {button: "1"}, headers=headers) for button in buttons}
    pages = {button: (answer.status_code, unescape(answer.content.decode())) for button, answer in answers.items()}
    found = {
        button: (status, "Nothing that alice typed was used." in page, PHONE in page)
        for button, (status, page) in pages.items()
    }
    assert found == dict.fromkeys(buttons, (403, True, False))
    assert (Edit.objects.count(), sent(sandbox)) == (0, [])


def test_columns_chosen_in_somebody_elses_form_are_not_hidden(as_alice: Client, as_bob: Client, bob: User, job):
    form = "/t/abc/bills/123ABC-1234567890/edit"
    assert as_bob.post(form, inputs(as_alice.get(form)) | {"columns": "1"}).status_code == 403
    assert bob.memberships.get(tenant=job.tenant).hidden_columns == []


def test_the_look_behind_somebody_elses_form_says_so_and_notes_nobody(as_alice: Client, as_bob: Client, job) -> None:
    base = typed(as_alice)["base"]
    answer = as_bob.get(LIVE, {"base": base, "form": "1"}, headers=HTMX)
    assert (answer.status_code, answer["HX-Trigger"]) == (403, "desk:not-yours")
    assert "open this too" not in as_alice.get(LIVE, {"base": base, "form": "1"}).content.decode()


@pytest.mark.parametrize("more", [{}, {"draft": "1"}, {"save": "1"}])
def test_htmx_is_told_beside_the_form_and_keeps_it(client: Client, as_alice: Client, job: Record, more) -> None:
    answer = client.post(EDIT, typed(as_alice) | more, headers=HTMX)
    page = one_line(answer.content.decode())
    assert (answer.status_code, "HX-Redirect" in answer, "<html" in page) == (401, False, False)
    assert 'href="/accounts/login/?next=%2Fsession%2F" target="_blank" rel="noopener"' in page


@pytest.mark.parametrize("headers", [HTMX, {"Sec-Fetch-Dest": "empty"}])
def test_a_request_behind_a_page_never_takes_it_away(client: Client, db: None, headers: dict[str, str]) -> None:
    pages = [LIVE, "/t/abc/edits/news/", "/t/abc/customers/?q=a", "/t/abc/references/terms/"]
    assert [client.get(page, headers=headers).status_code for page in pages] == [401] * 4


def test_nothing_is_stored_for_a_request_without_a_session(client: Client, as_alice: Client, job: Record) -> None:
    form, before = typed(as_alice), list(Session.objects.values_list())
    for n in range(15):
        client.post(EDIT, form | {"note": f"{n}" * 10_000}, headers=HTMX if n % 2 else {})
    assert (list(Session.objects.values_list()), Edit.objects.count()) == (before, 0)


def test_a_form_too_long_to_be_carried_says_so(client: Client, as_alice: Client, job: Record, monkeypatch) -> None:
    monkeypatch.setattr(session_rescue, "LARGEST", 100)
    answer = client.post(EDIT, typed(as_alice))
    assert (answer.status_code, "too long to keep" in answer.content.decode()) == (413, True)


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "http://["])
def test_nothing_is_carried_for_another_site(client: Client, as_alice: Client, job: Record, origin: str) -> None:
    answer = client.post(EDIT, typed(as_alice), headers={"Origin": origin})
    assert (answer.status_code, answer["Location"]) == (303, f"/accounts/login/?next={EDIT}")


SIGNED = signing.dumps(["/t/abc/", "a=1"], salt=SALT)


@pytest.mark.parametrize("text", ["", "x", "WyJ4Il0:1abc:def", SIGNED], ids=["", "x", "forged", "signed"])
def test_a_forged_text_gives_nothing_to_anybody(client: Client, alice: User, text: str) -> None:
    client.post("/accounts/login/", {"login": "alice", "password": "demo", "carried": text})
    assert session_rescue.KEY not in client.session


def test_a_seal_opens_for_its_person_alone(job: Record) -> None:
    seal = FormToken(job, job.revision, 1)
    assert read_token(str(seal), job, 1) == seal
    with pytest.raises(NotYours):
        read_token(str(seal), job, 2)


def test_a_session_that_holds_somebody_elses_form_shows_it_to_nobody(client: Client, as_alice: Client, as_bob, job):
    session = as_bob.session
    session[session_rescue.KEY] = {EDIT: client.post(EDIT, typed(as_alice)).context["carried"]()}
    session.save()
    assert PHONE not in as_bob.get(EDIT).content.decode()


def sealed_before(job: Record) -> str:
    """The seal of a form as it was made before seals named a person."""
    return signing.dumps([job.tenant_id, job.kind, job.remote_id, job.revision], salt=SALT, compress=False)


def test_a_form_that_was_open_before_seals_named_a_person_can_be_saved(as_bob: Client, sandbox: Sandbox, job) -> None:
    as_bob.post(EDIT, typed(as_bob) | {"base": sealed_before(job)})
    assert [body["phone"] for body in sent(sandbox)] == [PHONE]


def test_a_form_that_names_nobody_is_carried_to_nobody(client: Client, as_bob: Client, job: Record) -> None:
    answer: Any = client.post(EDIT, typed(as_bob) | {"base": sealed_before(job)})
    assert (answer.status_code, answer["Location"]) == (303, f"/accounts/login/?next={EDIT}")


def test_a_draft_from_before_seals_named_a_person_can_be_gone_on_with(as_bob: Client, bob: User, job: Record) -> None:
    as_bob.post(EDIT, typed(as_bob) | {"base": sealed_before(job), "draft": "1"})
    assert inputs(signed_in(bob).get(f"{EDIT}?draft={Edit.objects.get().pk}"))["phone"] == PHONE
