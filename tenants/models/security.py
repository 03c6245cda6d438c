"""What keeps an installation safe: the log of what concerns its security, and counters of attempts."""

from django.conf import settings
from django.db import models

from .company import Tenant


class SecurityEvent(models.Model):
    """One entry of the security log. Entries are added by `tenants.security_log` alone, and never changed.

    Names are kept beside the rows they belong to, which may be gone when the log is read.
    """

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    kind = models.CharField(max_length=40)  # a name of `tenants.security_log.Kind`
    tenant = models.ForeignKey(Tenant, on_delete=models.SET_NULL, null=True, related_name="+")
    tenant_name = models.CharField(max_length=120, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    actor_name = models.CharField(max_length=254, blank=True)  # "" for the operator at a command line
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    person_name = models.CharField(max_length=254, blank=True)  # whom it concerns
    address = models.CharField(max_length=60, blank=True)  # of the network that the request came from
    details = models.JSONField(default=dict, blank=True)  # for a person to read: never a secret, nothing from the books

    class Meta:
        indexes = [models.Index(fields=["tenant", "-at"], name="security_event_company")]

    def __str__(self) -> str:
        return f"{self.kind} at {self.at}"


class Throttle(models.Model):
    """A counter of attempts for `throttle`: until when, in epoch seconds, its attempts are used up."""

    counter = models.CharField(max_length=64, primary_key=True)
    used_until = models.FloatField(db_index=True)

    def __str__(self) -> str:
        return self.counter
