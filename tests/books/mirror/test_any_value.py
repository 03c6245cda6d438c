"""Any value that a vendor may send in any field of any record: stored or kept aside, never an error, and pages render.

Values are stored through a list's text; some of them are sent over HTTP, through reads, saves and pages.
"""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from books import registry
from books.mirror import lookup, store
from books.models import Record, UnreadableRecord
from books.providers.errors import BooksError
from books.providers.lock import RequestPriority
from books.sync import refresh
from edits.models.edit import Edit, State
from records.json_text import NotReadable, parse_list
from tenants.models import Tenant
from tests.support import databases, postgres
from tests.support.copies import Copied
from tests.support.figures import Note
from tests.support.inputs import inputs
from tests.support.vendor import Sandbox

pytestmark = pytest.mark.starts_first
ABC = "end_usr_1234567abcdefg"
JOB = "80000001-1234567890"
BILL = "123ABC-1234567890"
PLACE = "\ue000"
ODD = (
    *("null", "true", "false", "0", "-1", "1.5", "[]", "{}", "[[[]]]", "[null]", '{"id":[]}', '{"id":"a/b"}'),
    *('{"id":"","fullName":"Nobody"}', '{"id":null,"fullName":7}', '""', '" "', '"true"', '"1,234.00"', '"NaN"'),
    *('"Infinity"', '"1E+999999"', '"0E-999999"', "1E+999999", "1E-999999", "1E+99999999999999999999", "9" * 30),
    *("9" * 5_000, '"22499220085492.00"', '"9999999999999.999"', '"-9999999999999.99"', '"0000-01-01"', '"2026-02-30"'),
    *('"99999-01-01"', '"9999-12-31"', '"0001-01-01T00:00:00Z"', '"9000-01-01T00:00:00-14:00"', '"2026-01-01"'),
    *('"\\u0000"', '"\\ud800"', '"\\u202e<b>&"', f'"{"x" * 70_000}"', f'{"[" * 2_000}{"]" * 2_000}'),
)  # fmt: skip
LEAF = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.dates().map(str) | st.datetimes().map(str)
TEXT = st.text(max_size=4)
# Small ones: to draw a value must not take longer than to store it.
ANY = st.recursive(
    LEAF, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2), max_leaves=6
)
RAW = st.sampled_from(ODD) | ANY.map(json.dumps)
TIMES = 10 if "SOAK" in os.environ else 1
MANY, FEW = 100 * TIMES, 15 * TIMES  # examples: of tests that only store, and of those that render pages or save
if postgres.is_asked() and TIMES == 1:
    MANY = databases.EXAMPLES * 2  # all is stored there through the same statements, so that fewer tell
OPTIONS: dict[str, Any] = {"suppress_health_check": list(HealthCheck), "deadline": None}
PAGES = "of pages and saves; any value is stored on both"
Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture(params=["abc", "juniper"])
def tenant(request: pytest.FixtureRequest, sandbox: Sandbox, copied: Copied) -> Tenant:
    """A company at each provider, with its mirror."""
    found: Tenant = request.getfixturevalue(request.param)
    copied(found)
    return found


@pytest.fixture
def rows(tenant: Tenant) -> Rows:
    """Well-formed rows of each list that has any."""
    client = registry.make_client(tenant, RequestPriority.SYNC)
    tables = registry.get_description(tenant).tables.values()
    found = {table.kind: [dict(row) for row in next(client.pages(table)).rows[:10]] for table in tables}
    return {kind: some for kind, some in found.items() if some}


