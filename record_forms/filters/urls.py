from django.urls import path, re_path

from . import export, export_to_edit, views

urlpatterns = [
    path("", views.list_setup, name="list_setup"),
    path("menu/", views.list_menu, name="list_menu"),
    re_path(r"^export\.(?P<suffix>csv|xlsx)$", export.list_export, name="list_export"),
    re_path(r"^edit\.(?P<suffix>csv|xlsx)$", export_to_edit.list_export_to_edit, name="list_export_to_edit"),
    path("settings/", views.list_settings, name="list_settings"),
    path("views/", views.view_save, name="view_save"),
    path("views/<int:pk>/", views.view_change, name="view_change"),
]
