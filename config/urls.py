"""Every address of the desk."""

from django.urls import include, path

from config import views
from tenants import views as tenants

urlpatterns = [
    path("", tenants.company_list, name="company_list"),
    path("accounts/", include("allauth.urls")),
    path("demo/sign-in", tenants.demo_sign_in, name="demo_sign_in"),
    path("look/", views.look, name="look"),
    path("look/options", views.look_options, name="look_options"),
]
