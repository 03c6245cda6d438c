"""The tables of the mirror, of its reading and of the requests to the vendors, where Django looks for them."""

from .columns import BELOW, Amount, BlankableText, ContainsLiteral, InOrder, order_by_name
from .connection_act import ActKind, ActState, ConnectionAct
from .list_walk import WALKS_OF_A_PERSON, ListWalk, delete_old_walks, store_walk
from .queue import EngineLease, Quota, ServerOffset
from .record import Record, UnreadableRecord, Version
from .saved_view import COMPANIES, VIEWS, SavedView, SeenRecord, list_recently_seen, store_seen
from .sync import (
    ReadState,
    SyncRun,
    SyncStatus,
    fetch_runs,
    fetch_status,
    fetch_statuses,
    find_status,
    make_version_stamp,
)
from .vendor_read import Purpose, VendorRead
from .vendor_request import VendorRequest, VendorUsage

__all__ = [
    "BELOW",
    "COMPANIES",
    "VIEWS",
    "WALKS_OF_A_PERSON",
    "ActKind",
    "ActState",
    "Amount",
    "BlankableText",
    "ConnectionAct",
    "ContainsLiteral",
    "EngineLease",
    "InOrder",
    "ListWalk",
    "Purpose",
    "Quota",
    "ReadState",
    "Record",
    "SavedView",
    "SeenRecord",
    "ServerOffset",
    "SyncRun",
    "SyncStatus",
    "UnreadableRecord",
    "VendorRead",
    "VendorRequest",
    "VendorUsage",
    "Version",
    "delete_old_walks",
    "fetch_runs",
    "fetch_status",
    "fetch_statuses",
    "find_status",
    "list_recently_seen",
    "make_version_stamp",
    "order_by_name",
    "store_seen",
    "store_walk",
]
