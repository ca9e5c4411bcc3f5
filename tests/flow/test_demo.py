"""The demo as a user runs it: the command, its summary, its digest, and that nothing is told twice."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.storage.session import open_store

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.first


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """One run of `claimwatch demo --no-serve`: its folder and what it printed."""
    folder = tmp_path_factory.mktemp("demo")
    done = subprocess.run(
        [sys.executable, "-m", "pipeline", "demo", "--no-serve", "--out", str(folder)],
        cwd=ROOT,
        env={**os.environ, "PYTHONWARNINGS": "default"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder, done.stdout


def sections(printed: str) -> list[str]:
    """What was printed before the first poll, and at each of the three."""
    return printed.split("== ")


def test_it_ends_with_the_places_of_digest_and_pages(demo: tuple[Path, str]) -> None:
    _, printed = demo
    lines = printed.strip().splitlines()[-3:]
    assert [line.split(": ")[0] for line in lines] == ["digest-html", "digest-md", "review"]
    assert Path(lines[0].split(": ")[1]).read_text(encoding="utf-8").lstrip().lower().startswith("<!doctype html>")
    assert Path(lines[1].split(": ")[1]).read_text(encoding="utf-8").startswith("# ")
    assert re.fullmatch(r"review: http://127\.0\.0\.1:\d+/", lines[2])


def test_every_poll_says_what_it_did(demo: tuple[Path, str]) -> None:
    _, printed = demo
    polls = sections(printed)[1:]
    assert len(polls) == 3
    for poll in polls:
        for word in ("sources", "entries", "articles", "findings", "alerts"):
            assert re.search(rf"^{word} +\d", poll, re.MULTILINE), word


def test_wire_copies_and_translations_are_one_alert(demo: tuple[Path, str]) -> None:
    _, printed = demo
    sale = re.findall(r"^JF-17.*stage planned -> signed.*$", printed, re.MULTILINE)
    assert len(sale) == 1
    assert "1.6 billion USD" in sale[0]
    told = printed[printed.index(sale[0]) :]
    independent = re.search(r"Independent publishers: (\d+)", told)
    assert independent
    assert int(independent[1]) >= 3


@pytest.mark.parametrize(
    "line",
    [
        r"certainty reported -> denied",  # a denial
        r"value 4 billion USD -> 5 billion USD",  # a number that grew
        r"stage discussed -> agreed",  # a stage that moved
        r"stage proposed -> signed",
    ],
)
def test_each_kind_of_news_is_told(demo: tuple[Path, str], line: str) -> None:
    _, printed = demo
    assert len(re.findall(line, printed)) == 1


def test_a_silent_edit_is_told_as_one(demo: tuple[Path, str]) -> None:
    _, printed = demo
    third = sections(printed)[3]
    assert "troops" in third
    assert "600" in third
    assert "edited without notice" in third
    assert third.count("Review:") == 1


def test_nothing_is_told_twice(demo: tuple[Path, str]) -> None:
    folder, _ = demo
    store = open_store(f"sqlite:///{folder / 'demo.db'}")
    try:
        with store.read() as tx:
            sql = tx.connection.exec_driver_sql
            doubled = sql(
                "SELECT claim, relation, slot, value, story_id FROM alert_keys GROUP BY 1,2,3,4,5 HAVING count(*) > 1"
            )
            assert doubled.all() == []
            messages = sql("SELECT thing_id, channel, count(*) FROM outbox GROUP BY 1, 2 HAVING count(*) > 1")
            assert messages.all() == []
    finally:
        store.close()
    told = (folder / "alerts.log").read_text(encoding="utf-8")
    headlines = re.findall(r"^Review: claimwatch alerts show (\d+)$", told, re.MULTILINE)
    assert len(headlines) == len(set(headlines)) > 0


def test_a_broken_page_has_its_reason(demo: tuple[Path, str]) -> None:
    _, printed = demo
    assert "wrong-length" in sections(printed)[1]
