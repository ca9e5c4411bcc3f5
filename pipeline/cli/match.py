"""`claimwatch match`: analyse text, HTML or JSON lines without any database."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, BinaryIO

import click

from pipeline.analyse import analyse
from pipeline.cli import paint
from pipeline.cli.configuration import load_configuration
from pipeline.cli.explain import explained
from pipeline.cli.main import EXIT_DONE, EXIT_FAILED
from pipeline.errors import ClaimwatchError
from pipeline.model.article import Article
from pipeline.model.finding import Analysis, Span
from pipeline.model.watch import Watch
from pipeline.service.lines import read_articles

FORMATS = {".jsonl": "jsonl", ".ndjson": "jsonl", ".html": "html", ".htm": "html"}


@click.command("match", short_help="Analyse text, HTML or JSON lines without a database.")
@click.argument("file", default="-", metavar="[FILE or - or URL]")
@click.option("--format", "form", type=click.Choice(["text", "html", "jsonl"]), help="Else by the suffix of FILE.")
@click.option("--explain", is_flag=True, help="Show spans, rules and arithmetic, near misses too.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object an article, whatever came in.")
@click.pass_obj
def command(config: Path | None, file: str, form: str | None, explain: bool, as_json: bool) -> None:
    """Say which topics an article touches, which known claims it is about, and what it says of each."""
    watch = load_configuration(config, shipped_ok=True).watch
    address = file.startswith(("http://", "https://"))
    form = form or ("html" if address else FORMATS.get(Path(file).suffix.lower(), "text"))
    if form == "jsonl":
        with _opened(file) as stream:
            sys.exit(_match_lines(stream, watch, explain=explain))
    if address:
        article = _fetched(config, file)
    else:
        with _opened(file) as stream:
            article = _article(stream.read(), form, name=file)
    analysis = analyse(article, watch)
    if as_json:
        click.echo(json.dumps(as_record(analysis, explain=explain), ensure_ascii=False))
    else:
        paint.say_all(explained(article, analysis, watch, steps=explain))


def _opened(file: str) -> BinaryIO:
    if file == "-":
        return sys.stdin.buffer
    try:
        return Path(file).open("rb")
    except OSError as error:
        raise ClaimwatchError(
            f"cannot be read: {error.strerror}", thing=file, hint="name a file, an address, or - for standard input"
        ) from error


def _article(body: bytes, form: str, *, name: str, url: str = "", content_type: str = "") -> Article:
    if form == "html":
        from pipeline.extract.page import extract
        from pipeline.model.outcome import Done

        outcome = extract(body, url=url, entry=None, content_type=content_type)
        if not isinstance(outcome, Done):
            raise ClaimwatchError(f"holds no article: {outcome.reason} {outcome.detail}".rstrip(), thing=name)
        page = outcome.value
        return Article(
            id=name, title=page.title, text=page.text, url=url, lang=page.lang, published=page.published, site=page.site
        )
    text = body.decode("utf-8", errors="replace")
    return Article(id=name, text=text, url=url)


def _fetched(config: Path | None, url: str) -> Article:
    import asyncio

    from pipeline.service.wiring import fetcher

    async def fetch() -> Article:
        async with fetcher(load_configuration(config, shipped_ok=True).settings) as client:
            response = await client.get(url, kind="page")
        return _article(
            response.body, "html", name=url, url=response.final_url, content_type=response.header("content-type")
        )

    return asyncio.run(fetch())


def _match_lines(stream: BinaryIO, watch: Watch, *, explain: bool) -> int:
    """Answer each line in order; a line that cannot be read is reported with its number, and the rest goes on."""
    code = EXIT_DONE
    for number, article, fault in read_articles(stream):
        if article is None:
            paint.say(paint.fault(f"line {number}: {fault}"), err=True)
            code = EXIT_FAILED
            continue
        record = as_record(analyse(article, watch), explain=explain)
        click.echo(json.dumps(record, ensure_ascii=False))
    return code


def as_record(analysis: Analysis, *, explain: bool = False) -> dict[str, Any]:
    """The contract's output object: id, topics, claims with changes and evidence; more with `explain`."""
    record: dict[str, Any] = {
        "id": analysis.article,
        "topics": sorted(hit.topic for hit in analysis.topics),
        "claims": [
            {
                "claim": finding.claim,
                "relation": finding.relation,
                "changes": [
                    {"slot": c.slot, "from": c.old, "to": c.new, "evidence": _span(c.evidence)} for c in finding.changes
                ],
                "evidence": [_span(span) for span in finding.evidence],
                "confidence": round(finding.confidence, 3),
                "certainty": finding.certainty,
                "attribution": finding.attribution,
                "edited": finding.edited,
                "before": finding.before,
            }
            for finding in analysis.findings
        ],
        "lang": analysis.lang,
        "watch": analysis.watch_version,
    }
    if explain:
        record["steps"] = {
            **{hit.topic: [_step(s) for s in hit.steps] for hit in analysis.topics},
            **{finding.claim: [_step(s) for s in finding.steps] for finding in analysis.findings},
        }
        record["near_misses"] = [
            {"claim": miss.claim, "score": round(miss.score, 3), "failed": miss.failed} for miss in analysis.near_misses
        ]
    return record


def _span(span: Span) -> dict[str, Any]:
    return {"in": span.field, "text": span.text, "start": span.start, "end": span.end}


def _step(step: Any) -> dict[str, Any]:
    shown: dict[str, Any] = {"rule": step.rule, "detail": step.detail, "weight": step.weight}
    if step.span is not None:
        shown["at"] = _span(step.span)
    return shown
