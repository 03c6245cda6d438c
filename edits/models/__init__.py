"""The tables of edits, where Django looks for them."""

from .edit import Edit, Opened
from .external_change import ExternalChange

__all__ = ["Edit", "ExternalChange", "Opened"]
