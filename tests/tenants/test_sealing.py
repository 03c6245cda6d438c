"""Secrets in the database: sealed with a key that is derived from SECRET_KEY."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from tenants.sealing import CannotUnseal, seal, unseal


@given(st.text())
def test_what_was_sealed_comes_back(text: str) -> None:
    assert unseal(seal(text)) == text


def test_a_sealed_text_does_not_show_what_it_holds() -> None:
    assert "JBSWY3DPEHPK3PXP" not in seal("JBSWY3DPEHPK3PXP")


def test_the_same_text_is_never_sealed_alike() -> None:
    assert seal("a key") != seal("a key")


@pytest.mark.parametrize("text", ["", "JBSWY3DPEHPK3PXP", "é", "gAAAAABh"])
def test_a_text_that_was_never_sealed_is_refused(text: str) -> None:
    with pytest.raises(CannotUnseal):
        unseal(text)


def test_an_altered_text_is_refused() -> None:
    sealed = seal("a key")
    with pytest.raises(CannotUnseal):
        unseal(sealed[:20] + ("A" if sealed[20] != "A" else "B") + sealed[21:])


def test_another_installation_cannot_read_it(settings: Settings) -> None:
    sealed = seal("a key")
    settings.SECRET_KEY = "another one"
    with pytest.raises(CannotUnseal, match="SECRET_KEY_FALLBACKS"):
        unseal(sealed)


def test_an_earlier_key_still_reads_what_it_has_sealed(settings: Settings) -> None:
    sealed = seal("a key")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another one"
    assert unseal(sealed) == "a key"


def test_what_is_sealed_anew_has_the_new_key(settings: Settings) -> None:
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another one"
    sealed = seal("a key")
    settings.SECRET_KEY_FALLBACKS = []
    assert unseal(sealed) == "a key"
