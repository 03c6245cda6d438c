"""What an open page tells of itself when it asks whether its record has moved."""

from typing import Any

from django import forms

from books.models import Record
from edits.lifecycle.form_token import InvalidToken, read_token


class LiveQuery(forms.Form):
    """The query string of the live look; a seal that opens nothing stands for the record as it is now."""

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
        """What the last answer showed, "" when the page asks for the first time."""
        return str(self.cleaned_data.get("shown", ""))
