"""The query string with which an open page asks whether its record has moved."""

from typing import Any

from django import forms

from books.models import Record
from edits.lifecycle.form_token import InvalidToken, read_token


class LiveQuery(forms.Form):
    """The query of the live check; an invalid token stands for the current record."""

    base = forms.CharField(required=False)
    form = forms.BooleanField(required=False)
    shown = forms.CharField(required=False)

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
