"""The page of a person's own settings, and the page that opens after their sign-in."""

from collections.abc import Callable
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from .access import get_settings, list_memberships
from .models import PersonSettings, Tenant
from .redirects import is_own_page, redirect_to
from .zones import parse_zone

COMPANIES = "Your companies"
PAGES = {"home": "Home", "customer_list": "Customers", "bill_list": "Bills"}
# What says that a company has one of these pages: of its books, nothing is known here.
PAGE_CHECKS: list[Callable[[Tenant, str], bool]] = []


class SettingsForm(forms.ModelForm[PersonSettings]):
    """The choices; only pages of the person's own companies can be the first one."""

    time_zone = forms.CharField(
        max_length=64,
        required=False,
        label="Time zone",
        widget=forms.TextInput({"list": "zones", "autocomplete": "off"}),
    )

    class Meta:
        model = PersonSettings
        fields = (
            *("theme", "density", "date_style", "time_zone", "first_page"),
            *("shows_notices", "mails_changes", "mails_summary"),
        )
        labels = {
            "theme": "Theme",
            "density": "Row height",
            "date_style": "Dates",
            "first_page": "First page after sign-in",
            "shows_notices": "Show a browser notification when one of my changes needs me",
            "mails_changes": "Email me when a change of mine needs me and I am away",
            "mails_summary": "Email me each morning what needs me",
        }
        help_texts = {
            "density": "In all lists and tables. A list can have its own: see “View” there.",
            "date_style": "In forms, dates are always written like 28 Oct 2026. You can type them as you like.",
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["time_zone"].help_text = f"For example America/New_York. If empty: {settings.TIME_ZONE}."
        self.fields["first_page"] = forms.ChoiceField(
            choices=list_first_pages(self.instance.person), required=False, label="First page after sign-in"
        )

        if not (settings.HAS_MAIL and self.instance.person.email):
            del self.fields["mails_changes"], self.fields["mails_summary"]

    def save(self, commit: bool = True) -> PersonSettings:
        """Store the choices and nothing else, as a mail may be noted meanwhile.

        What ended before mails were turned on is not mailed.
        """
        chosen = {name: getattr(self.instance, name) for name in self.fields}
        if "mails_changes" in self.changed_data:
            chosen["mailed_until"] = timezone.now()
        return PersonSettings.objects.update_or_create(person=self.instance.person, defaults=chosen)[0]

    def clean_time_zone(self) -> str:
        """A name of the time zone database, however its letters are written."""
        return parse_zone(str(self.cleaned_data["time_zone"]))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def person_settings(request: HttpRequest) -> HttpResponse:
    """Show a person their own settings, and store them."""
    assert isinstance(request.user, User)
    own = get_settings(request.user)
    form = SettingsForm(request.POST or None, instance=own)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Your settings are saved.")
        return redirect("person_settings")
    context = {"form": form, "zones": sorted(available_timezones()), "now": timezone.now()}
    context["has_mails"] = "mails_changes" in form.fields
    return render(request, "account/settings.html", context, status=422 if form.is_bound else 200)


class SettingChoice(forms.ModelForm[PersonSettings]):
    """One choice of the settings that can be made from any page, which is shown again then."""

    page = forms.CharField(required=False)

    class Meta:
        model = PersonSettings
        fields = ("theme", "density")

    def save(self, commit: bool = True) -> PersonSettings:
        """Store what was posted and nothing else."""
        chosen = {name: self.cleaned_data[name] for name in self.Meta.fields if name in self.data}
        return PersonSettings.objects.update_or_create(person=self.instance.person, defaults=chosen)[0]


@require_POST
def setting_choose(request: HttpRequest) -> HttpResponse:
    """Store a single choice, and go back to the page where it was made."""
    assert isinstance(request.user, User)
    form = SettingChoice(request.POST, instance=get_settings(request.user))
    if not form.is_valid():
        raise BadRequest("This choice is not known.")
    form.save()
    messages.success(request, "Your settings are saved.")
    page = form.cleaned_data["page"]
    return redirect_to(request, page if is_own_page(request, page) else reverse("person_settings"))


def list_first_pages(person: User) -> list[tuple[str, str]]:
    """What may open after sign-in, as stored and as shown."""
    companies = [m.tenant for m in list_memberships(person)]
    return [
        ("", COMPANIES),
        *(
            (f"{name} {c.slug}", f"{c.name}: {word}")
            for c in companies
            for name, word in PAGES.items()
            if all(has_page(c, name) for has_page in PAGE_CHECKS)
        ),
    ]


def find_first_page(person: User) -> str:
    """The address of the page that the person wants first, if they may still open it; else of their companies."""
    chosen = get_settings(person).first_page
    if not chosen or chosen not in dict(list_first_pages(person)):
        return reverse("company_list")
    name, slug = chosen.split()
    return reverse(name, args=[slug])
