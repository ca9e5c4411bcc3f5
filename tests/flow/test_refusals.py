"""A configuration that is wrong, a database of another time: everything at once, at its place, with what to do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import small_watch
from terminal import ended

ROOT = Path(__file__).resolve().parents[2]


def started(*words: str, cwd: Path) -> tuple[int, str]:
    """The exit code of a process of its own, and what it said of faults."""
    done = subprocess.run(
        [sys.executable, "-m", "pipeline", *words],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
    )
    return done.returncode, done.stderr


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a configuration to spoil, in which commands are given."""
    small_watch.written(tmp_path / "config")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def spoilt(folder: Path) -> Path:
    """The same with five faults in two files."""
    config = folder / "config"
    (config / "settings.yaml").write_text("databse: {}\nschedule: {interval: 15}\n", encoding="utf-8")
    topics = "topics:\n  - {id: arms, groups: [{all: [azerbaidjan]}]}\n"
    (config / "topics.yaml").write_text(f"{topics}  - {{id: arms, groups: [{{all: ['']}}]}}\n", encoding="utf-8")
    return folder


FAULTS = (
    "settings.yaml:{}: databse: unknown key (did you mean database?)",
    "schedule.interval: 15 has no unit: write 15s, 15m, 15h or 15d",
    "azerbaidjan' (did you mean ",
    "duplicate id 'arms'",
    "all[0]: is empty",
)


@pytest.mark.parametrize("command", ["check", "once", "run"])
def test_every_fault_is_told_at_once_and_nothing_starts(spoilt: Path, command: str) -> None:
    code, said = ended(command)
    assert code == 2
    told = said.splitlines()
    for fault in FAULTS:
        part = fault.split("{}")[-1].removeprefix(": ")
        (line,) = [line for line in told if part in line]
        assert line.startswith("config/")
        assert all(number.isdigit() for number in line.split(":")[1:3])
    assert not (spoilt / "claimwatch.db").exists()


@pytest.mark.parametrize("command", ["once", "run", "digest"])
def test_an_old_schema_is_refused_with_the_command_that_upgrades_it(folder: Path, command: str) -> None:
    code, said = ended(command)
    assert code == 1
    assert "claimwatch db upgrade" in said


def test_a_service_that_is_started_is_refused_the_same(spoilt: Path) -> None:
    """What is said in this process is what a process of its own says, with the code that it ends with."""
    assert started("run", cwd=spoilt) == ended("run")
    small_watch.written(spoilt / "sound" / "config")
    code, said = started("run", cwd=spoilt / "sound")
    assert code == 1
    assert "claimwatch db upgrade" in said


def test_an_unknown_command_is_answered_with_what_was_probably_meant(folder: Path) -> None:
    code, said = ended("chekc")
    assert code == 2
    assert "Did you mean check?" in said
