"""Keeps imports between layers and packages pointing down. The layers and their reasons: docs/architecture.md."""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
FLOORS = [
    ["config"],
    ["overview", "administration"],
    ["customers", "bills"],
    ["edits"],
    ["record_forms"],
    ["books"],
    ["records", "tenants"],
]
MODULES_IN_A_FOLDER = 16
SHARED_NAMES = {"Meta", "Command", "Migration"}  # Django requires these names
HEIGHT = {room: -depth for depth, rooms in enumerate(FLOORS) for room in rooms}
SANDBOX = "sandbox"
WRITES = {
    "update",
    "create",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "delete",
    "_raw_delete",
}
# What makes an edit that may be sent, and what sends it.
ONLY_IN = {"begin_edit": ["edits/change.py"], "carry_out": ["edits/tasks.py"]}
# What few processes need is loaded by the functions that use it, as every start would wait for it.
LATE = re.compile(r"(xlsxwriter|markdown_it|books\.providers\.(http|\w+\.client))(\.|$)")
CLIENT = re.compile(r"books/providers/\w+/client\.py")
PAGES = ("overview/", "customers/", "bills/", "edits/conflict/", "edits/editor/", "edits/views.py", "books/pages/")
TABLES_OF_HISTORY = ("edits_edit", "edits_sighting", "tenants_securityevent")


@cache
def nodes_of(source: str) -> tuple[ast.AST, ...]:
    """Return every node of a file: it is asked for them many times."""
    return tuple(ast.walk(ast.parse(source)))


def imported(source: str, path: str) -> Iterator[str]:
    """Yield the full name of every module or member that a file imports, anywhere in the file."""
    package = path.split("/")[:-1]
    for node in nodes_of(source):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            yield from (".".join([*start, *filter(None, [node.module]), alias.name]) for alias in node.names)


def loaded_early(source: str, path: str) -> list[str]:
    """Return what of LATE a file loads when it is loaded itself; a provider's client is what sends requests."""
    at_once = "\n".join(
        ast.unparse(one) for one in ast.parse(source).body if isinstance(one, ast.Import | ast.ImportFrom)
    )
    if CLIENT.fullmatch(path):
        return []
    return [found[1] for name in imported(at_once, path) if (found := LATE.match(name))]


def calls(source: str) -> Iterator[str]:
    """Yield the last name of every call: `update_record` for `client.update_record(...)`."""
    for node in nodes_of(source):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
            yield node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id


def faults(source: str, path: str) -> list[str]:
    """Return the forbidden imports and calls of one file."""
    own = path.split("/")[0]
    found = [fault for name in imported(source, path) if (fault := wrong_arrow(own, name.split(".")[0], path))]
    if "update_record" in calls(source) and own != "books" and path != "edits/lifecycle/save.py":
        found.append("writes to a company's books outside edits/lifecycle/save.py")
    found += [
        f"calls {name}, which only {' and '.join(own_files)} may"
        for name, own_files in ONLY_IN.items()
        if name in calls(source) and path not in own_files
    ]
    if re.search(r"""\[["']Vary["']\] = """, source):
        found.append("assigns the header Vary, which others may have set: patch_vary_headers adds to it")
    if path != "edits/lifecycle/transitions.py":
        found += [
            f"moves an edit outside edits/lifecycle/transitions.py: {statement}"
            for statement in rewrites(source, "Edit")
        ]
    if path != "edits/history/external_changes.py":
        found += [
            f"adds an external change outside edits/history/external_changes.py: {made}"
            for made in rewrites(source, "ExternalChange")
        ]
    if path != "tenants/security_log.py":
        found += [
            f"writes the security log outside tenants/security_log.py: {made}"
            for made in rewrites(source, "SecurityEvent")
        ]
    return found


def rewrites(source: str, model: str) -> Iterator[str]:
    """Yield every statement that writes or deletes rows of a model, such as `Edit.objects.filter(...).update`."""
    for node in nodes_of(source):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
            root = ast.unparse(node.func.value)
            if root.startswith((f"{model}.objects", f"{model}._")):
                yield f"{root}.{node.func.attr}"


