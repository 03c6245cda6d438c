"""When a person last looked at what needs them: what came after their last visit is new to them."""

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from tenants.access import get_settings
from tenants.models import PersonSettings

VISIT = timedelta(minutes=30)  # a look so soon after the last one belongs to the same visit
NOTED = timedelta(minutes=1)  # so rarely a visit that goes on is written


def find_last_visit(person: User) -> datetime | None:
    """Return when a person had looked before this visit; None at their first visit."""
    own = get_settings(person)
    seen = own.inbox_seen_at
    return seen if seen is None or timezone.now() - seen > VISIT else own.inbox_new_since


def note_visit(person: User) -> None:
    """Note that a person looks now."""
    own, now = get_settings(person), timezone.now()
    if own.inbox_seen_at is not None and now - own.inbox_seen_at < NOTED:
        return
    own.inbox_new_since, own.inbox_seen_at = find_last_visit(person), now
    times = {"inbox_seen_at": now, "inbox_new_since": own.inbox_new_since}
    PersonSettings.objects.update_or_create(person=person, defaults=times)
