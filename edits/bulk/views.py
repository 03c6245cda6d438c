"""The page of a bulk change: what is selected and what is to be changed. The page of the batch is its dry run."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from books import registry
from books.pages.list_address import join_query
from books.pages.record_lists import LISTS
from edits.batches.plan import plan_batch
from record_forms.bulk.form import BulkForm, CompaniesForm
from record_forms.bulk.selection import MOST_RECORDS, BulkSelection, SelectionForm
from record_forms.registry import KINDS
from records.formatting import format_count, lower_first
from tenants.access import Member, list_members, member
from tenants.models import Role
from tenants.redirects import redirect_to

from .proposing import make_proposals

BUTTONS = ("choose", "add", "remove")  # those that only draw the form again
LONGEST_SAID = 250  # letters of a batch's title and of its source


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def bulk_change(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """The form of a bulk change of what an address selects; POST plans it, and the page of the batch shows it."""
    m = member(request, slug, Role.BOOKKEEPER)
    if kind not in LISTS or kind not in KINDS:
        raise Http404("No such list.")
    table = registry.get_visible_table(m, kind)
    asked = SelectionForm(request.GET)
    list_url = join_query(reverse(f"{table.noun}_list", args=[slug]), str(request.GET.get("list", "")))
    if not asked.is_valid():
        messages.info(request, f"{next(iter(asked.errors.values()))[0]}")
        return redirect_to(request, list_url)
    selection = BulkSelection(m, kind, asked)
    if problem := _find_problem(selection, table.noun):
        messages.info(request, problem)
        return redirect_to(request, list_url)
    others = _list_others(m, selection)
    is_draft = request.method == "POST" and any(name in request.POST for name in BUTTONS)
    form = BulkForm(m.tenant, table, request.POST if request.method == "POST" else None, is_draft=is_draft)
    counts = {one.tenant.slug: count for one, count in others}
    names = [(one.tenant.slug, one.tenant.name) for one, _ in others]
    companies = CompaniesForm(request.POST or None, names, counts, MOST_RECORDS - selection.total)
    is_looked_at = request.method == "POST" and not is_draft
    if is_looked_at and all([form.is_valid(), companies.is_valid()]):
        wanted = [one for one, _ in others if one.tenant.slug in companies.cleaned_data["company"]]
        return _plan(request, selection, form, wanted)
    context = {"member": m, "kind": kind, "noun": table.noun, "list_url": list_url, "selection": selection}
    context |= {
        "source": _describe_source(selection) if selection.is_all else "",
        "form": form,
        "companies": companies,
        "others": others,
        "is_looked_at": is_looked_at,
    }
    return render(request, "edits/bulk/bulk_change.html", context, status=422 if is_looked_at else 200)


def _find_problem(selection: BulkSelection, noun: str) -> str:
    """Say why nothing can be changed of a selection; "" if it can."""
    if not selection.is_understood:
        return "Part of this link is not valid, so nothing is selected. Set the filters again."
    if selection.is_all and selection.missing:
        return f"{format_count(selection.missing, 'row')} that you left out changed too often since. Select again."
    if not selection.total:
        return "Nothing is selected."
    if selection.total > MOST_RECORDS:
        most = format_count(MOST_RECORDS, noun)
        return f"A bulk change can have {most}, and {selection.total:,} are selected. Filter the list further."
    return ""


def _list_others(m: Member, selection: BulkSelection) -> list[tuple[Member, int]]:
    """Return the other companies with the same filters that the person may change, each with what it has."""
    if not selection.is_all:
        return []
    own = [one for one in list_members(m.person) if one.may_edit and one.tenant.provider == m.tenant.provider]
    counted = [(one, selection.count_in(one)) for one in own if one.tenant.pk != m.tenant.pk]
    return [(one, count) for one, count in counted if count]


def _plan(request: HttpRequest, selection: BulkSelection, form: BulkForm, others: list[Member]) -> HttpResponse:
    m = selection.member
    title, source = _shorten(form.describe()), _shorten(_describe_source(selection))
    found = make_proposals(selection, form, others)
    batch = plan_batch(m.person, found, kind=selection.kind, title=title, source=source)
    return redirect_to(request, batch.get_absolute_url())


def _describe_source(selection: BulkSelection) -> str:
    """Say where the records come from: "12 selected bills", or all of a list by its filters."""
    noun = registry.get_table(selection.member.tenant, selection.kind).noun
    if not selection.is_all:
        return f"Selected: {format_count(selection.total, noun)}"
    filters = [f"{lower_first(one.label)} {one.text}".strip() for one in selection.state.conditions]
    words = selection.state.asked["q"]
    searched = [f"search “{words}”"] if words else []
    left_out = [f"except {len(selection.but):,}"] if selection.but else []
    return f"All {selection.kind}: {', '.join([*filters, *searched, *left_out])}".removesuffix(": ")


def _shorten(text: str) -> str:
    return text if len(text) <= LONGEST_SAID else f"{text[: LONGEST_SAID - 2]} …"
