"""The sections that each company has: who goes to another company stays in the same one."""

from django.urls import reverse

from books import registry
from tenants.models import Tenant

HOME = "home"
SECTIONS = {HOME: "", "customer_list": "customers", "bill_list": "bills", "edit_list": "", "connection": ""}  # → kind


def find_section(tenant: Tenant, section: str) -> str:
    """The address of a section of a company; of its home if it has no such section."""
    return reverse(section if has_section(tenant, section) else HOME, args=[tenant.slug])


def has_section(tenant: Tenant, section: str) -> bool:
    kind = SECTIONS.get(section, "")
    return section in SECTIONS and (not kind or kind in registry.get_description(tenant).tables)
