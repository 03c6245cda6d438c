"""No page, file or answer for a script shows a value of a field that its reader may not see, whichever field it is.

A record is stored in which every field has a value of its own, so that any page which shows it can be told.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from books import registry
from books.mirror import lookup, unreadable
from books.mirror.store import store_page
from books.mirror.unreadable import UnreadableRow
from books.models import ReadState, Record, SyncRun
from edits.history import external_changes
from edits.lifecycle import transitions
from edits.models.edit import Edit, State
from edits.models.external_change import ExternalChange
from records.content import Content
from records.decoder import decode
from records.diff import diff_records, dump_changes
from records.encoder import encode_value
from records.fields import Field, FieldKind, Shape, Table
from records.formatting import format_value
from records.json_text import dump_json
from records.visible import reduce_table
from tenants.models import Tenant

pytestmark = pytest.mark.starts_first
MARKED = (
    *(FieldKind.TEXT, FieldKind.LONG_TEXT, FieldKind.REFERENCE),
    *(FieldKind.MONEY, FieldKind.COST, FieldKind.NUMBER, FieldKind.DATE),
)
PARTS = 2  # walks for each kind of record; each hides every second field
THEN, NOW = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 10, 2, tzinfo=UTC)


@dataclass(frozen=True)
class Leaf:
    """A field without members: its path, and the number that its values in each version are made from."""

    path: str
    field: Field
    number: int


def list_leaves(table: Table) -> list[Leaf]:
    """Every field of a table that can be hidden, however deep it is."""
    found = [(path, f) for path, f in _walk(table.shape, f"{table.kind}.") if _can_be_hidden(table, path)]
    return [Leaf(path, f, number) for number, (path, f) in enumerate(found, 1)]


def _walk(shape: Shape, prefix: str) -> Iterator[tuple[str, Field]]:
    for f in shape.fields:
        if f.members is None:
            yield f"{prefix}{f.name}", f
        else:
            yield from _walk(f.shape, f"{prefix}{f.name}.")


def _can_be_hidden(table: Table, path: str) -> bool:
    return path not in {whole for whole, _ in _walk(reduce_table(table, frozenset({path})).shape, f"{table.kind}.")}


def make_raw(table: Table, leaves: list[Leaf], version: int) -> dict[str, Any]:
    """An object as the vendor sends it, with values of its own in each field of each version."""
    by_path = {leaf.path: _make_value(leaf, version) for leaf in leaves}
    raw = _make_object(table.shape, f"{table.kind}.", by_path)
    fixed: dict[str, Any] = {"id": "8-1", table.revision: str(version), table.shape[table.title].wire: "Ada"}
    for name in ("is_paid", "is_active", "active"):
        if name in table.shape:
            fixed[table.shape[name].wire] = name != "is_paid"
    if "vendor" in table.shape:
        fixed["vendor"] = {"id": "V1", "fullName": "Cobalt Ridge"}
    if "full_name" in table.shape:
        fixed |= {"name": "Ada", "fullName": "Ada"}
    return {**raw, **{name: value for name, value in fixed.items() if name}}


def _make_object(shape: Shape, prefix: str, by_path: dict[str, Any]) -> dict[str, Any]:
    raw: dict[str, Any] = {}
    for f in shape.fields:
        inner = f"{prefix}{f.name}."
        if f.kind is FieldKind.LIST:
            key = f.shape[f.key]
            named = {key.wire: "1" if key.kind is FieldKind.NUMBER else "L1"}
            raw[f.wire] = [{**_make_object(f.shape, inner, by_path), **named}]
        elif f.kind is FieldKind.GROUP:
            members = _make_object(f.shape, inner, by_path)
            raw |= members if f.flat else {f.wire: members}
        elif f"{prefix}{f.name}" in by_path:
            raw[f.wire] = by_path[f"{prefix}{f.name}"]
    return raw


def _make_value(leaf: Leaf, version: int) -> Any:
    f, number = leaf.field, 1000 * version + leaf.number
    if f.kind is FieldKind.REFERENCE:
        return {"id": f"R{number}", "fullName": f"zq{number}zq"}
    if f.kind in (FieldKind.TEXT, FieldKind.LONG_TEXT):
        return f"zq{number}zq"
    if f.kind in (FieldKind.MONEY, FieldKind.COST, FieldKind.NUMBER):
        return f"{90_000 + number}.37"
    if f.kind is FieldKind.DATE:
        day = (date(2020, 1, 1) if version else date(1990, 1, 1)) + timedelta(days=number)
        return f"{day}T00:00:00Z" if f.as_instant else str(day)
    if f.kind is FieldKind.MOMENT:
        return f"2026-10-0{version + 1}T00:00:00Z"
    return f.choices[0][0] if f.choices else False


def spell(leaf: Leaf, version: int) -> set[str]:
    """How a page may write the value of a field."""
    raw = _make_value(leaf, version)
    if leaf.field.kind is FieldKind.REFERENCE:
        return {raw["fullName"], f'"{raw["id"]}"'}
    value = decode(Shape(leaf.field), {leaf.field.wire: raw})[leaf.field.name]
    plain = {str(value)} if isinstance(value, Decimal) else set()
    return {raw.partition("T")[0], format_value(leaf.field, value), *plain}


@dataclass(frozen=True)
class Story:
    """A record with a history: saved, changed in the books, in conflict, and as somebody's draft."""

    table: Table
    leaves: list[Leaf]
    saved: Edit
    clash: Edit
    seen: ExternalChange

    def urls(self, slug: str) -> list[str]:
        kind = self.table.kind
        home, page = f"/t/{slug}/", f"/t/{slug}/{kind}/8-1/"
        columns = "&columns=" + ",".join(leaf.path.removeprefix(f"{kind}.").replace(".", "__") for leaf in self.leaves)
        lists = [f"{home}{kind}/?state=all{more}" for more in ("", "&q=zq", "&sort=-changed_at", "&size=250", columns)]
        lists += [f"{home}lists/{kind}/?state=all"]
        records = [page, f"{page}edit", f"{page}edit?from={self.clash.pk}"]
        edits = [f"{home}edits/{edit.pk}/" for edit in (self.saved, self.clash)]
        history = ["", "export.csv", "drafts/", f"records/{kind}/8-1/", f"external-changes/{self.seen.pk}/"]
        pickers = registry.get_description(self.saved.tenant).pickers
        more = [f"{home}references/{picker}/?q=" for picker, kinds in pickers.items() if kind in kinds]
        if kind == "bills":
            more += [f"{page}due-date/", f"{page}groups/"]
        return [
            *(home, *lists, *records, *edits, f"{home}edits/{self.saved.pk}/undo/", *more),
            *(f"{home}edits/{name}" for name in history),
            f"{home}edits/presence/{kind}/8-1/?shown=x",
        ]


