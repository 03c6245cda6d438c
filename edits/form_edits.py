"""The edits that one open form has made: it may be posted twice, and changed and saved again while it stays open."""

from collections.abc import Iterable, Sequence
from hashlib import blake2b

from django.db.models import Q

from books import registry
from books.mirror import lookup
from books.models import Record, Version
from edits.lifecycle import requested
from edits.models.edit import LEFT, UNDER_WAY, Edit, EditQuerySet, State, parse_pk
from edits.models.fetching import fetch_of_record
from record_forms.checks import Check
from records.changes import list_changed_fields
from records.content import Content
from records.encoder import encode_fields
from records.fields import Field
from records.json_text import dump_json
from records.text import clean_changes
from records.visible import list_hidden_changes
from tenants.access import Member


def mark_posted(seen: Version | None, edited: Content) -> str:
    """Return a mark of what a form over the version `seen` asks for, which the same changes have again."""
    was = lookup.decode_shape(edited.shape, seen) if seen else Content(edited.shape, {})
    edited = clean_changes(was, edited)
    asked = [seen and seen.pk, encode_fields(edited, list_changed_fields(was, edited))]
    return blake2b(dump_json(asked).encode(), digest_size=20).hexdigest()


def make_token(form: str, member: Member, latest: Edit | None, replaces: Edit | None, posted: str) -> str:
    """Return a token for another edit of a form. Its latest is in it: no edit that was there before has this one."""
    said = (form, member.person.pk, latest and latest.pk, replaces and replaces.pk, posted)
    return blake2b(repr(said).encode(), digest_size=20).hexdigest()


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
    """Return what the form of a draft had made before that and is alive, which the draft shows, the oldest first.

    What was saved before a draft is handed over stays with who saved it, so of such a draft it counts whosever it is.
    """
    made = Edit.objects.filter(tenant=draft.tenant_id, kind=draft.kind, remote_id=draft.remote_id)
    if not draft.handed_over:
        made = made.filter(person=member.person)
    return [one for one in reversed(_list_alive(made, Q(form=draft.form), draft.base)) if one.pk < draft.pk]


def name_left(member: Member, draft: Edit) -> str:
    """Return the number of the edit of a draft's form that ended unsaved, which the draft goes on with; "" if none."""
    left = filter_form(member, draft.form).filter(state__in=LEFT, resolved_by=None, pk__lt=draft.pk)
    return str(pk) if (pk := left.values_list("pk", flat=True).first()) else ""


def find_own_edit(member: Member, record: Record, number: str) -> Edit | None:
    """Return the member's edit of this record with this number."""
    own = Edit.objects.filter(tenant=member.tenant, person=member.person, kind=record.kind, remote_id=record.remote_id)
    found = own.select_related("tenant", "base", "behind").filter(pk=parse_pk(number))
    return next(iter(found.order_by()), None)  # to compose an order over so many columns takes longer than all else


def find_latest(record: Record, form: str) -> Edit | None:
    """Return the edit that the form with this token made last, whosever it is by now."""
    found = fetch_of_record(record.tenant, record.kind, record.remote_id, _LATEST, [form, State.DRAFT])
    return found[0] if found else None


_LATEST = "edit.form = %s AND edit.state <> %s ORDER BY edit.id DESC LIMIT 1"


def stands(edit: Edit, seen: Version) -> bool:
    """Return whether what an edit asked for is under way, or saved over the version `seen` or after it.

    What the version itself shows counts as little as what ended unsaved, unless a later edit took its place.
    """
    known = set[int]()
    while edit.resolved_by is not None and edit.state != State.SAVED and edit.pk not in known:
        known.add(edit.pk)
        edit = edit.resolved_by
    return _is_alive(edit, seen)


def split_shown(over: Iterable[Edit], seen: Version) -> tuple[list[Edit], list[Edit]]:
    """Return those of the edits that a form has shown as if they were saved that stand, and those that do not."""
    standing = {edit: stands(edit, seen) for edit in over}
    return [edit for edit in standing if standing[edit]], [edit for edit in standing if not standing[edit]]


