"""Why somebody changes a record: a line of plain text that stays beside the change in its history.

It is no part of the record, and nothing of it is sent.
"""

from collections.abc import Mapping

from django import forms

from records.text import clean_text

LONGEST = 250


class ReasonForm(forms.Form):
    """The one input that every form of a change has, whatever it changes."""

    reason = forms.CharField(
        required=False,
        max_length=LONGEST,
        error_messages={"max_length": "Too long: %(show_value)s characters, %(limit_value)s allowed."},
    )

    def clean_reason(self) -> str:
        return " ".join(clean_text(self.cleaned_data["reason"]).split())

    @property
    def text(self) -> str:
        """What was given; "" where that is too long or nothing."""
        self.is_valid()
        return str(self.cleaned_data.get("reason", ""))


def is_reason_valid(data: Mapping[str, str]) -> bool:
    """Whether what was given can be kept; nearly always nothing was, for which no form is made."""
    return not data.get("reason") or ReasonForm(data).is_valid()


def read_reason(data: Mapping[str, str]) -> str:
    """Return what was given; "" where that is too long or nothing."""
    return ReasonForm(data).text if data.get("reason") else ""


def get_shown_reason(data: Mapping[str, str]) -> dict[str, object]:
    """What a page that comes back says of the reason typed into it: as it was typed, with what is wrong about it."""
    form = ReasonForm(data)
    return {"reason": data.get("reason", ""), "reason_errors": form.errors.get("reason", [])}