@pytest.fixture(params=["larch customers", "larch bills", "juniper customers"])
def story(request: pytest.FixtureRequest, companies: dict[str, Tenant], bob: User, alice: User) -> Story:
    slug, kind = request.param.split()
    tenant = companies[slug]
    table = registry.get_table(tenant, kind)
    leaves = list_leaves(table)
    versions = [make_raw(table, leaves, number) for number in range(4)]
    assert store_page(tenant, table, versions[:1], THEN) == 1
    assert store_page(tenant, table, versions[1:2], NOW) == 1
    SyncRun.objects.create(tenant=tenant, kind=kind, state=ReadState.DONE, as_of=NOW)
    external_changes.record_next()
    record = lookup.find_record(tenant, kind, "8-1")
    first, second = record.versions.order_by("pk")
    contents = [decode(table.shape, raw) for raw in versions]
    saved = make_edit(table, record, alice, State.SAVED, contents[0], contents[1], base=first, result=second)
    clash = make_edit(table, record, bob, State.CONFLICT, contents[0], contents[2], base=first)
    make_edit(table, record, bob, State.DRAFT, contents[0], contents[0], base=first, fields="")
    return Story(table, leaves, saved, clash, ExternalChange.objects.get())


def make_edit(
    table: Table, record: Record, person: User, state: State, was: Content, now: Content, **more: Any
) -> Edit:
    fields = [f for f in table.shape.writable if was[f.name] != now[f.name]]
    columns = {
        "changes": dump_changes(diff_records(was, now)),
        "fields": transitions.join_fields([f.name for f in fields]),
        "wanted": dump_json({f.name: encode_value(f, now[f.name]) for f in fields}),
        "search": "ada",
        **more,
    }
    return Edit.objects.create(
        tenant=record.tenant, person=person, person_name=person.username, kind=table.kind, remote_id="8-1",
        record_name="Ada", state=state, sent_at=timezone.now(), **columns,
    )  # fmt: skip


