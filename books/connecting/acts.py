"""Carries out what administrators ask of Conductor: create an end user, make a connection link, delete an end user.

Each is sent once. If its answer gets lost, what was sent is looked up, never sent again.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django_tasks import task

from books import registry
from books.models import ActKind, ActState, ConnectionAct
from books.providers import errors
from books.providers.conductor.project import AuthLink, Project
from books.providers.departure import Departure, watch_departure
from tenants.models import Tenant
from tenants.sealing import CannotUnseal, seal, unseal

log = logging.getLogger(__name__)

# The vendor's own refusals; any other error after a request has left says nothing of what became of it.
_DECIDED = (errors.Refused, errors.KeyRefused, errors.TooMany, errors.NotSetUp)
_BLANK = {"error": "", "code": "", "error_message": "", "next_step": "", "request_id": ""}


def request_act(tenant: Tenant, kind: ActKind, token: str, by: str, **asked: Any) -> bool:
    """Queue an act; return False where this form was posted before, or one of its kind may still be done."""
    with transaction.atomic():
        Tenant.objects.select_for_update().get(pk=tenant.pk)  # two forms at once would each create an end user
        earlier = ConnectionAct.objects.filter(tenant=tenant)
        known = earlier.filter(token=token).first() or find_latest(tenant, kind)
        if known and (known.token == token or known.is_open):
            return False
        act = ConnectionAct.objects.create(
            tenant=tenant, kind=kind, token=token, asked=asked, asked_by=by, asked_at=timezone.now()
        )
        carry_out_act.enqueue(tenant.pk, act.pk)
    return True


def check_again(act: ConnectionAct) -> None:
    """Have an act without an outcome looked up once more, or done if it has lost its place in the queue."""
    if act.is_open:
        carry_out_act.enqueue(act.tenant_id, act.pk)


def find_latest(tenant: Tenant, kind: ActKind) -> ConnectionAct | None:
    """Return what was last asked for of this kind."""
    return ConnectionAct.objects.filter(tenant=tenant, kind=kind).order_by("-asked_at", "-pk").first()


def get_error(act: ConnectionAct) -> errors.BooksError | None:
    """Return why an act has failed or is unknown, in the words in which it was recorded."""
    if not act.error:
        return None
    kind = getattr(errors, act.error, errors.OwnFault)
    error: errors.BooksError = kind(
        act.error_message, code=act.code, request_id=act.request_id, next_step=act.next_step
    )
    error.books = "Conductor"
    return error


def find_link(tenant: Tenant) -> AuthLink | None:
    """Return the connection link that was made last; None if there is none, it has expired, or it was made for an end
    user that is not the company's any more: whoever opens it connects that one.
    """
    made = ConnectionAct.objects.filter(tenant=tenant, kind=ActKind.LINK, state=ActState.DONE)
    act = made.order_by("-asked_at", "-pk").first()
    expires_at = parse_datetime(act.answer["expires_at"]) if act else None
    if act is None or expires_at is None or expires_at <= timezone.now():
        return None
    if act.answer.get("end_user_id") != tenant.end_user_id:
        return None
    try:
        return AuthLink(unseal(act.answer["url"]), expires_at)
    except CannotUnseal:
        return None


@task(queue_name="reads")
def carry_out_act(tenant_id: int, act_id: int) -> None:
    """Do what is queued; look up what has been sent and has no outcome yet."""
    act = ConnectionAct.objects.select_related("tenant").filter(pk=act_id, tenant=tenant_id).first()
    if act is None or not act.is_open:
        return
    project = registry.make_project(act.tenant)
    if act.state == ActState.QUEUED:
        _send(act, project)
    else:  # the line of the company is ours, so nobody works on it any more
        _settle(act, project)


def _send(act: ConnectionAct, project: Project) -> None:
    leaving = Departure(lambda: _move(act, ActState.QUEUED, ActState.SENDING))
    try:
        if check := _CHECKS.get(ActKind(act.kind)):
            check(act, project)
        with watch_departure(leaving):
            answer = _SENDS[ActKind(act.kind)](act, project)
    except errors.Withdrawn:
        if leaving.has_begun:  # noted as being sent, and did not leave
            ConnectionAct.objects.filter(pk=act.pk, state=ActState.SENDING).update(state=ActState.QUEUED)
            check_again(act)
    except errors.BooksError as error:
        log.info("%s: %s", act, error)
        if leaving.may_have_left and not isinstance(error, _DECIDED):
            _settle(act, project)
        else:
            _end(act, ActState.FAILED, error)
    else:
        _finish(act, answer)


def _settle(act: ConnectionAct, project: Project) -> None:
    """Look up what became of an act that was sent and has no answer."""
    try:
        answer = _SETTLES[ActKind(act.kind)](act, project)
    except errors.BooksError as error:
        _end(act, ActState.UNKNOWN, error)
        return
    if answer is None:
        said = errors.NoAnswer("Conductor did not answer, and has not done it.", next_step="Ask for it again.")
        _end(act, ActState.FAILED, said)
    else:
        _finish(act, answer)


def _check_source(act: ConnectionAct, project: Project) -> None:
    """Refuse a source id that is in use, so that an end user found with it later is the one that was created."""
    if project.find_end_user(act.asked["source_id"]):
        raise errors.Refused(
            "An end user with this source id exists at Conductor already.",
            next_step="Choose another source id, or use the existing end user.",
        )


def _check_unused(act: ConnectionAct, project: Project) -> None:
    """Refuse to delete the end user of a company that is in use, also of one that has it only since this was asked."""
    if Tenant.objects.in_use().filter(end_user_id=act.asked["end_user_id"]).exists():
        raise errors.Refused("A company that is in use has this end user.", next_step="Archive that company first.")


def _create(act: ConnectionAct, project: Project) -> dict[str, Any]:
    asked = act.asked
    return {"id": project.create_end_user(asked["company_name"], asked["email"], asked["source_id"]).id}


def _find_created(act: ConnectionAct, project: Project) -> dict[str, Any] | None:
    found = project.find_end_user(act.asked["source_id"])
    return {"id": found.id} if found else None


def _make_link(act: ConnectionAct, project: Project) -> dict[str, Any]:
    link = project.make_link(act.tenant.end_user_id, act.asked["minutes"])
    own = {"end_user_id": act.tenant.end_user_id}
    return {**own, "url": seal(link.url), "expires_at": link.expires_at.isoformat()}


def _delete(act: ConnectionAct, project: Project) -> dict[str, Any]:
    project.delete_end_user(act.asked["end_user_id"])
    return {"deleted": True}


def _find_deleted(act: ConnectionAct, project: Project) -> dict[str, Any] | None:
    return None if project.has_end_user(act.asked["end_user_id"]) else {"deleted": True}


_CHECKS: Mapping[ActKind, Callable[[ConnectionAct, Project], None]] = {
    ActKind.CREATE: _check_source,
    ActKind.DELETE: _check_unused,
}
_SENDS: Mapping[ActKind, Callable[[ConnectionAct, Project], dict[str, Any]]] = {
    ActKind.CREATE: _create,
    ActKind.LINK: _make_link,
    ActKind.DELETE: _delete,
}
_SETTLES: Mapping[ActKind, Callable[[ConnectionAct, Project], dict[str, Any] | None]] = {
    ActKind.CREATE: _find_created,
    ActKind.LINK: lambda act, project: None,  # another link does no harm
    ActKind.DELETE: _find_deleted,
}


def _move(act: ConnectionAct, old: ActState, new: ActState) -> None:
    """Raise Withdrawn if somebody else has moved it."""
    if not ConnectionAct.objects.filter(pk=act.pk, state=old).update(state=new):
        raise errors.Withdrawn(detail="Another process has taken this act over.")
    act.state = new


def _finish(act: ConnectionAct, answer: dict[str, Any]) -> None:
    with transaction.atomic():
        own = Tenant.objects.filter(pk=act.tenant_id)
        if act.kind == ActKind.CREATE and not Tenant.objects.filter(end_user_id=answer["id"]).exists():
            own.filter(end_user_id="", removed_at=None).update(end_user_id=answer["id"])
        elif act.kind == ActKind.DELETE:
            own.filter(end_user_id=act.asked["end_user_id"]).update(end_user_id="")
        facts = {**_BLANK, "state": ActState.DONE, "answer": answer, "ended_at": timezone.now()}
        ConnectionAct.objects.filter(pk=act.pk).update(**facts)


def _end(act: ConnectionAct, state: ActState, error: errors.BooksError) -> None:
    said = {"error": type(error).__name__, "code": error.code, "error_message": error.error_message}
    said |= {"next_step": error.next_step, "request_id": error.request_id}
    ConnectionAct.objects.filter(pk=act.pk).update(**said, state=state, ended_at=timezone.now())
