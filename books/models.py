"""The mirror's tables: the desk's copy of what each company's books hold, and how its reading goes.

Knows no provider: what a column holds is said by the field tables.
"""

from decimal import Context, Decimal
from typing import Any
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from tenants.models import Tenant

KEPT = ("tenant", "kind", "deleted_at")
BELOW = "\t"  # stands for the colon of a full name where it is sorted: it comes before every letter and blank


class BlankableText(models.TextField[str, str]):
    """Text of the vendor's in a column: a blank is null in the table, so that it sorts last, and "" in Python."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **{**more, "null": True, "blank": True})

    def from_db_value(self, value: str | None, *_: object) -> str:
        return value or ""

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        return super().get_db_prep_save(value, connection) or None


class Amount(models.DecimalField[Any, Any]):
    """An amount in a column: one that no column of this size should hold reads as none, and spoils no page.

    Older editions of the desk stored such amounts. A database knows it as any decimal number.
    """

    @cached_property
    def context(self) -> Context:
        return Context(prec=self.max_digits, traps=[])

    def from_db_value(self, value: Decimal | None, *_: object) -> Decimal | None:
        return value if value is not None and value.is_finite() else None

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, _, args, options = super().deconstruct()
        return name, "django.db.models.DecimalField", args, options


class InOrder(models.Func):
    """What names are sorted by: capitals make no difference, and a job stands right under its customer.

    Written out without parameters, as only then a database sees that an index holds just this. PostgreSQL is told to
    go by the letters' numbers, as SQLite does: its own order is that of the language that it was set up with.
    """

    template = f"LOWER(REPLACE(%(expressions)s, ':', '{BELOW}'))"
    arity = 1
    output_field = models.TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, template=self.template.replace("s)s", 's)s COLLATE "C"'), **more)


def order_by_name(column: str) -> models.Func:
    return InOrder(models.F(column))


class Version(models.Model):
    """A record's content at one revision, in the vendor's own JSON. Never changed in what a person can write.

    `replaces_unreported` is the version that it replaced, until the history (a floor above) has reported what changed
    between the two and clears it. A first version has none, nor has one of a kind that no person changes.
    """

    record = models.ForeignKey("Record", on_delete=models.CASCADE, related_name="versions", db_index=False)
    revision = models.CharField(max_length=64)
    content = models.TextField()
    seen_at = models.DateTimeField()
    replaces_unreported = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "revision"], name="one_version_per_revision")]
        # Only what waits to be told stands in it, so that a first reading of very many pays nothing.
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
    """One record of a company's books as last read: its current version and the columns that lists sort and search.

    Customers, bills and every reference list live here side by side, told apart by `kind`, the vendor's plural
    word ("customers", "standard-terms"). The field table says which value each column holds; a column that a kind
    does not use stays null. `extra` holds what a list shows beside them, `projection` says what filled them all
    (books.mirror.projection).
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=40)
    remote_id = models.CharField(max_length=64)
    revision = models.CharField(max_length=64)
    version = models.ForeignKey(Version, on_delete=models.PROTECT, null=True, related_name="+")
    read_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)
    search = models.TextField(default="")
    extra = models.JSONField(null=True)
    projection = models.TextField(null=True)  # blank in the table too: SQLite adds no other column without a copy

    name = BlankableText()
    full_name = BlankableText()
    is_active = models.BooleanField(null=True)
    subtype = BlankableText()
    detail = BlankableText()
    parent_id = BlankableText()
    company_name = BlankableText()
    phone = BlankableText()
    email = BlankableText()
    terms_name = BlankableText()
    balance = Amount(max_digits=15, decimal_places=2, null=True)
    total_balance = Amount(max_digits=15, decimal_places=2, null=True)
    currency = BlankableText()
    vendor_name = BlankableText()
    vendor_id = BlankableText()
    memo = BlankableText()
    number = BlankableText()  # as `numbers.compared` leaves it
    bill_date = models.DateField(null=True)
    due_date = models.DateField(null=True)
    amount = Amount(max_digits=15, decimal_places=2, null=True)
    open_amount = Amount(max_digits=15, decimal_places=2, null=True)
    is_paid = models.BooleanField(null=True)
    changed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "kind", "remote_id"], name="one_row_per_record")]
        # `deleted_at` stands in each as a column: SQLite would look into the row where it were the index's condition.
        indexes = [
            models.Index(*KEPT, order_by_name("full_name"), name="record_by_full_name"),
            models.Index(*KEPT, order_by_name("vendor_name"), name="record_by_vendor"),
            models.Index(*KEPT, "bill_date", name="record_by_bill_date"),
            models.Index(*KEPT, "due_date", name="record_by_due_date"),
            models.Index(*KEPT, "is_active", name="record_by_activity"),
            # Only bills have a vendor, so the others do not pay for it.
            models.Index("tenant", "vendor_id", "number", name="bill_by_number", condition=Q(vendor_id__isnull=False)),
            models.Index(*KEPT, "is_paid", "due_date", "currency", "amount", "open_amount", name="record_by_state"),
        ]

    def __str__(self) -> str:
        return self.full_name or self.remote_id


