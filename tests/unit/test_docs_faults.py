"""The table of faults names a test for each fault, and every test it names exists."""

from __future__ import annotations

import re
from pathlib import Path

from pipeline.model.outcome import Reason

ROOT = Path(__file__).resolve().parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in (ROOT / "docs" / "faults.md").read_text("utf-8").splitlines()
    if line.startswith("| ") and not line.startswith(("| fault", "| ---"))
]


def test_every_row_names_a_test_that_exists() -> None:
    assert len(ROWS) > 30
    for fault, _, test in ROWS:
        found = re.fullmatch(r"`(tests/[\w/]+\.py)::(\w+)`", test)
        assert found, f"{fault}: {test}"
        source = (ROOT / found[1]).read_text("utf-8")
        assert f"def {found[2]}(" in source, f"{fault}: {test} does not exist"


def test_every_reason_in_the_table_is_one() -> None:
    known = {reason.value for reason in Reason}
    for fault, end, _ in ROWS:
        named = re.findall(r"`([a-z-]+)`", end)
        assert named or end.startswith("read"), f"{fault}: {end}"
        assert set(named) <= known, f"{fault}: {set(named) - known}"
