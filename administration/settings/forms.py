"""The form of a company's settings: each as text, so that what was on the screen can be told from what was typed."""

import re
from datetime import date, time
from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from books import registry
from record_forms.typed.dates import parse_date
from records.formatting import format_date, format_moment
from tenants.models import Tenant
from tenants.zones import parse_zone

from .company_settings import SETTINGS, LastChange, Values, load_last_changes, load_values

MOST = 1_000_000
HOUR_SECONDS = 3600
CLOCK = re.compile(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])(:00)?", re.ASCII)
CEILINGS = ("requests_per_hour", "requests_per_day")
SEEN = "initial-"  # before the name of a field: the text that was on the screen

# By field: the setting that it belongs to.
OF_SETTING = {
    "date_order": "date_order",
    "closing_date": "closing_date",
    "currency_display": "currency_display",
    "rest": "rest",
    "quiet_from": "quiet_hours",
    "quiet_until": "quiet_hours",
    "time_zone": "time_zone",
    "requests_an_hour": "pace",
    "requests_per_hour": "ceiling_of_hour",
    "requests_per_day": "ceiling_of_day",
}
HINTS = {
    "closing_date": "A change to a bill dated on or before it, or moved there, has to be confirmed. A closing date "
    "that is set in {books} holds as well.",
    "currency_display": "In lists. The usual currency is that of most of their records.",
    "rest": "While paused, nothing is read and nothing is saved, and changes that wait are not sent.",
    "quiet_from": "No background reading between these times of day. People can still save and refresh.",
    "time_zone": "Of the quiet hours and days. For example America/New_York. If empty: {zone}.",
    "requests_an_hour": "For background reading, evenly spread: the fewer, the older the data may be.",
    "requests_per_hour": "Background reading stops there until the next hour.",
    "requests_per_day": "Background reading stops there until the next day.",
}


def _text(**attrs: Any) -> forms.TextInput:
    return forms.TextInput({"autocomplete": "off", **attrs})


class CompanySettingsForm(forms.Form):
    """The settings of one company, each with who changed it last.

    Only what was typed is stored. A setting that somebody else has changed since it was drawn is a clash.
    """

    date_order = forms.ChoiceField(
        label="Dates typed as 10/1",
        choices=[("month-first", "1 October (month first)"), ("day-first", "10 January (day first)")],
    )
    closing_date = forms.CharField(label="Closing date", required=False, max_length=40, widget=_text())
    currency_display = forms.ChoiceField(
        label="Currency beside amounts",
        choices=[("unusual", "Only if it is not the usual one"), ("always", "Always")],
    )
    rest = forms.ChoiceField(label="Reading and saving", choices=[("on", "On"), ("paused", "Paused")])
    quiet_from = forms.CharField(label="Quiet hours from", required=False, max_length=8, widget=_text())
    quiet_until = forms.CharField(label="Quiet hours until", required=False, max_length=8, widget=_text())
    time_zone = forms.CharField(label="Time zone", required=False, max_length=64, widget=_text(list="zones"))
    requests_an_hour = forms.CharField(label="Requests an hour", required=False, max_length=12, widget=_text())
    requests_per_hour = forms.CharField(label="Stop at requests an hour", required=False, max_length=12, widget=_text())
    requests_per_day = forms.CharField(label="Stop at requests a day", required=False, max_length=12, widget=_text())

    def __init__(self, tenant: Tenant, data: QueryDict | None = None) -> None:
        self.values, self.day_first = load_values(tenant), tenant.day_first
        super().__init__(data, initial=make_texts(self.values))
        provider, last = registry.get_description(tenant), load_last_changes(tenant)
        if "bills" not in provider.tables:
            del self.fields["closing_date"]
        for name, field in self.fields.items():
            field.show_hidden_initial = True
            hint = HINTS.get(name, "").format(books=provider.name, zone=settings.TIME_ZONE)
            field.help_text = _explain(name, hint, self.values, last.get(SETTINGS[OF_SETTING[name]].label))

    def clean_date_order(self) -> bool:
        return bool(self.cleaned_data["date_order"] == "day-first")

    def clean_closing_date(self) -> date | None:
        typed = self.cleaned_data["closing_date"]
        return parse_date(typed, today=timezone.localdate(), day_first=self.day_first) if typed else None

    def clean_currency_display(self) -> bool:
        return bool(self.cleaned_data["currency_display"] == "always")

    def clean_rest(self) -> bool:
        return bool(self.cleaned_data["rest"] == "paused")

    def clean_quiet_from(self) -> time | None:
        return _parse_clock(self.cleaned_data["quiet_from"])

    def clean_quiet_until(self) -> time | None:
        return _parse_clock(self.cleaned_data["quiet_until"])

    def clean_time_zone(self) -> str:
        return parse_zone(self.cleaned_data["time_zone"])

    def clean_requests_an_hour(self) -> int | None:
        typed = str(self.cleaned_data["requests_an_hour"])
        # A pause that was set in seconds need not be a whole number of requests; only what was typed is read.
        return None if typed == self.initial["requests_an_hour"] else _parse_count(typed)

    def clean_requests_per_hour(self) -> int | None:
        return _parse_count(self.cleaned_data["requests_per_hour"])

    def clean_requests_per_day(self) -> int | None:
        return _parse_count(self.cleaned_data["requests_per_day"])

    def clean(self) -> None:
        start, end = self.cleaned_data.get("quiet_from"), self.cleaned_data.get("quiet_until")
        if self.errors.keys() & {"quiet_from", "quiet_until"}:
            return
        if (start is None) != (end is None):
            self.add_error("quiet_from" if start is None else "quiet_until", "Enter both times, or neither.")
        elif start is not None and start == end:
            self.add_error("quiet_until", "Choose another time than the first, or pause the company.")

    def list_typed(self) -> list[str]:
        """Return the fields whose text is not the one that was on the screen; what says nothing of that counts."""
        return [name for name in self.fields if self.data.get(name, "").strip() != self.data.get(f"{SEEN}{name}")]

    def list_clashes(self) -> list[str]:
        """Return the typed fields whose setting somebody else has changed since the form was drawn."""
        return [name for name in self.list_typed() if self.data.get(f"{SEEN}{name}") != self.initial[name]]

    def read_changes(self) -> dict[str, Any]:
        """Return what was typed, by column."""
        made = {
            "date_order": ("day_first", self.cleaned_data["date_order"]),
            "closing_date": ("closing_date", self.cleaned_data.get("closing_date")),
            "currency_display": ("names_every_currency", self.cleaned_data["currency_display"]),
            "rest": ("resting_since", self._find_rest()),
            "requests_an_hour": ("pause_seconds", _make_pause(self.cleaned_data["requests_an_hour"])),
        }
        same = ("quiet_from", "quiet_until", "time_zone", "requests_per_hour", "requests_per_day")
        made |= {name: (name, self.cleaned_data[name]) for name in same}
        return dict(made[name] for name in self.list_typed())

    def _find_rest(self) -> Any:
        return (self.values["resting_since"] or timezone.now()) if self.cleaned_data["rest"] else None


