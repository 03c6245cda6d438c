"""The tables of the mirror, of its reading and of the requests to the vendors, where Django looks for them."""

from .columns import BELOW, Amount, BlankableText, InOrder, order_by_name
from .queue import LockWaiter, Quota, RequestLock, ServerOffset
from .record import Record, UnreadableRecord, Version
from .sync import ReadState, SyncRun, SyncStatus, make_version_stamp
from .vendor_read import Purpose, VendorRead

__all__ = [
    "BELOW",
    "Amount",
    "BlankableText",
    "InOrder",
    "LockWaiter",
    "Purpose",
    "Quota",
    "ReadState",
    "Record",
    "RequestLock",
    "ServerOffset",
    "SyncRun",
    "SyncStatus",
    "UnreadableRecord",
    "VendorRead",
    "Version",
    "make_version_stamp",
    "order_by_name",
]
