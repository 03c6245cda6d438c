"""Email addresses as Bigcapital's server takes them: the outcomes of validator.js 13.15 for the same texts."""

import pytest

from books.providers.bigcapital.emails import read_one


@pytest.mark.parametrize(
    "text",
    [
        *("jo@example.com", "jo.mo+tag@mail.example.co.uk", "o'brien_1@ex-ample.com", "JO@EXAMPLE.COM"),
        *(
            "ä@müller.de",
            "jo@xn--mller-kva.de",
            "jo@例え.テスト",
            "!#$%&'*+-/=?^_`{|}~@x.io",
            '"a b@c"@x.io',
            '""@x.io',
        ),
        *(f"{'a' * 64}@x.io", f"jo@{'a' * 63}.com", "1@1.xn-1a", '"a\\"b"@x.io'),
    ],
)
def test_what_the_server_takes_is_taken(text: str) -> None:
    assert read_one(text) == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("jo", "Not an email address: the @ is missing."),
        ("jo@exa_mple.org", "Bigcapital does not accept an underscore (_) after the @."),
        ("jo@example", "The part after the @ needs a dot, as in example.com."),
        ("jo@example..com", "The part after the @ has a dot too many."),
        ("jo@example.com.", "The part after the @ has a dot too many."),
        ("jo@exam ple.com", "The part after the @ cannot contain “ ”."),
        ("jo@exämple.c", "The part after the last dot must be at least two letters."),
        ("jo@192.168.0.1", "The part after the last dot must be at least two letters."),
        ("jo@-example.com", "After the @, no part between two dots can begin or end with a hyphen."),
        (f"jo@{'a' * 64}.com", "After the @, each part between two dots can have at most 63 characters."),
        ("jo@ex\uff21mple.com", "The part after the @ cannot contain “\uff21”."),
        ("@example.com", "The part before the @ is missing."),
        (".jo@example.com", "Before the @, a dot cannot be first, last or next to another dot."),
        ("jo..mo@example.com", "Before the @, a dot cannot be first, last or next to another dot."),
        ("jo mo@example.com", "The part before the @ cannot contain “ ”."),
        ("jo@mo@example.com", "The part before the @ cannot contain “@”."),
        ('"jo"mo"@example.com', "The part in quotes cannot be stored."),
        (f"{'a' * 65}@x.io", "The part before the @ can have at most 64 bytes."),
        (f"{'é' * 33}@x.io", "The part before the @ can have at most 64 bytes."),
        (f"jo@{'.'.join(['a' * 50] * 5)}.com", "An email address can have at most 254 characters."),
        ("jo@x.io, mo@y.io", "Only one email address can be stored here."),
        ("Jo <jo@x.io>; Mo <mo@y.io>", "Only one email address can be stored here."),
        ("mailto:jo@x.io", "Leave out “mailto:”: only “jo@x.io” can be stored here."),
        ("jo@x.io jo@x.io", "Leave out the rest: only “jo@x.io” can be stored here."),
        ("Jo <jo@x.io>", "Leave out the name and the brackets: only “jo@x.io” can be stored here."),
    ],
)
def test_what_the_server_refuses_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=r"\A") as error:
        read_one(text)
    assert str(error.value) == why
