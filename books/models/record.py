"""The mirror: each record of the companies' books as last read, its versions, and what could not be read.

Knows no provider: the field tables say which value a column holds.
"""

from django.db import models
from django.db.models import Q

from tenants.models import Tenant

from .columns import Amount, BlankableText

KEPT = ("tenant", "kind", "deleted_at")


class Version(models.Model):
    """A record's content at one revision. What is written of it by people never changes under the same revision."""

    record = models.ForeignKey("Record", on_delete=models.CASCADE, related_name="versions", db_index=False)
    revision = models.CharField(max_length=64)  # as in Record.revision
    content = models.TextField()  # the vendor's own JSON
    seen_at = models.DateTimeField()  # when it was read first
    # The version that it replaced, until `edits.history` has reported what changed between the two and clears it. Null
    # in a first version, and in one of a kind that no person changes.
    replaces_unreported = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "revision"], name="one_version_per_revision")]
        # Holds only what is yet to be reported, so that a first reading of very many pays nothing.
        indexes = [
            models.Index(
                fields=["replaces_unreported"],
                name="unreported_versions",
                condition=Q(replaces_unreported__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.record_id} at {self.revision}"


class Record(models.Model):
    """One record of a company's books as last read. Customers, bills and every reference list are rows of this table.

    The second half are the columns that lists sort, filter and search. The field table says which value each of them
    holds (`Table.columns`), so the comments name the usual one; a column that a kind does not use is null.
    """

    # Which record, and which version of it.
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=40)  # the vendor's plural word: "customers", "standard-terms"
    remote_id = models.CharField(max_length=64)  # the vendor's id
    revision = models.CharField(max_length=64)  # the vendor's, or a hash where it numbers none (Table.revision)
    version = models.ForeignKey(Version, on_delete=models.PROTECT, null=True, related_name="+")  # the current one
    read_at = models.DateTimeField()  # when the request began with whose answer the vendor last sent it
    deleted_at = models.DateTimeField(null=True)  # when it was found to be gone from the books
    deletion_untold = models.BooleanField(null=True)  # True until `edits.history` has recorded that; null otherwise
    search = models.TextField(default="")  # what Table.search names, folded, a line each
    # What lists show of the record that is no column below, and sort keys of texts that are not plain.
    extra = models.JSONField(null=True)
    # What filled the columns (books.mirror.projection). Nullable, as SQLite copies the table to add any other column.
    projection = models.TextField(null=True)

    # Of every kind.
    name = BlankableText()  # without those above it
    full_name = BlankableText()  # with them, parted by colons: "Abercrombie:Kitchen"
    full_name_key = BlankableText()  # what full names are sorted by (records.searching.make_sort_key)
    is_active = models.BooleanField(null=True)
    currency = BlankableText()  # its name or code
    changed_at = models.DateTimeField(null=True)  # when it was last changed in the books, by their clock

    # Of reference lists.
    subtype = BlankableText()  # narrows a picker: an account's type, a customer's job type
    detail = BlankableText()  # a second text to find an entry by: an account's number

    # Of customers.
    parent_id = BlankableText()  # remote_id of the customer above
    company_name = BlankableText()
    phone = BlankableText()
    email = BlankableText()
    balance = Amount(max_digits=16, decimal_places=3, null=True)
    total_balance = Amount(max_digits=16, decimal_places=3, null=True)  # with the jobs below it

    # Of customers and bills.
    terms_name = BlankableText()

    # Of bills.
    vendor_name = BlankableText()
    vendor_name_key = BlankableText()  # as full_name_key
    vendor_id = BlankableText()  # remote_id of the vendor
    memo = BlankableText()
    number = BlankableText()  # `records.numbers.make_number_key` of the vendor's number of the bill
    bill_date = models.DateField(null=True)
    due_date = models.DateField(null=True)
    amount = Amount(max_digits=16, decimal_places=3, null=True)
    open_amount = Amount(max_digits=16, decimal_places=3, null=True)  # what is still to be paid
    is_paid = models.BooleanField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "kind", "remote_id"], name="one_row_per_record")]
        # `deleted_at` is a column of each: were it the index's condition, SQLite would read the row to check it.
        indexes = [
            models.Index(*KEPT, "full_name_key", name="record_by_full_name"),
            models.Index(*KEPT, "vendor_name_key", name="record_by_vendor"),
            models.Index(*KEPT, "bill_date", name="record_by_bill_date"),
            models.Index(*KEPT, "due_date", name="record_by_due_date"),
            models.Index(*KEPT, "is_active", name="record_by_activity"),
            # Only bills have a vendor, so other kinds take no space in it.
            models.Index("tenant", "vendor_id", "number", name="bill_by_number", condition=Q(vendor_id__isnull=False)),
            models.Index("tenant", "vendor_id", "amount", name="bill_by_amount", condition=Q(vendor_id__isnull=False)),
            # Holds jobs alone, which few customers have.
            models.Index("tenant", "parent_id", name="record_below", condition=Q(parent_id__isnull=False)),
            models.Index(*KEPT, "is_paid", "due_date", "currency", "amount", "open_amount", name="record_by_state"),
            # Holds only what is yet to be recorded, as `unreported_versions` does.
            models.Index(fields=["deletion_untold"], name="untold_deletions", condition=Q(deletion_untold=True)),
        ]

    def __str__(self) -> str:
        return self.full_name or self.remote_id


class UnreadableRecord(models.Model):
    """One of the vendor's objects, as last sent, that cannot be stored or shown.

    An older copy that could be read stays among the records.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=40)  # as in Record.kind
    remote_id = models.CharField(max_length=64)  # the vendor's id, or a made-up one that begins with "?"
    name = models.TextField(default="")  # what it is called, as far as that can be read
    reason = models.TextField()  # in words for a person
    raw = models.TextField()  # the text in which it came
    request_id = models.TextField(default="")  # the vendor's, of the answer that it came in
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "kind", "remote_id"], name="one_row_per_unreadable_record")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.remote_id} of {self.tenant_id}"

    @property
    def has_id(self) -> bool:
        """Whether the vendor's object says which record it is."""
        return not self.remote_id.startswith("?")
