"""The reader on labelled coverage: the floors of floors.json, which only move up."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pipeline.cli.main import root

HERE = Path(__file__).resolve().parent
FLOORS: dict[str, dict[str, float]] = json.loads((HERE / "floors.json").read_text(encoding="utf-8"))


@cache
def measured(name: str) -> dict[str, Any]:
    """What `claimwatch eval` says of one set."""
    result = CliRunner().invoke(root, ["eval", str(HERE / f"{name}.jsonl"), "--json", "--all"])
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def figure(report: dict[str, Any], name: str) -> float:
    """`claims` is the F1 of all articles, `claims other` that of the languages beside English."""
    measure, _, group = name.partition(" ")
    if measure == "calibration":
        return 1 - float(report["calibration_error"])
    value = report["other languages" if group == "other" else "all"][measure]
    return float(value["f1"] if isinstance(value, dict) else value)


@pytest.mark.parametrize(("name", "what"), [(name, what) for name, floors in FLOORS.items() for what in floors])
def test_no_figure_falls_below_its_floor(name: str, what: str) -> None:
    assert round(figure(measured(name), what), 3) >= FLOORS[name][what]
