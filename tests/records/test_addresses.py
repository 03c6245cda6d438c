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
        ("London SW1A 1AA", {"city": "London", "postal_code": "SW1A 1AA"}),
        ("Boise\nID 83702", {"city": "Boise", "state": "ID", "postal_code": "83702"}),
        ("Ottawa\nON K1A 0B1", {"city": "Ottawa", "state": "ON", "postal_code": "K1A 0B1"}),
        ("Toronto, Ontario M5V 2T6", {"city": "Toronto", "state": "Ontario", "postal_code": "M5V 2T6"}),
        ("Toronto\nOntario M5V 2T6", {"city": "Toronto", "state": "Ontario", "postal_code": "M5V 2T6"}),
        ("Montréal (Québec)  H2X 1Y4", {"city": "Montréal", "state": "Québec", "postal_code": "H2X 1Y4"}),
        ("Montréal (QC) H2X 1Y4", {"city": "Montréal", "state": "QC", "postal_code": "H2X 1Y4"}),
        ("Vancouver, B.C. V6B 1A1", {"city": "Vancouver", "state": "B.C.", "postal_code": "V6B 1A1"}),
        ("Washington, D.C. 20001", {"city": "Washington", "state": "D.C.", "postal_code": "20001"}),
        ("Albany, N.Y. 12207", {"city": "Albany", "state": "N.Y.", "postal_code": "12207"}),
        ("Sault Ste. Marie, ON P6A 1A1", {"city": "Sault Ste. Marie", "state": "ON", "postal_code": "P6A 1A1"}),
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
        "1200 Harbor Road\nSuite B",
        "Unit 7\n2400 Century Parkway\nAtlanta",
        "Unit 7\n2400 Century Parkway\nGeorgia",
        "Acme\n2400 Century Parkway\nUnited States",
        "2400 Rue Haute\nFrance",
        "2400 Rue Haute 12\nFrance",
        "Acme\nToronto Ontario M5V 2T6",  # Ontario may be a part of the town's name
        "Unit 7\n2400 Sunset Hills\nUnited States",
        "Unit 7\n2400 Sunset Hills\nAtlanta",
        "Acme\nMain Street, Springfield 62701",
        "12 Elm St Boise, ID 83702",  # where the street ends is not certain
        "Acme\nHarbor Plaza Boise, ID 83702",
        "12 Queen St\nAuckland 1010\nNew Zealand",
        "12 Elm St, Suite 4",
        "Boise, ID\nTel. +1 208 555 0100",
    ],
)
def test_uncertain_text_stays_in_its_line(text: str) -> None:
    assert parts(text) == lines(*text.split("\n"))


@pytest.mark.parametrize(
    ("town", "members"),
    [
        ("10115 Berlin\nGermany", ("10115", "Berlin", "Germany")),
        ("A-1010 Wien\nÖsterreich", ("A-1010", "Wien", "Österreich")),
        ("75002 Paris\nFRANCE", ("75002", "Paris", "FRANCE")),
        ("75002 PARIS CEDEX 02\nFRANCE", ("75002", "PARIS CEDEX 02", "FRANCE")),
        ("F-92400 Courbevoie Cedex\nFrance", ("F-92400", "Courbevoie Cedex", "France")),
        ("110 00 Praha 1\nCzech Republic", ("110 00", "Praha 1", "Czech Republic")),
        ("1012 JS Amsterdam\nNederland", ("1012 JS", "Amsterdam", "Nederland")),
        ("00-001 Warszawa\nPolska", ("00-001", "Warszawa", "Polska")),
        ("1000-205 Lisboa\nPortugal", ("1000-205", "Lisboa", "Portugal")),
        ("SE-114 55 Stockholm\nSverige", ("SE-114 55", "Stockholm", "Sverige")),
        ("06600 Ciudad de México\nMexico", ("06600", "Ciudad de México", "Mexico")),
    ],
)
def test_a_code_before_its_town_is_certain_above_a_country_that_writes_it_so(
    town: str, members: tuple[str, str, str]
) -> None:
    code, city, country = members
    found = {**lines("Acme GmbH", "Uferweg 3"), "city": city, "postal_code": code, "country": country}
    assert parts(f"Acme GmbH\nUferweg 3\n{town}") == found
    assert parts(f"Acme GmbH, Uferweg 3, {town.replace(chr(10), ', ')}") == found


