"""Ends the sessions of a person who has left."""

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.utils import timezone


def end_sessions(person: User) -> int:
    """End every session of a person, in whatever browser, and return how many there were.

    A session names its person inside its data alone, so all are read; an office has some hundreds.
    """
    sessions = Session.objects.filter(expire_date__gt=timezone.now())
    own = [one.pk for one in sessions.iterator() if one.get_decoded().get(SESSION_KEY) == str(person.pk)]
    return Session.objects.filter(pk__in=own).delete()[0] if own else 0
