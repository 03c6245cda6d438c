"""What is typed on the page of a company's life."""

import re

from django import forms
from django.http import QueryDict

from tenants.models import Tenant

from . import life

PLAIN = {"autocomplete": "off"}


class RenameForm(forms.Form):
    """Another name, another part of the address."""

    name = forms.CharField(label="Name", max_length=120, widget=forms.TextInput(PLAIN))
    slug = forms.SlugField(
        label="Part of the web address",
        max_length=50,
        widget=forms.TextInput(PLAIN),
        help_text="Links to the old address lead to the new one.",
    )

    def __init__(self, tenant: Tenant, data: QueryDict | None = None) -> None:
        self.tenant = tenant
        super().__init__(data, initial={"name": tenant.name, "slug": tenant.slug})

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data["slug"])
        life.check_slug(slug, self.tenant)
        return slug


class MoveForm(forms.Form):
    """Another end user of Conductor."""

    end_user_id = forms.CharField(
        label="End user at Conductor",
        max_length=80,
        widget=forms.TextInput(PLAIN),
        help_text="Nothing is read or saved until its company file is known to be the same.",
    )

    def __init__(self, tenant: Tenant, data: QueryDict | None = None) -> None:
        super().__init__(data, initial={"end_user_id": tenant.end_user_id})

    def clean_end_user_id(self) -> str:
        typed = str(self.cleaned_data["end_user_id"])
        if not re.fullmatch(r"end_usr_\w+", typed, re.ASCII):
            raise forms.ValidationError(f"An end user looks like end_usr_…, not “{typed[:40]}”.", code="end_user")
        return typed


class RemoveForm(forms.Form):
    """The company's name, so that nobody removes another one."""

    typed_name = forms.CharField(label="Type the name of the company", max_length=120, widget=forms.TextInput(PLAIN))

    def __init__(self, tenant: Tenant, data: QueryDict | None = None) -> None:
        super().__init__(data)


class PlainForm(forms.Form):
    """A button alone."""

    def __init__(self, tenant: Tenant, data: QueryDict | None = None) -> None:
        super().__init__(data)
