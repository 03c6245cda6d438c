"""The cells of the matrix: for each fault and operation the status, what is said, and the state that it leaves."""

# Pages are drawn from our own copy, and a process starts, whatever the vendor does.
DRAWN = ("200", "", "then 200")
STARTS = ("the round is made", "", "the next is made")
PC_OFF = (
    "The QuickBooks Desktop connection is not active. Please check that the computer is on and the QuickBooks Web "
    "Connector is running. Last active: never."
)
READ = ("worker goes on", "", "read")

CELLS: dict[str, dict[str, tuple[str, str, str]]] = {
    "the vendor's own timeout": {
        "save": ("504", "No answer came", "unknown → not_applied"),
        "read one": ("200", "No answer came", "readable"),
        "read a list": ("worker goes on", "QuickBooks did not answer in time.", "failed"),
        "page": DRAWN,
        "start": STARTS,
    },
    "it hangs": {
        "save": ("504", "No answer came", "unknown → saved"),
        "read one": ("200", "No answer came", "readable"),
        "read a list": ("worker goes on", "The time for an answer ran out.", "failed"),
        "page": DRAWN,
        "start": STARTS,
    },
    "a byte at a time": {
        "save": ("504", "No answer came", "unknown → saved"),
        "read one": ("200", "No answer came", "readable"),
        "read a list": ("worker goes on", "The time for an answer ran out.", "failed"),
        "page": DRAWN,
        "start": STARTS,
    },
    "the line drops before": {
        "save": ("504", "No answer came", "unknown → not_applied"),
        "read one": ("200", "No answer came", "readable"),
        "read a list": ("worker goes on", "The connection broke before an answer came.", "failed"),
        "page": DRAWN,
        "start": STARTS,
    },
    "the line drops after": {
        "save": ("504", "No answer came", "unknown → saved"),
        "read one": ("200", "No answer came", "readable"),
        "read a list": ("worker goes on", "The connection broke before an answer came.", "failed"),
        "page": DRAWN,
        "start": STARTS,
    },
    "half an answer": {
        "save": ("504", "No answer came", "unknown → saved"),
        "read one": ("200", "No answer came", "readable"),
        "read a list": ("worker goes on", "The connection broke before an answer came.", "failed"),
        "page": DRAWN,
        "start": STARTS,
    },
    "connection refused": {
        "save": ("303", "", "queued → saved"),
        "read one": ("200", "The connection service cannot be reached", "readable"),
        "read a list": ("worker goes on", "The connection service cannot be reached.", "waiting"),
        "page": DRAWN,
        "start": STARTS,
    },
    "200 MB": {
        "save": ("502", "The answer could not be read", "unknown → saved"),
        "read one": ("200", "The answer could not be read", "readable"),
        "read a list": ("worker goes on", "The answer was longer than 64 MB.", "failed"),
        "page": DRAWN,
        "start": STARTS,
    },
    "gzip bomb": {
        "save": ("502", "The answer could not be read", "unknown → saved"),
        "read one": ("200", "The answer could not be read", "readable"),
        "read a list": ("worker goes on", "The answer was longer than 64 MB.", "failed"),
        "page": DRAWN,
        "start": STARTS,
    },
    "200,000 levels of JSON": {
        "save": ("502", "The answer could not be read", "unknown → saved"),
        "read one": ("200", "The answer could not be read", "readable"),
        "read a list": ("worker goes on", "The answer was not a list in JSON.", "failed"),
        "page": DRAWN,
        "start": STARTS,
    },
    "JSON without id": {
        "save": ("502", "The answer could not be read", "unknown → saved"),
        "read one": ("200", "The answer could not be read", "readable"),
        "read a list": ("worker goes on", "", "read"),
        "page": DRAWN,
        "start": STARTS,
    },
    "wrong types": {
        "save": ("502", "The answer could not be read", "unknown → saved"),
        "read one": ("200", "QuickBooks returned data for this record that cannot be read", "readable"),
        "read a list": ("worker goes on", "", "read"),
        "page": DRAWN,
        "start": STARTS,
    },
    "somebody's 404 in HTML": {
        "save": ("502", "Something other than QuickBooks answered", "unknown → saved"),
        "read one": ("200", "Something other than QuickBooks answered", "readable"),
        "read a list": ("worker goes on", "An answer with status 404 came that is not Conductor's own.", "waiting"),
        "page": DRAWN,
        "start": STARTS,
    },
    "the vendor's 404: deleted": {
        "save": ("409", "This record is no longer in QuickBooks", "refused"),
        "read one": ("200", "This record is no longer in QuickBooks", "deleted"),
        "read a list": READ,
        "page": DRAWN,
        "start": STARTS,
    },
    "429 for 100 s": {
        "save": ("303", "", "queued → saved"),
        "read one": ("200", "QuickBooks asks us to wait", "readable"),
        "read a list": ("worker goes on", "QuickBooks asks us to wait", "waiting"),
        "page": DRAWN,
        "start": STARTS,
    },
    "500": {
        "save": ("504", "No answer came", "unknown → not_applied"),
        "read one": ("200", "No answer came", "readable"),
        "read a list": ("worker goes on", "No answer came.", "failed"),
        "page": DRAWN,
        "start": STARTS,
    },
    "502 in HTML": {
        "save": ("504", "No answer came", "unknown → not_applied"),
        "read one": ("200", "No answer came", "readable"),
        "read a list": ("worker goes on", "No answer came.", "failed"),
        "page": DRAWN,
        "start": STARTS,
    },
    "stale": {
        "save": ("409", "This customer changed in QuickBooks while you were editing", "conflict"),
        "read one": ("200", "", "readable"),
        "read a list": READ,
        "page": DRAWN,
        "start": STARTS,
    },
    "cursor refused": {
        "save": ("303", "", "saved"),
        "read one": ("200", "", "readable"),
        "read a list": ("worker goes on", "", "reading"),
        "page": DRAWN,
        "start": STARTS,
    },
    "key refused": {
        "save": ("503", "Ledgerdesk's key was not accepted", "not_sent"),
        "read one": ("200", "Ledgerdesk's key was not accepted", "readable"),
        "read a list": ("worker goes on", "Ledgerdesk's key was not accepted.", "waiting"),
        "page": DRAWN,
        "start": STARTS,
    },
    "PC off": {
        "save": ("303", "", "queued → saved"),
        "read one": ("200", "The PC with QuickBooks is not answering", "readable"),
        "read a list": (
            "worker goes on",
            PC_OFF,
            "waiting",
        ),
        "page": DRAWN,
        "start": STARTS,
    },
    "database locked": {
        "save": ("503", "This was not saved", "no edit"),
        "read one": ("200", "Ledgerdesk's database is busy or full", "readable"),
        "read a list": ("task failed: OperationalError", "", "waiting"),
        "page": DRAWN,
        "start": ("the round fails", "database is locked", "the next is made"),
    },
    "database locked after the write": {
        "save": ("303", "", "unknown → saved"),
        "read one": ("200", "", "readable"),
        "read a list": READ,
        "page": DRAWN,
        "start": STARTS,
    },
    "disk full after the write": {
        "save": ("503", "We do not know yet whether this was saved", "unknown → saved"),
        "read one": ("200", "", "readable"),
        "read a list": READ,
        "page": DRAWN,
        "start": STARTS,
    },
    "database away": {
        "save": ("503", "Ledgerdesk cannot reach its database", "no edit"),
        "read one": ("503", "Ledgerdesk cannot reach its database", "readable"),
        "read a list": ("task failed: OperationalError", "", "waiting"),
        "page": ("503", "Ledgerdesk cannot reach its database", "then 200"),
        "start": ("the round fails", "unable to open database file", "the next is made"),
    },
    "disk full": {
        "save": ("503", "This was not saved", "no edit"),
        "read one": ("200", "Ledgerdesk's database is busy or full", "readable"),
        "read a list": ("task failed: OperationalError", "", "waiting"),
        "page": DRAWN,
        "start": ("the round fails", "attempt to write a readonly database", "the next is made"),
    },
    "cache away": {
        "save": ("303", "", "saved"),
        "read one": ("200", "", "readable"),
        "read a list": READ,
        "page": DRAWN,
        "start": STARTS,
    },
}
