"""URLs below /t/<slug>/members/, for administrators of a company."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.members, name="members"),
    path("<int:pk>/", views.member_page, name="member_page"),
    path("invitations/<int:pk>/", views.invitation_change, name="invitation_change"),
]
