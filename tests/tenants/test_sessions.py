"""A session is found by its key until it expires, as by Django's own store."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone

from tenants.sessions import SessionStore


def test_a_session_is_found_by_its_key(db: None) -> None:
    kept = SessionStore()
    kept["name"] = "kim"
    kept.save()
    assert dict(SessionStore(kept.session_key).items()) == {"name": "kim"}


def test_an_expired_session_is_empty_and_its_key_is_not_used_again(db: None) -> None:
    kept = SessionStore()
    kept["name"] = "kim"
    kept.save()
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    found = SessionStore(kept.session_key)
    assert (dict(found.items()), found.session_key) == ({}, None)


def test_a_made_up_key_is_not_used(db: None) -> None:
    found = SessionStore("abcdefghijklmnopqrstuvwxyz012345")
    assert (dict(found.items()), found.session_key) == ({}, None)
