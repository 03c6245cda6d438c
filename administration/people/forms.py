"""The forms about people. Each clean value is a row or a role of ours; what may be done with it, `rules` decides."""

from typing import Any, cast

from django import forms
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import MinimumLengthValidator as MinimumLength
from django.contrib.auth.password_validation import get_default_password_validators

from tenants.models import Membership, Role, Tenant

ROLES = [(role.value, role.label) for role in Role]


class RoleForm(forms.Form):
    """A role in a company."""

    role = forms.TypedChoiceField(choices=ROLES, coerce=lambda text: Role(int(text)), label="Role")

    @property
    def chosen(self) -> Role:
        return Role(self.cleaned_data["role"])


class InviteForm(RoleForm):
    """An address to invite, and the role that it gets."""

    email = forms.EmailField(
        label="Email address", max_length=254, widget=forms.EmailInput({"autocomplete": "off", "dir": "ltr"})
    )
    field_order: tuple[str, ...] = ("email", "role")


class CompanyRoleForm(RoleForm):
    """One of some companies, and a role there."""

    company = forms.ModelChoiceField(Tenant.objects.none(), to_field_name="slug", label="Company", empty_label=None)
    field_order: tuple[str, ...] = ("company", "role")

    def __init__(self, companies: Any, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        cast("forms.ModelChoiceField[Tenant]", self.fields["company"]).queryset = companies

    @property
    def tenant(self) -> Tenant:
        return cast(Tenant, self.cleaned_data["company"])


class OfficeInviteForm(InviteForm, CompanyRoleForm):
    """An address to invite into one of all companies."""

    field_order = ("email", "company", "role")


class TakerForm(forms.Form):
    """Who takes over what somebody has left open in a company: a person there who may edit."""

    taker = forms.ModelChoiceField(User.objects.none(), required=False, label="Hand over to", empty_label="Choose…")

    def __init__(self, tenant: Tenant, person: User, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        editors = Membership.objects.filter(tenant=tenant, role__gte=Role.BOOKKEEPER, person__is_active=True)
        takers = User.objects.filter(pk__in=editors.values("person")).exclude(pk=person.pk).order_by("username")
        cast("forms.ModelChoiceField[User]", self.fields["taker"]).queryset = takers

    @property
    def chosen(self) -> User | None:
        return cast(User | None, self.cleaned_data["taker"])


class NewPersonForm(forms.Form):
    """What a new person chooses who accepts an invitation; their address is that of the invitation."""

    username = forms.CharField(
        label="Username", max_length=150, widget=forms.TextInput({"autocomplete": "username", "autocapitalize": "none"})
    )
    password1 = forms.CharField(
        label="Password",
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label="Password again", strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        shortest = [one.min_length for one in get_default_password_validators() if isinstance(one, MinimumLength)]
        self.fields["password1"].help_text = f"At least {max(shortest, default=1)} characters, and not easy to guess."

    def clean_password2(self) -> str:
        """The password, typed the same twice."""
        first, second = self.cleaned_data.get("password1"), str(self.cleaned_data["password2"])
        if first is not None and first != second:
            raise forms.ValidationError("These are two different passwords.")
        return second
