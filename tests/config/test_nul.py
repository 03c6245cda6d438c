"""A NUL, which PostgreSQL accepts in no text: wherever a request may contain one, no page fails with 500."""

import pytest
from django.urls import reverse

from books.models import SyncStatus
from edits.models.edit import Edit
from tests.support.inputs import inputs

from .test_urls import ADDRESSES, EXAMPLES, OF_COMPANIES

TEXTS = {"remote_id": "a\0b", "kind": "customers\0", "listed": "customers\0", "picker": "terms\0"}
NAMES = (
    *("q", "was", "token", "draft", "from", "saved", "base", "revision", "follows", "reason", "person", "field"),
    *("since", "vendor", "sort", "terms", "vendor", "date", "expense_lines-0-account", "class", "parent", "phone"),
)
QUERY = dict.fromkeys(NAMES, "a\0b")


def address(name, texts):
    arguments = {**EXAMPLES, "slug": "larch", **texts}
    return reverse(name, kwargs={argument: arguments[argument] for argument in ADDRESSES[name]})


def failing(client, method, names):
    """The pages that fail with a NUL in whatever they are asked."""
    client.raise_request_exception = False  # so that all of them are named
    found = {name: getattr(client, method)(address(name, {}), QUERY).status_code for name in names}
    return {name: status for name, status in found.items() if status >= 500}


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_url_with_a_nul_is_not_found(as_alice, sandbox, method):
    pages = {name: address(name, TEXTS) for name in OF_COMPANIES if set(TEXTS) & set(ADDRESSES[name])}
    found = {name: getattr(as_alice, method)(page).status_code for name, page in pages.items()}
    assert found == dict.fromkeys(pages, 404)


def test_a_query_with_a_nul_is_not_a_server_error(as_alice, sandbox):
    assert failing(as_alice, "get", OF_COMPANIES) == {}


FORMS = ["customer_edit", "bill_edit", "edit_undo", "edit_page", "line_entry", "connection_refresh"]


def test_a_form_with_a_nul_is_refused_or_read_without_it(as_alice, sandbox):
    assert failing(as_alice, "post", FORMS) == {}


@pytest.mark.parametrize(("typed", "said"), [({"phone": "1\0"}, "phone"), ({"terms": "Net\0"}, "terms")])
def test_a_typed_nul_is_refused_at_its_field(as_bob, job, typed, said):
    form = f"/t/abc/customers/{job.remote_id}/edit"
    answer = as_bob.post(form, inputs(as_bob.get(form)) | typed)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [said])


@pytest.mark.parametrize("typed", ["memo", "ref_number", "expense_lines-0-memo", "expense_lines-0-amount", "reason"])
def test_a_nul_typed_or_pasted_into_a_bill_is_refused(as_bob, job, sandbox, typed):
    form = "/t/abc/bills/123ABC-1234567890/edit"
    answer = as_bob.post(form, inputs(as_bob.get(form)) | {typed: "1\0", "save": "1"})
    assert (answer.status_code, [edit.state for edit in Edit.objects.all()]) == (422, ["draft"])


@pytest.mark.parametrize("typed", ["memo", "expense_lines-0-memo"])
def test_a_draft_with_a_nul_is_kept_and_refused_when_it_is_saved(as_bob, job, sandbox, typed):
    form = "/t/abc/bills/123ABC-1234567890/edit"
    assert as_bob.post(form, inputs(as_bob.get(form)) | {typed: "1\0", "draft": "1"}).status_code == 200
    again = inputs(as_bob.get(f"{form}?draft={Edit.objects.get().pk}"))
    assert as_bob.post(form, again | {"save": "1"}).status_code in (303, 422)


def test_a_session_with_a_nul_belongs_to_nobody(client, db):
    client.cookies["desk_session"] = "a\0b"
    assert client.get("/").status_code == 302


def test_a_sign_in_with_a_nul_is_refused(client, everybody):
    answer = client.post("/accounts/login/", {"login": "bob\0", "password": "demo\0"})
    assert (answer.status_code, "_auth_user_id" in client.session) == (422, False)


@pytest.mark.parametrize("name", ["a\0b", "\0", "\\u0000", "\\\0"])
def test_a_nul_in_what_a_vendor_calls_its_company_is_stored_as_another_letter_at_most(larch, name):
    SyncStatus.objects.create(tenant=larch, company_file={"name": name, "others": [{name: [name]}]})
    kept = SyncStatus.objects.get(tenant=larch).company_file
    stored = kept["name"]
    assert (stored.replace("\ufffd", "\0"), kept) == (name, {"name": stored, "others": [{stored: [stored]}]})