def read(client: Client, url: str) -> str:
    answer = client.get(url, follow=True)
    assert answer.status_code == 200, (url, answer.status_code)
    raw = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return unescape(raw.decode())


def find_shown(client: Client, story: Story, slug: str, leaves: list[Leaf]) -> list[tuple[str, str, str]]:
    """Return where a value of these fields is shown: page, field, text."""
    texts = [(leaf.path, text) for leaf in leaves for version in range(3) for text in spell(leaf, version)]
    pages = [(url, read(client, url)) for url in story.urls(slug)]
    return [(url, path, text) for url, html in pages for path, text in texts if _holds(html, text)]


def _holds(html: str, text: str) -> bool:
    return text in html and re.search(rf"(?<!\d){re.escape(text)}(?!\d)", html) is not None


@pytest.mark.parametrize("part", range(PARTS))
def test_a_hidden_value_is_on_no_page(as_bob: Client, story: Story, settings: Settings, part: int) -> None:
    slug = story.saved.tenant.slug
    hidden = story.leaves[part::PARTS]
    settings.HIDDEN_FIELDS = {"bookkeeper": [leaf.path for leaf in hidden]}
    marked = [leaf for leaf in hidden if leaf.field.kind in MARKED]
    assert find_shown(as_bob, story, slug, marked) == []


@pytest.mark.parametrize("story", ["larch customers"], indirect=True)
@pytest.mark.parametrize("hidden", [[], ["customers.phone"]])
def test_the_vendors_words_about_a_hidden_value_are_not_shown(
    as_bob: Client, story: Story, settings: Settings, hidden: list[str]
) -> None:
    settings.HIDDEN_FIELDS = {"bookkeeper": hidden}
    Edit.objects.filter(pk=story.saved.pk).update(state=State.REFUSED, error_message="555-0142 is wrong.")
    aside = UnreadableRow({"id": "8-1"}, "Phone: There is “555-0142” where a text belongs.")
    unreadable.note(story.saved.tenant, story.table, [aside], NOW)
    urls = [f"/t/larch/edits/{story.saved.pk}/", "/t/larch/customers/8-1/", "/t/larch/connection/"]
    assert ["555-0142" in read(as_bob, url) for url in urls] == [not hidden] * 3


@pytest.mark.parametrize("story", ["larch customers"], indirect=True)
@pytest.mark.parametrize("hidden", [[], ["customers.is_active"]])
def test_no_badge_tells_a_hidden_state(as_bob: Client, story: Story, settings: Settings, hidden: list[str]) -> None:
    settings.HIDDEN_FIELDS = {"bookkeeper": hidden}
    assert (">Active</span>" in read(as_bob, "/t/larch/customers/8-1/")) is not bool(hidden)


def test_what_nobody_hides_is_shown(as_bob: Client, story: Story) -> None:
    """The walk would find a value: every field that people may change is on some page."""
    marked = [leaf for leaf in story.leaves if leaf.field.kind in MARKED and leaf.field.writable]
    pages = "\n".join(read(as_bob, url) for url in story.urls(story.saved.tenant.slug))
    texts = {leaf.path: [text for version in range(3) for text in spell(leaf, version)] for leaf in marked}
    assert [path for path, own in texts.items() if not any(_holds(pages, text) for text in own)] == []
