from django.urls import path

from . import views

urlpatterns = [
    path("", views.usage, name="usage"),
    path("export/", views.usage_export, name="usage_export"),
]
