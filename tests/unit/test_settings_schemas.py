"""Schemas for editors: what is shipped is what the models say, and the shipped files follow it."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import cache
from pathlib import Path

import jsonschema
import pytest

from pipeline.settings import schemas
from pipeline.settings.duration import parse_duration, parse_size
from pipeline.settings.yamltree import read_plain

CONFIG = Path(__file__).resolve().parents[2] / "config"
FILES = sorted([*CONFIG.glob("*.yaml"), *CONFIG.glob("*/*.yaml")])


@cache
def made() -> dict[str, str]:
    """What the models say, said once: each schema is made of all."""
    return schemas.schemas()


def kind(path: Path) -> str:
    return path.stem if path.parent == CONFIG else path.parent.name


def test_what_is_shipped_is_what_the_models_say() -> None:
    shipped = {path.name: path.read_text(encoding="utf-8") for path in (CONFIG / "schemas").glob("*")}
    assert shipped == made(), "run: python -m pipeline.settings.schemas config/schemas"


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_shipped_file_follows_its_schema_and_names_it(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    up = "" if path.parent == CONFIG else "../"
    assert first == f"# yaml-language-server: $schema={up}schemas/{kind(path)}.json"
    jsonschema.validate(read_plain(path), json.loads(made()[f"{kind(path)}.json"]))


@pytest.mark.parametrize("name", sorted(schemas.MODELS))
def test_each_is_a_schema(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(made()[f"{name}.json"]))


def test_defaults_stand_as_they_are_written() -> None:
    groups = json.loads(made()["settings.json"])["$defs"]
    for group in groups.values():
        for name, entry in group.get("properties", {}).items():
            if entry.get("examples") == ["15m", "2h"]:
                assert parse_duration(entry["default"]) >= timedelta(0), name
            if entry.get("examples") == ["512kB", "2MB"]:
                assert parse_size(entry["default"]) > 0, name
    assert groups["Fetching"]["properties"]["feed_size"]["default"] == "20MB"
    assert groups["Schedule"]["properties"]["interval"]["default"] == "15m"


@pytest.mark.parametrize("length", ["0s", "90s", "15m", "1d12h", "1d1h1m1s"])
def test_durations_are_written_as_they_are_read(length: str) -> None:
    parsed = parse_duration(length)
    assert parse_duration(schemas.written_duration(parsed)) == parsed


@pytest.mark.parametrize("size", [0, 1, 999, 1000, 64_000, 5_000_000, 3 * 10**9, 1234])
def test_sizes_are_written_as_they_are_read(size: int) -> None:
    assert parse_size(schemas.written_size(size)) == size
