"""Log files stay small while their process keeps writing to them."""

import os
import resource
import time

from config.processes.logs import bound, clear_older


def test_a_log_that_is_too_large_is_moved_aside_while_its_process_writes(tmp_path):
    log = tmp_path / "web.log"
    with log.open("ab", buffering=0) as handle:
        handle.write(b"a" * 11)
        bound(log, 10)
        handle.write(b"b")
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {"web.log": b"b", "web.log.1": b"a" * 11}


def test_a_log_within_its_limit_is_unchanged(tmp_path):
    log = tmp_path / "web.log"
    log.write_bytes(b"a" * 10)
    bound(log, 10)
    bound(tmp_path / "none.log", 10)
    assert [file.name for file in tmp_path.iterdir()] == ["web.log"]


def test_a_log_that_cannot_be_moved_aside_is_emptied_all_the_same(tmp_path):
    log = tmp_path / "web.log"
    log.write_bytes(b"a" * 11)
    allowed = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5, allowed[1]))  # like a disk that is nearly full
    try:
        bound(log, 10)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, allowed)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {"web.log": b""}


def test_an_older_log_is_deleted_after_its_days(tmp_path):
    for name in ("new.log.1", "old.log.1", "old.log"):
        (tmp_path / name).write_text(name)
    for name in ("old.log.1", "old.log"):
        os.utime(tmp_path / name, (time.time() - 31 * 86_400,) * 2)
    clear_older(tmp_path, 30)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["new.log.1", "old.log"]


def test_what_cannot_be_moved_or_deleted_is_left(tmp_path):
    log = tmp_path / "web.log"
    log.write_bytes(b"a" * 11)
    (tmp_path / "web.log.1").mkdir()  # like a disk that can only be read, which root may write all the same
    bound(log, 10)
    clear_older(tmp_path, -1)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["web.log", "web.log.1"]
