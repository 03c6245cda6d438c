"""What an edit's author is told of a save that went through, on the page that they are led to."""

from tenants.access import Member

from .models import Edit, State


def said(edit: Edit) -> str:
    """What a person is told about a saved edit."""
    return f"Saved as revision {edit.saved_as}." if edit.saved_as else "Saved."


def told_at(url: str, edit: Edit) -> str:
    """The address of a page that is to tell how the edit ended. It names the edit, as two tabs share their cookies."""
    return f"{url}?saved={edit.pk}"


def told(member: Member, pk: str) -> str:
    """What a page tells of the edit that its address names; nothing of anybody else's, or of one that is not saved."""
    own = Edit.objects.filter(tenant=member.tenant, person=member.person, state=State.SAVED)
    found = own.filter(pk=pk).select_related("tenant", "result").first() if pk.isdigit() and len(pk) < 18 else None
    return said(found) if found else ""
