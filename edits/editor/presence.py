"""Shows who else has a record's form open, and which of our users have saved it since. Nobody is locked out."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import Error
from django.utils import timezone

from books.models import Record, Version
from edits.lifecycle import requested
from edits.models.edit import Edit, Opened, State
from tenants.access import Member

log = logging.getLogger(__name__)

SAYS_SO_EVERY = timedelta(seconds=15)  # the interval in templates/edits/live.html
GONE_AFTER = 3 * SAYS_SO_EVERY
FORGOTTEN_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class ChangesSince:
    """The changes of a record since a version: our users' saves, and whether it also changed at the vendor.

    `own` are the numbers of the saves that the member themselves has made, in this form or in another tab.
    """

    saves: Sequence[Edit]
    by_others: bool
    own: frozenset[int] = frozenset()

    @property
    def are_own(self) -> bool:
        """Whether nobody else has changed it."""
        return not self.by_others and len(self.own) == len(self.saves)

    def __bool__(self) -> bool:
        return bool(self.saves) or self.by_others


def note_open(member: Member, record: Record) -> None:
    """Note that the member has the record's form open; if the database is unavailable, others see it later."""
    who: dict[str, Any] = {
        "tenant": member.tenant,
        "kind": record.kind,
        "remote_id": record.remote_id,
        "person": member.person,
    }
    try:
        now = {"person_name": member.name, "seen_at": timezone.now()}
        Opened.objects.update_or_create(**who, defaults=now)
    except Error as error:
        log.warning("An open form is not noted for others: %s", error)


def list_others(member: Member, record: Record) -> list[str]:
    """Return the names of the other people who have the record's form open, in alphabetical order."""
    here = Opened.objects.filter(tenant=member.tenant, kind=record.kind, remote_id=record.remote_id)
    found = here.filter(seen_at__gt=timezone.now() - GONE_AFTER).exclude(person=member.person)
    return sorted(found.values_list("person_name", flat=True))


def get_changes_since(member: Member, record: Record, revision: str) -> ChangesSince:
    """Return the record's changes since this revision; everything known if that version is no longer kept."""
    if record.revision == revision:
        return ChangesSince([], by_others=False)
    later = Version.objects.filter(record=record)
    if seen := later.filter(revision=revision).first():
        later = later.filter(pk__gt=seen.pk)
    saved = Edit.objects.filter(state=State.SAVED, result__in=later).order_by("pk")
    saves = [edit for edit in saved if requested.has_written(edit)]
    by_others = later.exclude(pk__in=[edit.result_id for edit in saves]).exists() or not saves
    own = frozenset(edit.pk for edit in saves if edit.person_id == member.person.pk and not edit.handed_over)
    return ChangesSince(saves, by_others, own)


def forget_old(most: int) -> int:
    """Delete old notes of open forms; return how many rows."""
    old = Opened.objects.filter(seen_at__lt=timezone.now() - FORGOTTEN_AFTER).values_list("pk", flat=True)
    return Opened.objects.filter(pk__in=list(old[:most])).delete()[0]
