"""The page on which a file is brought back: it is read at once, and its changes are shown before any is made."""

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from books.pages.record_lists import LISTS
from books.registry import get_visible_table
from record_forms.filters.views import list_url
from record_forms.workbooks.cells import MOST_ROWS, UnreadableFile
from record_forms.workbooks.layout import has_lines
from records.formatting import format_count
from tenants.access import Member, member
from tenants.models import Role

from .reading import FileReading, plan_file, read_file

ROUND_A_FILE = 10_000  # bytes of a form that are no file


class FileForm(forms.Form):
    """An uploaded file, of which `read` says what it proposes."""

    file = forms.FileField(
        label="Excel or CSV file",
        allow_empty_file=True,  # which is said in other words
        error_messages={"required": "Choose the file first.", "invalid": "Choose the file first."},
    )

    def __init__(self, request: HttpRequest, m: Member, kind: str) -> None:
        is_posted = request.method == "POST"
        super().__init__(request.POST if is_posted else None, request.FILES if is_posted else None)
        self.member, self.kind = m, kind
        self.reading: FileReading | None = None

    def clean_file(self) -> "UploadedFile[bytes]":
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        try:
            self.reading = read_file(self.member, self.kind, file.name or "", file.read())
        except UnreadableFile as error:
            raise forms.ValidationError(str(error)) from None
        return file


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def list_import(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Take a file that was exported to edit, and show what it would change."""
    m = member(request, slug, Role.BOOKKEEPER)
    if kind not in LISTS:
        raise Http404("No such list.")
    table = get_visible_table(m, kind)
    form = FileForm(request, m, kind)
    reading = form.reading if form.is_valid() else None
    if reading is not None and reading.proposals:
        return redirect(plan_file(m, kind, reading).get_absolute_url())
    context = {
        "member": m,
        "kind": kind,
        "table": table,
        "form": form,
        "reading": reading,
        "said": reading and describe_same(reading, table.noun),
        "list_url": list_url(m, kind),
        "query": request.GET.urlencode(),
        "most_rows": f"{MOST_ROWS:,}",
        "most_bytes": settings.DATA_UPLOAD_MAX_MEMORY_SIZE - ROUND_A_FILE,
        "most_size": f"{settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 2**20} MB",
        "has_lines": has_lines(table),
    }
    status = 422 if form.is_bound and reading is None else 200
    return render(request, "edits/imports/list_import.html", context, status=status)


def describe_same(reading: FileReading, noun: str) -> str:
    """Return what is said of a file that changes nothing."""
    if not reading.unchanged:
        return f"The file names no {noun} that you can change here."
    return f"Nothing differs from what was exported ({format_count(reading.unchanged, noun)})."
