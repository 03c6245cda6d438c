"""The tables of edits, where Django looks for them."""

from .batch import Batch, BatchItem
from .edit import Edit, Opened
from .external_change import ExternalChange

__all__ = ["Batch", "BatchItem", "Edit", "ExternalChange", "Opened"]
