"""What a search is made of, and how its matches are ranked and marked."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from records.searching import explain_too_long, is_found, rank_name, split_found, split_search

SIGNS = st.text(st.sampled_from("ab1234 ().+/-#ñ’"), max_size=14)


@given(SIGNS)
@example("66 1200 -")
@example("1 - 2345b")
@example("(1) 234")
@example("b6 )144a")
@example("26613 )6a(55")
def test_a_text_is_found_by_itself(text):
    assert is_found(text, text)


@given(SIGNS, st.integers(0, 14), st.integers(0, 14))
def test_a_word_is_found_by_each_of_its_parts(text, start, end):
    word = text.replace(" ", "")
    assert not word[start:end].strip("().+/-") or is_found(word, word[start:end])


@pytest.mark.parametrize("q", ['"acme"', "“Acme Supplies”", ' "supplies acme" '])
def test_quotes_around_a_whole_search_are_not_searched(q):
    assert (is_found("Acme Supplies", q), is_found("Apex", q)) == (True, False)


def test_other_quotes_are_searched():
    assert [is_found(text, '5"') for text in ('Pipe 5" steel', "Pipe 5 steel")] == [True, False]


@pytest.mark.parametrize(
    "typed", ["(", "(4", "(458", "(458)", "(458) 5", "(458) 555-", "(458) 555-0164", "inv-2", "inv-20-", "inv-20-155"]
)
def test_a_number_is_found_while_it_is_typed(typed):
    assert is_found("INV-20-155 of (458) 555-0164", typed)


@pytest.mark.parametrize(
    ("stored", "q"),
    [
        ("INV-0042", "INV0042"),
        ("INV/2024-001 of May", "inv2024001"),
        ("PO 4471", "po4471"),
        ("4471-AB", "4471ab"),
        ("London SW1A 1AA", "sw1a1aa"),
        ("London N1 9GU", "N19GU"),
        ("Ottawa K1A 0B6", "k1a0b6"),
        ("K1A0B6", "k1a0b6"),
    ],
)
def test_a_number_or_postal_code_is_found_without_the_sign_between_its_parts(stored, q):
    assert (is_found(stored, q), is_found("INV, SW1A, N1, K1A or PO", q)) == (True, False)


@pytest.mark.parametrize(
    ("stored", "q"),
    [
        ("+44 20 7946 0958", "020 7946 0958"),
        ("+44 20 7946 0958", "02079460958"),
        ("+44 20 7946 0958", "0044 20 7946 0958"),
        ("+44 20 7946 0958", "+44 (0)20 7946 0958"),
        ("+44 20 7946 0958", "(020) 7946-0958"),
        ("+33 1 23 45 67 89", "01 23 45 67 89"),
        ("+33 1 23 45 67 89", "0033123456789"),
        ("020 7946 0958", "020 7946 0958"),
        ("020 7946 0958", "20 7946 0958"),
        ("(555) 123-4567", "tel:+15551234567"),
        ("(555) 123-4567", "TEL: 555-123-4567"),
    ],
)
def test_a_phone_number_is_found_by_its_national_and_its_international_form(stored, q):
    assert is_found(f"Elm\n{stored}", q)


@pytest.mark.parametrize("q", ["0205 0958", "012 3456", "tel:", "tel:elm"])
def test_short_numbers_keep_their_zeros_and_words_their_signs(q):
    assert not is_found("Elm +44 205 0958 12 3456", q)


@pytest.mark.parametrize(
    ("q", "terms"),
    [
        ("020 7946 0958", [(("020", "7946", "0958"), ("2079460958",))]),
        ("Net ñandú", [(("net",),), (("nandu",),)]),
        ("555.123.4567", [(("555.123.4567",), ("5551234567",))]),
        ("4711", [(("4711",),)]),
        ("Den – Haag", [(("den",),), (("haag",),)]),
        ("--", [(("--",),)]),
        (" \u200b\0", []),
    ],
)
def test_a_search_is_made_of_words_and_numbers(q, terms):
    assert split_search(q) == terms


@pytest.mark.parametrize(
    ("length", "said"), [(100, ""), (101, "A search can have up to 100 characters. This one has 101")]
)
def test_a_search_may_be_too_long(length, said):
    assert explain_too_long(f" {'x' * length} ").partition(",")[0] == said


@pytest.mark.parametrize(
    ("name", "rank"), [("Dén Haag", 0), ("Le Den", 1), ("Ash:Den", 1), ("A-den", 1), ("O'Den", 1), ("Garden", 2)]
)
def test_names_that_start_with_the_search_rank_first_then_words(name, rank):
    assert rank_name(name, "den") == rank


@given(SIGNS, SIGNS)
def test_marking_what_was_found_changes_no_text(text, q):
    assert "".join(split_found(text, q)) == text
