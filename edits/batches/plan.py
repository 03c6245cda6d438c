"""Plans a bulk change: what it would do to each record, stored for the dry run. Sends nothing and asks no vendor.

The data of some hundred records are read at once, and each version is decoded once.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied

from books import registry
from books.mirror import lookup
from books.models import Record, Version
from books.shared_reads import share_reads
from edits.lifecycle import transitions
from edits.lifecycle.acceptance import Agreed, Invalid, NeedsAgreement, find_objection
from edits.lifecycle.requested import list_differences
from edits.models.batch import Batch, BatchItem, Finding
from record_forms.checks import Check, get_rules
from record_forms.registry import KINDS
from records.changes import list_changed_fields
from records.content import Content
from records.diff import dump_changes
from records.encoder import encode_fields
from records.json_text import NotReadable, dump_json
from records.merge.three_way import merge_three_way
from records.text import clean_changes
from records.visible import reduce_content, restore_hidden
from tenants.access import Member

from . import moves
from .proposals import Proposal

AT_ONCE = 500  # records that one query reads, and whose contents are held
NOT_READABLE = "Its values cannot be read."
NOT_KEPT = "The values that it was based on are no longer kept. Start again from the list."


def plan_batch(
    person: User,
    proposals: Iterable[Proposal],
    *,
    kind: str,
    title: str,
    source: str,
    undoes: Batch | None = None,
    remarks: Sequence[str] = (),
) -> Batch:
    """Store a planned bulk change with an item for each proposal, and return it. Nothing is sent.

    `kind` is that of its records, as in Record.kind, `remarks` what its source has that is of no item. Raises
    PermissionDenied for a proposal of another person, or of another company than its member's.
    """
    items: list[BatchItem] = []
    places: dict[int, str] = {}
    rest = iter(proposals)
    with share_reads():
        while found := list(islice(rest, AT_ONCE)):
            if any(one.member.person != person or one.record.tenant_id != one.member.tenant.pk for one in found):
                raise PermissionDenied("This record belongs to another company.")
            current = _read_current([one.record for one in found])
            for number, one in enumerate(found, len(items) + 1):
                place = one.place or f"place {number}"
                earlier = places.setdefault(one.record.pk, place)
                what = _examine(one, current) if place == earlier else _cannot(f"It is in {earlier} already.")
                items.append(_make_item(number, one, {"problem": one.remark, **what}))
    said = "\n".join(" ".join(one.split()) for one in remarks)
    batch = Batch(kind=kind, title=title, source=source, remarks=said, undoes=undoes)
    return moves.store_plan(batch, person, items)


def _read_current(records: Sequence[Record]) -> Mapping[int, Record]:
    """Return the records as they are now, each with its version; those that a caller holds are used again."""
    given = {one.pk: one for one in records if "version" in one._state.fields_cache}
    numbers = {one.pk for one in records}
    now = Record.objects.filter(pk__in=numbers).values_list("pk", "version", "deleted_at")
    same = [pk for pk, *facts in now if pk in given and [given[pk].version_id, given[pk].deleted_at] == facts]
    found = {pk: given[pk] for pk in same}
    return found | Record.objects.select_related("version").in_bulk(numbers - found.keys())


def _make_item(number: int, one: Proposal, what: Mapping[str, Any]) -> BatchItem:
    return BatchItem(
        number=number,
        tenant=one.member.tenant,
        remote_id=one.record.remote_id,
        record_name=transitions.name_record(one.record),
        place=one.place,
        undoes=one.undoes,
        currency=one.record.currency or "",
        **what,
    )


def _cannot(problem: str) -> dict[str, Any]:
    return {"finding": Finding.CANNOT, "problem": problem}


def _examine(one: Proposal, current: Mapping[int, Record]) -> dict[str, Any]:
    """Return the columns of an item that say what would become of its record."""
    record = current.get(one.record.pk)
    books = registry.get_description(one.member.tenant).name
    if not one.member.may_edit:
        return _cannot("You can view but not change this company.")
    if one.problem or one.edited is None:
        return _cannot(one.problem or "It cannot be changed.")
    if record is None or record.deleted_at is not None or record.version is None:
        return _cannot(f"It is no longer in {books}.")
    if one.seen is None or one.seen.record_id != record.pk:
        return _cannot(NOT_KEPT)
    record.tenant = one.member.tenant
    try:
        return _compare(one.member, record, one.seen, one.edited)
    except NotReadable:
        return _cannot(NOT_READABLE)


def _compare(member: Member, record: Record, seen: Version, edited: Content) -> dict[str, Any]:
    """Return what the change makes of the record as it is now, or that both have changed the same."""
    table = registry.get_table(record.tenant, record.kind)
    was = lookup.decode_version(table, seen)
    edited = clean_changes(was, restore_hidden(table.shape, was, edited))
    if not list_changed_fields(was, edited):
        return {"finding": Finding.UNCHANGED}
    base = seen
    if seen.pk != record.version_id:
        now = lookup.get_content(record, table)
        merge = merge_three_way(was, edited, now)
        if merge.clashes:
            return _describe_clash(record, seen, was, edited, [part.label for part in merge.clashes])
        assert record.version is not None, "a record that is compared has a version"
        base, was, edited = record.version, now, merge.content({})
        if not list_changed_fields(was, edited):
            return {"finding": Finding.UNCHANGED}
    if record.kind in KINDS and (why := KINDS[record.kind].refusal(record.tenant, was)):
        return _cannot(why)
    return _check(member, record, base, was, edited)


def _describe_clash(
    record: Record, seen: Version, was: Content, edited: Content, labels: Sequence[str]
) -> dict[str, Any]:
    said = f"Changed by somebody else since: {', '.join(labels)}. You will be asked to decide."
    return {"finding": Finding.CLASH, "problem": said, "base_id": seen.pk, **_describe_change(record, was, edited)}


def _describe_change(record: Record, was: Content, edited: Content) -> dict[str, str]:
    changed = list_changed_fields(was, edited)
    return {
        "wanted": dump_json(encode_fields(edited, changed)),
        "fields": transitions.join_fields(f.name for f in changed),
        "changes": dump_changes(list_differences(record, was, edited)),
    }


def _check(member: Member, record: Record, base: Version, was: Content, edited: Content) -> dict[str, Any]:
    """Return the change with what is asked before it is sent; one that breaks a rule cannot be sent."""
    shape = registry.get_visible_table(member, record.kind).shape
    total_of, seen = get_rules(record).total, reduce_content(shape, was)
    total = total_of(record, seen, reduce_content(shape, edited))
    found = find_objection(member, record, was, edited, Agreed(total))
    warnings: list[Check] = []
    if isinstance(found, Invalid):
        return _cannot(" ".join(sentence for _, sentence in found.errors)) | _describe_change(record, was, edited)
    if isinstance(found, NeedsAgreement):
        if refusals := found.checks.refusals:
            return _cannot(_join_words(refusals[0])) | _describe_change(record, was, edited)
        warnings = [check for check, _ in found.checks.warnings]
    before = None if total is None else total_of(record, seen, seen)
    return {
        "finding": Finding.CHANGES,
        "base_id": base.pk,
        "checks": [[get_kind(check), check.box, check.title, check.why, check.next_step] for check in warnings],
        "total_before": "" if before is None else f"{before}",
        "total_after": "" if total is None else f"{total}",
        **_describe_change(record, was, edited),
    }


def _join_words(check: Check) -> str:
    return " ".join(filter(None, (check.title, check.why, check.next_step)))


def get_kind(check: Check) -> str:
    """Return what checks have alike that are agreed to together: what they advise."""
    return check.next_step or check.title
