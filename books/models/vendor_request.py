"""What was asked of each company's vendor: one row a request for a day, and one a day for a year. Written in batches.

No query, no key and no body is in them.
"""

from django.db import models

from tenants.models import Tenant


class VendorRequest(models.Model):
    """One request: when, how long, how it ended, and its size in bytes; `error` is a class of `providers.errors`."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+", db_index=False)
    ended_at = models.DateTimeField(db_index=True)
    seconds = models.FloatField()
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=200)
    status = models.PositiveSmallIntegerField()  # of the answer; 0: none came
    error = models.CharField(max_length=40)  # "" if the vendor did what it was asked
    code = models.CharField(max_length=80)  # the vendor's
    request_id = models.CharField(max_length=80)  # the vendor's
    has_failed = models.BooleanField()  # the company did not answer; a refusal is an answer
    sent = models.BigIntegerField()
    received = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["tenant", "-ended_at"], name="requests_of_company")]

    def __str__(self) -> str:
        return f"{self.method} {self.path} of {self.tenant_id}: {self.status}"


class VendorUsage(models.Model):
    """What all requests of one company came to on one day, by the clock of the installation."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField(db_index=True)
    requests = models.PositiveIntegerField()
    failures = models.PositiveIntegerField()
    seconds = models.FloatField()
    sent = models.BigIntegerField()  # bytes
    received = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "day"], name="one_usage_per_day")]

    def __str__(self) -> str:
        return f"{self.tenant_id} on {self.day}: {self.requests}"
