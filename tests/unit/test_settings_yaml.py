"""YAML by the rules of 1.2, with places; durations and sizes with units; which folder counts."""

from __future__ import annotations

import re
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from examples import many
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import ConfigError
from pipeline.settings import shipped
from pipeline.settings.duration import parse_duration, parse_size
from pipeline.settings.find import config_folder
from pipeline.settings.yamltree import Document, key_path, read_document, read_plain


def read(tmp_path: Path, text: str) -> Document:
    path = tmp_path / "x.yaml"
    path.write_text(text, encoding="utf-8")
    return read_document(path, "x.yaml")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("no", "no"),
        ("Yes", "Yes"),
        ("on", "on"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("010", 10),
        ("-7", -7),
        ("+7", 7),
        ("0x10", "0x10"),
        ("1_000", "1_000"),
        ("12:30:00", "12:30:00"),
        ("1e3", 1000.0),
        ("1e999", "1e999"),
        (".5", 0.5),
        ("2024-07", "2024-07"),
        ("2024-07-01", "2024-07-01"),
        ("'40'", "40"),
        ('"null"', "null"),
        ("15m", "15m"),
        ("[a, 1, 'b']", ["a", 1, "b"]),
        ("{a: 1}", {"a": 1}),
        ("|\n  two\n  lines\n", "two\nlines\n"),
        (">\n  one\n  line\n", "one line\n"),
    ],
)
def test_values_are_what_they_look_like(tmp_path: Path, written: str, meant: Any) -> None:
    document = read(tmp_path, f"key: {written}\n")
    assert document.faults == []
    assert document.data == {"key": meant}
    assert type(document.data["key"]) is type(meant)


def test_keys_stay_as_they_are_written(tmp_path: Path) -> None:
    assert read(tmp_path, "no: {on: 1, 2020: 2}").data == {"no": {"on": 1, "2020": 2}}


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("a: 1\nb: 2\na: 3\n", "x.yaml:3:1", "duplicate key"),
        ("a:\n  - b: 1\n    b: 2\n", "x.yaml:3:5", "duplicate key"),
        ("a: [1, 2\n", "x.yaml:2:1", "is no YAML"),
        ("a: !!python/object:os.system x\n", "x.yaml:1:4", "is not supported"),
        ("? [a]\n: 1\n", "x.yaml:1:3", "a key must be a word"),
        ("a: &x [*x]\n", "x.yaml:1:4", "holds itself"),
        ("a: *nowhere\n", "x.yaml:1:4", "is no YAML"),
        ("a: \x07\n", "x.yaml:1:1", "is no YAML"),
        ("a: 1\n---\nb: 2\n", "x.yaml:2:1", "is no YAML"),
    ],
)
def test_faults_of_form_have_their_place(tmp_path: Path, text: str, place: str, said: str) -> None:
    (fault, *_) = read(tmp_path, text).faults
    assert str(fault[0]) == place
    assert said in fault[2]


def test_aliases_cannot_grow_a_file(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)]
    data = read(tmp_path, "\n".join(lines)).data
    assert data["a59"][0] is data["a59"][1]


def test_places_are_those_of_keys_and_items(tmp_path: Path) -> None:
    document = read(tmp_path, "topics:\n  - id: a\n    any: [x, y]\n  - id: b\n")
    assert str(document.place(("topics", 0, "any", 1))) == "x.yaml:3:14"
    assert str(document.place(("topics", 1, "id"))) == "x.yaml:4:5"
    assert str(document.place(("topics", 1, "missing"))) == "x.yaml:4:5"
    assert str(document.place(("nothing",))) == "x.yaml:1:1"
    assert key_path(("topics", 0, "any", 1)) == "topics[0].any[1]"


def test_a_file_that_cannot_be_read_is_a_fault(tmp_path: Path) -> None:
    assert "cannot be read" in read_document(tmp_path / "gone.yaml").faults[0][2]
    (tmp_path / "latin.yaml").write_bytes(b"a: \xe9\n")
    assert "cannot be read" in read_document(tmp_path / "latin.yaml").faults[0][2]
    with pytest.raises(ConfigError, match="cannot be read"):
        read_plain(tmp_path / "gone.yaml")


@given(st.text(max_size=60))
@settings(deadline=None, max_examples=many(150))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.yaml"
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        document = read_document(path, "x.yaml")
        for place, _, message in document.faults:
            assert message
            assert re.fullmatch(r"x\.yaml:\d+:\d+", str(place))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("15m", timedelta(minutes=15)),
        ("2h", timedelta(hours=2)),
        ("30s", timedelta(seconds=30)),
        ("7d", timedelta(days=7)),
        ("1d12h", timedelta(days=1, hours=12)),
        ("500ms", timedelta(milliseconds=500)),
        ("1.5h", timedelta(minutes=90)),
        ("2w", timedelta(days=14)),
        ("0", timedelta(0)),
    ],
)
def test_durations_carry_their_unit(text: str, meant: timedelta) -> None:
    assert parse_duration(text) == meant


@pytest.mark.parametrize("text", ["15", "", "m", "15 m", "1y", "-5m", "5m3", "abc", "1h1", "١٥", "9" * 400 + "d"])
def test_bad_durations_say_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match="15m, 2h or 1d12h"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "meant"), [("2MB", 2_000_000), ("512kB", 512_000), ("1GiB", 2**30), ("10B", 10), ("1.5 MB", 1_500_000)]
)
def test_sizes_carry_their_unit(text: str, meant: int) -> None:
    assert parse_size(text) == meant


@pytest.mark.parametrize("text", ["2", "", "MB", "2mb", "2TB", "-1MB", "two MB"])
def test_bad_sizes_say_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match="512kB or 2MB"):
        parse_size(text)


def test_the_folder_is_that_of_the_option_then_the_variable_then_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("option", "variable", "work/config", "empty"):
        (tmp_path / name).mkdir(parents=True)
    env = {"CLAIMWATCH_CONFIG": str(tmp_path / "variable")}
    monkeypatch.chdir(tmp_path / "work")
    assert config_folder(tmp_path / "option", env) == tmp_path / "option"
    assert config_folder(None, env) == tmp_path / "variable"
    assert config_folder(None, {}) == tmp_path / "work/config"
    monkeypatch.chdir(tmp_path / "empty")
    assert config_folder(None, {}, shipped_ok=True) == shipped.path("config")
    with pytest.raises(ConfigError, match="claimwatch init"):
        config_folder(None, {})
    with pytest.raises(ConfigError, match="CLAIMWATCH_CONFIG names no folder"):
        config_folder(None, {"CLAIMWATCH_CONFIG": str(tmp_path / "gone")})
    with pytest.raises(ConfigError, match="--config names no folder"):
        config_folder(tmp_path / "gone", env)


def test_what_is_shipped_is_found() -> None:
    assert (shipped.path("config") / "settings.yaml").is_file()
    assert (shipped.path("migrations") / "env.py").is_file()
    with pytest.raises(ConfigError, match="missing from the installation"):
        shipped.path("no-such-folder")
