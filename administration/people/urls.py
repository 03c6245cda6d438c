"""URLs below /administration/people/, for Ledgerdesk administrators."""

from django.urls import path

from . import account_views, office_views

urlpatterns = [
    path("", office_views.administration_people, name="administration_people"),
    path("test-mail/", office_views.administration_test_mail, name="administration_test_mail"),
    path("invitations/<int:pk>/", office_views.administration_invitation, name="administration_invitation"),
    path("<int:pk>/", office_views.administration_person, name="administration_person"),
    path("<int:pk>/account/", account_views.administration_account, name="administration_account"),
]
