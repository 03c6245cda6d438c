from django.urls import path

from . import views

urlpatterns = [
    path("connection/", views.connection, name="connection"),
    path("connection/check/", views.connection_try, name="connection_try"),
    path("connection/same-company/", views.connection_same_company, name="connection_same_company"),
    path("connection/vendor/", views.connection_vendor, name="connection_vendor"),
    path("progress/<str:listed>/", views.progress, name="progress"),
    path("refresh/", views.connection_refresh, name="connection_refresh"),
    path("references/<str:picker>/", views.reference_options, name="reference_options"),
]
