"""A configuration that is wrong, a database of another time: everything at once, at its place, with what to do."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def claimwatch(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipeline", *words],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the shipped configuration to spoil."""
    shutil.copytree(ROOT / "config", tmp_path / "config")
    return tmp_path


@pytest.fixture
def spoilt(folder: Path) -> Path:
    """The same with five faults in three files."""
    settings = folder / "config" / "settings.yaml"
    text = (
        settings.read_text(encoding="utf-8").replace("interval: 15m", "interval: 15").replace("database:", "databse:")
    )
    settings.write_text(text, encoding="utf-8")
    topics = next((folder / "config" / "topics").glob("*.yaml"))
    text = topics.read_text(encoding="utf-8").replace("azerbaijan", "azerbaidjan", 1)
    topics.write_text(text + "  - {id: summits, groups: [{all: ['']}]}\n", encoding="utf-8")
    return folder


FAULTS = (
    "settings.yaml:{}: databse: unknown key (did you mean database?)",
    "schedule.interval: 15 has no unit: write 15s, 15m, 15h or 15d",
    "azerbaidjan' (did you mean ",
    "duplicate id 'summits'",
    "all[0]: is empty",
)


@pytest.mark.parametrize("command", ["check", "once", "run"])
def test_every_fault_is_told_at_once_and_nothing_starts(spoilt: Path, command: str) -> None:
    done = claimwatch(command, cwd=spoilt)
    assert done.returncode == 2
    told = done.stderr.splitlines()
    for fault in FAULTS:
        part = fault.split("{}")[-1].removeprefix(": ")
        (line,) = [line for line in told if part in line]
        assert line.startswith("config/")
        assert all(number.isdigit() for number in line.split(":")[1:3])
    assert not (spoilt / "claimwatch.db").exists()


@pytest.mark.parametrize("command", ["once", "run", "digest"])
def test_an_old_schema_is_refused_with_the_command_that_upgrades_it(folder: Path, command: str) -> None:
    done = claimwatch(command, cwd=folder)
    assert done.returncode == 1
    assert "claimwatch db upgrade" in done.stderr


def test_an_unknown_command_is_answered_with_what_was_probably_meant(folder: Path) -> None:
    done = claimwatch("chekc", cwd=folder)
    assert done.returncode == 2
    assert "Did you mean check?" in done.stderr