def wrong_arrow(own: str, other: str, path: str) -> str | None:
    """Return what is wrong with an import of `other` in a file of the package `own`, if anything."""
    if own == SANDBOX:
        return None if other == SANDBOX or other in sys.stdlib_module_names else f"the sandbox needs {other}"
    if other == SANDBOX:
        return f"{own} knows the sandbox"
    if other == "httpx" and path != "books/providers/http.py":
        return "httpx outside books/providers/http.py"
    if other in HEIGHT and other != own and HEIGHT[other] >= HEIGHT[own]:
        return f"{own} imports {other}"
    return "a test is imported" if other == "tests" else None


FILES = sorted(file.relative_to(ROOT).as_posix() for room in [*HEIGHT, SANDBOX] for file in (ROOT / room).rglob("*.py"))
SOURCES = {path: (ROOT / path).read_text() for path in FILES}


def statements_on_history(source: str) -> list[str]:
    """Return the literal SQL statements in a file that write the history tables."""
    texts = [node.value for node in nodes_of(source) if isinstance(node, ast.Constant)]
    writes = re.compile(rf"(UPDATE|DELETE FROM|INSERT INTO|REPLACE INTO)\s+\"?({'|'.join(TABLES_OF_HISTORY)})", re.I)
    return [found[0] for text in texts if isinstance(text, str) and (found := writes.search(text))]


def test_no_statement_deletes_or_rewrites_the_history():
    # It lets an edit replace the rest of its predecessor, and deletes nothing.
    allowed = {"edits/models/edit.py": ["UPDATE edits_edit"]}
    assert {path: found for path, source in SOURCES.items() if (found := statements_on_history(source))} == allowed


def test_a_statement_that_rewrites_the_history_is_found():
    source = "cursor.execute('update edits_sighting set changes = 1')\ncursor.execute('DELETE FROM \"edits_edit\"')"
    assert statements_on_history(source) == ["update edits_sighting", 'DELETE FROM "edits_edit']


def calls_for_whole_records(source: str) -> list[str]:
    """Return the calls that give a page a record with fields that its reader may not see."""
    found = [node for node in nodes_of(source) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    named = [(node.func.attr, node) for node in found if isinstance(node.func, ast.Attribute)]
    return [name for name, node in named if name == "find_record" or (name == "get_content" and len(node.args) < 2)]


def test_a_page_asks_for_what_its_reader_may_see():
    pages = {path: source for path, source in SOURCES.items() if path.startswith(PAGES)}
    assert len(pages) > 50
    assert {path: found for path, source in pages.items() if (found := calls_for_whole_records(source))} == {}


def test_a_call_for_a_whole_record_is_found():
    source = "lookup.find_record(tenant, kind, pk)\nlookup.get_content(record)\nlookup.get_content(record, table)"
    assert calls_for_whole_records(source) == ["find_record", "get_content"]


def test_no_process_loads_what_only_few_need():
    assert {path: found for path, source in SOURCES.items() if (found := loaded_early(source, path))} == {}


def test_what_is_loaded_too_early_is_found():
    source = "from xlsxwriter import Workbook\nfrom .providers import http\nfrom .providers.conductor import client"
    found = ["xlsxwriter", "books.providers.http", "books.providers.conductor.client"]
    assert loaded_early(source, "books/x.py") == found
    assert loaded_early(source, "books/providers/acme/client.py") == []
    assert loaded_early("def f():\n    import xlsxwriter\nfrom .providers import http_answer", "books/x.py") == []


def test_every_import_points_down():
    assert {path: found for path, source in SOURCES.items() if (found := faults(source, path))} == {}


@pytest.mark.parametrize(
    ("path", "source", "fault"),
    [
        ("tenants/models.py", "import books.models", "tenants imports books"),
        ("records/content.py", "from tenants.models import Tenant", "records imports tenants"),
        ("record_forms/registry.py", "from edits.models import Edit", "record_forms imports edits"),
        ("records/merge/three_way.py", "def f():\n    from config import settings", "records imports config"),
        ("customers/views.py", "from bills.terms.due_dates import due", "customers imports bills"),
        ("books/providers/conductor/client.py", "from ....edits import models", "books imports edits"),
        ("books/providers/conductor/client.py", "import httpx", "httpx outside books/providers/http.py"),
        ("books/sync/refresh.py", "from sandbox import store", "books knows the sandbox"),
        ("sandbox/store.py", "import httpx", "the sandbox needs httpx"),
        ("sandbox/store.py", "from books import fields", "the sandbox needs books"),
        ("config/urls.py", "from tests import support", "a test is imported"),
        ("bills/views.py", "client.update_record(x)", "writes to a company's books outside edits/lifecycle/save.py"),
        ("edits/views.py", "save.carry_out(edit)", "calls carry_out, which only edits/tasks.py may"),
        ("edits/views.py", "transitions.begin_edit(m)", "calls begin_edit, which only edits/change.py may"),
        (
            "customers/views.py",
            "answer['Vary'] = 'HX-Request'",
            "assigns the header Vary, which others may have set: patch_vary_headers adds to it",
        ),
        (
            "edits/views.py",
            "Edit.objects.filter(pk=1).update(state='saved')",
            "moves an edit outside edits/lifecycle/transitions.py: Edit.objects.filter(pk=1).update",
        ),
        (
            "edits/views.py",
            "ExternalChange.objects.bulk_create([])",
            "adds an external change outside edits/history/external_changes.py: ExternalChange.objects.bulk_create",
        ),
        (
            "administration/log/views.py",
            "SecurityEvent.objects.create(kind='signed_in')",
            "writes the security log outside tenants/security_log.py: SecurityEvent.objects.create",
        ),
        (
            "bills/views.py",
            "Edit._base_manager.all().delete()",
            "moves an edit outside edits/lifecycle/transitions.py: Edit._base_manager.all().delete",
        ),
    ],
)
def test_an_import_that_points_up_or_across_is_found(path, source, fault):
    assert faults(source, path) == [fault]


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("books/providers/http.py", "import httpx"),
        ("books/providers/conductor/client.py", "from ..errors import Refused\nfrom . import declare"),
        ("edits/lifecycle/save.py", "from records.content import Record\nclient.update_record(x)"),
        ("config/urls.py", "from bills import urls\nfrom tenants import views"),
    ],
)
def test_an_import_that_points_down_is_allowed(path, source):
    assert faults(source, path) == []


