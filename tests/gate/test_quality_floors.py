"""The reader on labelled coverage: no figure may fall below its floor, and floors only move up.

`floors.json` holds what was reached when it was last raised, less a hundredth. `held_out.jsonl` is never read by a
person: a failure there says which figure fell and nothing else.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pipeline.analyse import analyse
from pipeline.match import scoring
from pipeline.model.article import Article
from pipeline.model.finding import Analysis
from pipeline.settings.load import load

HERE = Path(__file__).parent
CONFIG = HERE.parents[1] / "config"
FLOORS: dict[str, dict[str, float]] = json.loads((HERE / "floors.json").read_text(encoding="utf-8"))


def _article(row: dict[str, Any]) -> Article:
    published = datetime.fromisoformat(row["published"]).replace(tzinfo=UTC) if row.get("published") else None
    return Article(id=row["id"], text=row["text"], title=row["title"], lang=row["lang"], published=published)


def _row(analysis: Analysis) -> dict[str, Any]:
    claims = [
        {
            "claim": f.claim,
            "relation": f.relation,
            "confidence": f.confidence,
            "changes": [{"slot": c.slot, "from": c.old, "to": c.new} for c in f.changes],
        }
        for f in analysis.findings
    ]
    return {"id": analysis.article, "topics": [hit.topic for hit in analysis.topics], "claims": claims}


@cache
def figures(corpus: str) -> dict[str, float]:
    """F1 of every measure, the share of right relations and of quiet articles, and the calibration error."""
    watch = load(CONFIG, env={}).watch
    rows = [json.loads(line) for line in (HERE / f"{corpus}.jsonl").read_text(encoding="utf-8").splitlines() if line]
    report = scoring.report(rows, [_row(analyse(_article(row), watch)) for row in rows])
    data = report.as_json()["all"]
    found = {measure: float(data[measure]["f1"]) for measure in ("topics", "claims", "news", "denials", "changes")}
    return found | {"relation": float(data["relation"]), "quiet": float(data["quiet"])}


@pytest.mark.parametrize(("corpus", "measure"), [(c, m) for c, floors in FLOORS.items() for m in floors])
def test_no_figure_falls(corpus: str, measure: str) -> None:
    reached = figures(corpus)[measure]
    assert reached >= FLOORS[corpus][measure], f"{corpus}: {measure} fell to {reached:.3f}"
