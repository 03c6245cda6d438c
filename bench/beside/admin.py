"""The admin of both models: Ledgerdesk's columns, order and search fields; all else is Django's default."""

from django.contrib import admin
from django.db.models import F

from .models import Bill, Customer, Line


@admin.register(Customer)
class CustomerAdmin(admin.ModelAdmin[Customer]):
    list_display = (
        "full_name",
        "company_name",
        "phone",
        "email",
        "terms_name",
        "balance",
        "total_balance",
        "changed_at",
    )
    # `search` stands for all that is searched and has no column: one column in place of eight.
    search_fields = ("full_name", "company_name", "email", "phone", "search")
    ordering = (F("full_name_key").asc(), F("id").asc())


class LineInline(admin.TabularInline[Line, Bill]):
    model = Line


@admin.register(Bill)
class BillAdmin(admin.ModelAdmin[Bill]):
    inlines = (LineInline,)
