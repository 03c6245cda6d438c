"""Every address of the desk."""

from django.urls import include, path

from config import health, views
from tenants import views as tenants

handler400 = "config.errors.bad_request"
handler403 = "config.errors.not_allowed"
handler404 = "config.errors.not_found"
handler500 = "config.errors.fault"

urlpatterns = [
    *health.urlpatterns,
    path("", tenants.company_list, name="company_list"),
    path("accounts/", include("allauth.urls")),
    path("demo/sign-in", tenants.demo_sign_in, name="demo_sign_in"),
    path("t/<slug:slug>/", include("books.urls")),
    path("t/<slug:slug>/customers/", include("customers.urls")),
    path("t/<slug:slug>/bills/", include("bills.urls")),
    path("t/<slug:slug>/edits/", include("edits.urls")),
    path("look/", views.look, name="look"),
    path("look/options", views.look_options, name="look_options"),
]
