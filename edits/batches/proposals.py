"""What a bulk change proposes: one content for each record, from a selection, a file or an undo. Checks nothing."""

from dataclasses import dataclass

from books.models import Record, Version
from edits.models.edit import Edit
from records.content import Content
from tenants.access import Member


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody wants one record to become, before anything is checked.

    `member` is the person in the record's company. `seen` is the version that the list or the file showed; the change
    starts from it. `edited` is the wanted content by the table that the member may see, None where it cannot be done
    and `problem`, a sentence for people, says why. `place` is where it is in its source, such as "row 12", "" for a
    selection. `undoes` is the saved edit that it takes back, `remark` a sentence for people on what stays of that.
    """

    member: Member
    record: Record
    seen: Version | None
    edited: Content | None
    problem: str = ""
    place: str = ""
    undoes: Edit | None = None
    remark: str = ""
