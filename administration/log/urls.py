from django.urls import path, re_path

from . import factors, views

FILE = r"^export\.(?P<suffix>csv|xlsx)$"
of_company = [
    path("", views.security_log, name="security_log"),
    re_path(FILE, views.security_log_export, name="security_log_export"),
    path("second-factor/", factors.company_factors, name="company_factors"),
]
of_all = [
    path("", views.administration_log, name="administration_log"),
    re_path(FILE, views.administration_log_export, name="administration_log_export"),
    path("second-factor/", factors.all_factors, name="all_factors"),
]