@pytest.mark.parametrize("code", ["00184", "I-00184", "IT-00184"])
def test_an_italian_province_stands_behind_its_town(code: str) -> None:
    town = {"city": "Roma", "state": "RM", "postal_code": code, "country": "Italia"}
    assert parts(f"Piazza 1\n{code} Roma (RM)\nItalia") == {**lines("Piazza 1"), **town}


@pytest.mark.parametrize(
    ("town", "members"),
    [
        ("Reading, Berkshire RG1 1AA", ("Reading", "Berkshire", "RG1 1AA")),
        ("Reading\nBerks. RG1 1AA", ("Reading", "Berks.", "RG1 1AA")),
        ("Guildford\nSurrey\nGU1 1AA", ("Guildford", "Surrey", "GU1 1AA")),
        ("Newcastle upon Tyne\nTyne & Wear\nNE1 1AA", ("Newcastle upon Tyne", "Tyne & Wear", "NE1 1AA")),
        ("Bangor\nCo. Down BT20 1AA", ("Bangor", "Co. Down", "BT20 1AA")),
        ("Durham\nCounty Durham\nDH1 1AA", ("Durham", "County Durham", "DH1 1AA")),
    ],
)
@pytest.mark.parametrize("country", ["", "UK"])
def test_a_county_of_the_united_kingdom_is_no_town(town: str, members: tuple[str, str, str], country: str) -> None:
    found = dict(zip(("city", "state", "postal_code"), members, strict=True))
    text = "\n".join(["Acme", "10 High St", town, *([country] if country else [])])
    assert parts(text) == {**lines("Acme", "10 High St"), **found, **({"country": country} if country else {})}


def test_a_county_in_one_line_with_its_street_is_none_of_its_words() -> None:
    found = {**lines("10 High St"), "city": "Reading", "state": "Berkshire", "postal_code": "RG1 1AA"}
    assert parts("10 High St, Reading, Berkshire, RG1 1AA") == found


@pytest.mark.parametrize("text", ["10 High St\nKent ME1 1AA", "10 High St\nKent\nME1 1AA", "Kent ME1 1AA"])
def test_a_county_without_a_town_before_it_stays_the_town(text: str) -> None:
    assert (parts(text)["city"], "state" in parts(text)) == ("Kent", False)


BOISE = {"city": "Boise", "state": "ID", "postal_code": "83702"}


@pytest.mark.parametrize(
    "text",
    [
        "Acme, 12 Elm St, Boise, ID 83702",
        "Acme\n12 Elm St, Boise, ID 83702",
        "Acme\t12 Elm St\tBoise\tID\t83702",
        "Acme\t12 Elm St\r\nBoise\tID\t83702\r\n",
        "\t\nAcme\t\n12 Elm St\t\tBoise, ID 83702\t",
    ],
)
def test_cells_and_one_line_with_commas_are_laid_out_too(text: str) -> None:
    assert parts(text) == {**lines("Acme", "12 Elm St"), **BOISE}


@pytest.mark.parametrize("country", ["USA", "U.S.A.", "United States of America"])
def test_a_country_may_stand_behind_the_code(country: str) -> None:
    for text in (f"12 Elm St, Boise, ID 83702, {country}", f"12 Elm St\nBoise, ID 83702 {country}"):
        assert parts(text) == {**lines("12 Elm St"), **BOISE, "country": country}


def test_what_follows_the_town_is_kept_in_the_free_lines() -> None:
    assert parts("Acme\n12 Elm St\nBoise, ID 83702\nTel. 208 555 0100") == {
        **lines("Acme", "12 Elm St", "Tel. 208 555 0100"),
        **BOISE,
    }


@pytest.mark.parametrize(
    ("text", "touched"),
    [
        ("1200 Harbor Road\nSuite B", ("line1", "line2")),
        ("Boise, ID 83702", ("city", "state", "postal_code")),
        ("12 Elm St\nBoise, ID 83702", (*FREE_LINES, "city", "state", "postal_code")),
        ("12 High St\nLondon SW1A 1AA\nUK", (*FREE_LINES, "city", "state", "postal_code", "country")),
        (" \n", ()),
    ],
)
def test_a_block_touches_only_what_it_has(text: str, touched: tuple[str, ...]) -> None:
    assert sorted(parse_address(text)) == sorted(touched)


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
