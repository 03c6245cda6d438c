"""What administrators have Ledgerdesk do at the connection service: each is sent once, and kept with its outcome."""

from django.db import models

from tenants.models import Tenant

from .failure import Failure


class ActKind(models.TextChoices):
    """What is done there."""

    CREATE = "create", "create the end user"
    LINK = "link", "make a connection link"
    DELETE = "delete", "delete the end user"


class ActState(models.TextChoices):
    """How far it is. It is sent on the way from queued to sending, so what is sending or unknown is only looked up."""

    QUEUED = "queued", "waiting"
    SENDING = "sending", "under way"
    DONE = "done", "done"
    FAILED = "failed", "failed"
    UNKNOWN = "unknown", "checking"


class ConnectionAct(Failure):
    """One thing that a person has asked for. The number of its form makes it one, however often that is posted."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="connection_acts")
    kind = models.CharField(max_length=10, choices=ActKind)
    token = models.CharField(max_length=64, unique=True)
    asked = models.JSONField(default=dict)  # company_name, email, source_id; or minutes; or end_user_id
    asked_by = models.CharField(max_length=254)  # the username
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=ActState, default=ActState.QUEUED)
    ended_at = models.DateTimeField(null=True)
    answer = models.JSONField(default=dict)  # of a link: its `url`, sealed, `expires_at`, `end_user_id`

    class Meta:
        indexes = [models.Index(fields=["tenant", "kind", "-asked_at"], name="connection_act_latest")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.tenant_id}: {self.state}"

    @property
    def is_waiting(self) -> bool:
        """Whether an outcome comes by itself."""
        return self.state in (ActState.QUEUED, ActState.SENDING)

    @property
    def is_open(self) -> bool:
        """Whether it may still be done, so that it must not be asked for again."""
        return self.is_waiting or self.state == ActState.UNKNOWN
