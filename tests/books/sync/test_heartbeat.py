"""A process touches its heartbeat file as long as its work progresses, and logs where it is when it does not."""

import os
import sys
import time
from pathlib import Path

import pytest

from config.processes.children import Child
from tests.support.running import ROOT, wait_until

SOURCE = """
import time, django
django.setup()
from books.sync import heartbeat
heartbeat.start("sync")
while {condition}:
    time.sleep(0.1)  # stands for work between two notes of progress
    heartbeat.note_progress()
time.sleep(60)  # lives on without progress until the test kills it
"""


@pytest.fixture
def process(tmp_path):
    """Start a process that works for ever, or hangs at once; end it after the test."""
    started = []

    def start(condition: str) -> Child:
        command = [sys.executable, "-c", SOURCE.format(condition=condition)]
        own = {"HEARTBEAT_FOLDER": str(tmp_path), "STALLED_SECONDS": "1", "DJANGO_SETTINGS_MODULE": "config.settings"}
        child = Child("sync", command, tmp_path / "sync.log", {**os.environ, **own}, ROOT)
        child.start()
        started.append(child)
        return child

    yield start
    for child in started:
        child.kill()


def age(beat: Path) -> float:
    return time.time() - beat.stat().st_mtime if beat.exists() else 0.0


def test_a_hanging_process_stops_its_heartbeat_and_logs_where_it_hangs(process, tmp_path):
    child = process("False")
    wait_until(lambda: age(tmp_path / "sync.beat") > 3)
    said = child.log.read_text()
    assert "Nothing has moved here for 1 seconds. This is where:" in said
    assert 'File "<string>", line 9 in <module>' in said


def test_a_progressing_process_keeps_its_heartbeat(process, tmp_path):
    child = process("True")
    beat = tmp_path / "sync.beat"
    wait_until(beat.exists)
    first = beat.stat().st_mtime_ns
    wait_until(lambda: beat.stat().st_mtime_ns > first + 2_000_000_000)
    assert "Nothing has moved" not in child.log.read_text()
