from django.urls import path

from . import views

urlpatterns = [
    path("", views.customer_list, name="customer_list"),
    path("<str:remote_id>/", views.customer_page, name="customer_page"),
    path("<str:remote_id>/edit", views.customer_edit, name="customer_edit"),
]
