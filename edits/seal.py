"""What a form started from, in a few signed bytes: company, kind, id and revision, and what it has left to decide.

A forged seal, or one of another record or company, opens nothing.
"""

from dataclasses import dataclass

from django.core import signing

from books.models import Record

SALT = "edits.base"


class NoBase(ValueError):
    """The seal is missing, forged, or of another record or company: nothing may be sent."""


@dataclass(frozen=True, slots=True)
class Seal:
    """The record that a form shows and the revision that the person saw.

    `undecided` are the clashes that stand in the form as the edit `reopens` wants them, not as the books have them.
    """

    record: Record
    revision: str
    reopens: int = 0
    undecided: tuple[str, ...] = ()

    def __str__(self) -> str:
        parts: list[object] = [self.record.tenant_id, self.record.kind, self.record.remote_id, self.revision]
        if self.undecided:
            parts += [self.reopens, *self.undecided]
        return signing.dumps(parts, salt=SALT, compress=False)


def unseal(text: str, record: Record) -> Seal:
    """The seal of a form for `record`. Raises NoBase."""
    try:
        tenant, kind, remote_id, revision, *rest = signing.loads(text, salt=SALT)
    except (signing.BadSignature, TypeError, ValueError) as error:
        raise NoBase("The form does not say what it started from.") from error
    if (tenant, kind, remote_id) != (record.tenant_id, record.kind, record.remote_id):
        raise NoBase("The form belongs to another record.")
    reopens, *undecided = rest or [0]
    return Seal(record, revision, reopens, tuple(undecided))
