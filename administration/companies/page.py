"""What the page shows that connects a company: its forms, and how far it is."""

from typing import Any

from django import forms
from django.conf import settings

from books import polling
from books.models import Purpose
from books.sync import vendor_reads
from tenants.access import DeskRequest
from tenants.models import Tenant

from . import connect, progress
from .forms import BigcapitalAccess, LinkMail, LinkWanted, NewEndUser

PARTS = ("connecting", "standing")  # which look again by themselves


def find_part(request: DeskRequest) -> str:
    """Return the part of a template that htmx has asked for; "" for the whole page."""
    return f"#{request.htmx.target}" if request.htmx and request.htmx.target in PARTS else ""


def make_context(request: DeskRequest, tenant: Tenant, refused: forms.Form | None = None) -> dict[str, Any]:
    """Return what the page needs. `refused` is the form that could not be taken, shown again with its errors."""
    found = progress.look_again(tenant) if request.method != "POST" else progress.load_connecting(tenant)
    told = vendor_reads.find(tenant, Purpose.END_USERS) if found.is_quickbooks and not found.has_account else None
    blank = [
        LinkWanted(),
        LinkMail(),
        BigcapitalAccess(initial={"base_url": tenant.base_url or settings.BIGCAPITAL_BASE_URL}),
    ]
    lost = found.created if found.created and found.created.error == "NoAnswer" else None
    new = NewEndUser(tenant=tenant, earlier_id=lost.asked["source_id"] if lost else "")
    shown = {type(form): form for form in [new, *blank]}
    if refused is not None:
        shown[type(refused)] = refused
    tried = None if found.is_quickbooks else vendor_reads.find(tenant, Purpose.ACCESS)
    tried_look = polling.next_look(tried.asked_at, progress.SERVICE_SECONDS) if tried and tried.is_waiting else ""
    told_look = polling.next_look(told.asked_at, progress.SERVICE_SECONDS) if told and told.is_waiting else ""
    return {
        "tenant": tenant,
        "connecting": found,
        "act_look": found.next_act_look or told_look or tried_look,
        "pc_steps": connect.PC_STEPS,
        "create_form": shown[NewEndUser],
        "link_form": shown[LinkWanted],
        "mail_form": shown[LinkMail],
        "access_form": shown[BigcapitalAccess],
        "refused": refused,
        "offered": None if found.is_quickbooks else connect.find_offered(tenant),
        "tried": tried,
        "tried_error": vendor_reads.read_error(tried) if tried and tried.has_failed else None,
        "told": told,
        "told_error": vendor_reads.read_error(told) if told and told.has_failed else None,
        "free": connect.list_free_end_users(told),
    }
