"""Records are unchanged after encoding and decoding, and a list's rows keep their original text."""

from datetime import UTC, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from books.providers.conductor.bills import BILLS
from books.providers.conductor.customers import CUSTOMERS
from books.providers.conductor.references import LISTS
from records import content, decoder, encoder, json_text
from records.fields import Field, FieldKind, Shape

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
IDS = st.just("") | st.from_regex(decoder.ID, fullmatch=True)
FIRST, LAST = (datetime.combine(day, time()) for day in decoder.DAYS)
CENTS = st.integers(-(10**13), 10**13).map(lambda cents: Decimal(cents).scaleb(-2))
EXACT = st.decimals(allow_nan=False, allow_infinity=False, places=5, min_value=-(10**9), max_value=10**9)


def values(f: Field) -> st.SearchStrategy:
    """Draw any value that a field may hold."""
    if f.kind is FieldKind.GROUP:
        return contents(f.shape)
    if f.kind is FieldKind.LIST:
        return st.lists(contents(f.shape), max_size=2).map(tuple)
    named = st.builds(content.Reference, IDS, TEXT).filter(lambda reference: reference.id or reference.name)
    return {
        FieldKind.MONEY: st.none() | CENTS,
        FieldKind.COST: st.none() | EXACT,
        FieldKind.NUMBER: st.none() | EXACT,
        FieldKind.BOOLEAN: st.none() | st.booleans(),
        FieldKind.DATE: st.none() | st.dates(*decoder.DAYS),
        FieldKind.MOMENT: st.none() | st.datetimes(FIRST, LAST, timezones=st.just(UTC)),
        FieldKind.REFERENCE: st.none() | named,
    }.get(f.kind, TEXT)


def contents(shape: Shape) -> st.SearchStrategy[content.Content]:
    """Draw any record of a shape."""
    return st.fixed_dictionaries({}, optional={name: values(f) for name, f in shape.items()}).map(
        lambda some: content.Content(shape, some)
    )


@pytest.mark.parametrize("table", [CUSTOMERS, BILLS, *LISTS[:5]], ids=lambda table: table.kind)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_encoded_content_decodes_unchanged(table, data):
    record = data.draw(contents(table.shape))
    assert decoder.decode(table.shape, json_text.parse_json(json_text.dump_json(encoder.encode(record)))) == record


@settings(deadline=None)
@given(st.lists(st.dictionaries(TEXT, TEXT | CENTS | st.none() | st.lists(TEXT, max_size=2), max_size=3), max_size=4))
def test_the_rows_of_a_list_keep_their_own_text(rows):
    texts = [json_text.dump_json(row) for row in rows]
    page = json_text.parse_list(f'{{"url":"a \\"data\\":[ b","data": [ {" ,".join(texts)} ],"hasMore":false}}')
    assert page["data"] == [json_text.parse_json(text) for text in texts]
    assert [row.text for row in page["data"]] == texts
    assert page["hasMore"] is False


@pytest.mark.parametrize("text", ["", "[]", "{", '{"data":[', '{"data":[{}', '{"data":[{},{"a":}]}', "<html>"])
def test_half_a_list_is_not_readable(text):
    with pytest.raises(json_text.NotReadable):
        json_text.parse_list(text)


@pytest.mark.parametrize("raw", ["NaN", "Infinity", "1e3x", "", " "])
def test_an_invalid_number_is_none_or_refused(raw):
    f = BILLS.shape["amount_due"]
    if raw == "":
        assert decoder.decode_value(f, raw) is None
        return
    with pytest.raises(json_text.NotReadable, match="amount_due"):
        decoder.decode_value(f, raw)


def test_a_number_never_becomes_a_float():
    assert json_text.parse_json("[0.1, 1.10]") == [Decimal("0.1"), Decimal("1.10")]
    assert json_text.dump_json([Decimal("1.10")]) == "[1.10]"
