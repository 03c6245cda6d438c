"""The two spellings of a member's name: both are accepted, camelCase is validated, snake_case is sent."""

import re
from collections.abc import Iterable
from typing import Any

from .answers import unhandled


def camel(value: Any) -> Any:
    """A value with all names in camelCase, nested ones included; `billing_address_1` is `billingAddress1`."""
    if isinstance(value, list):
        return [camel(item) for item in value]
    if isinstance(value, dict):
        return {_camel_name(name): camel(member) for name, member in value.items()}
    return value


def snake_name(name: str) -> str:
    """A name as it is sent: `billingAddress1` is `billing_address1`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def in_wire_order(names: Iterable[str]) -> list[str]:
    """Names in the order in which they are sent.

    The server re-adds every name that it respells, after the one-word names, which it leaves unchanged.
    """
    return sorted(names, key=lambda name: "_" in name)


def _camel_name(name: str) -> str:
    if not name:
        raise unhandled()
    spelled = re.sub(r"[-_](\w)", lambda found: found[1].upper(), name, flags=re.ASCII)
    return spelled[0].lower() + spelled[1:]
