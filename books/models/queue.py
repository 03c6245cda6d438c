"""What orders the requests to the vendors: which process sends them, and how many a server takes.

And what they have learned of a server that its answers do not say.
"""

from django.db import models


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


class EngineLease(models.Model):
    """Which process sends the requests to all vendors; one row. Two would not know each other's lines."""

    holder = models.CharField(max_length=160, default="")  # its process mark; "": none
    until = models.DateTimeField(null=True)  # taken to have ended from then on, if it has not renewed it

    def __str__(self) -> str:
        return self.holder or "free"
