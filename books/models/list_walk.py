"""The rows of a list as they were when a person opened a record from it. Knows no list and no page."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, models

from tenants.models import Tenant

WALKS_KEPT = timedelta(days=14)
REUSED = timedelta(days=1)  # so long, a walk serves for the same rows again
WALKS_OF_A_PERSON = 200  # the older ones are deleted when another is stored


class ListWalk(models.Model):
    """The order in which a person goes through a list, though a save may take rows out of it meanwhile."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=40)  # as in Record.kind
    query = models.TextField()  # what the list was asked, as in its address
    first = models.IntegerField()  # the place of the first of `ids` in the list, from 0
    is_whole = models.BooleanField()  # whether `ids` are all rows of the list
    ids = models.TextField()  # remote ids of the rows around that record, in the list's order, a line each
    opened_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["person", "tenant", "kind"], name="walks_of_a_person")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.tenant_id}: {self.query}"

    def list_ids(self) -> list[str]:
        return self.ids.split("\n")


def store_walk(walk: ListWalk) -> None:
    """Store a walk, unless the person has a recent one through the same rows, which then is used again.

    The oldest ones of its person beyond the limit are deleted.
    """
    since = connection.ops.adapt_datetimefield_value(walk.opened_at - REUSED)
    rows: list[Any] = [walk.query, walk.first, walk.is_whole, walk.ids]
    with connection.cursor() as cursor:
        cursor.execute(_FIND_SAME, [walk.person_id, walk.tenant_id, walk.kind, *rows, since])
        if same := cursor.fetchone():
            (walk.pk,) = same
            return
        walk.save(force_insert=True)
        cursor.execute(_DELETE_OLDEST, [walk.person_id, walk.person_id, WALKS_OF_A_PERSON])


def delete_old_walks(now: datetime) -> Any:
    return ListWalk.objects.filter(opened_at__lt=now - WALKS_KEPT).delete()


# In SQL, because composing it takes longer than the database takes to carry it out.
_FIND_SAME = """SELECT id FROM books_listwalk WHERE person_id = %s AND tenant_id = %s AND kind = %s
AND query = %s AND first = %s AND is_whole = %s AND ids = %s AND opened_at > %s ORDER BY id DESC LIMIT 1"""
_DELETE_OLDEST = """DELETE FROM books_listwalk WHERE person_id = %s AND id <= (
    SELECT id FROM books_listwalk WHERE person_id = %s ORDER BY id DESC LIMIT 1 OFFSET %s
)"""
