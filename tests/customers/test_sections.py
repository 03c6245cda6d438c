"""The form of a customer: links to its sections, the first field focused, and what is empty folded."""

import re

import pytest
from django.test import Client

from books.models import Record
from tests.support.inputs import inputs
from tests.support.markup import one_line

FULL, THIN = "/t/abc/customers/80000001-1234567890/edit", "/t/abc/customers/80000010-1234567890/edit"


@pytest.fixture
def thin(as_bob: Client, job: Record) -> str:
    return one_line(as_bob.get(THIN).content.decode())


def list_folded(page: str) -> list[str]:
    return re.findall(r'<details class="panel fold" id="section-(\w+)">', page)


def test_a_link_leads_to_each_section(thin: str) -> None:
    links = re.findall(r'<a href="#section-(\w+)">([^<]+)</a>', thin)
    assert links == [
        ("who", "Name"), ("reach", "Contact"), ("addresses", "Addresses"), ("terms", "Terms and money"), ("tax", "Tax"),
        ("job", "Job"), ("notes", "Notes"),
    ]  # fmt: skip
    assert [thin.count(f' id="section-{name}"') for name, _ in links] == [1] * 7


def test_the_first_field_has_the_focus(thin: str) -> None:
    assert re.findall(r'name="([\w-]+)"[^>]* autofocus', thin) == ["name"]


def test_an_empty_section_is_folded_and_names_what_can_be_added(thin: str) -> None:
    assert list_folded(thin) == ["addresses", "notes"]
    assert "Add bill to, ship to, ship-to addresses" in thin


def test_a_filled_section_is_open(as_bob: Client, job: Record) -> None:
    assert list_folded(one_line(as_bob.get(FULL).content.decode())) == []


def test_an_empty_group_in_a_filled_section_is_folded(thin: str) -> None:
    assert re.findall(r'<details class="span-4"><summary class="link">([^<]+)</summary>', thin) == ["Add card"]


@pytest.mark.parametrize("city", ["Reno", "R" * 99])
def test_a_section_that_is_typed_into_comes_back_open(as_bob: Client, job: Record, city: str) -> None:
    typed = {"billing_address-city": city, "email": "nobody"}
    page = as_bob.post(THIN, inputs(as_bob.get(THIN)) | typed).content.decode()
    assert list_folded(one_line(page)) == ["notes"]
