"""The edit page of a bill of 500 lines, beside the admin's change form over the same lines."""

import gzip
from functools import partial

from .figures import Figure, compared, in_turn, limited
from .stage import LONG_BILL, SLUG, Stage

OURS, ADMINS = f"/t/{SLUG}/bills/{LONG_BILL}/edit", "/admin/beside/bill/1/change/"


def figures(stage: Stage) -> list[Figure]:
    """Server time over loopback, and the size of the page as it is and as a proxy would compress it."""
    times = in_turn(partial(stage.ours.get, OURS), partial(stage.admins.get, ADMINS))
    # Not the first page after a sign-in, which says so.
    ours, admins = stage.ours.get(OURS).content, stage.admins.get(ADMINS).content
    packed = [len(gzip.compress(page)) / 1000 for page in (ours, admins)]
    return [
        compared("edit page, bill of 500 lines: server", times, 1 / 8),
        limited("  HTML", len(ours) / 1000, 250, "kB", len(admins) / 1000),
        limited("  HTML, gzip", packed[0], 32, "kB", packed[1]),
    ]
