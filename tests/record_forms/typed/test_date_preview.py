"""A date typed short: shown in full by the desk, in the company's order, and saved the same without a script."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from books.models import Record
from records import formatting
from tenants.models import Tenant
from tests.support.inputs import inputs

DAY = "/t/abc/edits/date/"
EDIT = "/t/abc/customers/80000001-1234567890/edit"


def asked(client: Client, **query: str) -> tuple[int, str]:
    answer = client.get(DAY, query)
    return answer.status_code, answer.content.decode()


def test_it_says_the_day_in_full(as_carol):
    assert asked(as_carol, text="10/1/26") == (200, "1 Oct 2026")


def test_it_goes_by_the_order_of_the_company(as_carol, abc):
    Tenant.objects.filter(pk=abc.pk).update(day_first=True)
    assert asked(as_carol, text="10/1/26") == (200, "10 Jan 2026")


def test_it_counts_from_the_date_that_stood_there(as_carol):
    assert asked(as_carol, text="+7", was="28 Dec 2021") == (200, "4 Jan 2022")


def test_t_is_today(as_carol):
    assert asked(as_carol, text="t", was="no date") == (200, formatting.format_date(timezone.localdate()))


def test_it_says_why_it_is_no_day_and_what_to_type(as_carol):
    said = "“31 Nov” is not a date. Try 28 Oct 2026, 10/28 or t for today."
    assert asked(as_carol, text="31 Nov") == (422, said)


def test_no_browser_keeps_the_answer(as_carol):
    assert "no-store" in as_carol.get(DAY, {"text": "t"}).headers["Cache-Control"]


@pytest.mark.parametrize("text", ["10/1/21", "+3", "t", "1.10.2021"])
def test_a_form_comes_back_with_its_dates_in_full(as_bob: Client, job: Record, text: str):
    form = inputs(as_bob.get(EDIT))
    answer: Any = as_bob.post(EDIT, form | {"job_start_date": text, "name": ""})
    was = answer.context["form"].base["job_start_date"]
    meant = {"10/1/21": "1 Oct 2021", "1.10.2021": "1 Oct 2021", "t": formatting.format_date(timezone.localdate())}
    full = meant.get(text) or formatting.format_date(was + timedelta(days=3))
    assert (answer.status_code, inputs(answer)["job_start_date"]) == (422, full)
