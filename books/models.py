"""The mirror's tables: the desk's copy of what each company's books hold, and of every run that refreshed it."""

from django.db import models

from tenants.models import Tenant


class Version(models.Model):
    """A record's content at one revision, in the vendor's own JSON. Never changed in what a person can write."""

    record = models.ForeignKey("Record", on_delete=models.CASCADE, related_name="versions")
    revision = models.CharField(max_length=64)
    content = models.TextField()
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "revision"], name="one_version_per_revision")]

    def __str__(self) -> str:
        return f"{self.record_id} at {self.revision}"


class Record(models.Model):
    """One record of a company's books as last read: its current version and the columns that lists sort and search.

    Customers, bills and every reference list live here side by side, told apart by `kind`, the vendor's plural
    word ("customers", "standard-terms"). The field table says which value each column holds; a column that a kind
    does not use stays null.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    remote_id = models.CharField(max_length=64)
    revision = models.CharField(max_length=64)
    version = models.ForeignKey(Version, on_delete=models.PROTECT, null=True, related_name="+")
    read_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)
    search = models.TextField(default="")

    name = models.CharField(max_length=209, null=True)
    full_name = models.CharField(max_length=209, null=True)
    is_active = models.BooleanField(null=True)
    parent_id = models.CharField(max_length=64, null=True)
    company_name = models.CharField(max_length=41, null=True)
    phone = models.CharField(max_length=21, null=True)
    email = models.CharField(max_length=1023, null=True)
    terms_name = models.CharField(max_length=209, null=True)
    balance = models.DecimalField(max_digits=15, decimal_places=2, null=True)
    total_balance = models.DecimalField(max_digits=15, decimal_places=2, null=True)
    currency = models.CharField(max_length=64, null=True)
    vendor_name = models.CharField(max_length=209, null=True)
    vendor_id = models.CharField(max_length=64, null=True)
    memo = models.TextField(null=True)
    bill_date = models.DateField(null=True)
    due_date = models.DateField(null=True)
    amount = models.DecimalField(max_digits=15, decimal_places=2, null=True)
    open_amount = models.DecimalField(max_digits=15, decimal_places=2, null=True)
    is_paid = models.BooleanField(null=True)
    changed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "kind", "remote_id"], name="one_row_per_record")]