def room_of(module: str) -> str:
    """Return the room of a module: the folder below its layer, or the module itself if there is none."""
    return ".".join(module.split(".")[:2])


def module_of(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def rooms_entered(files: dict[str, str]) -> dict[str, set[str]]:
    """Return for each room the other rooms of its own layer that its files import."""
    modules = {module_of(path) for path in files}
    entered: dict[str, set[str]] = {}
    for path, source in files.items():
        own = room_of(module_of(path))
        for name in imported(source, path):
            module = name if name in modules else name.rpartition(".")[0]
            other = room_of(module)
            if module in modules and other != own and other.split(".")[0] == own.split(".")[0]:
                entered.setdefault(own, set()).add(other)
    return entered


def circles(entered: dict[str, set[str]]) -> list[str]:
    """Return the rooms that are part of an import cycle."""

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        ahead = [start]
        while ahead:
            new = entered.get(ahead.pop(), set()) - seen
            seen |= new
            ahead += new
        return seen

    return sorted(room for room in entered if room in reached(room))


PRODUCT = {
    path: source for path, source in SOURCES.items() if "/migrations/" not in path and not path.startswith(SANDBOX)
}


def test_the_rooms_of_a_floor_have_no_import_cycle():
    assert circles(rooms_entered(PRODUCT)) == []


def test_an_import_cycle_is_found():
    files = {"edits/lifecycle/save.py": "from edits.history import table", "edits/history/table.py": "", "x.py": ""}
    assert circles(rooms_entered(files)) == []
    files["edits/history/table.py"] = "from ..lifecycle import save"
    assert circles(rooms_entered(files)) == ["edits.history", "edits.lifecycle"]


def test_no_folder_has_too_many_modules():
    folders: dict[str, int] = {}
    for path in PRODUCT:
        folder = path.rpartition("/")[0]
        folders[folder] = folders.get(folder, 0) + (not path.endswith("/__init__.py"))
    assert {folder: count for folder, count in folders.items() if count > MODULES_IN_A_FOLDER} == {}


def test_no_class_name_is_used_twice():
    found: dict[str, list[str]] = {}
    for path, source in PRODUCT.items():
        for node in ast.parse(source).body:
            if isinstance(node, ast.ClassDef) and node.name not in SHARED_NAMES:
                found.setdefault(node.name, []).append(path)
    assert {name: paths for name, paths in found.items() if len(paths) > 1} == {}
