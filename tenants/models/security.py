"""What keeps an installation safe: the log of what concerns its security, people's sessions, counters of attempts."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models

from .company import Tenant


class AppendOnly(Exception):
    """An entry of the security log was to be changed or deleted."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__("The security log is only ever added to.")


def _refuse(*args: Any, **more: Any) -> NoReturn:
    raise AppendOnly


class SecurityEvents(models.QuerySet["SecurityEvent"]):
    """Entries to read. Raises AppendOnly for whatever would change or delete some."""

    update = delete = bulk_update = update_or_create = _refuse


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

    objects = SecurityEvents.as_manager()

    class Meta:
        indexes = [models.Index(fields=["tenant", "-at"], name="security_event_company")]

    def __str__(self) -> str:
        return f"{self.kind} at {self.at}"

    def save(self, *args: Any, **more: Any) -> None:
        """Add the entry. Raises AppendOnly for one that is there already."""
        if not self._state.adding:
            raise AppendOnly
        super().save(*args, **more)

    delete = _refuse


class AccountLink(models.Model):
    """A link that works once for one person: to choose a password, or to confirm an email address.

    Only a hash of it is stored. Rules are in `tenants.sign_in.account_links`.
    """

    class Purpose(models.TextChoices):
        PASSWORD = "password", "choose a password"
        ADDRESS = "address", "confirm an email address"

    purpose = models.CharField(max_length=10, choices=Purpose)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)  # of what only the link holds
    email = models.EmailField(blank=True)  # where it was sent, "" if it was shown; of an address: the new one
    account = models.CharField(max_length=64)  # a hash of the account as it was: the link is void once that changes
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made_by_name = models.CharField(max_length=254, blank=True)  # "" for the operator at a command line
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.purpose} of {self.person}"


class PersonSession(models.Model):
    """What is known of a session in which somebody has signed in; Django's own table holds what is in it.

    Moments are in epoch seconds: every page begins with reading them in SQL, where a database has its own ways to
    write a moment.
    """

    session_key = models.CharField(max_length=40, primary_key=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    browser = models.CharField(max_length=200, blank=True)  # as it calls itself
    address = models.CharField(max_length=60, blank=True)  # of the network at sign-in
    signed_in_at = models.FloatField()
    last_seen_at = models.FloatField()  # some minutes late: it is not written on every page

    def __str__(self) -> str:
        return f"session of {self.person}"


class Throttle(models.Model):
    """A counter of attempts for `throttle`: until when, in epoch seconds, its attempts are used up."""

    counter = models.CharField(max_length=64, primary_key=True)
    used_until = models.FloatField(db_index=True)

    def __str__(self) -> str:
        return self.counter
