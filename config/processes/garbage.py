"""How often Python's garbage collector runs in a process of Ledgerdesk. Knows nothing of what the process does."""

import gc

CREATED = 5_000  # objects between two collections; Python's own 700 takes a tenth of the time of reading a list
CREATED_BY_WORKER = 20_000  # as many as the rows of a list that wait to be stored: they would be looked at in vain
LOADED = 100_000  # the same while programs are loaded, of which hardly anything is garbage: a sixth of that time


def load_undisturbed() -> None:
    """Collect garbage hardly ever, from before the programs are loaded until `collect_seldom`."""
    gc.set_threshold(LOADED)


def collect_seldom(created: int = CREATED) -> None:
    """Collect garbage less often, and never look again at what exists now; call it when everything is loaded."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(created)  # older objects are looked at as often as before: memory must not grow
