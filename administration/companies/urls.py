from django.urls import path

from . import views

urlpatterns = [
    path("", views.administration_companies, name="administration_companies"),
    path("add/", views.administration_company_add, name="administration_company_add"),
    path("<slug:company>/connect/", views.administration_connect, name="administration_connect"),
    path("<slug:company>/end-user/", views.administration_end_user_delete, name="administration_end_user_delete"),
]
