"""Filters of lists by what became of people's edits of a record. Knows no kind of record."""

from django.db.models import Q

from edits.models.edit import Edit, State
from record_forms.filters.declare import FlagFilter
from record_forms.filters.parts import Scope


def _match_drafts(scope: Scope) -> Q:
    own = Edit.objects.drafts_of(scope.member.person)
    return Q(remote_id__in=own.filter(tenant=scope.member.tenant, kind=scope.table.kind).values("remote_id"))


def _match_conflicts(scope: Scope) -> Q:
    open_ones = Edit.objects.filter(tenant=scope.member.tenant, kind=scope.table.kind, resolved_by__isnull=True)
    return Q(remote_id__in=open_ones.filter(state=State.CONFLICT).values("remote_id"))


# Drafts are shown to their author only; a conflict to everybody.
EDIT_FILTERS = (
    FlagFilter(name="draft", label="Has a draft of yours", match=_match_drafts),
    FlagFilter(name="conflict", label="Has a conflict", match=_match_conflicts),
)
