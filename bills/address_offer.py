"""The address of another vendor, offered for a bill that still has the old one's; never filled in by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from books.mirror import pickers
from books.registry import get_description
from record_forms.suggestions import TAKE_ALL
from records.content import Content, Reference, Value
from records.formatting import format_address
from tenants.models import Tenant

ADDRESS = "vendor_address"


@dataclass(frozen=True, slots=True)
class AddressOffer:
    """An address that can be put into its inputs with one press: what its button says, why, and each input's text."""

    text: str
    why: str
    inputs: Mapping[str, str]
    button: str = TAKE_ALL

    @property
    def value(self) -> str:
        """What its button sends: see `record_forms.suggestions`."""
        return urlencode(self.inputs)


def find_address_offer(tenant: Tenant, base: Content, values: Mapping[str, Value]) -> AddressOffer | None:
    """Return the address of the vendor typed over that of `base`, unless it is in the form or is not known."""
    vendor = values.get("vendor")
    if not isinstance(vendor, Reference) or vendor == base.get("vendor") or ADDRESS not in base.shape:
        return None
    entry = pickers.find_entry(tenant, "vendors", vendor)
    if entry is None:
        return None
    its = entry["billing_address"]
    inputs = {f"{ADDRESS}-{f.name}": its[f.name] for f in base.shape[ADDRESS].shape.writable}
    if all(values.get(name) == text for name, text in inputs.items()):
        return None
    if its.is_blank:
        return AddressOffer("no address", f"{vendor} has no address in {get_description(tenant).name}.", inputs)
    return AddressOffer(f"the address of {vendor}", ", ".join(format_address(its)), inputs)
