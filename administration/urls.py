from django.urls import include, path

from . import home

urlpatterns = [
    path("", home.administration, name="administration"),
    path("companies/", include("administration.companies.urls")),
]
