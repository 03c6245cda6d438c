"""No request leaves for a vendor while a page is served: the guard that every other test with a browser relies on."""

from threading import Thread
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import path

from books import registry
from books.providers import serving
from books.providers.http import send_read, send_write
from books.providers.lock import RequestPriority
from tenants.models import Tenant
from tests.support.vendor import Sandbox


def call_vendor(request: HttpRequest) -> HttpResponse:
    """A view with a mistake: it asks the vendor itself."""
    registry.make_client(Tenant.objects.get(slug="abc"), RequestPriority.PERSON, any_file=True).health()
    return HttpResponse()


urlpatterns = [path("accounts/login/", call_vendor)]  # a page that needs nobody signed in


@pytest.mark.urls(__name__)
def test_a_view_that_calls_a_vendor_fails_and_no_socket_is_opened(client, abc: Tenant, sandbox: Sandbox) -> None:
    with pytest.raises(serving.CalledFromPage):
        client.get("/accounts/login/")
    assert sandbox.requests() == []


def test_once_the_page_is_answered_the_vendor_can_be_called(abc: Tenant, sandbox: Sandbox) -> None:
    with serving.serving_page(), pytest.raises(serving.CalledFromPage):
        call_vendor(HttpRequest())
    assert (call_vendor(HttpRequest()).status_code, len(sandbox.requests())) == (200, 1)


@pytest.mark.parametrize("send", [send_read, send_write])
def test_neither_a_read_nor_a_write_leaves(send) -> None:
    more: dict[str, Any] = {"query": {}} if send is send_read else {"body": {}}
    with serving.serving_page(), pytest.raises(serving.CalledFromPage):
        send("http://127.0.0.1:9/", headers={}, seconds=1, **more)


def test_in_a_process_that_serves_pages_no_thread_may_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "_whole_process", False)  # what the test sets is undone
    serving.forbid_in_process()
    raised: list[bool] = []

    def call() -> None:
        with pytest.raises(serving.CalledFromPage):
            serving.check_not_serving()
        raised.append(True)

    thread = Thread(target=call)
    thread.start()
    thread.join()
    assert raised == [True]
