from django.urls import path

from . import life_views

urlpatterns = [
    path("", life_views.company_life, name="company_life"),
    path("history/<str:suffix>/", life_views.removed_history, name="removed_history"),
]
