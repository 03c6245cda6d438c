from django.apps import AppConfig


class EditsConfig(AppConfig):
    name = "edits"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from books.health.waiting import COUNTERS
        from books.sync.daily import STEPS
        from books.sync.tasks import SWEEPS

        from .batches import moves
        from .batches.tasks import queue_due_batches
        from .editor import presence, session_rescue
        from .history.external_changes import record_next
        from .lifecycle import drafts, queue, transitions
        from .tasks import queue_due, queue_due_edits

        user_logged_in.connect(session_rescue.receive, dispatch_uid="edits.editor.session_rescue")
        COUNTERS.append(queue.count_waiting)
        SWEEPS.extend([queue_due_edits, queue_due, queue_due_batches, record_next])
        STEPS.update(
            {
                "drafts out of date": drafts.expire_drafts,
                "dropped drafts of what was typed": transitions.empty_dropped,
                "plans of bulk changes": moves.forget_plans,
                "notes of who had a form open": presence.forget_old,
            }
        )
