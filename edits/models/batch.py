"""A bulk change: many edits that one person has started at once, and what is to become of each record.

Only `edits.batches.moves` writes these tables, and `edits.change.apply` and `edits.lifecycle`, which note the edit that
an item became. Who writes an item's step locks its bulk change first.
"""

from collections.abc import Sequence

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q
from django.urls import reverse

from books.models import Record, Version
from tenants.models import Tenant

from .edit import Edit
from .handed_over import HandOver, read_hand_overs


class BatchState(models.TextChoices):
    """Where a bulk change stands."""

    PLANNED = "planned", "Not started"
    RUNNING = "running", "Running"
    SUSPENDED = "suspended", "Stopped for now"
    ENDED = "ended", "Done"
    DISCARDED = "discarded", "Deleted"


GOES_ON = (BatchState.RUNNING, BatchState.SUSPENDED)


class Finding(models.TextChoices):
    """What the dry run found of one record."""

    CHANGES = "changes", "Changes"
    CLASH = "clash", "Changed since"
    UNCHANGED = "unchanged", "Unchanged"
    CANNOT = "cannot", "Cannot be changed"


WORTH_RUNNING = (Finding.CHANGES, Finding.CLASH)


class Step(models.TextChoices):
    """How far one record of a bulk change is. What became of a change that was begun is in its edit."""

    PLANNED = "planned", "Not started"
    WAITING = "waiting", "Waiting"
    BEGUN = "begun", "Begun"
    NOT_SENT = "not_sent", "Not sent"
    CANCELLED = "cancelled", "Cancelled"
    LEFT_OUT = "left_out", "Left out"
    SAME = "same", "Nothing to change"


class BatchQuerySet(models.QuerySet["Batch"]):
    """The bulk changes."""

    def lock(self, pk: int, *states: BatchState) -> str:
        """Keep a bulk change in its state until the caller's transaction ends, and return it; "" for any but these.

        On PostgreSQL, a statement that joins the items to this table goes by its rows as they were before it waited.
        """
        held = self.filter(pk=pk, state__in=states).select_for_update(no_key=True)  # an edit of it may be stored
        return next(iter(held.order_by().values_list("state", flat=True)), "")


class Batch(models.Model):
    """One bulk change of records of one kind: who, why, and how far it is. Its records may be of several companies."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    person_name = models.CharField(max_length=150)
    kind = models.CharField(max_length=40)  # of its records, as in Record.kind
    title = models.CharField(max_length=250)  # what it does, in words: "Terms: Net 30"
    source = models.CharField(max_length=250, blank=True)  # where the records come from, in words: a list, a file
    remarks = models.TextField(default="", db_default="", blank=True)  # for its author, a line each: what was left out
    reason = models.CharField(max_length=250, default="", blank=True)  # the author's note, of each of its edits
    undoes = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="undone_by")

    state = models.CharField(max_length=20, choices=BatchState, default=BatchState.PLANNED)
    planned_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # Hours of the company's day in which it runs; null: at any time.
    runs_from = models.TimeField(null=True)
    runs_until = models.TimeField(null=True)
    handed_over = models.TextField(default="", db_default="", blank=True)  # as that of an Edit

    objects = BatchQuerySet.as_manager()

    class Meta:
        ordering = ["-planned_at", "-pk"]
        verbose_name_plural = "batches"
        indexes = [
            models.Index(fields=["person", "-planned_at"], name="batches_of_a_person"),
            models.Index(fields=["state"], condition=Q(state="running"), name="running_batches"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("batch_page", args=[self.pk])

    @property
    def author_name(self) -> str:
        """Who can start, stop and go on with it: who planned it, or whom it was handed over to since."""
        return self.hand_overs[-1].now if self.handed_over else self.person_name

    def hide_words(self, reader_pk: int, *, hides: bool) -> None:
        """Take its words from a bulk change, which is not stored again, if they may quote what is hidden from a reader.

        Its author has chosen them; who took it over from another person has not.
        """
        if hides and (self.person_id != reader_pk or self.handed_over):
            self.title, self.source = f"Bulk change of {self.kind}", ""

    @property
    def hand_overs(self) -> Sequence[HandOver]:
        """Each time it was given to another person, the oldest first."""
        return read_hand_overs(self.handed_over)


class BatchItemQuerySet(models.QuerySet["BatchItem"]):
    """The items of bulk changes."""

    def is_confirmed(self, item: "BatchItem", person: User, edit_of: Record) -> bool:
        """Return whether the item is of a bulk change that this person has confirmed and that runs, for this record.

        What was begun is finished also after it was stopped for now.
        """
        is_begun = Q(step=Step.BEGUN, batch__state__in=GOES_ON)
        own = self.filter(Q(step=Step.WAITING, batch__state=BatchState.RUNNING) | is_begun, pk=item.pk)
        own = own.filter(batch__kind=edit_of.kind, remote_id=edit_of.remote_id, tenant=edit_of.tenant_id)
        return own.filter(batch__person=person).exists()

    def begin(self, item: "BatchItem", edit: Edit) -> None:
        """Note the edit that an item became, in the caller's transaction. Raises PermissionDenied if it must not."""
        state = Batch.objects.lock(item.batch_id, *GOES_ON)
        steps = [Step.BEGUN] if state == BatchState.SUSPENDED else [Step.WAITING, Step.BEGUN]
        if not state or not self.filter(pk=item.pk, step__in=steps).update(step=Step.BEGUN, edit=edit):
            raise PermissionDenied("This bulk change is not running.")
        item.step, item.edit = Step.BEGUN, edit

    def follow(self, edit: Edit) -> int:
        """Let the items be of this edit whose own it replaces, as it says from now on what became of their records."""
        return self.filter(edit__resolved_by=edit).update(edit=edit)


class BatchItem(models.Model):
    """One record of a bulk change: what the dry run showed of it, and the edit that it became."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="items", db_index=False)
    number = models.PositiveIntegerField()  # its place in the bulk change, from 1
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", db_index=False)
    remote_id = models.CharField(max_length=64)
    record_name = models.TextField()
    place = models.CharField(max_length=60, default="", blank=True)  # in its source, such as "row 12"

    # The change: `wanted`, `changes` and `fields` as those of an Edit.
    base = models.ForeignKey(Version, on_delete=models.PROTECT, null=True, related_name="+")  # null: cannot be changed
    wanted = models.TextField(default="", blank=True)
    changes = models.TextField(default="", blank=True)
    fields = models.TextField(default="", blank=True)
    undoes = models.ForeignKey(Edit, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    # What the dry run found.
    finding = models.CharField(max_length=20, choices=Finding)
    problem = models.TextField(default="", blank=True)  # why it cannot be changed, or was not sent, for people
    checks = models.JSONField(default=list)  # warnings: [kind, box, title, why, next step]
    total_before = models.CharField(max_length=32, default="", blank=True)  # a figure; "" for a kind without totals
    total_after = models.CharField(max_length=32, default="", blank=True)
    currency = models.TextField(default="", blank=True)

    step = models.CharField(max_length=20, choices=Step, default=Step.PLANNED)
    edit = models.ForeignKey(Edit, on_delete=models.PROTECT, null=True, related_name="+")  # its latest one

    objects = BatchItemQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="one_number_per_item"),
        ]
        indexes = [
            models.Index(fields=["tenant", "batch", "number"], condition=Q(step="waiting"), name="waiting_batch_items"),
        ]

    def __str__(self) -> str:
        return f"{self.record_name} in {self.batch_id}"
