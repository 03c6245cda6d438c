"""The file `.env`: what is understood, and that a line which is not is refused without being shown."""

from pathlib import Path

import pytest

from .installed import install, read

KEY = "sk_conductor_REAL"


def test_the_file_is_read_with_comments_quotes_and_the_mark_that_windows_writes(tmp_path: Path) -> None:
    install(tmp_path).write_text(
        "\ufeffexport SECRET_KEY='a # b'\n\n  # a comment\n \nTIME_ZONE=Europe/Rome\n", encoding="utf-8"
    )
    assert read(tmp_path, "SECRET_KEY, TIME_ZONE").stdout == "a # b Europe/Rome\n"


def test_the_environment_takes_precedence(tmp_path: Path) -> None:
    install(tmp_path).write_text("SECRET_KEY=a\n")
    assert read(tmp_path, "SECRET_KEY", SECRET_KEY="b").stdout == "b\n"


@pytest.mark.parametrize("line", [f"CONDUCTOR_SECRET_KEY = {KEY}", f"  CONDUCTOR_SECRET_KEY={KEY}", KEY])
def test_a_line_that_is_not_understood_is_named_and_not_shown(tmp_path: Path, line: str) -> None:
    file = install(tmp_path)
    file.write_text(f"SECRET_KEY=a\n{line}\n")
    done = read(tmp_path, "DEBUG")
    assert (done.returncode, KEY in done.stdout + done.stderr) == (1, False)
    why = "not NAME=value, without blanks around the name."
    assert done.stderr.endswith(f"ImproperlyConfigured: Line 2 of {file} is {why}\n")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    file = install(tmp_path)
    file.mkdir()  # as root may read any file
    said = [read(tmp_path, "DEBUG").stderr.splitlines()[-1]]
    assert read(tmp_path, "DEBUG", SECRET_KEY="a").stdout == "False\n"  # systemd may have read it, as root
    file.rmdir()
    file.write_bytes(f"CONDUCTOR_SECRET_KEY={KEY}\xe9".encode("latin-1"))
    said.append(read(tmp_path, "DEBUG", SECRET_KEY="a").stderr.splitlines()[-1])
    refused = f"django.core.exceptions.ImproperlyConfigured: {file}"
    assert said == [f"{refused} cannot be read: Is a directory.", f"{refused} is not text in UTF-8."]
