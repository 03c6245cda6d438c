"""One person's change to one record, from the first letter typed until it is settled."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, NoReturn

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, models
from django.db.models import Q

from books.models import Version
from tenants.models import Tenant

from .handed_over import HandOver, read_hand_overs


class State(models.TextChoices):
    """Where an edit stands. Only `lifecycle.transitions` moves it; what is not in OPEN is settled."""

    DRAFT = "draft", "Draft"
    QUEUED = "queued", "Waiting"
    SENDING = "sending", "Saving"
    SAVED = "saved", "Saved"
    CONFLICT = "conflict", "Conflict"
    REFUSED = "refused", "Refused"
    NOT_SENT = "not_sent", "Not sent"
    NOT_APPLIED = "not_applied", "Not saved"
    UNKNOWN = "unknown", "Checking"
    DISCARDED = "discarded", "Discarded"


UNANSWERED = (State.SENDING, State.UNKNOWN)
UNDER_WAY = (State.QUEUED, *UNANSWERED)
OPEN = (State.DRAFT, *UNDER_WAY)
DRAFTS_KEPT = timedelta(days=30)
LEFT = (State.CONFLICT, State.REFUSED, State.NOT_SENT, State.NOT_APPLIED)

# Why a queued edit was withdrawn, as its `error_message` keeps it.
CANCELLED = "You cancelled it before it was sent."
TAKEN_BACK = "You took it back before it was sent."
POSTPONED = "It waits for the hours of its bulk change."
REPLACED = "A later save of the same form replaced it."
NOT_NEEDED = "The values you chose were there already."
# Why nothing is sent though nobody discarded it, with the names of outcomes.
WITHDRAWN = {
    CANCELLED: "cancelled",
    TAKEN_BACK: "cancelled",
    POSTPONED: "postponed",
    NOT_NEEDED: "already_there",
}


class Outcome(NamedTuple):
    """What became of an edit, in a word; `mark` is the colour that repeats it, `edits` are those that it holds of."""

    name: str
    text: str
    mark: str
    edits: Q


def _make_outcomes() -> list[Outcome]:
    """Each with the state that it is named after, but for what its author or a later edit has dealt with.

    The state DISCARDED has several: not every edit in it was discarded by its author.
    """
    marks = {State.SAVED: "good", State.CONFLICT: "bad", State.REFUSED: "bad"}
    marks |= dict.fromkeys((State.QUEUED, State.SENDING), "yours")
    dealt_with = Q(state__in=LEFT, resolved_by__isnull=False)
    plain = [state for state in State if state != State.DISCARDED]
    own = {state: Q(state=state) & ~dealt_with if state in LEFT else Q(state=state) for state in plain}
    alone = Q(state=State.DISCARDED, resolved_by=None)
    withdrawn = {name: [why for why, to in WITHDRAWN.items() if to == name] for name in WITHDRAWN.values()}
    return [
        *(Outcome(state, state.label, marks.get(state, "warn"), own[state]) for state in plain),
        Outcome("resolved", "Settled later", "", dealt_with),
        Outcome("replaced", "Replaced later", "", Q(state=State.DISCARDED, resolved_by__isnull=False)),
        *(
            Outcome(name, name.replace("_", " ").capitalize(), "", alone & Q(error_message__in=why))
            for name, why in withdrawn.items()
        ),
        Outcome("dropped", "Discarded", "", alone & ~Q(error_message__in=list(WITHDRAWN))),
    ]


OUTCOMES = {outcome.name: outcome for outcome in _make_outcomes()}


def parse_pk(text: str) -> int:
    """The number by which a page names an edit; 0, which none has, where it is no number."""
    return int(text) if text.isdecimal() and len(text) < 18 else 0


class EditQuerySet(models.QuerySet["Edit"]):
    """The edits of companies, by what is still to be done about them."""

    def sent(self) -> "EditQuerySet":
        """All but what is, or never became more than, somebody's draft."""
        return self.exclude(fields="")

    def listed(self) -> "EditQuerySet":
        """Those that were sent with the revisions that they came from and became, and nothing long."""
        lean = self.sent().select_related("base", "result", "batch")
        return lean.defer("wanted", "typed", "base__content", "result__content")

    def drafts_of(self, person: User) -> "EditQuerySet":
        """What this person has typed and not sent, newest first."""
        return self.filter(person=person, state=State.DRAFT)

    def waiting_for(self, person: User) -> "EditQuerySet":
        """What this person still has to decide or send again, or cannot be sure of yet."""
        return self.filter(person=person, state__in=(*LEFT, State.UNKNOWN), resolved_by=None)

    def replace_by(self, new: "Edit", follows: str) -> int:
        """Let `new` stand for what its author had left over of the same form, and for the edit that form reopened.

        Return how many edits these were.
        """
        own: list[Any] = [new.tenant_id, new.person_id, new.kind, new.remote_id]
        earlier: list[Any] = [new.form, parse_pk(follows)]
        with connection.cursor() as cursor:
            cursor.execute(_REPLACE, [new.pk, *own, *earlier, *LEFT])
            return int(cursor.rowcount)

    def delete(self) -> NoReturn:
        """Raises TypeError: what was changed and by whom stays, whoever asks."""
        raise TypeError("Edits are the history of a company's records and are never deleted.")


