"""The query string with which an open page asks whether its record has moved."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.dateparse import parse_datetime

from books.models import Record
from edits.lifecycle.form_token import InvalidToken, read_token

FRESH = timedelta(seconds=60)  # a record read this recently is not read again for an open page
SALT = "edits.live"


class LiveQuery(forms.Form):
    """The query of the live check; an invalid token stands for the current record."""

    base = forms.CharField(required=False)
    form = forms.BooleanField(required=False)
    shown = forms.CharField(required=False)
    opened = forms.CharField(required=False)
    balances = forms.CharField(required=False)

    def __init__(self, *args: Any, record: Record, person: int, **more: Any) -> None:
        super().__init__(*args, **more)
        self.record, self.person = record, person

    @property
    def seen(self) -> str:
        """The revision that the page shows."""
        try:
            return read_token(self.cleaned_data.get("base", ""), self.record, self.person).revision
        except InvalidToken:
            return self.record.revision

    @property
    def in_form(self) -> bool:
        return bool(self.cleaned_data.get("form"))

    @property
    def shown_last(self) -> str:
        """The revision that the last answer showed, "" for the page's first request."""
        return str(self.cleaned_data.get("shown", ""))

    @property
    def carried(self) -> dict[str, str]:
        """What the page says again at its next look."""
        of_form = {"form": "1"} if self.in_form else {}
        return {**of_form, "opened": f"{self.opened_at:%Y-%m-%dT%H:%M:%S%z}", "balances": self.shown_balances}

    @property
    def opened_at(self) -> datetime:
        """When the page asked for the first time: now, unless it says so."""
        try:
            opened_at = parse_datetime(self.cleaned_data.get("opened", ""))
        except ValueError:
            opened_at = None
        return opened_at if opened_at and opened_at.tzinfo else timezone.now().astimezone(UTC)

    @property
    def read_again_after(self) -> timedelta:
        """The age from which the record is read again: a page that is left open asks ever more rarely."""
        return max(FRESH, (timezone.now() - self.opened_at) / 4)

    @property
    def balances_from(self) -> datetime | None:
        """When the balances that the page shows were read, if they have changed since; they have no revision."""
        seal, _, read_at = self.cleaned_data.get("balances", "").partition(" ")
        if not seal or constant_time_compare(seal, _seal_balances(self.record)):
            return None
        try:
            return parse_datetime(read_at)
        except ValueError:
            return None

    @property
    def shown_balances(self) -> str:
        """What later looks of the page say of the balances that it shows. It does not tell the balances themselves."""
        read_at = self.record.read_at.astimezone(UTC)
        return self.cleaned_data.get("balances", "") or f"{_seal_balances(self.record)} {read_at:%Y-%m-%dT%H:%M:%SZ}"


def _seal_balances(record: Record) -> str:
    balances = (record.pk, record.balance, record.total_balance, record.open_amount)
    return salted_hmac(SALT, repr(balances)).hexdigest()[:16]
