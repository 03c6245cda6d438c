"""What pages want to know from a vendor and do not wait for: one row for each question, with its last outcome."""

from datetime import datetime

from django.db import models

from tenants.models import Tenant

from .failure import Failure
from .sync import ReadState


class Purpose(models.TextChoices):
    """What is asked."""

    RECORD = "record", "how a record is now"
    CONNECTION = "connection", "whether the open company file answers"
    ACCOUNT = "account", "what the connection service knows of the company"
    SETUP = "setup", "how far connecting has come"
    ACCESS = "access", "whether another key works"
    END_USERS = "end_users", "which companies the connection service has"


class VendorRead(Failure):
    """A read that a page has asked for: waiting, under way, or how the last one ended. Asking again reuses the row."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+", db_index=False)
    purpose = models.CharField(max_length=10, choices=Purpose)
    kind = models.CharField(max_length=40, default="")  # as in Record.kind; "" if it is not of a record
    remote_id = models.CharField(max_length=64, default="")  # the vendor's; "" likewise
    state = models.CharField(max_length=10, choices=ReadState, default=ReadState.QUEUED)
    asked_at = models.DateTimeField()
    began_at = models.DateTimeField(null=True)
    process = models.CharField(max_length=120, default="")  # which process reads it; "" while none does
    ended_at = models.DateTimeField(null=True, db_index=True)
    # {"milliseconds": 120} of a connection, {"known": [[label, value]]} of an account; both of a setup.
    answer = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "purpose", "kind", "remote_id"], name="one_vendor_read_each")
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.remote_id} of {self.tenant_id}: {self.state}"

    @property
    def is_waiting(self) -> bool:
        """Whether an outcome is still to come."""
        return self.state in (ReadState.QUEUED, ReadState.RUNNING)

    @property
    def has_failed(self) -> bool:
        return self.state == ReadState.FAILED

    def ended_since(self, moment: datetime) -> bool:
        return not self.is_waiting and self.ended_at is not None and self.ended_at > moment
