from django.urls import path

from . import views
from .editor import live_views
from .history import moved
from .history import views as history_views
from .lifecycle import views as lifecycle_views

urlpatterns = [
    path("", history_views.edit_list, name="edit_list"),
    path("drafts/", lifecycle_views.draft_list, name="draft_list"),
    path("queued/", lifecycle_views.queued_list, name="queued_list"),
    path("news/", lifecycle_views.news, name="edit_news"),
    path("export.csv", history_views.history_export, name="history_export"),
    path("records/<str:kind>/<str:remote_id>/", history_views.record_history, name="record_history"),
    path("external-changes/<int:pk>/", history_views.sighting_page, name="sighting_page"),
    path("date/", live_views.typed_day, name="typed_day"),
    path("<int:pk>/", views.edit_page, name="edit_page"),
    path("<int:pk>/progress/", lifecycle_views.edit_progress, name="edit_progress"),
    path("<int:pk>/undo/", views.edit_undo, name="edit_undo"),
    path("of/<str:kind>/<str:remote_id>/", moved.record_history, name="record_history_moved"),
    path("seen/<int:pk>/", moved.external_change, name="sighting_page_moved"),
    path("presence/<str:kind>/<str:remote_id>/", live_views.live_look, name="live_look"),
    path("pending/<str:kind>/<str:remote_id>/", live_views.pending_look, name="pending_look"),
]
