"""Every error's messages: for a save they state the outcome of the change, for a read they never mention a change."""

import re
from collections.abc import Iterator

import pytest

from books.providers import errors

OF_SAVING = re.compile(
    r"\b(sav(e|es|ed|ing)|written|wrote|writes?|typed?|sent|send|sends|sending|(your|this|the) change|lay|confirm)\b",
    re.I,
)


def below(kind: type[errors.BooksError]) -> Iterator[type[errors.BooksError]]:
    yield kind
    for one in kind.__subclasses__():
        yield from below(one)


KINDS = list(below(errors.BooksError))


def words(error: errors.BooksError) -> str:
    return " ".join([error.title, error.error_message, error.kept, error.next_step])


def of_save(kind: type[errors.BooksError]) -> errors.BooksError:
    with pytest.raises(kind) as caught, errors.name_books("QuickBooks"), errors.saving():
        raise kind
    return caught.value


@pytest.mark.parametrize("kind", [kind for kind in KINDS if not kind.of_save])
def test_an_error_of_a_read_never_mentions_saving(kind: type[errors.BooksError]) -> None:
    with pytest.raises(kind) as caught, errors.name_books("QuickBooks"):
        raise kind
    assert OF_SAVING.findall(words(caught.value)) == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_says_what_happened_what_was_kept_and_what_to_do(kind: type[errors.BooksError]) -> None:
    for error in (kind(), of_save(kind)):
        assert all((error.title, error.error_message, error.kept, error.next_step))
        assert not set("{}") & set(words(error))


def test_an_error_of_a_save_says_what_was_kept_of_the_typed_values() -> None:
    told = {kind: of_save(kind).kept for kind in KINDS}
    assert [kind for kind, kept in told.items() if "typed" not in kept] == []


def test_only_a_save_promises_to_check_an_unknown_outcome() -> None:
    assert "It is not sent twice" in of_save(errors.NoAnswer).next_step
    assert "It is not sent twice" not in errors.NoAnswer().next_step
