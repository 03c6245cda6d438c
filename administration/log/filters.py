"""The query string of the security log."""

from datetime import date

from django import forms
from django.utils import timezone

from record_forms.typed.dates import parse_date
from tenants.security_log import Kind

from .entries import LogQuery


class LogFilter(forms.Form):
    """What of the log to list. Invalid values are named in `errors` and omitted from `asked`."""

    kind = forms.ChoiceField(required=False, label="What", choices=[("", "Everything"), *Kind.choices])
    person = forms.CharField(required=False, label="Person", max_length=254)
    since = forms.CharField(required=False, label="From", max_length=40)
    until = forms.CharField(required=False, label="To", max_length=40)
    page = forms.IntegerField(required=False, min_value=1, max_value=1_000_000, widget=forms.HiddenInput)

    def clean_since(self) -> date | None:
        return self._read_day("since")

    def clean_until(self) -> date | None:
        return self._read_day("until")

    def _read_day(self, name: str) -> date | None:
        text = self.cleaned_data[name]
        return parse_date(text, today=timezone.localdate()) if text else None

    @property
    def asked(self) -> LogQuery:
        """Return what to search for."""
        self.is_valid()
        return LogQuery(**{name: value for name, value in self.cleaned_data.items() if name != "page" and value})

    @property
    def number(self) -> int:
        """The requested page, 1 if invalid."""
        self.is_valid()
        return self.cleaned_data.get("page") or 1
