"""People in companies: roles, settings, invitations."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.db import models

from .company import Tenant


class Role(models.IntegerChoices):
    """A person's role in one company; each role includes the rights of the lower ones."""

    VIEWER = 10, "viewer"
    BOOKKEEPER = 20, "bookkeeper"
    ADMIN = 30, "administrator"


class Membership(models.Model):
    """One person's role in one company."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.IntegerField(choices=Role)
    hidden_columns = models.JSONField(default=list, blank=True, help_text="Columns of a bill's lines not to show.")
    # By kind of record: `view` (the saved view that its list opens with, 0 for the standard view, missing for that of
    # the company), `density`, and `widths` of columns.
    list_settings = models.JSONField(default=dict, blank=True, help_text="How the person has set up each list.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "person"], name="one_role_per_person")]

    def __str__(self) -> str:
        return f"{self.person} in {self.tenant}"


class PersonSettings(models.Model):
    """How one person has pages shown to them. Nothing that is stored, sent, agreed to or checked depends on it.

    But for `time_zone`: in it the person's day begins, and so what is due today.
    """

    class Theme(models.TextChoices):
        SYSTEM = "", "Like this computer"
        LIGHT = "light", "Light"
        DARK = "dark", "Dark"

    # Only ways to write a date that nobody can read as another one: a copied 3/4 would be typed into a form.
    class DateStyle(models.TextChoices):
        DAY_FIRST = "", "28 Oct 2026"
        MONTH_FIRST = "month-first", "Oct 28, 2026"
        ISO = "iso", "2026-10-28"

    class Density(models.TextChoices):
        COMFORTABLE = "", "Comfortable"
        COMPACT = "compact", "Compact"

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="own_settings"
    )
    theme = models.CharField(max_length=10, choices=Theme, blank=True, default=Theme.SYSTEM)
    date_style = models.CharField(max_length=20, choices=DateStyle, blank=True, default=DateStyle.DAY_FIRST)
    # How high rows are in every list and table; a list may have its own (`Membership.list_settings`).
    density = models.CharField(max_length=10, choices=Density, blank=True, default=Density.COMFORTABLE)
    # A name of the time zone database; "" for that of the installation.
    time_zone = models.CharField(max_length=64, blank=True, default="")
    # What opens after sign-in: the name of a URL and a company's slug, `bill_list larch`; "" for the list of companies.
    first_page = models.CharField(max_length=80, blank=True, default="")
    # Whether they are told while they are away: by a notice of the browser, by mail, and each morning by mail.
    shows_notices = models.BooleanField(default=False)
    mails_changes = models.BooleanField(default=False)
    mails_summary = models.BooleanField(default=False)
    mailed_until = models.DateTimeField(
        null=True
    )  # changes that have ended up to then were mailed, or before it was on
    mailed_at = models.DateTimeField(null=True)  # when the last mail about changes was sent
    summarized_on = models.DateField(null=True)  # the person's day for which the last summary was made
    # When they last looked at what needs them, and when they had looked before this visit: what is newer is new.
    inbox_seen_at = models.DateTimeField(null=True)
    inbox_new_since = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"settings of {self.person}"

    @property
    def zone(self) -> ZoneInfo | None:
        """The time zone; None for that of the installation, also where the chosen one is known no longer."""
        if not self.time_zone:
            return None
        try:
            return ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            return None

    @property
    def color_scheme(self) -> str:
        """The theme as HTML names it."""
        return self.theme or "light dark"


class Invitation(models.Model):
    """An invitation into one company, sent to one address; its link works once, until it expires or is withdrawn."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.IntegerField(choices=Role)
    token_hash = models.CharField(max_length=64, unique=True)  # of what only the link holds
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    invited_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.email} into {self.tenant}"
