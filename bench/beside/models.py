"""The admin's models: the same customer rows as Ledgerdesk's list, and separate tables for one long bill."""

from typing import Any

from django.db import models

from books.models import Record


class ActiveCustomers(models.Manager["Customer"]):
    """The rows of Ledgerdesk's list without a search: one company's active customers."""

    def get_queryset(self) -> models.QuerySet["Customer"]:
        kept = super().get_queryset().filter(deleted_at__isnull=True)
        return kept.filter(tenant__slug="larch", kind="customers", is_active=True)


class Customer(Record):
    """A customer, as stored in the mirror."""

    objects = ActiveCustomers()

    class Meta:
        proxy = True
        app_label = "beside"


class Text(models.CharField[str, str]):
    """A short text that may be blank."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **{"max_length": 255, "blank": True, **more})


class Bill(models.Model):
    """The header of a bill."""

    vendor = Text()
    payables_account = Text()
    transaction_date = models.DateField(null=True)
    due_date = models.DateField(null=True)
    ref_number = Text()
    terms = Text()
    memo = Text()
    exchange_rate = models.DecimalField(max_digits=15, decimal_places=5, null=True)

    class Meta:
        app_label = "beside"

    def __str__(self) -> str:
        return self.ref_number


class Line(models.Model):
    """A line of a bill, with the nine columns that Ledgerdesk shows for any bill."""

    bill = models.ForeignKey(Bill, on_delete=models.CASCADE, related_name="lines")
    item = Text()
    description = Text()
    quantity = models.DecimalField(max_digits=15, decimal_places=5, null=True, blank=True)
    unit_of_measure = Text()
    cost = models.DecimalField(max_digits=15, decimal_places=5, null=True, blank=True)
    amount = models.DecimalField(max_digits=15, decimal_places=2, null=True, blank=True)
    customer = Text()
    line_class = Text()
    billing_status = Text(choices=[(each, each) for each in ("billable", "not_billable", "has_been_billed")])

    class Meta:
        app_label = "beside"

    def __str__(self) -> str:
        return self.item


# Ledgerdesk's names of columns that these tables name differently.
ALSO_CALLED = {
    "item": ("account", "item_group"),
    "description": ("memo",),
    "amount": ("total_amount",),
    "customer": ("payee",),
    "line_class": ("class",),
}
