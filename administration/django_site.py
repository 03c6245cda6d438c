"""Django's own administration at /administration/django/: tables to look at, for Ledgerdesk administrators.

It changes nothing: each thing is done on its own page, which knows the rules and writes the log. It shows no secret,
and nothing of a company's records, which even administrators see as members alone.
"""

from functools import update_wrapper
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_tasks_db.models import DBTaskResult

from edits.models import Edit
from tenants.access import ledgerdesk_administrator
from tenants.models import Membership, Tenant

LEFT_OUT = ("login", "logout", "password_change", "password_change_done", "view_on_site", "autocomplete")


class TableSite(admin.AdminSite):
    """The site, entered with our own sign-in and by Ledgerdesk administrators alone."""

    site_header = site_title = "Ledgerdesk tables"
    index_title, index_template = "Tables", "admin/tables_index.html"
    site_url = "/"
    final_catch_all_view = False
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        return isinstance(request.user, User) and request.user.is_staff

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Raise Http404 for anybody else, before Django would show its own sign-in."""
        drawn = super().admin_view(view, cacheable)

        def guard(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            ledgerdesk_administrator(request)
            answer: HttpResponse = drawn(request, *args, **kwargs)
            return answer

        return update_wrapper(guard, view)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Return those of the tables: whoever is here has signed in, and changes their password on our page."""
        return [one for one in super().get_urls() if getattr(one, "name", None) not in LEFT_OUT]


class LookOnly(admin.ModelAdmin[Any]):
    """A table that can be looked at, by the columns that are named here and by no other."""

    actions = None
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return self.readonly_fields

    def get_urls(self) -> list[URLPattern]:
        """Return the list and the page of one row."""
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        view = self.admin_site.admin_view
        return [
            path("", view(self.changelist_view), name=f"{name}_changelist"),
            path("<path:object_id>/change/", view(self.change_view), name=f"{name}_change"),
        ]

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return a row of `get_queryset`. Raises Http404."""
        found = super().get_object(request, object_id, from_field)
        if found is None:
            raise Http404("There is no such row.")
        return found

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show a row under its number: what it calls itself may be the name of a record."""
        return super().change_view(request, object_id, form_url, {"original": object_id, "subtitle": object_id})

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Allow what the page offers: any other filter in an address would let a hidden column be guessed."""
        return lookup.partition("__")[0] in self.list_filter

    def has_module_permission(self, request: HttpRequest) -> bool:
        return True

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class CompanyRows(LookOnly):
    list_display = ("name", "slug", "provider", "archived_at", "removed_at", "own_page")
    list_filter = ("provider",)
    search_fields = ("name", "slug")
    readonly_fields = (
        *("name", "slug", "provider", "end_user_id", "base_url", "key_variable", "day_first", "closing_date"),
        *("archived_at", "removed_at", "purged_at", "own_page"),
    )

    @admin.display(description="Page")
    def own_page(self, company: Tenant) -> SafeString:
        return format_html('<a href="{}">Change</a>', reverse("company_life", args=[company.slug]))


class PersonRows(LookOnly):
    list_display = ("username", "email", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff")
    search_fields = ("username", "email")
    readonly_fields = (
        *("username", "first_name", "last_name", "email", "is_active", "is_staff"),
        *("date_joined", "last_login"),
    )


class MembershipRows(LookOnly):
    list_display = ("person", "tenant", "role")
    list_filter = ("role",)
    list_select_related = ("person", "tenant")
    search_fields = ("person__username", "tenant__name")
    readonly_fields = ("person", "tenant", "role")


class EditRows(LookOnly):
    """Who has changed something when, and how it ended; not what: that is in the company's history."""

    list_display = ("pk", "tenant", "person_name", "kind", "state", "sent_at", "settled_at")
    list_filter = ("state",)
    list_select_related = ("tenant",)
    search_fields = ("person_name", "request_id")
    readonly_fields = (
        *("tenant", "person_name", "kind", "remote_id", "state", "sent_at", "settled_at", "waiting_since"),
        *("waits_until", "error", "code", "request_id", "process"),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        return Edit.objects.sent()


class TaskRows(LookOnly):
    """The queue of the workers; not the traces of errors, which may quote what was sent."""

    list_display = ("task_path", "queue_name", "status", "enqueued_at", "started_at", "finished_at")
    list_filter = ("status", "queue_name")
    search_fields = ("task_path",)
    readonly_fields = (
        *("task_path", "queue_name", "status", "priority", "args_kwargs", "run_after"),
        *("enqueued_at", "started_at", "finished_at", "exception_class_path"),
    )


site = TableSite(name="tables")
site.register(Tenant, CompanyRows)
site.register(User, PersonRows)
site.register(Membership, MembershipRows)
site.register(Edit, EditRows)
site.register(DBTaskResult, TaskRows)
