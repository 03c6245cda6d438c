"""The tables of companies and people."""

from .company import Provider, Tenant
from .people import Invitation, Membership, PersonSettings, Role
from .security import SecurityEvent, Throttle

__all__ = ["Invitation", "Membership", "PersonSettings", "Provider", "Role", "SecurityEvent", "Tenant", "Throttle"]
