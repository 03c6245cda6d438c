"""The pages on which people set up a list: its columns and order, its density, and its saved views."""

from typing import Any

from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from books import registry
from books.models import SavedView
from books.pages.list_address import STANDARD, join_query
from books.pages.record_lists import LISTS
from tenants.access import Member, member
from tenants.list_settings import get_opening_view, get_shared_view, store_list_settings, store_shared_view

from .saved_views import (
    DENSITIES,
    Density,
    ViewAction,
    ViewForm,
    Widths,
    find_view,
    list_views,
    may_change,
    read_view_query,
)
from .setup import ListSetup, move_column
from .state import ListState


@never_cache
@require_safe
def list_setup(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """The columns, the order and the saved views of a list whose query is this page's."""
    m = member(request, slug)
    return _render_setup(request, m, kind, ViewForm())


@never_cache
@require_safe
def list_menu(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """The saved views of a list, as the content of its menu."""
    m = member(request, slug)
    return render(request, "record_forms/view_menu.html", _describe(request, m, kind))


@require_POST
def view_save(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Save the query of a list as a view."""
    m = member(request, slug)
    form = ViewForm(request.POST)
    if form.is_valid() and not (form.cleaned_data["shared"] and not m.may_edit):
        query = read_view_query(m, kind, form.cleaned_data["query"])
        view = SavedView(tenant=m.tenant, kind=kind, made_by=m.name, name=form.cleaned_data["name"], query=query)
        view.person = None if form.cleaned_data["shared"] else m.person
        if _insert(view):
            if form.cleaned_data["default"]:
                store_list_settings(m, kind, view=view.pk)
            return redirect(join_query(list_url(m, kind), view.address))
        form.add_error("name", "A view with this name exists. Choose another name.")
    elif form.is_valid():
        form.add_error("shared", "Only bookkeepers and administrators can share a view.")
    return _render_setup(request, m, kind, form)


@require_POST
def view_change(request: HttpRequest, slug: str, kind: str, pk: int) -> HttpResponse:
    """Rename, replace or delete a view, or open the list with it from now on."""
    m = member(request, slug)
    view, form = find_view(m, kind, pk), ViewAction(request.POST)
    if view is None or not form.is_valid():
        raise Http404("No such view.")
    action = form.cleaned_data["action"]
    if action in ("default", "standard"):
        store_list_settings(m, kind, view=_choose_opening(m, kind, view if action == "default" else None))
    elif action in ("open", "shut"):
        if not (m.may_administer and view.is_shared):
            return _render_setup(request, m, kind, ViewForm(), refused=view, status=403)
        store_shared_view(m, kind, view.pk if action == "open" else None)
    elif not may_change(m, view):
        return _render_setup(request, m, kind, ViewForm(), refused=view, status=403)
    elif action == "delete":
        view.delete()
        return redirect(_setup_url(m, kind))
    else:
        changes = {"name": form.cleaned_data["name"]} if form.cleaned_data["name"] else {}
        if action == "replace":
            changes["query"] = read_view_query(m, kind, form.cleaned_data["query"])
        if not _change(view, changes):
            return _render_setup(request, m, kind, ViewForm(), clashing=view, status=422)
    return redirect(_setup_url(m, kind, view))


def _choose_opening(m: Member, kind: str, view: SavedView | None) -> int | None:
    """What is stored for a person who wants a list to open with a view, or with the standard one.

    None is the company's choice, whatever it will be later.
    """
    wanted, shared = view.pk if view else None, get_shared_view(m, kind)
    return None if wanted == shared else wanted or 0


@require_POST
def list_settings(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Store a person's density of a list, or the widths of its columns. A script needs no page in return."""
    m = member(request, slug)
    _check_kind(m, kind)
    density, widths = Density(request.POST), Widths(request.POST)
    if density.is_valid():
        chosen = density.cleaned_data["density"]
        store_list_settings(m, kind, density=None if chosen == "own" else chosen)
    if widths.is_valid():
        store_list_settings(m, kind, widths.cleaned_data["widths"])
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204)
    query = read_view_query(m, kind, request.POST.get("query", ""))
    return redirect(join_query(reverse("list_setup", args=[m.tenant.slug, kind]), query))


def _render_setup(request: HttpRequest, m: Member, kind: str, form: ViewForm, **more: Any) -> HttpResponse:
    status = more.pop("status", 422 if form.errors else 200)
    context = {**_describe(request, m, kind), "form": form, **more}
    return render(request, "record_forms/list_setup.html", context, status=status)


def _describe(request: HttpRequest, m: Member, kind: str) -> dict[str, Any]:
    state = make_state(request, m, kind)
    default, shared = get_opening_view(m, kind), get_shared_view(m, kind)
    return {
        "member": m,
        "kind": kind,
        "setup": ListSetup(state, request.GET),
        "list_url": list_url(m, kind),
        "views": [(one, one.pk == default, may_change(m, one), one.pk == shared) for one in list_views(m, kind)],
        "density": state.density or DENSITIES[0][0],
        "densities": DENSITIES,
    }


def _check_kind(m: Member, kind: str) -> None:
    """Raise Http404 for a kind without a list, NotMirrored for one that the company's provider does not have."""
    if kind not in LISTS:
        raise Http404("No such list.")
    registry.get_table(m.tenant, kind)


def make_state(request: HttpRequest, m: Member, kind: str) -> ListState:
    _check_kind(m, kind)
    # A view that could not be saved is of the list that was posted with it.
    state = LISTS[kind](m, QueryDict(request.POST["query"]) if "query" in request.POST else move_column(request.GET))
    assert isinstance(state, ListState)
    return state


def _insert(view: SavedView) -> bool:
    """Return whether nobody has a view with its name."""
    try:
        with transaction.atomic():
            view.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def _change(view: SavedView, changes: dict[str, str]) -> bool:
    """Change these columns alone, and return whether nobody has another view with its name.

    Raises Http404 if it was deleted meanwhile.
    """
    for name, value in changes.items():
        setattr(view, name, value)
    try:
        with transaction.atomic():
            if changes and not SavedView.objects.filter(pk=view.pk).update(**changes):
                raise Http404("The view was deleted.")
    except IntegrityError:
        return False
    return True


def list_url(m: Member, kind: str) -> str:
    return reverse(f"{registry.get_table(m.tenant, kind).noun}_list", args=[m.tenant.slug])


def _setup_url(m: Member, kind: str, view: SavedView | None = None) -> str:
    return join_query(reverse("list_setup", args=[m.tenant.slug, kind]), view.address if view else STANDARD)
