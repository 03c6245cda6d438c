"""The tables of companies and people."""

from .company import FormerSlug, Provider, Tenant
from .people import Invitation, Membership, PersonSettings, Role
from .security import SecurityEvent, Throttle

__all__ = [
    "FormerSlug",
    "Invitation",
    "Membership",
    "PersonSettings",
    "Provider",
    "Role",
    "SecurityEvent",
    "Tenant",
    "Throttle",
]
