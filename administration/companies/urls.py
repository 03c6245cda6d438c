from django.urls import path

from . import views

urlpatterns = [
    path("", views.administration_companies, name="administration_companies"),
    path("add/", views.administration_company_add, name="administration_company_add"),
    path("<slug:company>/", views.administration_company, name="administration_company"),
    path(
        "<slug:company>/delete-end-user/", views.administration_end_user_delete, name="administration_end_user_delete"
    ),
]
