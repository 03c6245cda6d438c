"""The query of the view `typed_day`: what was typed into an input, and the date that stood there before."""

from contextlib import suppress
from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone

from .dates import parse_date


class DatePreviewForm(forms.Form):
    """`text` becomes the day that it means; `was` is None where no date stood there."""

    field_order = ("was", "text")
    was = forms.CharField(required=False)
    text = forms.CharField()

    def __init__(self, data: QueryDict, *, day_first: bool) -> None:
        super().__init__(data)
        self.day_first = day_first

    def clean_was(self) -> date | None:
        with suppress(ValidationError):
            return self._day(self.cleaned_data["was"], None)
        return None

    def clean_text(self) -> date:
        return self._day(self.cleaned_data["text"], self.cleaned_data["was"])

    def _day(self, text: str, near: date | None) -> date:
        return parse_date(text, today=timezone.localdate(), near=near, day_first=self.day_first)
