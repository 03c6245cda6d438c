"""The page of a conflict whose record is not read yet: it shows nothing as current until the worker has read it."""

from typing import Any

from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from edits import tasks
from edits.models.edit import Edit

from .buttons import Buttons
from .ledger import Sent

POLL = {"HX-Request": "true"}  # a page that waits asks again by script
OF_CURRENT = ("Now in", 'id="conflict"', 'name="choice-', 'name="theirs"', 'name="confirm"', 'name="discard"')


def is_waiting(page: Any) -> bool:
    """Whether a page waits until the record of its conflict is read again."""
    return "case" in page.context and "conflict" not in page.context


class Waiting(Buttons):
    """People who wait for the reading of a record. The machine lets it happen at once, without the vendor's faults."""

    def _wait_for_reading(self, of: Sent, answer: Any) -> Any:
        """Return the conflict page once the record has been read."""
        self.stage.said["pages that waited for a reading"] += 1
        found = answer.content.decode()
        current = [mark for mark in OF_CURRENT if mark in found]
        assert not current, f"the page has {current}, though the record was not read since the refusal"
        self.stage.company.sandbox.fault()
        url, person = self.stage.edit_url(of.edit), self.stage.people[of.person]
        Edit.objects.filter(pk=of.edit).update(look_at=timezone.now())
        waiting = person.get(url, headers=POLL).content.decode()
        assert "is reading it again" in waiting, "the page waits until the record is read"
        assert not [mark for mark in OF_CURRENT if mark in waiting]
        self._worker_reads()
        assert person.get(url, headers=POLL)["HX-Redirect"] == url
        return person.get(url)

    def _compared_with(self, of: Sent) -> str:
        """Return the state with which an edit was compared before it was sent or as it was settled; "" if refused.

        Only the vendor's refusal says that the mirror is old.
        """
        edit = Edit.objects.get(pk=of.edit)
        return self.stage.company.state_seen(of.place, edit.result.revision) if edit.result else ""

    def _worker_reads(self) -> None:
        for queued in DBTaskResult.objects.filter(task_path=tasks.read_again.module_path):
            tasks.read_again.call(*queued.args_kwargs["args"])
            queued.delete()