def paths(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Return the path of every member of a row, including those of lines and addresses."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        yield (*here, step)
        yield from paths(inner, (*here, step))


def altered(row: dict[str, Any], path: tuple[Any, ...], raw: str) -> str:
    """Return the row's text with `raw` at the end of a path."""
    copy = json.loads(json.dumps(row, default=float))
    *way, last = path
    inner = copy
    for step in way:
        inner = inner[step]
    inner[last] = PLACE
    return json.dumps(copy).replace(json.dumps(PLACE), raw)


@st.composite
def wrong_row(draw: Callable[..., Any], rows: list[dict[str, Any]], at: int) -> str:
    """Draw a row's text with one member replaced: by any value, or sometimes its id by another record's."""
    if len(rows) > 1 and draw(st.integers(0, 19)) == 0:
        return altered(rows[at], ("id",), json.dumps(rows[at - 1]["id"]))
    return altered(rows[at], draw(st.sampled_from(list(paths(rows[at])))), draw(RAW))


@st.composite
def wrong_pages(draw: Callable[..., Any], rows: Rows) -> tuple[str, list[str]]:
    """Draw a list, and the texts of its rows, each with a fault."""
    kind = draw(st.sampled_from(sorted(rows)))
    return kind, [draw(wrong_row(rows[kind], at)) for at in range(len(rows[kind]))]


@st.composite
def single_rows(draw: Callable[..., Any], rows: Rows) -> tuple[str, dict[str, Any], str]:
    """Draw a list, one of its rows, and its text with a fault."""
    kind = draw(st.sampled_from(sorted(rows)))
    at = draw(st.integers(0, len(rows[kind]) - 1))
    return kind, rows[kind][at], draw(wrong_row(rows[kind], at))


def put(tenant: Tenant, kind: str, texts: list[str]) -> Counter[str]:
    """Store a page of these rows; return the outcome. Stored rows can be read."""
    UnreadableRecord.objects.filter(tenant=tenant).delete()
    page = parse_list(f'{{"data":[{",".join(texts)}]}}')["data"]
    count = store.store_page(tenant, registry.get_table(tenant, kind), page, timezone.now())
    ids = [str(row.get("id")) for row in page]
    for record in Record.objects.filter(tenant=tenant, kind=kind, remote_id__in=ids).select_related("version"):
        record.tenant = tenant
        lookup.get_content(record)
    aside = UnreadableRecord.objects.filter(tenant=tenant, kind=kind).count()
    return Counter({"kept aside": aside, "stored": count - aside})


def told(figure: Note, what: str, tried: Counter[str]) -> None:
    count = ", ".join(f"{number:,} {name}" for name, number in sorted(tried.items()))
    figure(f"any value, {what}: {sum(tried.values()):,} tried, {count}")


def test_any_value_of_any_field_is_stored_or_kept_aside(tenant, rows, figure):
    tried: Counter[str] = Counter()

    @settings(max_examples=MANY, **OPTIONS)
    @given(wrong_pages(rows))
    def store_any(wrong: tuple[str, list[str]]) -> None:
        tried.update(put(tenant, *wrong))

    store_any()
    told(figure, f"through a list of {tenant.slug}", tried)
    assert min(tried["stored"], tried["kept aside"]) > MANY // 2


def test_any_value_of_a_single_record_is_stored_or_not_readable(tenant, rows, figure):
    tried: Counter[str] = Counter()

    @settings(max_examples=MANY, **OPTIONS)
    @given(single_rows(rows))
    def store_any(wrong: tuple[str, dict[str, Any], str]) -> None:
        kind, _, text = wrong
        (row,) = parse_list(f'{{"data":[{text}]}}')["data"]
        try:
            store.store_version(tenant, registry.get_table(tenant, kind), row, timezone.now())
            tried["stored"] += 1
        except NotReadable:
            tried["refused"] += 1

    store_any()
    told(figure, f"through a single record of {tenant.slug}", tried)
    assert min(tried["stored"], tried["refused"]) > MANY // 10


@pytest.mark.sqlite_only(PAGES)
def test_every_page_renders_whatever_was_stored(tenant, rows, as_bob, figure):
    tried: Counter[str] = Counter()

    @settings(max_examples=FEW, **OPTIONS)
    @given(single_rows(rows))
    def visit(wrong: tuple[str, dict[str, Any], str]) -> None:
        kind, row, text = wrong
        tried.update(put(tenant, kind, [text]))
        assert {as_bob.get(url).status_code for url in urls(tenant, kind, row)} == {200}

    visit()
    told(figure, f"through the pages of {tenant.slug}", tried)


def urls(tenant: Tenant, kind: str, row: dict[str, Any]) -> Iterator[str]:
    """Return the URLs of the pages that show such a record, or one that refers to it."""
    home = f"/t/{tenant.slug}"
    yield from (f"{home}/", f"{home}/connection/", f"{home}/customers/?state=all")
    own = ("customers", "bills")
    if kind in own:
        yield from (f"{home}/{kind}/{row['id']}/", f"{home}/{kind}/{row['id']}/edit", f"{home}/{kind}/?state=all")
        return
    pickers = [name for name, kinds in registry.get_description(tenant).pickers.items() if kind in kinds]
    yield from (f"{home}/references/{name}/" for name in pickers)
    yield from (f"{home}/bills/{BILL}/edit", f"{home}/bills/{BILL}/")


@pytest.mark.sqlite_only(PAGES)
@pytest.mark.parametrize(("kind", "id"), [("customers", JOB), ("bills", BILL)])
def test_any_value_in_the_answer_to_a_read_or_a_save_is_handled(sandbox, abc, copied, as_bob, figure, kind, id):
    copied(abc)
    page, table, tried = f"/t/abc/{kind}/{id}/edit", registry.get_table(abc, kind), Counter[str]()
    about = {"endUserId": ABC, "resource": kind, "fault": "altered", "id": id}

    @settings(max_examples=FEW, **OPTIONS)
    @given(st.data())
    def save(data: st.DataObject) -> None:
        row = sandbox.get(f"/quickbooks-desktop/{kind}/{id}", ABC)
        raw = altered(row, data.draw(st.sampled_from(list(paths(row)))), data.draw(RAW))
        typed = inputs(as_bob.get(page)) | {
            "memo" if kind == "bills" else "phone": str(len(tried) + sum(tried.values()))
        }
        sandbox.fault(operation=data.draw(st.sampled_from(["update", "retrieve", "*"])), count=2, raw=raw, **about)
        status = as_bob.post(page, typed).status_code
        read(abc, table, id)
        sandbox.fault()
        read(abc, table, id)
        tried[f"answered with {status}"] += 1
        assert not Edit.objects.filter(state=State.SENDING).exists()

    save()
    told(figure, f"through saves and reads of {kind}", tried)


def read(tenant: Tenant, table: Any, id: str) -> None:
    try:
        refresh.read_record(tenant, table, id)
    except BooksError:
        assert lookup.find_record(tenant, table.kind, id).remote_id == id
