"""The tables of companies and people."""

from .company import Provider, Tenant
from .people import Invitation, Membership, PersonSettings, Role
from .security import PersonSession, SecurityEvent, Throttle

__all__ = [
    "Invitation",
    "Membership",
    "PersonSession",
    "PersonSettings",
    "Provider",
    "Role",
    "SecurityEvent",
    "Tenant",
    "Throttle",
]
