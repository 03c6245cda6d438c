from django.urls import path

from . import views

urlpatterns = [
    path("", views.batch_list, name="batch_list"),
    path("<int:pk>/", views.batch_page, name="batch_page"),
    path("<int:pk>/progress/", views.batch_progress, name="batch_progress"),
    path("<int:pk>/result.csv", views.batch_export, {"suffix": "csv"}, name="batch_csv"),
    path("<int:pk>/result.xlsx", views.batch_export, {"suffix": "xlsx"}, name="batch_xlsx"),
]
