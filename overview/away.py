"""Mails to people who have gone: that a change of theirs needs them, and each morning what needs them anywhere.

Off unless a person has chosen it. A subject names no record and no company. Mails are sent in rounds, in a thread of
their own: a mail server that hangs holds up nothing but mails. One that was not sent is tried again later.
"""

import logging
import time as clock
from collections.abc import Callable
from datetime import datetime, time, timedelta
from smtplib import SMTPRecipientsRefused
from threading import Lock
from typing import Any, NamedTuple

from django.conf import settings
from django.core.mail import send_mail
from django.db import connections
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone

from books.registry import get_visible_table
from books.sync.outage import AWAY
from edits.lifecycle.transitions import hide_name
from edits.models.edit import LEFT, Edit
from records.formatting import format_count, use_date_style
from tenants.access import is_second_factor_due, list_members
from tenants.mailing import OUTGOING
from tenants.models import PersonSettings, Role

from .inbox.collect import collect
from .inbox.items import make_reader

log = logging.getLogger(__name__)

GONE = timedelta(minutes=3)  # who has not seen an outcome after so long is not at a page of Ledgerdesk
PAUSE = timedelta(minutes=15)  # between two mails to one person, and before one that failed is tried again
EVERY_SECONDS = 20.0  # between two rounds
MORNING, NOON = time(7), time(12)  # of the person's own day
NAMED = 20  # changes that a mail names, and things of each company


class Mail(NamedTuple):
    """A mail as a person gets it."""

    subject: str
    text: str


class MailRounds:
    """The rounds of this process, one at a time."""

    def __init__(self) -> None:
        self._due = 0.0
        self._turn = Lock()

    def start(self) -> None:
        """Mail all that is due, in the thread of mails, unless the round before is still under way or failed lately."""
        if settings.HAS_MAIL and clock.monotonic() >= self._due and self._turn.acquire(blocking=False):
            OUTGOING.submit(self._run)

    def _run(self) -> None:
        pause = PAUSE.total_seconds()
        try:
            mail_changes()
            mail_summaries()
            pause = EVERY_SECONDS
        except AWAY:
            pause = EVERY_SECONDS  # the timetable says that the database does not answer
        except OSError as error:
            log.warning("The mail server does not take mails: %s. They are tried again in 15 minutes.", error)
        except Exception:  # of any kind: nobody waits for this thread, so that it would be lost
            log.exception("A round of mails failed; it is tried again in 15 minutes.")
        finally:
            connections.close_all()
            self._due = clock.monotonic() + pause
            self._turn.release()


ROUNDS = MailRounds()


def mail_changes() -> int:
    """Mail each person who wants it which changes of theirs have ended unsaved and unseen; return how many mails.

    Raises OSError if the mail server does not answer, as does `mail_summaries`.
    """
    until = timezone.now() - GONE
    unseen = _filter_unseen(until, OuterRef("mailed_until")).filter(person=OuterRef("person"))
    found = _filter_readers(mails_changes=True).filter(Exists(unseen))
    return sum(mail_once(own, lambda own: _write_changes(own, until), mailed_until=until) for own in found)


def mail_summaries() -> int:
    """Mail each person who wants it, once in the morning of their day, what needs them; return how many mails."""
    sent = 0
    for own in _filter_readers(mails_summary=True):
        with timezone.override(own.zone):
            local = timezone.localtime()
            if MORNING <= local.time() < NOON and own.summarized_on != local.date():
                sent += mail_once(own, _write_summary, summarized_on=local.date())
    return sent


def _filter_readers(**wanted: bool) -> QuerySet[PersonSettings]:
    """Return the settings of those who want such mails and may get one now; whose mail has just failed come last."""
    if not settings.HAS_MAIL:
        return PersonSettings.objects.none()
    has_paused = Q(mailed_at=None) | Q(mailed_at__lte=timezone.now() - PAUSE)
    found = PersonSettings.objects.filter(has_paused, person__is_active=True, **wanted).exclude(person__email="")
    return found.select_related("person").order_by(F("mailed_at").asc(nulls_first=True))


def _filter_unseen(until: datetime, since: datetime | OuterRef | None) -> QuerySet[Edit]:
    """Return what ended or was handed over between, needs its author, and was shown on no page."""
    needs = Q(state__in=LEFT, resolved_by=None) | Q(differs_open=True)
    came = Q(settled_at__gt=since) | Q(handed_at__gt=since)
    had_come = Q(settled_at__lte=until) & (Q(handed_at=None) | Q(handed_at__lte=until))
    may_edit = {"tenant__memberships__person": F("person"), "tenant__memberships__role__gte": Role.BOOKKEEPER}
    may_edit["tenant__archived_at"] = None
    return Edit.objects.filter(needs, came, had_come, notified_at=None, **may_edit)


def _write_changes(own: PersonSettings, until: datetime) -> Mail | None:
    if is_second_factor_due(own.person):
        return None
    members = {one.tenant.pk: one for one in list_members(own.person)}  # of the companies that they may open now
    unseen = _filter_unseen(until, own.mailed_until).filter(person=own.person, tenant__in=list(members))
    edits = list(unseen.select_related("tenant").order_by("settled_at")[: NAMED + 1])
    for edit in edits:
        hide_name(edit, get_visible_table(members[edit.tenant_id], edit.kind).hidden_columns)
    if not edits:
        return None  # seen by now, or nothing that they may open
    count = f"More than {NAMED} changes" if len(edits) > NAMED else format_count(len(edits), "change")
    subject = f"{count} of yours {'needs' if len(edits) == 1 else 'need'} you"
    return _write(own, subject, "changes", edits=edits[:NAMED])


def _write_summary(own: PersonSettings) -> Mail | None:
    if is_second_factor_due(own.person):
        return None
    inbox = collect(make_reader(own.person), own.inbox_seen_at)
    if not inbox.companies:
        return None
    companies = [(one.member.tenant, one.items[:NAMED], len(one.items[NAMED:])) for one in inbox.companies]
    subject = f"{format_count(inbox.settle + inbox.look, 'thing')} for you today"
    return _write(own, subject, "summary", companies=companies)


def _write(own: PersonSettings, subject: str, what: str, **context: Any) -> Mail:
    words = {**context, "person": own.person, "site": settings.SITE_URL}
    with timezone.override(own.zone), use_date_style(own.date_style):
        text = render_to_string(f"overview/mail/{what}.txt", words)
    return Mail(f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}{subject}", text)


def mail_once(own: PersonSettings, write: Callable[[PersonSettings], Mail | None], **noted: Any) -> bool:
    """Write and send a mail, and note it then; return whether there was one and it was sent.

    The person is claimed before, so that no other process mails them meanwhile, and given up after the pause: a mail
    that is lost with its process is sent again.
    """
    if not PersonSettings.objects.filter(pk=own.pk, mailed_at=own.mailed_at).update(mailed_at=timezone.now()):
        return False
    mail = None
    try:
        mail = write(own)
        if mail:
            send_mail(mail.subject, mail.text, None, [own.person.email])
    except AWAY:
        raise
    except Exception as error:  # of any kind: what is wrong with one mail keeps no other from being sent
        if isinstance(error, OSError) and not isinstance(error, SMTPRecipientsRefused):
            raise
        log.exception("A mail to person %s could not be sent; it is tried again in 15 minutes.", own.person_id)
        return False
    PersonSettings.objects.filter(pk=own.pk).update(**noted, **({} if mail else {"mailed_at": own.mailed_at}))
    log.info("Mailed person %s: %s", own.person_id, mail.subject if mail else "nothing")
    return mail is not None
