"""What the labelled coverage holds: languages, lengths, claims, news, refutations, and how much is kept aside."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.settings import shipped
from pipeline.settings.load import load

HERE = Path(__file__).resolve().parent
SETS = sorted(path.stem for path in HERE.glob("*.jsonl"))
SPREAD = ("tuning", "held_out")  # these hold every language, length and kind in proportion; the others try a manner
LONG = 2500  # characters, from which an article is a long one
NEWS = frozenset({"denies", "changes", "adds"})

Row = dict[str, Any]


@cache
def rows(name: str) -> tuple[Row, ...]:
    """The articles of a set."""
    lines = (HERE / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(json.loads(line) for line in lines if line.strip())


def spread() -> list[Row]:
    return [row for name in SPREAD for row in rows(name)]


def everything() -> list[Row]:
    return [row for name in SETS for row in rows(name)]


def test_every_language_has_its_share() -> None:
    counted = Counter(row["lang"] for row in spread())
    assert len(spread()) >= 300
    assert {lang: counted[lang] for lang in ("tr", "az", "ru", "ur") if counted[lang] < 30} == {}
    assert {lang: counted[lang] for lang in ("hi", "fa", "ar", "hy", "de", "fr") if counted[lang] < 10} == {}


def test_two_in_five_are_long() -> None:
    assert sum(len(row["text"]) > LONG for row in spread()) >= 0.4 * len(spread())


def test_every_claim_is_labelled_thrice_and_once_as_news() -> None:
    said = Counter(claim["claim"] for row in everything() for claim in row["claims"])
    news = {claim["claim"] for row in everything() for claim in row["claims"] if claim["relation"] in NEWS}
    known = {claim.id for claim in load(shipped.path("config"), env={}).watch.claims}
    assert {claim: said[claim] for claim in known if said[claim] < 3} == {}
    assert known - news == set()
    assert said.keys() - known == set()


def test_many_are_off_the_subject_and_one_in_eight_refutes_or_calls_off() -> None:
    assert sum(not row["topics"] for row in spread()) >= 60
    for some in (spread(), everything()):
        assert sum(any(c["relation"] == "denies" for c in row["claims"]) for row in some) >= len(some) / 8


def test_a_third_is_kept_aside() -> None:
    assert 3 * len(rows("held_out")) >= len(spread())


def test_no_article_stands_twice() -> None:
    ids = Counter(row["id"] for row in everything())
    texts = Counter(row["text"] for row in everything())
    assert [one for one, times in (ids + texts).items() if times > 1] == []
