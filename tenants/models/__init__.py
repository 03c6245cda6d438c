"""The tables of companies and people."""

from .company import FormerSlug, OfferedAccess, Provider, Tenant
from .people import Invitation, Membership, PersonSettings, Role
from .security import AccountLink, PersonSession, SecurityEvent, Throttle

__all__ = [
    "AccountLink",
    "FormerSlug",
    "Invitation",
    "Membership",
    "OfferedAccess",
    "PersonSession",
    "PersonSettings",
    "Provider",
    "Role",
    "SecurityEvent",
    "Tenant",
    "Throttle",
]
