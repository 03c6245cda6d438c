"""The URLs of the comparison."""

from django.contrib import admin
from django.urls import path

from . import plain

urlpatterns = [
    path("admin/", admin.site.urls),
    path("plain/<slug:slug>/", plain.list_customers),
    path("plain/<slug:slug>/<str:remote_id>/edit", plain.edit_customer),
]
