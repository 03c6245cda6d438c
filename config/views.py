"""The component sheet: every component in every state, to look at and to copy. Only in DEBUG or DEMO."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from record_forms.checks import AskedChecks, Check
from record_forms.widgets import Picker
from tenants.access import Member
from tenants.models import Role, Tenant


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a picker, as `books/options.html` renders it."""

    name: str
    detail: str = ""
    kind: str = ""
    is_active: bool = True
    data: dict[str, str] = field(default_factory=dict)


OPTIONS = (
    Option("Meadowlark Books:Fall mailing", "job, in progress"),
    Option("Meadowlark Books", "customer"),
    Option("Meadowlark Books:Spring catalogue", "job, pending"),
    Option("Old Mead Dairy", is_active=False),
    Option("Garnet Row Studio", "customer"),
    Option("Net 15"),
    Option("Net 20"),
    Option("Net 30"),
)


class SampleForm(forms.Form):
    """Fields in the states that a form can be in."""

    vendor = forms.CharField(widget=Picker(reverse_lazy("look_options")), required=False)
    payables_account = forms.CharField(widget=Picker(reverse_lazy("look_options")))
    number = forms.CharField(max_length=20)
    bill_date = forms.CharField()
    terms = forms.CharField(widget=Picker(reverse_lazy("look_options")))
    due_date = forms.CharField(label="Due date")
    memo = forms.CharField(max_length=41, help_text="Printed on the check.")
    currency = forms.CharField(required=False)

    def clean_due_date(self) -> str:
        raise forms.ValidationError("No such day. November has 30.")


def _sample() -> dict[str, object]:
    opened = {
        "vendor": "Cobalt Ridge Packaging",
        "payables_account": "Accounts Payable",
        "number": "7731",
        "bill_date": "28 Oct 2026",
        "terms": "Net 15",
        "due_date": "12 Nov 2026",
        "memo": "Cartons and wrap, autumn restock",
        "currency": "USD",
    }
    posted = opened | {"terms": "Net 30", "due_date": "31 Nov 2026"}
    now, today = timezone.now(), timezone.localdate()
    bills = [
        ("R-2026-11", "Aspenhall Property", "Rent, November", "", today - timedelta(19), Decimal("6450.00")),
        ("88590", "Bellweather Freight", "Inbound, 1 pallet", "", today + timedelta(7), Decimal("1746.00")),
        ("7731", "Cobalt Ridge Packaging", "Cartons and wrap, autumn", "draft", today - timedelta(8), Decimal(1240)),
        ("1120-4471", "Dunmere Electric", "Meter 4471, Oct 5 to Nov 4", "", today, Decimal("812.44")),
        ("INV-1048", "Elmstead Paper", "Label stock and A4", "double", today - timedelta(15), Decimal("-318.4")),
        ("61377", "Oxbow Janitorial", "Cleaning, November", "conflict", today + timedelta(28), Decimal("655")),
    ]  # fmt: skip
    guards = [
        Check(
            title="The payables account must stay Accounts Payable.",
            why="This bill is linked to bill payment check 1182 of 2 Nov 2026, which has the same account.",
            next_step="Put Accounts Payable back.",
            refuses=True,
        ),
        Check(
            title="This bill is paid in part: 500.00 of 1,240.00.",
            why="The new total, 1,315.50, leaves 815.50 to pay.",
            next_step="To be sure, delete the payment in QuickBooks, change the bill, and enter the payment again.",
        ),
    ]
    return {
        "asked": AskedChecks(guards, ()),
        "form": SampleForm(posted, initial=opened),
        "untouched": SampleForm(initial=opened),
        "as_of": now - timedelta(minutes=2),
        "away_since": now - timedelta(minutes=29),
        "just_now": now,
        "bills": bills,
        "total_was": Decimal("1240.00"),
        "total_now": Decimal("1315.50"),
        "shares": [(1, 52), (2, 27), (3, 12), (4, 5), (5, 4)],
        "connection_word": "answering",
        "inbox_count": 6,
        "what_to_do": ["Open QuickBooks.", "Close any window that asks something."],
        "printed": ["Cobalt Ridge Packaging", "Attn: Accounts, Dock 4", "2180 Foundry Loop", "Larkspur, OR 97299"],
    }


def _only_for_looking() -> None:
    if not (settings.DEBUG or settings.DEMO):
        raise Http404("The sheet of states is for development and the demo.")


@never_cache
@require_safe
def signed_in(request: HttpRequest) -> HttpResponse:
    """Show the last page of a sign-in that was opened beside a form."""
    return render(request, "signed_in.html")


@require_safe
def look(request: HttpRequest) -> HttpResponse:
    """Show every component in every state, inside an invented company."""
    _only_for_looking()
    tenant = Tenant(slug="larch", name="Larch Street Supply")
    assert isinstance(request.user, User), "whoever is not signed in does not come here"
    shown = Member(tenant, request.user, Role.BOOKKEEPER)
    return render(request, "styleguide/states.html", {"member": shown, **_sample()})


@require_safe
def look_options(request: HttpRequest) -> HttpResponse:
    """Return the options of the sheet's pickers."""
    _only_for_looking()
    words = request.GET.get("q", "").lower().split()
    found = [option for option in OPTIONS if all(word in option.name.lower() for word in words)]
    context = {"options": found, "total": len(found), "shown": len(found)}
    return render(request, "books/options.html", context | {key: request.GET.get(key, "") for key in ("q", "was")})
