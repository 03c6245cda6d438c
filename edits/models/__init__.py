"""The tables of edits, where Django looks for them."""

from .edit import Edit, Opened
from .external_change import Sighting

__all__ = ["Edit", "Opened", "Sighting"]
