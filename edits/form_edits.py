"""The edits that one open form has made: it may be posted twice, and changed and saved again while it stays open."""

from collections.abc import Sequence
from hashlib import blake2b

from django.db.models import Q

from books.mirror import lookup
from books.models import Record, Version
from edits.lifecycle import requested
from edits.models.edit import LEFT, UNDER_WAY, Edit, EditQuerySet, State
from records.changes import list_changed_fields
from records.content import Content
from records.encoder import encode_fields
from records.json_text import dump_json
from records.text import clean_changes
from tenants.access import Member


def mark_posted(seen: Version | None, edited: Content) -> str:
    """Return a mark of what a form over the version `seen` asks for, which the same changes have again."""
    was = lookup.decode_shape(edited.shape, seen) if seen else Content(edited.shape, {})
    edited = clean_changes(was, edited)
    asked = [seen and seen.pk, encode_fields(edited, list_changed_fields(was, edited))]
    return blake2b(dump_json(asked).encode(), digest_size=20).hexdigest()


def is_asked_already(member: Member, form: str, seen: Version, edited: Content, over: Sequence[Edit] = ()) -> bool:
    """Return whether nothing would be lost with the member's form: it asks for nothing, or its edits for the very same.

    `over` are the edits that the form was opened over, as if they were saved.
    Once it has an edit, what it had saved before that is something to ask for, and so is the version `seen`.
    """
    posted = mark_posted(seen, edited)
    if alive := list_alive(member, form, seen):
        return alive[0].posted == posted
    shown = requested.add_changes(lookup.decode_shape(edited.shape, seen), over)
    if not list_changed_fields(shown, edited):
        return True
    return filter_form(member, form).filter(state=State.CONFLICT, resolved_by=None, posted=posted).exists()


def list_before(member: Member, draft: Edit) -> list[Edit]:
    """Return what the form of a draft had made before that and is alive, which the draft shows, the oldest first."""
    return [one for one in reversed(list_alive(member, draft.form, draft.base)) if one.pk < draft.pk]


def name_left(member: Member, draft: Edit) -> str:
    """Return the number of the edit of a draft's form that ended unsaved, which the draft goes on with; "" if none."""
    left = filter_form(member, draft.form).filter(state__in=LEFT, resolved_by=None, pk__lt=draft.pk)
    return str(pk) if (pk := left.values_list("pk", flat=True).first()) else ""


def find_latest(record: Record, form: str) -> Edit | None:
    """Return the edit that the form with this token made last, whosever it is by now."""
    own = Edit.objects.filter(tenant=record.tenant, kind=record.kind, remote_id=record.remote_id, form=form)
    return own.exclude(state=State.DRAFT).select_related("tenant", "base").order_by("-pk").first()


def list_alive(member: Member, form: str, seen: Version | None) -> list[Edit]:
    """Return the edits of the form with this token that are under way, or saved since the version `seen`, newest first.

    A form into which newer changes were loaded shows what it had saved before as the record's own.
    """
    is_since = Q(result=None) | Q(result__gt=seen.pk if seen else 0)
    return list(filter_form(member, form).filter(Q(state__in=UNDER_WAY) | Q(is_since, state=State.SAVED)))


def filter_form(member: Member, form: str) -> EditQuerySet:
    """Return the member's edits made by the form with this token, newest first."""
    own = Edit.objects.filter(tenant=member.tenant, person=member.person, form=form).exclude(state=State.DRAFT)
    return own.select_related("tenant", "base").order_by("-sent_at", "-pk")
