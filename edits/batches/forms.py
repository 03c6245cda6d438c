"""What is posted on the page of a bulk change, and what its address narrows. Knows no table but the filters' names."""

from collections.abc import Sequence
from datetime import time
from typing import Any

from django import forms

from record_forms.reason import ReasonForm

LONGEST = 8_000  # letters of a list of numbers: those of one page
MINUTES = ["%H:%M"]


class ItemQuery(forms.Form):
    """The query of the page: which records, of which company, and the number of the page."""

    show = forms.CharField(required=False)
    company = forms.SlugField(required=False)
    page = forms.IntegerField(required=False, min_value=1)

    @property
    def asked(self) -> dict[str, Any]:
        """What was asked for, without what is not valid."""
        self.is_valid()
        return {"show": "", "company": "", "page": None, **self.cleaned_data}


class StartForm(ReasonForm):
    """The confirmation: a note for the history, and the hours in which it may run."""

    runs_from = forms.TimeField(
        required=False, input_formats=MINUTES, error_messages={"invalid": "Enter a time such as 20:00."}
    )
    runs_until = forms.TimeField(
        required=False, input_formats=MINUTES, error_messages={"invalid": "Enter a time such as 06:00."}
    )

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if (found.get("runs_from") is None) != (found.get("runs_until") is None) and not self.errors:
            self.add_error("runs_from", "Enter both times, or none.")
        if found.get("runs_from") is not None and found.get("runs_from") == found.get("runs_until"):
            self.add_error("runs_from", "Enter two different times.")
        return found

    @property
    def hours(self) -> tuple[time, time] | None:
        """Both times, None for any time."""
        start, end = self.cleaned_data["runs_from"], self.cleaned_data["runs_until"]
        return None if start is None else (start, end)


def read_numbers(texts: Sequence[str]) -> list[int]:
    """Return the numbers in posted texts, each of one or of several separated by commas; what is no number is left."""
    found = ",".join(texts)[:LONGEST].split(",")
    return [int(one) for one in found if one.isdecimal() and len(one) < 10]
