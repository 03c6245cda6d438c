"""Filters of lists by what people did with a record: edited it, or saw it. Knows no kind of record."""

from django.db.models import Exists, OuterRef, Q, Subquery

from books.models import Record, SeenRecord
from edits.models.edit import Edit, State
from record_forms.filters.declare import FlagFilter
from record_forms.filters.parts import Scope


def _match_drafts(scope: Scope) -> Q:
    own = Edit.objects.drafts_of(scope.member.person)
    return Q(remote_id__in=own.filter(tenant=scope.member.tenant, kind=scope.table.kind).values("remote_id"))


def _match_conflicts(scope: Scope) -> Q:
    open_ones = Edit.objects.filter(tenant=scope.member.tenant, kind=scope.table.kind, resolved_by__isnull=True)
    return Q(remote_id__in=open_ones.filter(state=State.CONFLICT).values("remote_id"))


def _match_changed(scope: Scope) -> Q:
    """Records of which the person has seen another version, unless the newest one is what they saved themselves."""
    own = {"tenant": scope.member.tenant, "kind": scope.table.kind}
    now = Record.objects.filter(**own, remote_id=OuterRef("remote_id")).values("revision")[:1]
    seen = SeenRecord.objects.filter(**own, person=scope.member.person).exclude(revision=Subquery(now))
    saved = Edit.objects.filter(person=scope.member.person, state=State.SAVED, result=OuterRef("version_id"))
    return Q(remote_id__in=seen.values("remote_id")) & ~Q(Exists(saved))


# Drafts are shown to their author only; a conflict to everybody.
EDIT_FILTERS = (
    FlagFilter(name="draft", label="Has a draft of yours", of_mirror=False, match=_match_drafts),
    FlagFilter(name="conflict", label="Has a conflict", of_mirror=False, match=_match_conflicts),
    FlagFilter(name="changed_since_seen", label="Changed since you saw it", of_mirror=False, match=_match_changed),
)
