"""Companies (tenants). Knows nothing of records."""

from django.db import models


class Provider(models.TextChoices):
    CONDUCTOR = "conductor", "QuickBooks Desktop, through Conductor"
    BIGCAPITAL = "bigcapital", "Bigcapital"


class Tenant(models.Model):
    """One company: one Conductor end user or one Bigcapital organization."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    provider = models.CharField(max_length=20, choices=Provider, default=Provider.CONDUCTOR)
    end_user_id = models.CharField(max_length=80, blank=True)
    base_url = models.URLField(blank=True)
    key_variable = models.CharField(
        max_length=80, blank=True, help_text="Name of the environment variable that holds the key."
    )
    # Set by hand: QuickBooks uses each person's Windows setting, which it does not report; its American edition writes
    # 10/1.
    day_first = models.BooleanField(default=False, help_text="Whether 10/1 is the tenth of January.")
    # By kind of record: `view`, the shared view with which its list opens for those who have chosen none. Here and not
    # at the view, as each page has its company at hand and so needs no query for it.
    list_settings = models.JSONField(default=dict, blank=True, help_text="How lists open for everybody.")

    # Of a company that is archived nothing is read and nothing is sent, and only administrators find it; of one that
    # was removed the history alone is kept.
    archived_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    # The key to its books, sealed with the installation's own key; "" where a variable or file holds it.
    sealed_key = models.TextField(blank=True, default="")
    # Bills and payments up to this date are closed: a change of one is asked about.
    closing_date = models.DateField(null=True, blank=True)
    # Whether its members see it only after they have set up a second factor.
    requires_second_factor = models.BooleanField(default=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "end_user_id"],
                condition=~models.Q(end_user_id=""),
                name="one_company_per_end_user",
            )
        ]

    def __str__(self) -> str:
        return self.name
