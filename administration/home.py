"""The page from which Ledgerdesk administrators reach everything that is theirs."""

from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tenants.access import ledgerdesk_administrator


class AdministrationLink(NamedTuple):
    """A page of administration: the name of its URL, its title, and what it is for."""

    view: str
    title: str
    what: str

    @property
    def url(self) -> str:
        """Its address; "" where this part is not installed."""
        try:
            return reverse(self.view)
        except NoReverseMatch:
            return ""


LINKS = (
    AdministrationLink("administration_companies", "Companies", "All companies with their state. Add and connect one."),
    AdministrationLink("usage", "Usage", "Requests to each company, month by month."),
    AdministrationLink("administration_people", "People", "Who may do what in which company."),
    AdministrationLink(
        "administration_log", "Security log", "Who signed in, and who changed people, companies and keys."
    ),
    AdministrationLink("all_factors", "Second factor", "Who has one. Reset it for whoever has lost their phone."),
    AdministrationLink("tables:index", "Tables", "Stored companies, people and changes, read-only."),
)


@never_cache
@require_safe
def administration(request: HttpRequest) -> HttpResponse:
    """Show the pages of administration."""
    ledgerdesk_administrator(request)
    return render(request, "administration/administration.html", {"links": [one for one in LINKS if one.url]})