def draw_again(tenant: Tenant, form: CompanySettingsForm) -> CompanySettingsForm:
    """Return a form with clashes as its author has to see it: what they typed, beside what is set by now."""
    assert isinstance(form.data, QueryDict), "only a posted form has clashes"
    data, typed, clashes = form.data.copy(), form.list_typed(), form.list_clashes()
    for name, text in form.initial.items():
        data[f"{SEEN}{name}"] = text
        if name not in typed:
            data[name] = text
    again = CompanySettingsForm(tenant, data)
    for name in clashes:
        again.add_error(name, "Somebody changed this meanwhile. Check your value, then save again.")
    return again


def make_texts(values: Values) -> dict[str, str]:
    """Return what each field shows of these values."""
    pause, closing = values["pause_seconds"], values["closing_date"]
    clocks = {name: values[name].strftime("%H:%M") if values[name] else "" for name in ("quiet_from", "quiet_until")}
    counts = {name: "" if values[name] is None else f"{values[name]}" for name in CEILINGS}
    return {
        "date_order": "day-first" if values["day_first"] else "month-first",
        "closing_date": format_date(closing),
        "currency_display": "always" if values["names_every_currency"] else "unusual",
        "rest": "paused" if values["resting_since"] else "on",
        "time_zone": values["time_zone"],
        "requests_an_hour": f"{HOUR_SECONDS / pause:.6g}" if pause else "",
        **clocks,
        **counts,
    }


def _explain(name: str, hint: str, values: Values, last: LastChange | None) -> SafeString:
    """Return the hint of a field, with what is set and who has changed it last."""
    if last is None or name == "quiet_until":
        return format_html("{}", hint)
    now = SETTINGS[OF_SETTING[name]].describe(values)
    who = last.who or "the command line"
    said = f"Now: {now}. Changed by {who} on {format_moment(last.at)}; before: {last.was}."
    return format_html("{} <span class=aside>{}</span>", hint, said)


def _parse_clock(typed: str) -> time | None:
    found = CLOCK.fullmatch(typed.strip())
    if typed.strip() and found is None:
        raise forms.ValidationError(f"“{typed}” is not a time of day. Try 22:00.", code="time")
    return time(int(found[1]), int(found[2])) if found else None


def _parse_count(typed: str) -> int | None:
    plain = typed.strip().replace(",", "")
    if not plain:
        return None
    if not re.fullmatch(r"[0-9]{1,7}", plain) or not 1 <= int(plain) <= MOST:
        raise forms.ValidationError(f"Enter a whole number from 1 to {MOST:,}, or nothing.", code="count")
    return int(plain)


def _make_pause(requests: int | None) -> float:
    return HOUR_SECONDS / requests if requests else 0.0
