"""Turns every error that a view lets through into a page or a fragment with words."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


class ErrorPages:
    """Answer errors of the desk with their own page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token has ended."""
    return render(request, "errors/error.html", {"title": "This page had expired", "status": 403}, status=403)
