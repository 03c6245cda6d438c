"""Addresses of an earlier edition that people may have kept: each leads to where its page is now."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from tenants.access import member


@require_safe
def record_history(request: HttpRequest, slug: str, kind: str, remote_id: str) -> HttpResponse:
    member(request, slug)
    return redirect("record_history", slug, kind, remote_id)


@require_safe
def external_change(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    member(request, slug)
    return redirect("sighting_page", slug, pk)
