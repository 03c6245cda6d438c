"""The page of the browsers in which a person is signed in; each can be signed out from here."""

import re

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tenants.security_log import Kind, log_event
from tenants.sessions import LiveSession, end_session, end_sessions, list_sessions

OTHERS = "others"
# In the order in which they are looked for: several browsers also call themselves Chrome or Safari.
BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "Firefox|FxiOS": "Firefox",
    "Chrome|CriOS": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "Windows": "Windows",
    "Android": "Android",
    "iPhone|iPad": "iOS",
    "Mac OS": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


class EndForm(forms.Form):
    """Which session to end: one of the person's own, or all but this one."""

    session = forms.CharField(max_length=64)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def session_list(request: HttpRequest) -> HttpResponse:
    """List where the person is signed in, and sign them out there."""
    assert isinstance(request.user, User)
    found = list_sessions(request.user)
    form = EndForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        count = _end(request, request.user, found, form.cleaned_data["session"])
        if count:
            log_event(Kind.SESSION_ENDED, request=request, person=request.user, sessions=count)
        messages.success(request, f"Signed out in {count} {'browser' if count == 1 else 'browsers'}.")
        return redirect("session_list")
    rows = [(one, describe_browser(one.browser), one.key == request.session.session_key) for one in found]
    context = {"rows": sorted(rows, key=lambda row: not row[2]), "others": len(rows) > 1}
    return render(request, "account/session_list.html", context, status=422 if form.is_bound else 200)


def _end(request: HttpRequest, person: User, found: list[LiveSession], name: str) -> int:
    """End the session of this name, or all others; return how many were ended. The one of this page goes on."""
    own = request.session.session_key
    if name == OTHERS:
        return end_sessions(person, except_key=own)
    return sum(end_session(person, one.key) for one in found if one.name == name and one.key != own)


def describe_browser(text: str) -> str:
    """What a browser calls itself, in words: Firefox on Windows."""
    name = next((name for pattern, name in BROWSERS.items() if re.search(pattern, text)), "")
    system = next((name for pattern, name in SYSTEMS.items() if re.search(pattern, text)), "")
    return " on ".join(filter(None, (name, system))) or "Unknown browser"
