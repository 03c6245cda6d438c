"""The page of what needs a person, over all of their companies; the buttons on it; and its count in the bar."""

from collections.abc import Collection, Sequence
from typing import cast

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from edits.lifecycle import notifications
from edits.models.edit import Edit, State
from records.formatting import format_count
from tenants.access import Member
from tenants.redirects import redirect_to

from . import counts
from .collect import BULK, Inbox, collect
from .items import Reader, make_reader
from .sources import SOURCES
from .sources.edits import SHOWN
from .visits import find_last_visit, note_visit

STEPS = {(source.name, name): step for source in SOURCES for name, step in source.steps.items()}
ALL = "all"
LEAST_PAUSE = 2.0  # seconds between two looks of a page that nobody sees
TOLD = 5  # sentences about what was not done of very much


class InboxQuery(forms.Form):
    """The address of the page: one company alone, or all."""

    company = forms.SlugField(required=False)


class StepForm(forms.Form):
    """A pressed button: `changes again 12 larch` is a source, a step, the number of an item or all, and a company.

    All are those of the numbers in `shown`, which stood on the page.
    """

    step = forms.RegexField(r"^[a-z]+ [a-z]+ (all|\d{1,17})( [-\w]+)?$")
    shown = forms.RegexField(r"^([0-9]{1,17}( |$))*$", required=False)

    def clean_step(self) -> tuple[str, str, str, str]:
        source, name, number, *company = self.cleaned_data["step"].split(" ")
        is_known = (source, name) in STEPS and (number != ALL or name == BULK) and (number == ALL or bool(company))
        if not is_known:
            raise forms.ValidationError("There is no such step.")
        return source, name, number, "".join(company)

    def clean_shown(self) -> set[int]:
        return {int(number) for number in self.cleaned_data["shown"].split()}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def inbox(request: HttpRequest) -> HttpResponse:
    """Show what needs the signed-in person in all of their companies, or one; POST takes a step of an item."""
    person = cast(User, request.user)
    reader, only = _narrow(request, make_reader(person))
    if request.method == "POST":
        _take_step(request, reader)
        if not getattr(request, "htmx", False):
            return redirect_to(request, request.get_full_path())
    is_seen = request.method != "HEAD" and notifications.is_seen(request)
    found = collect(reader, find_last_visit(person))
    if is_seen and not only:
        note_visit(person)
    unread = [edit for edit in notifications.fetch_unread(person) if edit.tenant_id in reader.members]
    context = {
        "inbox": found,
        "only": only,
        "outcomes": notifications.News(_tell(unread, reader) if is_seen else ()),
        "saving": sum(edit.state in (State.QUEUED, State.SENDING) and not edit.waiting_since for edit in unread),
        "next_look": notifications.find_next_look(unread),
        **_count(person, reader, found),
    }
    is_part = bool(getattr(request, "htmx", False))
    answer = render(request, "overview/inbox.html#items" if is_part else "overview/inbox.html", context)
    patch_vary_headers(answer, ["HX-Request"])
    return notifications.name_needing(answer, unread)


@never_cache
@require_safe
def inbox_count(request: HttpRequest) -> HttpResponse:
    """Return the count in the bar for a page that has shown `have`; nothing if it is still that."""
    count = counts.count_items(cast(User, request.user))
    if request.GET.get("have") == str(count):
        return HttpResponse(status=204)
    answer = render(request, "components/inbox_count.html", {"inbox_count": count})
    answer["HX-Trigger"] = "desk:counted"  # the page of what needs somebody looks again
    return answer


@never_cache
@require_safe
def inbox_notices(request: HttpRequest) -> HttpResponse:
    """Name what needs the person for a notice of the browser, and in how many seconds to ask again.

    Nobody sees the page that asks. It is not asked again while no change of theirs is under way.
    """
    person = cast(User, request.user)
    unread = notifications.fetch_unread(person)
    answer = HttpResponse(status=204)
    if pause := notifications.compute_pause(unread):
        answer[notifications.LOOK_AGAIN] = f"{max(pause, LEAST_PAUSE):.1f}"
    return notifications.name_needing(answer, unread)


def _tell(unread: Sequence[Edit], reader: Reader) -> list[Edit]:
    """Return the outcomes that the page announces, and mark them read with those that it shows as items."""
    items = [edit for edit in unread if edit.tenant_id in reader.editing and (edit.needs_author or edit.differs_open)]
    announced = notifications.list_news([edit for edit in unread if edit not in items])
    notifications.mark_read([*announced, *items])
    return announced


def _count(person: User, reader: Reader, found: Inbox) -> dict[str, int]:
    """Return the count for the bar, and how many of what is looked through have no room on the page."""
    every = counts.count_by_company(make_reader(person))
    here = sum(count for pk, count in every.items() if pk in reader.members)
    return {"inbox_count": sum(every.values()), "left_out": here - found.settle if found.settle >= SHOWN else 0}


def _narrow(request: HttpRequest, reader: Reader) -> tuple[Reader, Member | None]:
    """Return the reader of the companies that are looked through, and the company if it is one alone."""
    form = InboxQuery(request.GET)
    if not form.is_valid():
        raise Http404("You have no company at this address.")
    if not (company := form.cleaned_data["company"]):
        return reader, None
    narrow = reader.only(company)
    return narrow, next(iter(narrow.members.values()))


def _take_step(request: HttpRequest, reader: Reader) -> None:
    """Take the step of a pressed button. Raises BadRequest for a button that no page has."""
    form = StepForm(request.POST)
    if not form.is_valid():
        raise BadRequest("This button is not known.")
    source, name, number, company = form.cleaned_data["step"]
    own = reader.only(company) if company else reader
    if number == ALL:
        _take_all(request, own, source, name, form.cleaned_data["shown"])
    else:
        (member,) = own.members.values()
        messages.info(request, STEPS[source, name](member, int(number)).text)


def _take_all(request: HttpRequest, reader: Reader, source: str, name: str, shown: Collection[int]) -> None:
    """Take a step of all items on the page that have it, and say of the first ones of which it was not taken."""
    (found,) = (one for one in SOURCES if one.name == source)
    offering = (item for item in found.find(reader) if any(step.name == name for step in item.steps))
    items = [item for item in offering if item.number in shown]
    results = [found.steps[name](reader.members[item.tenant.pk], item.number) for item in items]
    if done := sum(result.is_done for result in results):
        messages.info(request, f"{format_count(done, 'change')} {'is' if done == 1 else 'are'} being sent again.")
    failed = [result.text for result in results if not result.is_done]
    for text in failed[:TOLD]:
        messages.warning(request, text)
    if more := len(failed[TOLD:]):
        messages.warning(request, f"{format_count(more, 'more change')} {'was' if more == 1 else 'were'} not sent.")