class UnreadableRecord(models.Model):
    """One of the vendor's objects, as last sent, that the desk can not store or show: kept aside, and told.

    `remote_id` is a made-up name that begins with "?" where the object has no id of its own. An older copy that could
    be read stays among the records.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=40)
    remote_id = models.CharField(max_length=64)
    name = models.TextField(default="")
    reason = models.TextField()
    raw = models.TextField()
    request_id = models.CharField(max_length=80, default="")
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


class ReadState(models.TextChoices):
    """Where the reading of one list stands."""

    QUEUED = "queued", "waiting"
    RUNNING = "running", "reading"
    DONE = "done", "read"
    FAILED = "failed", "failed"


class SyncRun(models.Model):
    """The reading of one list of one company: the run under way or the last one, and what the next may start from.

    `slices` are the filters of the pieces still to read, the first being read now. `rows` counts the pieces that
    are complete, `slice_rows` the one under way. `high_water_mark` is the newest change seen by a complete run.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="runs", db_index=False)
    kind = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=ReadState, default=ReadState.QUEUED)
    is_full = models.BooleanField(default=True)
    slices = models.JSONField(default=list)
    slices_done = models.IntegerField(default=0)
    rows = models.IntegerField(default=0)
    slice_rows = models.IntegerField(default=0)
    rows_told = models.IntegerField(null=True)
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    as_of = models.DateTimeField(null=True)
    full_at = models.DateTimeField(null=True)
    high_water_mark = models.DateTimeField(null=True)
    newest = models.DateTimeField(null=True)
    restarts = models.IntegerField(default=0)
    tries = models.IntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    why = models.TextField(default="")
    next_step = models.TextField(default="")
    request_id = models.CharField(max_length=80, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "kind"], name="one_run_per_list")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.tenant_id}: {self.state}"

    @property
    def so_far(self) -> int:
        """Rows read by this run."""
        return self.rows + self.slice_rows

    @property
    def to_come(self) -> int | None:
        """Rows still to come as far as the vendor has told, or None."""
        return None if self.rows_told is None else max(0, self.rows_told - self.so_far)


def make_version_stamp() -> str:
    """A name that no other edition of any company's copy has."""
    return uuid4().hex


class SyncStatus(models.Model):
    """How one company's reading is attended to: who looked, which process works on it, since when it fails.

    `edition` is another one after every change of the company's copy. `pause_why` says what a reading waits for
    that has not failed, until `next_try_at`.
    """

    tenant = models.OneToOneField(Tenant, on_delete=models.CASCADE, related_name="watch")
    looked_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=ReadState, default=ReadState.DONE)
    queued_at = models.DateTimeField(null=True)
    process = models.CharField(max_length=120, default="")
    heartbeat_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    tries = models.IntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    why = models.TextField(default="")
    next_step = models.TextField(default="")
    request_id = models.CharField(max_length=80, default="")
    edition = models.CharField(max_length=32, default=make_version_stamp)
    pause_why = models.TextField(default="")

    class Meta:
        db_table = "books_watch"

    def __str__(self) -> str:
        return f"{self.tenant_id}: {self.state}"


class Quota(models.Model):
    """How often one handler of a vendor's server was called lately, by all processes and for all companies.

    `calls` are the moments of the calls in seconds since 1970; a `limit` of 0 is none.
    """

    server = models.CharField(max_length=200)
    handler = models.CharField(max_length=80)
    calls = models.JSONField(default=list)
    limit = models.IntegerField(default=10)
    seconds = models.FloatField(default=60.0)
    blocked_until = models.FloatField(default=0.0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["server", "handler"], name="one_quota_per_handler")]

    def __str__(self) -> str:
        return f"{self.handler} of {self.server}"


class RequestLock(models.Model):
    """The line to one company's books: who holds it now, and until when at most."""

    tenant = models.OneToOneField(Tenant, on_delete=models.CASCADE, related_name="+")
    holder = models.CharField(max_length=160, default="")
    until = models.DateTimeField(null=True)

    class Meta:
        db_table = "books_line"

    def __str__(self) -> str:
        return f"{self.tenant_id}: {self.holder or 'free'}"


class LockWaiter(models.Model):
    """Somebody waiting for the line to a company: only there while the line is taken. `process` is where they do."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    priority = models.IntegerField()
    process = models.CharField(max_length=120, default="")
    seen_at = models.DateTimeField()

    class Meta:
        db_table = "books_waiter"

    def __str__(self) -> str:
        return f"{self.tenant_id}: {self.priority}"
