"""What is asked of `make bench`, and how it reads pages and the vendor's log."""

import os
import subprocess
import sys
from math import inf
from pathlib import Path
from typing import Any

import pytest

from bench.__main__ import CROWDS, choose
from bench.crowd.engines import set_beside
from bench.crowd.people import Ask, find_ask
from bench.crowd.vendor_log import first_writes, most_writes, read_log
from bench.figures import Figure, percentile

ONE_COMPANY = [
    *("lists", "list_queries", "exports"),
    *("long_bill", "long_list", "assets", "typing_speed", "calls", "saves"),
]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ([], ["drain", *ONE_COMPANY]),
        (["lists"], ["drain", "lists", "list_queries", "exports"]),
        (["saves"], ["drain", "calls", "saves"]),
        (["forms", "calls"], ["drain", "long_bill", "long_list", "assets", "typing_speed", "calls"]),
        (["tasks"], ["drain", "tasks"]),
        *(([crowd], [crowd]) for crowd in CROWDS),
    ],
)
def test_a_part_names_its_measurements(words: list[str], names: list[str]) -> None:
    assert choose(words) == names


@pytest.mark.parametrize("words", [["quick"], ["load", "saves"], ["load", "growth"], ["tasks", "lists"]])
def test_unknown_parts_and_several_crowds_are_refused(words: list[str]) -> None:
    with pytest.raises(ValueError, match=r"There is no quick|(load|tasks) is measured alone"):
        choose(words)


def test_the_save_bar_says_when_and_where_it_looks_again() -> None:
    trigger = 'hx-trigger="load delay:4750ms, every 60s"'
    tag = f'<span\n id="save-look"\n hx-get="/t/abc/edits/4/progress/?at=%2Ft&amp;b=2"\n {trigger}\n>'
    assert find_ask(f"<span>{tag}</span></span>") == Ask("/t/abc/edits/4/progress/?at=%2Ft&b=2", 4.75)


def test_other_parts_that_load_are_no_look_at_a_save() -> None:
    live = '<div id="live" hx-get="/t/abc/live" hx-trigger="load, every 60s">'
    assert (find_ask(live), find_ask(live, "live")) == (None, Ask("/t/abc/live", 0.0))


def test_rows_of_two_databases_are_set_beside_each_other() -> None:
    ours = [
        Figure("3 tasks on SQLite"),
        Figure("  first page, 20 rows", "1 ms", budget="2", met=True),
        Figure("a", "1"),
    ]
    others = [Figure("3 tasks on PostgreSQL"), Figure("  first page, 21 rows", "3 ms", budget="2", met=False)]
    assert list(set_beside(ours, [*others, Figure("b", "2")])) == [
        Figure("3 tasks on SQLite"),
        Figure("  first page, 20 rows", "1 ms", "3 ms", "", "2", False),
        Figure("a", "1"),
        Figure("b", "", "2"),
    ]


def asked(company: str, method: str, status: int | None) -> dict[str, Any]:
    path = "/v1/quickbooks-desktop/customers/8"
    at = "2026-11-20T10:00:00+00:00"
    return {"endUserId": company, "method": method, "path": path, "query": "", "status": status, "at": at}


def test_only_writes_that_were_carried_out_count() -> None:
    log = read_log([asked("a", "POST", 200), asked("a", "GET", 200), asked("b", "POST", 409), asked("c", "POST", None)])
    assert list(first_writes(log)) == ["a"]
    assert most_writes(log) == 1


def test_a_second_write_of_a_company_is_seen() -> None:
    assert most_writes(read_log([asked("a", "POST", 200)] * 2)) == 2


def test_one_in_twenty_exceeds_the_percentile() -> None:
    assert percentile(list(range(1, 101)), 0.95) == 96
    assert percentile([], 0.95) == inf


def test_the_admin_that_lists_are_measured_beside_can_start(tmp_path: Path) -> None:
    """Its settings name our apps one by one, and each of ours may come to need another one."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "bench.beside.settings",
        "BENCH_HOME": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path}/desk.sqlite3",
    }
    command = [sys.executable, "manage.py", "check"]
    checked = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")
