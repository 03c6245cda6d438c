"""The forms by which companies are added and connected."""

import re
from typing import Any
from uuid import uuid4

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from tenants.companies import clean_base_url
from tenants.models import Provider, Tenant

DAY, WEEK = 1440, 10_080  # minutes; a link is valid for a week at most (docs/vendors/conductor.md, section 2)
VALID_FOR = ((30, "30 minutes"), (DAY, "1 day"), (WEEK, "7 days"))
# Only such variables: with any name, an address of one's own would be sent whatever the installation keeps secret.
OWN_VARIABLE = re.compile(r"BIGCAPITAL_KEY_[A-Z0-9_]+")


class NewCompany(forms.Form):
    """A company that is to be connected. Its address is made of its name if none is typed."""

    name = forms.CharField(max_length=120, label="Name", help_text="As people see it in Ledgerdesk.")
    slug = forms.SlugField(
        max_length=50,
        required=False,
        label="Address",
        help_text="The part after /t/ in web addresses. If empty: from the name.",
    )
    provider = forms.ChoiceField(
        choices=[(Provider.CONDUCTOR, "QuickBooks Desktop"), (Provider.BIGCAPITAL, "Bigcapital")],
        initial=Provider.CONDUCTOR,
        label="Its records are in",
    )
    joins = forms.BooleanField(
        required=False,
        initial=True,
        label="Make me an administrator of this company, to see its records and add people",
    )


class NumberedForm(forms.Form):
    """A form that asks Conductor for something: its number makes sure that this happens once."""

    token = forms.CharField(max_length=64, widget=forms.HiddenInput, initial=lambda: uuid4().hex)


class NewEndUser(NumberedForm):
    """What Conductor is told of a new company."""

    company_name = forms.CharField(max_length=120, label="Company name")
    email = forms.EmailField(label="Email of the person at the PC", help_text="Conductor keeps it. It sends no email.")
    source_id = forms.RegexField(
        r"^[A-Za-z0-9._-]{1,80}$",
        label="Source id",
        help_text="What Conductor knows this company by, beside its own id. It must not be in use.",
        error_messages={"invalid": "Use letters, digits, dots and dashes only."},
    )

    def __init__(self, *args: Any, tenant: Tenant, earlier_id: str = "", **options: Any) -> None:
        """`earlier_id` is the source id of one that may have been created after all: the same refuses a second one."""
        source_id = earlier_id or f"ledgerdesk-{tenant.slug}-{uuid4().hex[:6]}"
        first = {"company_name": tenant.name, "source_id": source_id}
        super().__init__(*args, **{**options, "initial": first})


class ChosenEndUser(forms.Form):
    """An end user that Conductor has already."""

    end_user = forms.CharField(max_length=80, error_messages={"required": "Choose one."})


class LinkWanted(NumberedForm):
    """How long a connection link is valid."""

    minutes = forms.TypedChoiceField(choices=VALID_FOR, coerce=int, initial=DAY, label="Valid for")


class LinkMail(forms.Form):
    """Whom the connection link is mailed to."""

    email = forms.EmailField(label="Email the link and the steps to")


class BigcapitalAccess(forms.Form):
    """Where a company's Bigcapital is, and its key: typed, or named by its variable. A key is never shown again."""

    base_url = forms.CharField(
        max_length=200, label="Base URL", help_text="Of the server, for example https://books.example.com/api."
    )
    key = forms.CharField(
        max_length=200,
        required=False,
        label="API key",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="It is stored sealed with this installation's own key, and never shown again.",
    )
    key_variable = forms.CharField(
        max_length=80,
        required=False,
        label="Or the variable that holds it",
        help_text="Such as BIGCAPITAL_KEY_ACME, or the file that BIGCAPITAL_KEY_ACME_FILE names.",
    )

    def clean_base_url(self) -> str:
        """The server's address; a demo, which lets anybody in, calls the sandbox alone."""
        url = clean_base_url(self.cleaned_data["base_url"])
        if settings.DEMO and url != settings.BIGCAPITAL_BASE_URL:
            raise ValidationError(f"A demo calls no server but the sandbox: {settings.BIGCAPITAL_BASE_URL}")
        return url

    def clean_key(self) -> str:
        """The key, which travels in a header."""
        key = str(self.cleaned_data["key"]).strip()
        if key and not re.fullmatch(r"[!-~]{8,200}", key):
            raise ValidationError("This is not an API key: it has blanks or characters that a key does not have.")
        return key

    def clean_key_variable(self) -> str:
        """The name of a variable that is meant for such a key."""
        name = str(self.cleaned_data["key_variable"]).strip()
        if name and not OWN_VARIABLE.fullmatch(name):
            raise ValidationError("The name begins with BIGCAPITAL_KEY_ and has capitals, digits and _ only.")
        return name

    def clean(self) -> None:
        """Exactly one of the two; a new address needs the key again, so that a stored one is never sent elsewhere."""
        if self.errors:
            return
        if bool(self.cleaned_data["key"]) == bool(self.cleaned_data["key_variable"]):
            self.add_error("key", "Enter the key, or the name of its variable, and not both.")


class TypedName(NumberedForm):
    """The name of a company, typed by whoever is about to do what cannot be undone."""

    name = forms.CharField(max_length=120, label="Type the name of the company")

    def __init__(self, *args: Any, tenant: Tenant, **options: Any) -> None:
        super().__init__(*args, **options)
        self.tenant = tenant

    def clean_name(self) -> str:
        """The very name, but for blanks around it."""
        name = str(self.cleaned_data["name"]).strip()
        if name != self.tenant.name.strip():
            raise ValidationError(f"This is not the name. Type {self.tenant.name}")
        return name
