"""What was seen to have changed in a company's books between two versions of a record, kept for good.

Versions are cleared away after a while; what the history says of them is written down when they are seen.
"""

from typing import Any, NoReturn

from django.db import models

from tenants.models import Tenant


class ExternalChangeQuerySet(models.QuerySet["ExternalChange"]):
    """The sightings of companies: they are added and read."""

    def delete(self) -> NoReturn:
        """Raises TypeError: what was seen stays, whoever asks."""
        raise TypeError("Sightings are the history of a company's records and are never deleted.")

    def update(self, **_: Any) -> NoReturn:
        """Raises TypeError: what was seen is not rewritten."""
        raise TypeError("Sightings are the history of a company's records and are never changed.")


class ExternalChange(models.Model):
    """The difference between two versions of a record that were seen one after the other, and that no edit explains.

    The books do not say who made it. It came about after the version `before` was first seen, `earlier_at`, and before
    `after` was, `seen_at`; `changed_at` is the last change by the books' own clock, where they tell it. `edit` is our
    own write that made the same version: then `changes` are what it brought along in fields that it did not touch.
    `changes`, `fields` and `search` are as those of an Edit.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    remote_id = models.CharField(max_length=64)
    record_name = models.TextField()
    before = models.CharField(max_length=64)
    after = models.CharField(max_length=64)
    earlier_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True)
    edit = models.ForeignKey("edits.Edit", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    fields = models.TextField()
    search = models.TextField()
    changes = models.TextField()

    objects = ExternalChangeQuerySet.as_manager()

    class Meta:
        db_table = "edits_sighting"
        base_manager_name = "objects"
        ordering = ["-seen_at", "-pk"]
        indexes = [
            models.Index(fields=["tenant", "-seen_at", "kind", "fields"], name="sightings_by_facts"),
            models.Index(fields=["tenant", "kind", "remote_id", "-seen_at"], name="sightings_by_record"),
        ]

    def __str__(self) -> str:
        return f"{self.record_name}, changed outside Ledgerdesk"

    def save(self, *_: Any, **__: Any) -> NoReturn:
        """Raises TypeError: `sightings` adds them, many at once, and nothing changes them."""
        raise TypeError("A sighting is history and is never changed.")

    def delete(self, *_: Any, **__: Any) -> NoReturn:
        """Raises TypeError: see ExternalChangeQuerySet.delete."""
        raise TypeError("A sighting is history and is never deleted.")
