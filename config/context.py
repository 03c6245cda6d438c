"""What the frame of every page shows. Makes no remote call, and asks the database only for what a page draws."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def desk(request: HttpRequest) -> dict[str, Any]:
    """The member inside a company (None outside), and whether this is the demo."""
    return {"member": getattr(request, "member", None), "DEMO": settings.DEMO}
