"""What of a text is a link: only what is certainly one address, one number or one website."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from books.pages.record.links import make_phone_link, make_web_link, split_links
from records.fields import LinkKind


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("ann@x.example", ["mailto:ann@x.example"]),
        ("ann@x.example, bob@y.example;", ["mailto:ann@x.example", "mailto:bob@y.example"]),
        ("c+d@z.example", ["mailto:c+d@z.example"]),
        ("call ann@x.example", ["mailto:ann@x.example"]),
        ("o'brien?bcc=all@x.example", ["mailto:o%27brien%3Fbcc%3Dall@x.example"]),
        ("zoë@xn--bcher-kva.example", []),
        ("Ann <ann@x.example>", []),
        ("mailto:ann@x.example", []),
        ("ann@localhost", []),
        ("ann@x.example.", []),
        ("javascript:alert(1)", []),
        ("none", []),
        ("", []),
    ],
)  # fmt: skip
def test_an_email_address_is_a_link(text: str, links: list[str]) -> None:
    assert [link for _, link in split_links(LinkKind.EMAIL, text) if link] == links


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("+1-555-123-4567", "tel:+15551234567"),
        ("(755) 555-0122", "tel:7555550122"),
        ("555.123.4567 x12", "tel:5551234567;ext=12"),
        ("555-123-4567 Ext. 301", "tel:5551234567;ext=301"),
        ("+44 (0)20 7946 0958", "tel:+442079460958"),
        ("(0)20 7946 0958", "tel:02079460958"),
        ("55512", "tel:55512"),
        ("911", ""),
        ("555-1234 555-9876", ""),  # two numbers
        ("555-1234 / 9876", ""),
        ("1-800-FLOWERS", ""),
        ("call after 5", ""),
        ("+123456789012345678", ""),
        ("٥٥٥١٢٣٤", ""),  # digits that not every phone reads
        ("555-0142 (Ann)", ""),
        ("5+5512345", ""),
        ("", ""),
    ],
)
def test_a_number_that_is_certainly_one_is_a_link(text: str, link: str) -> None:
    assert make_phone_link(text) == link


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("x.example", "https://x.example"),
        ("http://x.example/shop?a=1", "http://x.example/shop?a=1"),
        ("HTTPS://x.example", "HTTPS://x.example"),
        ("javascript://x.example/%0aalert(1)", ""),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("https://ann:secret@x.example", ""),
        ("https://good.example@evil.example", ""),
        ("ann@x.example", ""),
        ("x.example:8000", ""),
        ("https://x.example\\@evil.example", ""),
        ("see x.example", ""),
        ("https://[", ""),
        ("localhost", ""),
    ],
)
def test_a_website_is_a_link_of_the_web_alone(text: str, link: str) -> None:
    assert make_web_link(text) == link


@pytest.mark.parametrize(
    ("text", "link"), [("555-123-4567", "tel:5551234567"), ("a@x.example", "mailto:a@x.example"), ("Ann", "")]
)
def test_a_contact_field_may_be_either(text: str, link: str) -> None:
    assert split_links(LinkKind.CONTACT, text) == [(text, link)]


@given(st.sampled_from(LinkKind), st.text(max_size=40))
def test_the_pieces_are_the_text_and_lead_nowhere_else(kind: LinkKind, text: str) -> None:
    pieces = split_links(kind, text)
    schemes = {link.partition(":")[0].lower() for _, link in pieces if link}
    assert ("".join(piece for piece, _ in pieces), schemes - {"mailto", "tel", "http", "https"}) == (text, set())
