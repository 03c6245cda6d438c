"""Companies (tenants). Knows nothing of records."""

from django.conf import settings
from django.db import models
from django.db.models import Q

END_USER_LETTERS = 80  # of the id of an end user at Conductor; a longer one is none


class Provider(models.TextChoices):
    CONDUCTOR = "conductor", "QuickBooks Desktop, through Conductor"
    BIGCAPITAL = "bigcapital", "Bigcapital"


class TenantQuerySet(models.QuerySet["Tenant"]):
    """Companies, by what is done with them. What lists companies or works for them takes one of these."""

    def in_use(self) -> "TenantQuerySet":
        """Those that are not archived; a company that was removed is archived too."""
        return self.filter(archived_at=None)

    def connected(self) -> "TenantQuerySet":
        """Those in use whose books can be asked: one that is still to be connected has no end user, or no key."""
        nowhere = Q(provider=Provider.CONDUCTOR, end_user_id="")
        return self.in_use().exclude(nowhere | Q(provider=Provider.BIGCAPITAL, key_variable="", sealed_key=""))


class Tenant(models.Model):
    """One company: one Conductor end user or one Bigcapital organization."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    provider = models.CharField(max_length=20, choices=Provider, default=Provider.CONDUCTOR)
    end_user_id = models.CharField(max_length=END_USER_LETTERS, blank=True)
    base_url = models.URLField(blank=True)
    key_variable = models.CharField(
        max_length=80, blank=True, help_text="Name of the environment variable that holds the key."
    )
    # Set by hand: QuickBooks uses each person's Windows setting, which it does not report; its American edition writes
    # 10/1.
    day_first = models.BooleanField(default=False, help_text="Whether 10/1 is the tenth of January.")
    names_every_currency = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Whether lists name the currency of every amount, not only of unusual ones.",
    )
    # By kind of record: `view`, the shared view with which its list opens for those who have chosen none. Here and not
    # at the view, as each page has its company at hand and so needs no query for it.
    list_settings = models.JSONField(default=dict, blank=True, help_text="How lists open for everybody.")

    # Of a company that is archived nothing is read and nothing is sent, and only administrators find it; of one that
    # was removed the history alone is kept. A removed one is archived too, so that all others ask for that alone.
    archived_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    purged_at = models.DateTimeField(null=True, blank=True)  # when nothing but the history was left of it
    # The key to its books, sealed with the installation's own key; "" where a variable or file holds it.
    sealed_key = models.TextField(blank=True, default="")
    # Bills and payments up to this date are closed: a change of one is asked about.
    closing_date = models.DateField(null=True, blank=True)
    # Whether its members see it only after they have set up a second factor.
    requires_second_factor = models.BooleanField(default=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name, verbose_name_plural = "company", "companies"
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "end_user_id"],
                condition=~models.Q(end_user_id=""),
                name="one_company_per_end_user",
            )
        ]

    def __str__(self) -> str:
        return self.name


class OfferedAccess(models.Model):
    """Another key or address of a company that works: it is tried before it takes the place of what the company has."""

    tenant = models.OneToOneField(Tenant, on_delete=models.CASCADE, primary_key=True, related_name="offered_access")
    base_url = models.URLField(blank=True)
    key_variable = models.CharField(max_length=80, blank=True)
    sealed_key = models.TextField(blank=True, default="")
    offered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    offered_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"offered to {self.tenant_id}"

    @property
    def columns(self) -> dict[str, str]:
        """What it is, as columns of the company."""
        return {"base_url": self.base_url, "key_variable": self.key_variable, "sealed_key": self.sealed_key}


class FormerSlug(models.Model):
    """A part of the web address that a company had before: its links lead on to the present one."""

    slug = models.SlugField(unique=True)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="former_slugs")

    def __str__(self) -> str:
        return f"{self.slug}, now {self.tenant_id}"
