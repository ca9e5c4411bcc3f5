"""Another subject, no code: a configuration about something else is read by the same engine."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pipeline.analyse import analyse
from pipeline.model.finding import Analysis
from pipeline.service.lines import article_of
from pipeline.settings.load import Configuration, load

FOLDER = Path(__file__).resolve().parents[1] / "subjects" / "nile"
FLOOR = 0.75  # F1 of (article, claim) pairs; 0.91 and 0.88 aside when it was written

Pairs = set[tuple[str, str]]


@cache
def configuration() -> Configuration:
    return load(FOLDER, env={})


@cache
def articles() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / "articles.jsonl").read_text(encoding="utf-8").splitlines()]


@cache
def read() -> list[Analysis]:
    return [analyse(article_of(row), configuration().watch) for row in articles()]


def labelled(rows: Sequence[dict[str, Any]]) -> Pairs:
    return {(row["id"], claim["claim"]) for row in rows for claim in row["claims"]}


def found(ids: set[str]) -> Pairs:
    return {(a.article, f.claim) for a in read() for f in a.findings if a.article in ids}


def f1(gold: Pairs, answer: Pairs) -> float:
    return 2 * len(gold & answer) / (len(gold) + len(answer))


def test_it_is_a_whole_configuration() -> None:
    watch = configuration().watch
    assert ["sources.yaml" in str(told) for told in configuration().warnings] == [True]  # its articles are at hand
    assert (len(watch.topics), len(watch.claims), len(articles())) == (6, 15, 25)
    assert {topic for row in articles() for topic in row["topics"]} == {topic.id for topic in watch.topics}
    assert {claim for _, claim in labelled(articles())} == {claim.id for claim in watch.claims}
    assert sum(bool(row.get("aside")) for row in articles()) == 8


@pytest.mark.parametrize("aside", [False, True], ids=["seen", "aside"])
def test_its_claims_are_found(aside: bool) -> None:
    rows = [row for row in articles() if bool(row.get("aside")) == aside]
    gold, answer = labelled(rows), found({row["id"] for row in rows})
    assert f1(gold, answer) >= FLOOR, f"missed {sorted(gold - answer)}, extra {sorted(answer - gold)}"


def test_near_misses_stay_quiet() -> None:
    quiet = {row["id"] for row in articles() if not row["topics"]}
    assert len(quiet) == 3
    assert not found(quiet)
    assert not [a.article for a in read() if a.article in quiet and a.topics]
