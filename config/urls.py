"""All URLs."""

from allauth.account import views as allauth
from django.urls import include, path, re_path

from administration.companies.link_page import connection_link
from administration.django_site import site as django_admin
from administration.log import urls as log
from administration.people.invitation_views import invitation
from edits.bulk import views as bulk
from edits.imports.views import list_import
from overview import companies
from overview import views as overview
from overview.guide import guide, guide_picture, keys
from overview.inbox import views as inbox
from overview.search.views import search
from tenants import person_settings
from tenants.sign_in import factor_views as factors
from tenants.sign_in import link_views as links
from tenants.sign_in import views as accounts
from tenants.sign_in.session_views import session_list

from . import health, views

handler400 = "config.errors.bad_request"
handler403 = "config.errors.not_allowed"
handler404 = "config.errors.not_found"
handler500 = "config.errors.fault"

urlpatterns = [
    *health.urlpatterns,
    path("", companies.company_list, name="company_list"),
    # One by one: allauth's own list also allows adding email addresses without a password, and grows with its releases.
    path("accounts/login/", accounts.SignIn.as_view(), name="account_login"),
    path("accounts/logout/", allauth.LogoutView.as_view(), name="account_logout"),
    path("accounts/reauthenticate/", factors.PasswordAgain.as_view(), name="account_reauthenticate"),
    path("accounts/sessions/", session_list, name="session_list"),
    path("accounts/2fa/", factors.second_factor, name="mfa_index"),
    path("accounts/2fa/authenticate/", factors.SecondStep.as_view(), name="mfa_authenticate"),
    path("accounts/2fa/app/", factors.NewApp.as_view(), name="mfa_activate_totp"),
    path("accounts/2fa/app/remove/", factors.AppRemoval.as_view(), name="mfa_deactivate_totp"),
    path("accounts/2fa/passkeys/add/", factors.NewPasskey.as_view(), name="mfa_add_webauthn"),
    path("accounts/2fa/passkeys/<int:pk>/remove/", factors.PasskeyRemoval.as_view(), name="mfa_remove_webauthn"),
    path("accounts/2fa/recovery-codes/", factors.RecoveryCodesPage.as_view(), name="mfa_view_recovery_codes"),
    path("accounts/2fa/recovery-codes/new/", factors.NewRecoveryCodes.as_view(), name="mfa_generate_recovery_codes"),
    path("accounts/password/change/", accounts.PasswordChange.as_view(), name="account_change_password"),
    path("accounts/password/reset/", accounts.PasswordReset.as_view(), name="account_reset_password"),
    path("accounts/password/reset/done/", allauth.PasswordResetDoneView.as_view(), name="account_reset_password_done"),
    path(
        "accounts/password/reset/key/done/",
        allauth.PasswordResetFromKeyDoneView.as_view(),
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        accounts.NewPassword.as_view(),
        name="account_reset_password_from_key",
    ),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/count/", inbox.inbox_count, name="inbox_count"),
    path("inbox/notices/", inbox.inbox_notices, name="inbox_notices"),
    path("help/", guide, name="guide"),
    path("help/keys/", keys, name="keys"),
    path("help/<slug:name>.png", guide_picture, name="guide_picture"),
    path("search/", search, name="search"),
    path("session/", views.signed_in, name="signed_in"),
    path("settings/", person_settings.person_settings, name="person_settings"),
    path("settings/choose/", person_settings.setting_choose, name="setting_choose"),
    path("settings/email/", links.email_address, name="email_address"),
    path("settings/email/<str:token>/", links.email_confirm, name="email_confirm"),
    path("passwords/<str:token>/", links.password_link, name="password_link"),
    path("demo/sign-in/", accounts.demo_sign_in, name="demo_sign_in"),
    path("administration/", include("administration.urls")),
    path("t/<slug:slug>/", overview.home, name="home"),
    path("t/<slug:slug>/connection/link/", connection_link, name="connection_link"),
    path("t/<slug:slug>/", include("books.pages.urls")),
    path("t/<slug:slug>/lists/<str:kind>/change/", bulk.bulk_change, name="bulk_change"),
    path("t/<slug:slug>/lists/<str:kind>/import/", list_import, name="list_import"),
    path("t/<slug:slug>/customers/", include("customers.urls")),
    path("t/<slug:slug>/bills/", include("bills.urls")),
    path("t/<slug:slug>/lists/<str:kind>/", include("record_forms.filters.urls")),
    path("t/<slug:slug>/edits/", include("edits.urls")),
    path("t/<slug:slug>/log/", include(log.of_company)),
    path("administration/log/", include(log.of_all)),
    path("t/<slug:slug>/members/", include("administration.people.company_urls")),
    path("administration/people/", include("administration.people.urls")),
    path("invitations/<str:token>/", invitation, name="invitation"),
    path("batches/", include("edits.batches.urls")),
    path("t/<slug:slug>/vendors/<str:remote_id>/", overview.vendor_page, name="vendor_page"),
    path("administration/usage/", include("administration.health.urls")),
    path("t/<slug:slug>/settings/", include("administration.settings.urls")),
    path("administration/django/", django_admin.urls),
    path("administration/companies/<slug:company>/", include("administration.companies.life_urls")),
    path("look/", views.look, name="look"),
    path("look/options/", views.look_options, name="look_options"),
]
