"""What orders the requests of all processes to the vendors: one at a time for a company, so many for a server.

And what they have learned of a server that its answers do not say.
"""

from django.db import models

from tenants.models import Tenant


class Quota(models.Model):
    """How often one handler of a vendor's server was called lately, by all processes and for all companies."""

    server = models.CharField(max_length=200)  # base URL
    handler = models.CharField(max_length=80)  # what the server counts together
    calls = models.JSONField(default=list)  # moments of the last calls, in seconds since 1970
    limit = models.IntegerField(default=10)  # calls within `seconds`; 0: no limit
    seconds = models.FloatField(default=60.0)
    blocked_until = models.FloatField(default=0.0)  # the server refuses until then, in seconds since 1970

    class Meta:
        constraints = [models.UniqueConstraint(fields=["server", "handler"], name="one_quota_per_handler")]

    def __str__(self) -> str:
        return f"{self.handler} of {self.server}"


class ServerOffset(models.Model):
    """How far a vendor's server is from UTC, as its last answer showed that left no doubt about it."""

    server = models.CharField(max_length=200, unique=True)  # base URL
    minutes = models.IntegerField()  # east of UTC; at one season of the year

    def __str__(self) -> str:
        return f"{self.server}: {self.minutes} minutes"


class RequestLock(models.Model):
    """The lock that whoever sends a request to one company's books holds meanwhile."""

    tenant = models.OneToOneField(Tenant, on_delete=models.CASCADE, related_name="+")
    holder = models.CharField(max_length=160, default="")  # process and a random mark; "": free
    until = models.DateTimeField(null=True)  # taken to be free from then on, whatever became of the holder

    class Meta:
        db_table = "books_line"

    def __str__(self) -> str:
        return f"{self.tenant_id}: {self.holder or 'free'}"


class LockWaiter(models.Model):
    """Somebody who waits for a company's lock; the row is deleted when they have it or give up."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    priority = models.IntegerField()  # a `RequestPriority`
    process = models.CharField(max_length=120, default="")  # where they wait
    seen_at = models.DateTimeField()  # when they last looked whether it is free

    class Meta:
        db_table = "books_waiter"

    def __str__(self) -> str:
        return f"{self.tenant_id}: {self.priority}"
