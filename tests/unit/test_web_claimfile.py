"""Accepted values go back into the claim files, and nothing else of them changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import ConfigError
from pipeline.settings.claimfile import rewritten

ROOT = Path(__file__).resolve().parents[2]
TEXT = """\
# what the airline told us
claims:
- id: fleet   # the big one
  topic: orders
  statement: The airline ordered ten aircraft.
  about: {all: [airline, "aircraft"]}
  slots:
    # counted by hand
    quantity: {type: count, known: 10, of: [aircraft]}  # from the press release
    stage:
      type: stage
      known: planned
    value: {type: money, of: [deal]}
- id: other
  slots: {quantity: {type: count, known: 3}}
"""


def test_only_the_values_change() -> None:
    after = rewritten(TEXT, {"fleet": {"quantity": "16", "stage": "signed", "value": "1.6e9 USD"}}, name="x")
    assert after == TEXT.replace("known: 10,", "known: 16,").replace("known: planned", "known: signed").replace(
        "{type: money, of", "{type: money, known: 1.6e9 USD, of"
    )


def test_a_value_can_be_open_again() -> None:
    after = rewritten(TEXT, {"fleet": {"quantity": None, "value": None}}, name="x")
    assert "  # from the press release\n" in after  # it keeps its column
    assert " ".join(after.split()) == " ".join(TEXT.replace("known: 10, ", "").split())


def test_what_stands_there_already_leaves_every_byte() -> None:
    assert rewritten(TEXT, {"fleet": {"quantity": "10"}, "gone": {"quantity": "1"}}, name="x") == TEXT


def test_a_range_and_a_bound_stay_text() -> None:
    after = rewritten(TEXT, {"fleet": {"quantity": ">=20"}, "other": {"quantity": "300..400"}}, name="x")
    assert "known: '>=20'" in after
    assert "known: 300..400" in after


@pytest.mark.parametrize("path", sorted((ROOT / "config" / "claims").glob("*.yaml")), ids=lambda path: path.name)
def test_shipped_files_survive_the_round_trip(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    import yaml

    first = next(
        (row["id"], slot, body["type"])
        for row in yaml.safe_load(text)["claims"]
        for slot, body in row.get("slots", {}).items()
    )
    after = rewritten(text, {first[0]: {first[1]: "777"}}, name=path.name)
    before_lines, after_lines = text.splitlines(), after.splitlines()
    assert len(before_lines) == len(after_lines)
    changed = [line for line, other in zip(before_lines, after_lines, strict=True) if line != other]
    assert len(changed) == 1
    assert rewritten(after, {first[0]: {first[1]: "777"}}, name=path.name) == after


@pytest.mark.parametrize("text", ["", "claims: 3", "- a", "claims: [", "topics: []"])
def test_what_is_no_claim_file_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        rewritten(text, {"fleet": {"quantity": "1"}}, name="x")