# In SQL, because every save does it, and Django takes ten times as long to compose it as to carry it out.
_REPLACE = f"""UPDATE edits_edit SET resolved_by_id = %s
WHERE tenant_id = %s AND person_id = %s AND kind = %s AND remote_id = %s AND (form = %s OR id = %s)
AND state IN ({", ".join(["%s"] * len(LEFT))}) AND resolved_by_id IS NULL"""  # noqa: S608 - only %s marks are put in, never a value


class Edit(models.Model):
    """One person's change: who, from which version, what they wanted, and what became of it.

    What each column holds stands beside it. Names are frozen as text, so that the row still reads when people and
    records are gone.
    """

    # Who changes which record.
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    person_name = models.CharField(max_length=150)
    kind = models.CharField(max_length=40)  # of the record, as in Record.kind
    remote_id = models.CharField(max_length=64)
    record_name = models.TextField()

    # What they want.
    base = models.ForeignKey(Version, on_delete=models.PROTECT, null=True, related_name="+")  # null: no longer kept
    wanted = models.TextField(default="", blank=True)  # JSON of the changed fields: name → value as in an answer
    typed = models.TextField(default="", blank=True)  # of a draft: the form's inputs as posted, valid or not
    fields = models.TextField(default="", blank=True)  # names of the changed fields, each between blanks; "" in a draft
    changes = models.TextField(default="", blank=True)  # JSON of the differences, for the history
    search = models.TextField(default="", blank=True)  # the words by which the history finds it
    reason = models.CharField(max_length=250, default="", blank=True)  # the author's note
    undoes = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="undone_by")
    behind = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+")  # shown in its form
    agreed = models.TextField(default="", blank=True)  # the boxes of the warnings that its author ticked, a blank apart
    # The bulk change that it is a part of; null for a change of its own.
    batch = models.ForeignKey("edits.Batch", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    total_seen = models.CharField(max_length=32, default="", blank=True)  # on the screen, as a figure; "" for none

    # Which form it came from: one posted twice finds the edit of its first post by `token`. What was not written gives
    # its token up and keeps `form`; the next post of that form replaces it.
    token = models.CharField(max_length=40, null=True)
    form = models.CharField(max_length=40, default="", blank=True)
    posted = models.CharField(max_length=40, default="", blank=True)  # a mark of the form's content (edits.change)

    # Where it stands.
    state = models.CharField(max_length=20, choices=State, default=State.QUEUED)
    state_log = models.JSONField(default=list)  # [state, since when], oldest first
    sent_at = models.DateTimeField()  # of a draft: when it was last kept
    process = models.CharField(max_length=120, blank=True)  # which process sends it
    lease_until = models.DateTimeField(null=True)  # until then that process is taken to be alive
    waiting_since = models.DateTimeField(null=True)  # the company has not answered since then
    waits_until = models.DateTimeField(null=True)  # it is not sent before that
    uncertain_until = models.DateTimeField(null=True)  # until then a write without answer may still be carried out
    look_at = models.DateTimeField(null=True)  # when to read the record again to find out

    # How it ended.
    settled_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)  # of a conflict: what was read before is not the current record
    result = models.ForeignKey(Version, on_delete=models.PROTECT, null=True, related_name="+")  # or last compared with
    differs = models.TextField(default="", blank=True)  # JSON of what was saved otherwise than asked; "" for nothing
    differs_open = models.BooleanField(null=True)  # True until its author has accepted those values; null otherwise
    request_id = models.TextField(blank=True)  # the vendor's
    code = models.TextField(blank=True)  # the vendor's, of an error
    error = models.CharField(max_length=40, blank=True)  # name of the class in books.providers.errors
    error_message = models.TextField(blank=True)
    next_step = models.TextField(blank=True)
    field = models.TextField(blank=True)  # path of the form's input that the error is about
    brief = models.TextField(blank=True)  # what is said beside that input
    resolved_by = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="resolves")
    notified_at = models.DateTimeField(null=True)  # when its author was shown how it ended

    # JSON of each time an administrator has given it to another person, who is its author from then on; "" for none.
    # `person_name` stays that of who typed it.
    handed_over = models.TextField(default="", db_default="", blank=True)
    handed_at = models.DateTimeField(null=True)  # the last time: since then its author may not know of it

    objects = EditQuerySet.as_manager()

    class Meta:
        ordering = ["-sent_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["tenant", "token"], name="one_edit_per_form")]
        indexes = [
            # All that the history is filtered by but words, so that very many are counted without being read.
            models.Index(
                fields=["tenant", "-sent_at", "state", "person_name", "resolved_by", "kind", "fields"],
                name="edits_by_facts",
            ),
            models.Index(fields=["tenant", "person_name", "fields"], name="edits_by_person"),
            # Every page says how many wait for its reader.
            models.Index(fields=["person", "tenant", "state", "resolved_by"], name="edits_waiting"),
            models.Index(fields=["person", "tenant"], condition=Q(notified_at=None), name="edits_untold"),
            models.Index(fields=["tenant", "kind", "remote_id", "-sent_at"], name="edits_by_record"),
            models.Index(fields=["tenant", "person", "state"], name="edits_of_a_person"),
            models.Index(fields=["state", "lease_until"], condition=Q(state__in=UNANSWERED), name="open_edits"),
            models.Index(fields=["tenant", "sent_at"], condition=Q(state=State.QUEUED), name="queued_edits"),
            # Every round looks for answers that came late; few edits were ever without one.
            models.Index(
                fields=["settled_at"], condition=Q(uncertain_until__isnull=False), name="once_uncertain_edits"
            ),
            # Holds only what is yet to be accepted.
            models.Index(fields=["person", "tenant"], condition=Q(differs_open=True), name="edits_differing"),
        ]

    def __str__(self) -> str:
        return f"{self.record_name}, {self.get_state_display().lower()}"

    @property
    def steps(self) -> list[tuple[str, datetime]]:
        """Every state that it has been in, in words, with when it came to be in it."""
        log = self.state_log or [[State.SENDING, self.sent_at.isoformat()]]  # what was made before lives were kept
        words = [State(name).label for name, _ in log[:-1]]
        is_dropped = log[-1][0] == self.state == State.DISCARDED
        words.append(self.outcome.text if is_dropped else State(log[-1][0]).label)
        return list(zip(words, (datetime.fromisoformat(moment) for _, moment in log), strict=True))

    @property
    def author_name(self) -> str:
        """Who decides about it: who typed it, or whom it was handed over to since."""
        return self.hand_overs[-1].now if self.handed_over else self.person_name

    @property
    def hand_overs(self) -> Sequence[HandOver]:
        """Each time it was given to another person, the oldest first."""
        return read_hand_overs(self.handed_over)

    @property
    def outcome(self) -> Outcome:
        """What became of it, in a word."""
        found = OUTCOMES[self._name_outcome()]
        return found._replace(text="Saved with differences", mark="warn") if self.differs else found

    def _name_outcome(self) -> str:
        if self.state == State.DISCARDED:
            return "replaced" if self.resolved_by_id else WITHDRAWN.get(self.error_message, "dropped")
        return "resolved" if self.state in LEFT and self.resolved_by_id else self.state

    def delete(self, *_: object, **__: object) -> NoReturn:
        """Raises TypeError: see EditQuerySet.delete."""
        raise TypeError("An edit is history and is never deleted.")

    @property
    def expires_at(self) -> datetime:
        """When a draft that is not touched again is discarded."""
        return self.sent_at + DRAFTS_KEPT

    @property
    def is_as_entered(self) -> bool:
        """True of what was saved with no other values than its author has entered."""
        return self.state == State.SAVED and not self.differs

    @property
    def needs_author(self) -> bool:
        """True while its author has something to decide or to send again."""
        return self.state in LEFT and self.resolved_by_id is None


class Opened(models.Model):
    """One person with the form of one record open, and when their page last said so."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=40)
    remote_id = models.CharField(max_length=64)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    person_name = models.CharField(max_length=150)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "kind", "remote_id", "person"], name="opened_once_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.person_name} at {self.remote_id}"
