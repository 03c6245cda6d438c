"""Text is kept as people see it: composed, with its line ends, without signs that nobody sees."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.content import Content
from records.fields import Field, FieldKind, Shape
from records.text import clean_changes, clean_text, is_kept_as, reads_alike
from tests.support.texts import PIECES

SHAPE = Shape(
    Field(name="name", label="Name", kind=FieldKind.TEXT, wire="name", write="name"),
    Field(name="note", label="Note", kind=FieldKind.LONG_TEXT, wire="note", write="note"),
)


@pytest.mark.parametrize(("typed", "kept", "in_one_line"), PIECES)
def test_each_kind_of_sign_is_kept_replaced_or_dropped(typed: str, kept: str, in_one_line: str) -> None:
    assert (clean_text(f"a{typed}b", one_line=False), clean_text(f"a{typed}b")) == (f"a{kept}b", f"a{in_one_line}b")


@pytest.mark.parametrize("letter", ["a", "é", "Ł", "北", " ", "."])
@pytest.mark.parametrize("joiner", ["\u200c", "\u200d", "\ufe0f", "\U000e0101"])
def test_a_joiner_that_joins_nothing_is_dropped(letter: str, joiner: str) -> None:
    is_variant = letter == "北" and joiner in ("\ufe0f", "\U000e0101")
    assert clean_text(f"{letter}{joiner}b") == (f"{letter}{joiner}b" if is_variant else f"{letter}b")


@given(st.text())
def test_what_is_cleaned_is_clean(text: str) -> None:
    lines = clean_text(text, one_line=False)
    assert (clean_text(lines, one_line=False), clean_text(clean_text(text))) == (lines, clean_text(text))
    assert unicodedata.is_normalized("NFC", lines)
    assert "\n" not in clean_text(text)


@given(st.text(st.characters(categories=["L", "M", "N", "P", "S"], max_codepoint=0x24F)))
def test_what_is_seen_stays(text: str) -> None:
    assert clean_text(text) == unicodedata.normalize("NFC", text)


SIGNS_OF_NUMBERS = (
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"  # which are seen
)


@given(st.text(st.characters(categories=["Cf", "Zs", "Zl", "Zp"], exclude_characters=SIGNS_OF_NUMBERS)))
def test_no_sign_without_shape_gets_in_beside_letters(text: str) -> None:
    assert set(clean_text(f"a{text}b")) <= {"a", "b", " "}


def test_a_text_that_reads_the_same_is_no_change() -> None:
    was = Content(SHAPE, {"name": "Cafe\u0301", "note": "a\r\nb"})
    assert clean_changes(was, was.replace(name="Caf\xe9", note="a\nb")) == was
    assert reads_alike("Cafe\u0301\r\n", "Caf\xe9\n")


def test_a_text_that_a_change_brings_in_is_cleaned() -> None:
    was = Content(SHAPE, {"name": "Old\u200bname", "note": "Old\u200bnote"})
    assert clean_changes(was, was.replace(note="New\u200bnote")) == was.replace(note="Newnote")


@pytest.mark.parametrize(
    ("asked", "stored", "is_kept"),
    [
        ("Łódź", "?ód?", True),
        ("👩", "??", True),
        ("a\nb", "a\r\nb", True),
        ("Caf\xe9", "Cafe\u0301", True),
        ("Lodz", "?odz", False),
        ("Łódź", "Lódź", False),
        ("What?", "What", False),
    ],
)
def test_a_question_mark_may_stand_for_a_sign_that_the_vendor_lacks(asked: str, stored: str, is_kept: bool) -> None:
    assert is_kept_as(asked, stored) == is_kept
