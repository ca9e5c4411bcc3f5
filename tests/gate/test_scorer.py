"""Our scorer against the one that others measure with, where it is there."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli.main import root

SHARED = Path(__file__).resolve().parents[3] / "shared"
SCORER, GOLD = SHARED / "eval" / "score.py", SHARED / "corpus" / "dev.jsonl"


@pytest.mark.skipif(not SCORER.exists(), reason="the other scorer is not on this machine")
def test_eval_prints_what_the_other_scorer_prints(tmp_path: Path) -> None:
    ours = json.loads(CliRunner().invoke(root, ["eval", str(GOLD), "--json"]).stdout)
    found = tmp_path / "found.jsonl"
    found.write_text(CliRunner().invoke(root, ["match", str(GOLD)]).stdout, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(SCORER), str(GOLD), str(found), "--json"], capture_output=True, text=True, check=True
    )
    theirs = json.loads(done.stdout)
    assert {group: ours[group] for group in theirs} == theirs
