"""The pages of bulk changes: one's own, and one with its dry run, its progress and its result."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from edits.models.batch import Batch
from tenants.access import list_memberships


@never_cache
@require_safe
def batch_list(request: HttpRequest) -> HttpResponse:
    """List one's own bulk changes, newest first."""
    own = Batch.objects.filter(person_id=request.user.pk)
    return render(request, "edits/batches/batch_list.html", {"batches": own})


@never_cache
@require_safe
def batch_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one bulk change, as far as its records are of companies of one's own."""
    companies = [own.tenant_id for own in list_memberships(request.user)]  # type: ignore[arg-type]
    batch = Batch.objects.filter(pk=pk, items__tenant__in=companies).distinct().first()
    if batch is None:
        raise Http404("There is no such bulk change in your companies.")
    items = batch.items.filter(tenant__in=companies)
    return render(request, "edits/batches/batch_page.html", {"batch": batch, "items": items})
