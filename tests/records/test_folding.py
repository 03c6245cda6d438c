"""How texts are compared."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.folding import fold, fold_digits

PAIRS = {
    "Çelik İnşaat": "celik insaat",
    "Crème Brûlée": "creme brulee",
    "Ñandú": "nandu",
    "Zażółć gęślą jaźń": "zazolc gesla jazn",
    "Straße STRASSE ẞ": "strasse strasse ss",
    "Ødegård Æblø Œuvre": "odegard aeblo oeuvre",
    "Đorđe Ðorn Þór Ħal": "dorde dorn thor hal",
    "ISPARTA ıtır": "isparta itir",
    "O’Brien O‘Brien O`Brien O´Brien OʼBrien O′Brien O＇Brien": " ".join(["o'brien"] * 7),
    "“Joe's” «Bar» „Grill‟": '"joe\'s" "bar" "grill"',
    "A – B — C ‑ D − E": "a - b - c - d - e",
    "Tw\u200bo \u202eMen\u2060\ufeff A\xadB": "two men ab",
    " One\xa0\u2003 Two\tThree\u3000Four\r\nFive\u2800Six\u3164 ": "one two three four five six",
    "ＡＢＣ　１２３ ﬁne ½": "abc 123 fine 1/2",
    "٠١٢٣ ०१२": "0123 012",
    "Άλφα ΟΔΟΣ": "αλφα οδοσ",
    "Ёлка Ґанок": "елка ганок",
    "Vu\u031b\u0303 Nguyễn": "vu nguyen",
    "ガラス カ\u3099ラス ｶﾞﾗｽ": "ガラス ガラス ガラス",  # another letter than カ, however it is written
    "हिन्दी": "हिन्दी",
    "北京 한국": "北京 한국",
    "a\0b\x7fc\x1b": "abc",
    "\ud800x": "\ufffdx",
}


@pytest.mark.parametrize(("text", "folded"), PAIRS.items())
def test_a_text_is_folded_as_people_read_it(text, folded):
    assert fold(text) == folded


@given(st.text(st.characters(exclude_categories=())))
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(), st.text())
def test_words_fold_alone_as_they_fold_together(one, other):
    assert fold(f"{one} {other}").split() == [*fold(one).split(), *fold(other).split()]


@given(st.text())
def test_a_folded_text_has_no_case_and_single_blanks(text):
    assert fold(text.upper().lower()) == fold(text.lower()) and not re.search(r"^\s|\s\s|\s$|[A-Z\n]", fold(text))


@pytest.mark.parametrize(
    "number", ["+1-555-123-4567", "1 (555) 123 4567", "1.555.123.4567", "１５５５１２３４５６７", "1\u202f555/1234567"]
)
def test_a_number_is_its_digits(number):
    assert fold_digits(number) == "15551234567"
