"""What the pages of usage are asked for."""

from datetime import date

from django import forms

from books.health.usage import get_month


class MonthAsked(forms.Form):
    """The month of the usage page, `2026-11`; the present one if none is named or it is none."""

    month = forms.RegexField(r"^20[0-9]{2}-(0[1-9]|1[0-2])$", required=False)

    def clean_month(self) -> date:
        named = self.cleaned_data["month"]
        return date.fromisoformat(f"{named}-01") if named else get_month()

    @property
    def asked(self) -> date:
        """The first day of the month."""
        return self.cleaned_data["month"] if self.is_valid() else get_month()
