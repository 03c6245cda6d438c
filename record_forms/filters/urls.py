from django.urls import path

from . import views

urlpatterns = [
    path("", views.list_setup, name="list_setup"),
    path("menu/", views.list_menu, name="list_menu"),
    path("settings/", views.list_settings, name="list_settings"),
    path("views/", views.view_save, name="view_save"),
    path("views/<int:pk>/", views.view_change, name="view_change"),
]
