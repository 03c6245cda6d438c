"""What people keep of lists: views by name, and which version of a record each person has seen. Knows no list."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.db.models import Q
from django.utils import timezone

from tenants.models import Tenant

LONGEST_NAME = 80
COMPANIES, VIEWS = "companies", "views"  # kinds of what was seen that are no records
NOTED = timedelta(minutes=1)  # so rarely another look at the same version is written


class SavedView(models.Model):
    """A list's query under a name: of one person, or shared with everybody in the company."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=40)  # as in Record.kind
    # Whose it is; null: it is shared.
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    made_by = models.CharField(max_length=150)  # who saved it, as text: a shared view outlives its author
    name = models.CharField(max_length=LONGEST_NAME)
    query = models.TextField(default="", blank=True)  # as in the address of the list, without its page

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "kind", "name"], condition=Q(person=None), name="one_shared_view_per_name"
            ),
            models.UniqueConstraint(
                fields=["tenant", "kind", "person", "name"], condition=~Q(person=None), name="one_own_view_per_name"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """The query string that opens the list with this view."""
        return f"{self.query}{'&' if self.query else ''}view={self.pk}"

    @property
    def is_shared(self) -> bool:
        return self.person_id is None


class SeenRecord(models.Model):
    """The revision of a record that a person last had on a page; none for a company or a saved view."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=40)  # as in Record.kind, COMPANIES or VIEWS
    remote_id = models.CharField(max_length=64)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    revision = models.CharField(max_length=64)  # as in Record.revision
    seen_at = models.DateTimeField(null=True)  # when, to the minute; null: before this was noted

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "tenant", "kind", "remote_id"], name="seen_once_a_person")
        ]
        indexes = [models.Index(fields=["person", "-seen_at"], name="seen_lately")]

    def __str__(self) -> str:
        return f"{self.remote_id} at {self.revision}"


def store_seen(person_pk: int, tenant_pk: int, kind: str, remote_id: str, revision: str) -> None:
    """Note the revision that a person sees now; writes nothing if that was noted less than a minute ago."""
    key: list[Any] = [person_pk, tenant_pk, kind, remote_id]
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [revision, _write_moment(timezone.now() - NOTED), *key])
        if cursor.fetchone() is None:
            cursor.execute(_STORE, [*key, revision, _write_moment(timezone.now())])


def list_recently_seen(person_pk: int, companies: Sequence[int], count: int) -> list[tuple[int, str, str]]:
    """Return company, kind and id of what a person has last had on a page in these companies, the newest first.

    The id of a company (`COMPANIES`) is its slug, that of a saved view (`VIEWS`) its number.
    """
    seen = SeenRecord.objects.filter(person=person_pk, seen_at__isnull=False, tenant__in=companies)
    return list(seen.order_by("-seen_at").values_list("tenant_id", "kind", "remote_id")[:count])


def _write_moment(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)


# In SQL, because composing it takes longer than the database takes to carry it out.
_FIND = """SELECT 1 FROM books_seenrecord WHERE revision = %s AND seen_at > %s
AND person_id = %s AND tenant_id = %s AND kind = %s AND remote_id = %s"""
_STORE = """INSERT INTO books_seenrecord (person_id, tenant_id, kind, remote_id, revision, seen_at)
VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (person_id, tenant_id, kind, remote_id)
DO UPDATE SET revision = excluded.revision, seen_at = excluded.seen_at"""
