"""Pasted addresses parsed into members: certain values go to their members, and no text is lost."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from books.providers.conductor.customers import ADDRESS
from records.addresses import AUSTRALIA, CANADA, US, parse_address
from records.content import Content
from records.formatting import FREE_LINES, format_address

ACME = ["Acme Supplies Ltd.", "12 Elm St"]


def parts(text: str) -> dict[str, str]:
    """Return the members that are filled in."""
    return {name: value for name, value in parse_address(text).items() if value}


def lines(*given: str) -> dict[str, str]:
    return dict(zip(FREE_LINES, given, strict=False))


@pytest.mark.parametrize(
    ("town", "members"),
    [
        ("Boise, ID 83702", {"city": "Boise", "state": "ID", "postal_code": "83702"}),
        ("Salt Lake City UT 84101-1234", {"city": "Salt Lake City", "state": "UT", "postal_code": "84101-1234"}),
        ("San Francisco, California 94110", {"city": "San Francisco", "state": "California", "postal_code": "94110"}),
        ("Ottawa, ON  K1A 0B1", {"city": "Ottawa", "state": "ON", "postal_code": "K1A 0B1"}),
        ("Sydney NSW 2000", {"city": "Sydney", "state": "NSW", "postal_code": "2000"}),
        ("London\nSW1A 1AA", {"city": "London", "postal_code": "SW1A 1AA"}),
    ],
)
@pytest.mark.parametrize("country", ["", "United States"])
def test_a_certain_town_leaves_the_free_lines(town: str, members: dict[str, str], country: str) -> None:
    text = "\n".join([*ACME, town, *([country] if country else [])])
    assert parts(text) == {**lines(*ACME), **members, **({"country": country} if country else {})}


@pytest.mark.parametrize(
    "text",
    [
        "Acme\n12345 Main Street",  # a street may begin with five digits
        "Acme\nAttn. Jane Doe",
        "Acme\nHangar 7, Gate 4",
        "Boise",
        "Acme\nBoise ID",
    ],
)
def test_uncertain_text_stays_in_its_line(text: str) -> None:
    assert parts(text) == lines(*text.split("\n"))


def test_a_code_before_its_town_is_certain_above_a_country() -> None:
    assert parts("Acme GmbH\nUferweg 3\n10115 Berlin\nGermany") == {
        **lines("Acme GmbH", "Uferweg 3"),
        "city": "Berlin",
        "postal_code": "10115",
        "country": "Germany",
    }


def test_more_lines_than_there_are_share_the_last() -> None:
    assert parts("a\nb\nc\nd\ne\nf\ng") == lines("a", "b", "c", "d", "e, f, g")


def test_blank_lines_spaces_and_trailing_commas_are_removed() -> None:
    assert parts("\r\n  Acme,  \r\n\r\n12   Elm St,\r\n") == lines("Acme", "12 Elm St")


words = st.lists(st.from_regex(r"[A-Z][a-z]{1,9}", fullmatch=True), min_size=1, max_size=3).map(" ".join)


@given(
    st.lists(words, min_size=1, max_size=5),
    words,
    st.sampled_from([(state, "12345") for state in US.split()] + [(state, "K1A 0B1") for state in CANADA.split()]
                    + [(state, "2000") for state in AUSTRALIA.split()]),
    st.sampled_from(["", "United States", "Canada"]),
)  # fmt: skip
def test_a_printed_address_parses_to_the_same_address(
    free: list[str], city: str, place: tuple[str, str], country: str
) -> None:
    state, code = place
    known = {**lines(*free), "city": city, "state": state, "postal_code": code, "country": country}
    address = Content(ADDRESS, known)
    assert Content(ADDRESS, parse_address("\n".join(format_address(address)))) == address


@given(st.text(max_size=200))
def test_no_letter_or_figure_of_the_text_is_lost(text: str) -> None:
    found = "".join(parse_address(text).values())
    assert sorted(re.sub(r"[\W_]", "", found)) == sorted(re.sub(r"[\W_]", "", text))