def list_alive(member: Member, form: str, seen: Version | None, follows: str = "") -> list[Edit]:
    """Return the member's edits that stand for what the form with this token has asked for, newest first.

    They are its own, and those that took the place of one of them, or of the edit `follows` that the form continues:
    made on another page, in another tab. A form into which newer changes were loaded shows what it had saved before as
    the record's own.
    """
    own = Edit.objects.filter(tenant=member.tenant, person=member.person)
    return _list_alive(own, Q(form=form) | Q(pk=parse_pk(follows)), seen)


def _list_alive(made: EditQuerySet, which: Q, seen: Version | None) -> list[Edit]:
    made = made.exclude(state=State.DRAFT).select_related("tenant", "base", "resolved_by")
    found = {edit.pk: edit for edit in made.filter(which)}
    while later := {edit.resolved_by_id for edit in found.values() if edit.resolved_by_id} - found.keys():
        more = {edit.pk: edit for edit in made.filter(pk__in=later)}
        if not more:
            break  # of somebody else
        found |= more
    alive = [edit for edit in found.values() if _is_alive(edit, seen)]
    return sorted(alive, key=lambda edit: (edit.sent_at, edit.pk), reverse=True)


def split_by_form(alive: Iterable[Edit], form: str) -> tuple[list[Edit], list[Edit]]:
    """Return the edits that a form has made itself, and those made elsewhere, both the oldest first."""
    found = sorted(alive, key=lambda one: (one.sent_at, one.pk))
    return [one for one in found if one.form == form], [one for one in found if one.form != form]


def list_asked(shown: Content, edited: Content, elsewhere: Iterable[Edit]) -> list[Field]:
    """Return the fields that a form changes, but for those of which the very same was asked for elsewhere.

    Where something else was asked for there, which the form has not shown, the two are merged as of two people.
    """
    differing = list_changed_fields(requested.add_changes(shown, elsewhere), edited)
    return [f for f in list_changed_fields(shown, edited) if f in differing]


def list_hidden_parts(member: Member, edit: Edit) -> list[Field]:
    """Return the fields that an edit changes and that are hidden from the member by now, however deep they are."""
    shape = registry.get_visible_table(member, edit.kind).shape
    return list_hidden_changes(shape, requested.get_base(edit), requested.get_requested(edit))


def list_hidden_checks(member: Member, record: Record, form: str, follows: str, left: Iterable[Edit]) -> list[Check]:
    """Return what a member has to agree to before a form stands for edits of which a part is hidden from them.

    These are what the form has left over, the edit `follows` that it continues, and those `left` that it has shown.
    """
    if not registry.get_visible_table(member, record.kind).hides:
        return []
    own = Edit.objects.filter(tenant=member.tenant, person=member.person, kind=record.kind, remote_id=record.remote_id)
    found = own.filter(Q(form=form) | Q(pk=parse_pk(follows)), state__in=LEFT, resolved_by=None)
    edits = {one.pk: one for one in [*found.select_related("tenant", "base"), *left]}.values()
    labels = dict.fromkeys(f.label for one in edits if one.needs_author for f in list_hidden_parts(member, one))
    return [
        Check(
            title=f"“{label}” is not shown to you any more, so what was entered there is not saved.",
            why="",
            next_step="Ask an administrator of this company, or save anyway. It stays in the history.",
        )
        for label in labels
    ]


def filter_form(member: Member, form: str) -> EditQuerySet:
    """Return the member's edits made by the form with this token, newest first."""
    own = Edit.objects.filter(tenant=member.tenant, person=member.person, form=form).exclude(state=State.DRAFT)
    return own.select_related("tenant", "base").order_by("-sent_at", "-pk")


def _is_alive(edit: Edit, seen: Version | None) -> bool:
    return edit.state in UNDER_WAY or requested.is_saved_since(edit, seen.pk if seen else 0)
