"""When a person last looked at what needs them: what came after their last visit is new to them."""

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from tenants.access import get_settings
from tenants.models import PersonSettings

VISIT = timedelta(minutes=30)  # a look so soon after the last one belongs to the same visit
NOTED = timedelta(minutes=1)  # so rarely a visit that goes on is written


def note_visit(person: User) -> datetime | None:
    """Note that a person looks now, and return when they had looked before this visit; None at their first visit."""
    own, now = get_settings(person), timezone.now()
    seen = own.inbox_seen_at
    if seen is not None and now - seen < NOTED:
        return own.inbox_new_since
    if seen is None or now - seen > VISIT:
        own.inbox_new_since = seen
    own.inbox_seen_at = now
    times = {"inbox_seen_at": now, "inbox_new_since": own.inbox_new_since}
    PersonSettings.objects.update_or_create(person=person, defaults=times)
    return own.inbox_new_since
