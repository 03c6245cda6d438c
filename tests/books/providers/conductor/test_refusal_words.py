"""What an error of Conductor means: its code decides, and its words only where the code leaves open what happened."""

import json
from typing import Any

import pytest

from books.providers import errors
from books.providers.conductor.customers import CUSTOMERS
from books.providers.conductor.errors import SentChange, raise_for_answer
from books.providers.http_answer import HttpAnswer
from records.content import Content

BASE = Content(CUSTOMERS.shape, {"id": "8-1", "name": "Roof"})
SENT = SentChange(CUSTOMERS, BASE, BASE.replace(name="Out-of-date stock: contain a colon", note="already in use"))
IN_USE = "There was an error when saving the Customers list, because it is already in use."
STALE = 'The provided revision number (edit sequence) "5" is out-of-date.'


def find_error(status: int, sent: SentChange | None = SENT, **fault: Any) -> errors.BooksError:
    body = json.dumps({"error": {"code": "X", "requestId": "req_1", **fault}}).encode()
    with pytest.raises(errors.BooksError) as caught:
        raise_for_answer(HttpAnswer(status, {}, body, 0.1), sent, "8-1" if sent else "")
    return caught.value


@pytest.mark.parametrize(
    ("code", "text", "kind"),
    [
        ("3200", "Something.", errors.Stale),
        (None, STALE, errors.Stale),
        ("3180", STALE, errors.Stale),
        ("3100", 'The name "out-of-date stock" of the list element is already in use.', errors.Refused),
        ("3070", 'The text "It is already in use" in the field "Notes" is too long.', errors.Refused),
        ("3180", 'There was an error when saving "out-of-date stock, already in use".', errors.Refused),
        (None, 'The text "It is already in use" is too long.', errors.Refused),
        ("3210", "The list element is already in use.", errors.Refused),
        ("3175", STALE, errors.Busy),
        (None, IN_USE, errors.Busy),
        ("3180", IN_USE, errors.Busy),
        ("3999", f'{IN_USE} The element "Roof" is locked.', errors.Busy),
    ],
)
def test_the_words_of_a_refusal_count_where_its_code_says_nothing_and_never_what_it_quotes(
    code: str | None, text: str, kind: type[errors.BooksError]
) -> None:
    found = find_error(502, type="INTEGRATION_ERROR", integrationCode=code, message=text)
    assert (type(found), found.request_id) == (kind, "req_1")


def test_a_quoted_colon_is_not_the_colon_that_was_refused() -> None:
    text = 'The text "Out-of-date stock: contain a colon" in the field "Notes" is too long.'
    found = find_error(502, type="INTEGRATION_ERROR", integrationCode="3070", message=text)
    assert isinstance(found, errors.Refused)
    assert found.brief == "A text is too long for QuickBooks."


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("No such end user: 'end_usr_1'", errors.NotSetUp),
        ("No such end-user: 'end_usr_1'", errors.NotSetUp),
        ("The EndUser does not exist.", errors.NotSetUp),
        ("Resource 'end_usr_1' could not be found.", errors.NotSetUp),
        ("Unrecognized request URL (GET: /v1/end-users/end_usr_1)", errors.WrongAddress),
        ("Unrecognized URL /quickbooks-desktop/customers/8-1", errors.WrongAddress),
    ],
)
def test_a_company_that_conductor_does_not_know_is_known_by_any_of_its_names(
    text: str, kind: type[errors.BooksError]
) -> None:
    assert type(find_error(404, None, type="INVALID_REQUEST_ERROR", message=text)) is kind
