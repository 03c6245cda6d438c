"""What Ledgerdesk notes of its requests to vendors: in tests only on demand, and written when the test says so."""

from collections.abc import Callable, Iterator

import pytest
from pytest_django import Settings

from books import request_log
from books.models import VendorRequest

Noted = Callable[[], list[VendorRequest]]


@pytest.fixture
def noted_requests(settings: Settings, monkeypatch: pytest.MonkeyPatch, db: None) -> Iterator[Noted]:
    """Have requests noted from now on; call it to write them and to return all rows, the oldest first."""
    settings.REQUEST_LOG_SECONDS = 1.0
    monkeypatch.setattr(request_log, "_is_due", True)  # so that no other thread is asked to write them
    request_log.forget()

    def write() -> list[VendorRequest]:
        request_log.write()
        return list(VendorRequest.objects.order_by("pk"))

    yield write
    request_log.forget()
