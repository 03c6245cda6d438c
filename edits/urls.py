from django.urls import path

from . import views

urlpatterns = [
    path("", views.edit_list, name="edit_list"),
    path("drafts/", views.draft_list, name="draft_list"),
    path("news", views.news, name="edit_news"),
    path("export.csv", views.history_export, name="history_export"),
    path("of/<str:kind>/<str:remote_id>/", views.record_history, name="record_history"),
    path("seen/<int:pk>/", views.sighting_page, name="sighting_page"),
    path("wait", views.edit_wait, name="edit_wait"),
    path("day", views.typed_day, name="typed_day"),
    path("<int:pk>/", views.edit_page, name="edit_page"),
    path("<int:pk>/undo", views.edit_undo, name="edit_undo"),
    path("live/<str:kind>/<str:remote_id>/", views.live_look, name="live_look"),
]
