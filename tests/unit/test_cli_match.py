"""`claimwatch match` as others rely on it: the JSON lines contract, text and HTML, and what cannot be read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import small_watch
from click.testing import CliRunner, Result

from pipeline.cli.main import root

ARTICLE = {
    "id": "a1",
    "title": "Jet sale signed",
    "text": "Pakistan has signed a contract to sell 40 JF-17 jets to Azerbaijan for $1.6 billion, officials said.",
    "lang": "en",
    "published": "2026-03-01",
    "country": "PK",
}


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(small_watch.written(tmp_path_factory.mktemp("match") / "config"))


def match(*words: str, given: str | None = None, config: str = "") -> Result:
    """The answer with that configuration, else with the shipped one."""
    return CliRunner().invoke(root, [*(("--config", config) if config else ()), "match", *words], input=given)


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_one_object_a_line_in_the_same_order(config: str) -> None:
    given = "\n".join(json.dumps({**ARTICLE, "id": name}) for name in ("c", "a", "b"))
    result = match("-", "--format", "jsonl", given=given, config=config)
    assert result.exit_code == 0
    assert [row["id"] for row in lines(result)] == ["c", "a", "b"]


def test_claims_carry_relation_changes_and_evidence_at_its_place() -> None:
    (row,) = lines(match("-", "--format", "jsonl", given=json.dumps(ARTICLE)))
    assert row["topics"] == ["arms-transfers"]
    (claim,) = row["claims"]
    assert (claim["claim"], claim["relation"]) == ("jf17-azerbaijan", "changes")
    told = {change["slot"]: (change["from"], change["to"]) for change in claim["changes"]}
    assert told == {"stage": ("planned", "signed"), "quantity": (None, "40"), "value": (None, "1.6e9 USD")}
    for change in claim["changes"]:
        at = change["evidence"]
        assert ARTICLE[at["in"]][at["start"] : at["end"]] == at["text"]


def test_a_line_that_cannot_be_read_is_named_and_the_rest_goes_on(config: str) -> None:
    given = "\n".join(
        [
            "{",
            json.dumps(ARTICLE),
            '["no object"]',
            json.dumps({"id": "x"}),
            json.dumps({**ARTICLE, "published": "soon"}),
        ]
    )
    result = match("-", "--format", "jsonl", given=given, config=config)
    assert result.exit_code == 1
    assert [row["id"] for row in lines(result)] == ["a1"]
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == ["line 1", "line 3", "line 4", "line 5"]
    assert "no `text`" in result.stderr


def test_blank_lines_are_no_articles(config: str) -> None:
    (row,) = lines(match("-", "--format", "jsonl", given=f"\n\n{json.dumps(ARTICLE)}\n\n", config=config))
    assert row["id"] == "a1"


def test_no_text_is_too_odd() -> None:
    texts = ["", "\x00\x01", "\ud800 lone", "א" * 500, "\u202egnihton", "word " * 3]
    given = "\n".join(json.dumps({"id": number, "text": text}) for number, text in enumerate(texts))
    rows = lines(match("-", "--format", "jsonl", given=given))
    assert [row["id"] for row in rows] == [str(number) for number in range(len(texts))]
    assert [(row["topics"], row["claims"]) for row in rows] == [([], [])] * len(texts)


def test_plain_text_is_explained_for_people(config: str) -> None:
    result = match("-", "--explain", given=str(ARTICLE["text"]), config=config)
    assert result.exit_code == 0
    assert "jf17-azerbaijan: changes" in result.stdout
    assert "stage: planned -> signed" in result.stdout


def test_a_page_is_extracted_first(config: str, tmp_path: Path) -> None:
    paragraphs = "".join(
        f"<p>{ARTICLE['text']} The two sides had talked about the sale for years.</p>" for _ in range(4)
    )
    page = tmp_path / "page.html"
    page.write_text(
        f"<html><head><title>Sale</title></head><body><nav>Menu</nav><article><h1>Sale</h1>{paragraphs}</article></body></html>",
        encoding="utf-8",
    )
    result = match(str(page), "--json", config=config)
    assert result.exit_code == 0, result.stderr
    assert lines(result)[0]["claims"][0]["claim"] == "jf17-azerbaijan"


def test_what_is_not_there_is_said_in_a_line() -> None:
    from pipeline.errors import ClaimwatchError

    result = match("nowhere.jsonl")
    assert isinstance(result.exception, ClaimwatchError)
    assert "nowhere.jsonl" in str(result.exception)
