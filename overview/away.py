"""Mails to people who have gone: that a change of theirs needs them, and each morning what needs them anywhere.

Off unless a person has chosen it. A subject names no record and no company.
"""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone

from edits.models.edit import LEFT, Edit
from records.formatting import format_count
from tenants.mailing import send_later
from tenants.models import PersonSettings

from .inbox.collect import collect
from .inbox.items import make_reader

log = logging.getLogger(__name__)

GONE = timedelta(minutes=3)  # who has not seen an outcome after so long is not at a page of Ledgerdesk
PAUSE = timedelta(minutes=15)  # between two mails to one person: a bulk change may leave much to decide
MORNING, NOON = time(7), time(12)  # of the person's own day
NAMED = 20  # changes that a mail names


def mail_changes() -> int:
    """Mail each person who wants it which changes of theirs have ended unsaved and unseen; return how many mails."""
    sent, now = 0, timezone.now()
    for own in _list_readers(mails_changes=True):
        since = own.mailed_until or now
        if own.mailed_at and now - own.mailed_at < PAUSE:
            continue
        edits = list(_find_unseen(own, since, now - GONE)[: NAMED + 1])
        if edits and _claim(own, mailed_until=own.mailed_until, to={"mailed_until": now - GONE, "mailed_at": now}):
            _send(own, f"{_count(edits)} of yours {'needs' if len(edits) == 1 else 'need'} you", "changes", edits=edits)
            sent += 1
    return sent


def mail_summaries() -> int:
    """Mail each person who wants it, once in the morning of their day, what needs them; return how many mails."""
    sent = 0
    for own in _list_readers(mails_summary=True):
        with timezone.override(own.zone):
            local = timezone.localtime()
            if not MORNING <= local.time() < NOON or own.summarized_on == local.date():
                continue
            inbox = collect(make_reader(own.person), own.inbox_seen_at)
            if _claim(own, summarized_on=own.summarized_on, to={"summarized_on": local.date()}) and inbox.companies:
                _send(own, f"{format_count(inbox.settle, 'thing')} for you today", "summary", inbox=inbox)
                sent += 1
    return sent


def _list_readers(**wanted: bool) -> Iterator[PersonSettings]:
    if not settings.HAS_MAIL:
        return
    found = PersonSettings.objects.filter(person__is_active=True, **wanted).exclude(person__email="")
    yield from found.select_related("person")


def _find_unseen(own: PersonSettings, since: datetime, until: datetime) -> Any:
    """Return the person's changes that ended in that time, need them, and that no page has shown them."""
    ended = Edit.objects.filter(person=own.person, notified_at=None)
    ended = ended.filter(tenant__memberships__person=own.person, tenant__archived_at=None)
    needs = Q(state__in=LEFT, resolved_by=None) | Q(differs_open=True)
    return (
        ended.filter(needs, settled_at__gt=since, settled_at__lte=until).select_related("tenant").order_by("settled_at")
    )


def _claim(own: PersonSettings, *, to: dict[str, Any], **was: Any) -> bool:
    """Note that a mail is sent, unless another process has meanwhile."""
    return bool(PersonSettings.objects.filter(pk=own.pk, **was).update(**to))


def _count(edits: Sequence[Edit]) -> str:
    return f"More than {NAMED} changes" if len(edits) > NAMED else format_count(len(edits), "change")


def _send(own: PersonSettings, subject: str, what: str, **context: Any) -> None:
    """Send a mail in its own thread: a slow mail server holds nobody up."""
    with timezone.override(own.zone):
        words = {**context, "person": own.person, "site": settings.SITE_URL, "more": NAMED}
        text = render_to_string(f"overview/mail/{what}.txt", words)
    prefix = settings.ACCOUNT_EMAIL_SUBJECT_PREFIX
    send_later(lambda: send_mail(f"{prefix}{subject}", text, None, [own.person.email]))
    log.info("Mailed person %s: %s", own.person_id, subject)
