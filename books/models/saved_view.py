"""What people keep of lists: views by name, and which version of a record each person has seen. Knows no list."""

from typing import Any

from django.conf import settings
from django.db import connection, models
from django.db.models import Q

from tenants.models import Tenant

LONGEST_NAME = 80


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
    """The revision of a record that a person last had on a page."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=40)
    remote_id = models.CharField(max_length=64)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    revision = models.CharField(max_length=64)  # as in Record.revision

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "tenant", "kind", "remote_id"], name="seen_once_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.remote_id} at {self.revision}"


def store_seen(person_pk: int, tenant_pk: int, kind: str, remote_id: str, revision: str) -> None:
    """Note the revision that a person has seen; writes nothing if it is noted already."""
    key: list[Any] = [person_pk, tenant_pk, kind, remote_id]
    with connection.cursor() as cursor:
        cursor.execute(_FIND, key)
        if cursor.fetchone() != (revision,):
            cursor.execute(_STORE, [*key, revision])


# In SQL, because composing it takes longer than the database takes to carry it out.
_FIND = "SELECT revision FROM books_seenrecord WHERE person_id = %s AND tenant_id = %s AND kind = %s AND remote_id = %s"
_STORE = """INSERT INTO books_seenrecord (person_id, tenant_id, kind, remote_id, revision) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (person_id, tenant_id, kind, remote_id) DO UPDATE SET revision = excluded.revision"""
