"""Signs that the books cannot store: found in every text of a change, and only in what the change brings in."""

import pytest

from books.providers.conductor import DESCRIPTION
from books.providers.conductor.bills import ITEM_LINE
from books.providers.conductor.customers import CUSTOMERS
from record_forms.stored_text import Lost, describe_sign, join_some, list_lost_signs, list_lost_texts
from records.content import Content
from records.fields import FieldKind, Shape
from records.text import TEXTS
from tests.edits.examples import BILL, CUSTOMER, TAPE

ENCODING = DESCRIPTION.encoding


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        ("Café “18″” – 5 € ¼ ™ Ž", ["″"]),
        ("Łódź", ["Ł", "ź"]),
        ("北京, 北", ["北", "京"]),
        ("So 😀 👩\u200d🔧 👍🏽 1\ufe0f\u20e3", ["😀", "👩\u200d🔧", "👍🏽", "1\ufe0f\u20e3"]),
        ("x\u030c?", ["x\u030c"]),
        ("plain?\nlines\ttoo", []),
    ],
)
def test_each_sign_is_named_once_as_it_is_seen(text: str, lost: list[str]) -> None:
    assert list_lost_signs(text, ENCODING) == lost


@pytest.mark.parametrize(
    ("sign", "said"),
    [("С", "С (Cyrillic)"), ("о", "о (Cyrillic)"), ("Ѐ", "Ѐ (Cyrillic)"), ("Ο", "Ο (Greek)"), ("Ж", "Ж"), ("Ł", "Ł")],
)
def test_a_letter_that_looks_like_a_latin_one_is_named_with_its_script(sign: str, said: str) -> None:
    assert describe_sign(sign) == said


def test_what_the_books_hold_is_not_asked_about() -> None:
    was = CUSTOMER.replace(company_name="Łódź")
    assert list_lost_texts(was, was.replace(company_name="Łódź 2", phone="1"), ENCODING) == []
    assert list_lost_texts(was, was.replace(company_name="Łódź 北"), ENCODING) == [
        Lost("Company", "company_name", ["北"])
    ]


def test_texts_of_lines_are_named_with_their_line() -> None:
    copied = TAPE.replace(id="-1", description="Łódź")
    lines = (BILL["item_lines"][0], BILL["item_lines"][1].replace(description="北"), copied)
    assert list_lost_texts(BILL, BILL.replace(item_lines=lines), ENCODING) == [
        Lost("Items, line 2, description", "item_lines-1-description", ["北"]),
        Lost("Items, line 3, description", "item_lines-2-description", ["Ł", "ź"]),
    ]


def fill_texts(shape: Shape, text: str) -> dict[str, object]:
    """A value with this text in every writable text, in one entry of each list and in each group."""
    made: dict[str, object] = {f.name: text for f in shape.writable if f.kind in TEXTS}
    for f in shape.writable:
        if f.kind is FieldKind.GROUP:
            made[f.name] = Content(f.shape, fill_texts(f.shape, text))
        elif f.kind is FieldKind.LIST:
            made[f.name] = (Content(f.shape, fill_texts(f.shape, text)),)
    return made


def count_texts(shape: Shape) -> int:
    return sum(1 if f.kind in TEXTS else count_texts(f.shape) for f in shape.writable if f.kind in TEXTS or f.members)


@pytest.mark.parametrize("shape", [BILL.shape, CUSTOMERS.shape, ITEM_LINE])
def test_every_text_of_the_field_table_is_looked_at(shape: Shape) -> None:
    blank = Content(shape, {})
    assert len(list_lost_texts(blank, blank.replace(**fill_texts(shape, "Ł")), ENCODING)) == count_texts(shape)


@pytest.mark.parametrize(
    ("words", "said"),
    [("Ł", "Ł"), ("ŁŹ", "Ł and Ź"), ("abc", "a, b and c"), ("abcdefghij", "a, b, c, d, e, f, g, h and 2 more")],
)
def test_many_signs_are_counted(words: str, said: str) -> None:
    assert join_some(words) == said
