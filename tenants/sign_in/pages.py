"""What the account pages have in common: a status code for the outcome of their form."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache


class AccountPage:
    """A page with one form: 422 when it is refused, 429 after too many attempts."""

    http_method_names = ("get", "head", "post", "options")
    request: HttpRequest

    @method_decorator(never_cache)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]  # allauth's, below
        return answer

    def form_invalid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_invalid(form)  # type: ignore[misc]  # allauth's view has the method
        wait = getattr(form, "wait", 0)
        answer.status_code = 429 if wait else 422
        if wait:
            answer["Retry-After"] = str(wait)
        return answer


class TakesRequest(AccountPage):
    """A page whose form needs the request."""

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request}  # type: ignore[misc]  # allauth's view has the method


class OwnPage(AccountPage):
    """A page of one's own account, for who is signed in."""

    @method_decorator(login_required)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return super().dispatch(request, *args, **kwargs)
