"""The only way to apply a change: every form, page and batch asks here whether it may be written.

Decides and records, and sends nothing to a vendor: `edits.tasks` carries out the accepted edit. A form's own checks
are not trusted. docs/architecture.md, "A change".
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import Error, transaction
from django.utils import timezone

from books import registry
from books.mirror import lookup
from books.models import Record, Version
from books.providers.errors import saving as errors_of_save
from edits.lifecycle import failures, leases, transitions
from edits.models.edit import Edit, EditQuerySet, State
from record_forms.checks import AskedChecks, Check, collect_checks, get_rules
from record_forms.reason import LONGEST
from record_forms.validation import list_all_errors
from records.changes import list_changed_fields
from records.content import Content
from records.diff import diff_records, dump_changes
from records.encoder import encode_value
from records.fields import Field
from records.json_text import Json, dump_json
from records.text import clean_changes
from records.visible import describe_hidden, list_hidden_changes, reduce_content, restore_hidden
from tenants.access import Member


@dataclass(frozen=True, slots=True)
class Accepted:
    """The change is an edit to send; the same form posted twice returns the edit of its first post."""

    edit: Edit


@dataclass(frozen=True, slots=True)
class NothingChanged:
    """The person changed nothing."""


@dataclass(frozen=True, slots=True)
class NeedsAgreement:
    """Some checks refuse the change, or give warnings that its author has not confirmed."""

    checks: AskedChecks


@dataclass(frozen=True, slots=True)
class Invalid:
    """Limits that the change breaks: (path of the input, sentence) each. A path counts the entries that are kept."""

    errors: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class TotalDiffers:
    """The total on the screen, None if there was none, is not the total after the change."""

    seen: Decimal | None
    would_be: Decimal


@dataclass(frozen=True, slots=True)
class Moved:
    """The version that the person saw is no longer stored: the change is recorded as a conflict for them to decide."""

    edit: Edit


Outcome = Accepted | NothingChanged | NeedsAgreement | Invalid | TotalDiffers | Moved


def apply(
    member: Member,
    record: Record,
    seen: Version | None,
    edited: Content,
    *,
    token: str,
    total_seen: Decimal | None = None,
    agreed: Container[str] = (),
    reason: str = "",
    follows: str = "",
    undoes: Edit | None = None,
    also_asked: Iterable[Check] = (),
) -> Outcome:
    """Accept the changes from the version `seen` to `edited`, or return why not.

    `edited` may be by the table that the member may see: what is hidden there keeps its value. A change to it is
    refused, whoever asks for it.
    `token` is that of the form. `total_seen` is the total on the screen; a change of a record that has one needs it.
    `agreed` are the boxes ticked, `also_asked` further checks of the caller, such as clashes left open in a form that
    was opened again. `reason` is the author's note, `follows` the number of the author's edit that this one continues,
    "" for none, `undoes` the saved edit that this one undoes.
    Raises PermissionDenied, OtherCompany while a different company file answers, and NotBegun if the database cannot be
    written to: then there is no edit.
    """
    _require_editor(member, record)
    said = {"follows": follows, "reason": reason}
    if seen is None:
        return Moved(record_conflict(member, record, None, edited, token=token, **said))
    table = registry.get_table(record.tenant, record.kind)
    shape = registry.get_visible_table(member, record.kind).shape
    was = lookup.decode_version(table, seen)
    edited = clean_changes(was, restore_hidden(table.shape, was, edited))
    if hidden := list_hidden_changes(shape, was, edited):
        return Invalid([("", describe_hidden(f.label for f in hidden))])
    if not list_changed_fields(was, edited):
        return NothingChanged()
    with errors_of_save():
        registry.check_own_file(record.tenant)
    if len(reason) > LONGEST:
        return Invalid([("reason", f"At most {LONGEST} letters.")])
    if errors := list(list_all_errors(member.tenant, table, was, edited)):
        return Invalid(errors)
    asked = collect_checks(record, was, edited, agreed, shape)
    asked = AskedChecks([*asked.guards, *also_asked], agreed)
    if asked.stops:
        return NeedsAgreement(asked)
    would_be = get_rules(record).total(record, reduce_content(shape, was), reduce_content(shape, edited))
    if would_be is not None and total_seen != would_be:
        return TotalDiffers(total_seen, would_be)
    edit, _ = _begin_edit(member, record, seen, was, edited, form=token, undoes=undoes, **said)
    return Accepted(edit)


def record_conflict(
    member: Member,
    record: Record,
    seen: Version | None,
    edited: Content,
    *,
    token: str,
    follows: str = "",
    reason: str = "",
) -> Edit:
    """Record a change to a record that is known to have moved as a conflict, which is never sent.

    Raises PermissionDenied, and NotBegun if the database cannot be written to.
    """
    _require_editor(member, record)
    table = registry.get_table(record.tenant, record.kind)
    was = lookup.decode_version(table, seen) if seen else Content(table.shape, {})
    edited = clean_changes(was, restore_hidden(table.shape, was, edited))
    try:
        with transaction.atomic():
            edit, is_first = _begin_edit(
                member, record, seen, was, edited, form=token, follows=follows, reason=reason, process=leases.NOBODY
            )
            if is_first:
                transitions.move_edit(edit, State.CONFLICT)
    except Error as error:
        raise failures.not_begun(record.tenant, error) from error
    return edit


def _require_editor(member: Member, record: Record) -> None:
    if record.tenant_id != member.tenant.pk:
        raise PermissionDenied("This record belongs to another company.")
    if not member.may_edit:
        raise PermissionDenied("You can view but not change this company.")


def _begin_edit(
    member: Member, record: Record, seen: Version | None, was: Content, edited: Content, **more: Any
) -> tuple[Edit, bool]:
    """Return the edit of a posted form and whether it is new: the same form with the same changes has its edit already.

    A form that was changed after it was posted makes another edit, even if the first one has the form's own token.
    Raises NotBegun.
    """
    wanted = _encode_fields(edited, list_changed_fields(was, edited))
    more["changes"] = dump_changes(diff_records(was, edited))
    token = more["form"]
    try:
        while (edit := _begin_with_token(token, member, record, seen, wanted, **more)) is None:
            newest = filter_edits(member, more["form"]).first()
            if newest and newest.token and _asks_the_same(newest, seen, wanted):
                return newest, False
            said = (more["form"], member.person.pk, newest and newest.pk, seen and seen.pk, dump_json(wanted))
            token = blake2b(repr(said).encode(), digest_size=20).hexdigest()
    except Error as error:
        raise failures.not_begun(record.tenant, error) from error
    return edit, True


def filter_edits(member: Member, form: str) -> EditQuerySet:
    """Return the edits made by the form with this token, newest first."""
    own = Edit.objects.filter(tenant=member.tenant, person=member.person, form=form)
    return own.select_related("tenant", "base").order_by("-sent_at", "-pk")


def _encode_fields(content: Content, fields: Iterable[Field]) -> dict[str, Json]:
    return {f.name: encode_value(f, content[f.name]) for f in fields}


def _asks_the_same(edit: Edit, seen: Version | None, wanted: Mapping[str, Json]) -> bool:
    return (edit.base_id, edit.wanted) == (seen and seen.pk, dump_json(wanted))


def _begin_with_token(
    token: str, member: Member, record: Record, seen: Version | None, wanted: Mapping[str, Json], **more: Any
) -> Edit | None:
    follows = more.pop("follows")
    columns = {"process": leases.NOBODY, "lease_until": timezone.now() + leases.LEASE, **more}
    with transaction.atomic():
        edit = transitions.begin_edit(member, record, seen, wanted, token=token, **columns)
        if edit is not None:
            Edit.objects.replace_by(edit, follows)
            if token != more["form"]:
                # What was typed after the first post is sent now.
                transitions.drop_drafts(member, more["form"])
    return edit
