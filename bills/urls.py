from django.urls import path

from . import views

urlpatterns = [
    path("", views.bill_list, name="bill_list"),
    path("<str:remote_id>/", views.bill_page, name="bill_page"),
    path("<str:remote_id>/edit", views.bill_edit, name="bill_edit"),
    path("<str:remote_id>/entry/", views.line_entry, name="line_entry"),
    path("<str:remote_id>/unit-cost/", views.line_unit_cost, name="line_unit_cost"),
    path("<str:remote_id>/paste/", views.bill_paste, name="bill_paste"),
    path("<str:remote_id>/groups/", views.bill_groups, name="bill_groups"),
    path("<str:remote_id>/due-date/", views.bill_due, name="bill_due"),
]
