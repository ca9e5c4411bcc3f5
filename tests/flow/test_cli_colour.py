"""Colour and progress on a terminal, plain elsewhere: a real terminal, a pipe, NO_COLOR, texts with escape codes."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import desk_sample
import pytest
import small_watch
from click.testing import CliRunner
from servers.misbehaving import FEED, Misbehaving, Page
from terminal import on_terminal, started_on_terminal, started_through_a_pipe, through_a_pipe

from pipeline.cli.main import root
from pipeline.service.wiring import desk
from pipeline.settings.load import load
from pipeline.storage import schema, sources

ESCAPE = "\x1b"
ATTACK = f"{ESCAPE}[41mred{ESCAPE}[0m {ESCAPE}]0;title\x07 \x9b31m\x08\u202e"
SALE = f"Pakistan has signed a contract to sell 40 JF-17 jets to Azerbaijan for $1.6 billion, officials said {ATTACK}."
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small watch over a store of two articles, the texts of which attack the terminal."""
    made = small_watch.written(tmp_path_factory.mktemp("attacked") / "config")
    configuration = load(made, env={})
    schema.upgrade(configuration.database_url, desk_sample.ROOT / "migrations")
    outlet = configuration.sources[0].id
    with desk(configuration) as built:
        with built.store.transaction() as tx:
            sources.sync(tx, configuration.sources, now=datetime.now(UTC) - timedelta(days=9))
        for number in range(2):
            title = f"Report {number} {ATTACK}"
            age = timedelta(hours=3 - number)
            told = desk_sample.Text(source=outlet, slug=str(number), title=title, text=SALE, age=age, lang="en")
            desk_sample.put(built, told, told.text, built.clock.now() - age)
    return made.parent


@pytest.fixture
def folder(attacked: Path, tmp_path: Path) -> Path:
    """A copy of it, its database included."""
    shutil.copytree(attacked, tmp_path, dirs_exist_ok=True)
    return tmp_path / "config"


def controls(text: str) -> set[str]:
    """What a terminal would obey, line ends aside."""
    return {
        char for char in text if (ord(char) < 32 or 127 <= ord(char) < 160 or char == "\u202e") and char not in "\r\n"
    }


def test_a_terminal_is_shown_colour_and_a_pipe_none(tmp_path: Path) -> None:
    """A command that is started as a user does shows what one says that is run in this process."""
    (tmp_path / "article.txt").write_text(SALE, encoding="utf-8")
    config = small_watch.written(tmp_path / "config")
    words = ("--config", str(config), "match", str(tmp_path / "article.txt"))
    shown, piped = started_on_terminal(*words), started_through_a_pipe(*words)
    assert COLOUR.search(shown)
    assert controls(piped) == set()
    assert COLOUR.sub("", shown).replace("\r\n", "\n") == piped
    assert "stage: planned -> signed" in piped
    assert (on_terminal(*words), through_a_pipe(*words)) == (shown, piped)
    assert on_terminal(*words, NO_COLOR="1").replace("\r\n", "\n") == piped


def test_faults_stand_out_on_a_terminal_only(tmp_path: Path) -> None:
    (tmp_path / "settings.yaml").write_text("no-such: 1\n", encoding="utf-8")
    words = ("--config", str(tmp_path), "check", "--offline")
    assert f"{ESCAPE}[31m" in on_terminal(*words)
    assert controls(on_terminal(*words, NO_COLOR="1")) == set()
    piped = through_a_pipe(*words)
    assert controls(piped) == set()
    assert "settings.yaml:1:1" in piped


@pytest.mark.parametrize(
    ("words", "painted"),
    [
        (("alerts", "list"), "signed"),
        (("alerts", "show", "1"), "changes"),
        (("alerts", "why", "1"), "send"),
        (("digest",), "CHANGED"),
        (("status",), "nobody"),
        (("check", "--offline"), "no faults"),
    ],
)
def test_what_matters_is_painted(folder: Path, words: tuple[str, ...], painted: str) -> None:
    asked = ["--config", str(folder), *words]
    coloured, plain = (CliRunner().invoke(root, asked, color=colour).output for colour in (True, False))
    assert controls(plain) == set()
    assert controls(COLOUR.sub("", coloured)) == set()  # no code but ours
    assert re.search(rf"{ESCAPE}\[[0-9;]*m[^\n{ESCAPE}]*{painted}", coloured), coloured
    assert re.sub(r"\d\d:\d\d(:\d\d)?|\d+ (s|min) ago", "", COLOUR.sub("", coloured)) == re.sub(
        r"\d\d:\d\d(:\d\d)?|\d+ (s|min) ago", "", plain
    )


@pytest.mark.parametrize(
    ("words", "label"),
    [
        (("topics", "try", "RULE"), "articles"),
        (("alerts", "rehearse"), "findings"),
        (("db", "backup", "COPY.db"), "backup"),
        (("db", "backup", "COPY.jsonl.gz"), "backup"),
    ],
)
def test_what_takes_long_tells_a_terminal_how_far_it_is(folder: Path, words: tuple[str, ...], label: str) -> None:
    (folder / "rule.yaml").write_text("id: one\ntitle: One\ngroups:\n  - {all: [drill]}\n", encoding="utf-8")
    places = {"RULE": str(folder / "rule.yaml")}
    asked = [places.get(word, word.replace("COPY", str(folder / "copy"))) for word in words]
    shown, piped = on_terminal("--config", str(folder), *asked), through_a_pipe("--config", str(folder), *asked)
    assert re.search(rf"{label} +\[#+\] +100%", shown), shown
    assert (label + " " not in piped or "[" not in piped, controls(piped)) == (True, set())


@pytest.mark.parametrize("suffix", ["db", "jsonl.gz"])
def test_a_restore_tells_how_far_it_is(folder: Path, tmp_path: Path, suffix: str) -> None:
    copy = folder / f"copy.{suffix}"
    assert "MB" in through_a_pipe("--config", str(folder), "db", "backup", str(copy))
    empty = tmp_path / "elsewhere" / "config"
    empty.mkdir(parents=True)
    shown = on_terminal("--config", str(empty), "db", "restore", str(copy))
    assert re.search(r"restore +\[#+\] +100%", shown), shown


def test_a_cycle_and_a_check_tell_how_many_sources_are_done(tmp_path: Path) -> None:
    with Misbehaving() as server:
        server.pages["/robots.txt"] = Page(status=404)
        for number in range(3):
            server.pages[f"/{number}.xml"] = Page(FEED)
        made = tmp_path / "config"
        made.mkdir()
        settings = f'fetch: {{allow_private: ["127.0.0.1:{server.port}"], host_delay: 0s, attempts: 1}}\n'
        (made / "settings.yaml").write_text(settings, encoding="utf-8")
        listed = "".join(f"  - {{id: s{n}, url: '{server.url(f'/{n}.xml')}'}}\n" for n in range(3))
        (made / "sources.yaml").write_text(f"sources:\n{listed}", encoding="utf-8")
        through_a_pipe("--config", str(made), "db", "upgrade")
        checked = on_terminal("--config", str(made), "sources", "check")
        once = on_terminal("--config", str(made), "once")
        again = through_a_pipe("--config", str(made), "once")
    for shown in (checked, once):
        assert re.search(r"sources +\[#+\] +100%", shown), shown
    assert re.search(r"entries +\[#+\] +100%", once), once
    assert "3 asked, 3 answered" in once
    assert ("#" not in again, controls(again)) == (True, set())
