"""`claimwatch topics`: list them, and try a changed rule on stored articles before it goes live."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from pipeline.cli import paint
from pipeline.cli.configuration import load_configuration
from pipeline.cli.progress import bar
from pipeline.service.desk import trial
from pipeline.service.desk.trial import Matched
from pipeline.service.wiring import desk


@click.group("topics", short_help="List topics, try a changed rule on stored articles.")
def command() -> None:
    """What is watched."""


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def list_(config: Path | None, as_json: bool) -> None:
    """List the topics with their claims."""
    watch = load_configuration(config, shipped_ok=True).watch
    for topic in watch.topics:
        claims = [claim.id for claim in watch.claims if claim.topic == topic.id]
        if as_json:
            click.echo(json.dumps({"id": topic.id, "title": topic.title, "claims": claims}, ensure_ascii=False))
        else:
            click.echo(f"{topic.id:24} {len(claims):3} claims  {topic.title}")


@command.command("try")
@click.argument("file", type=click.File("r", encoding="utf-8"), metavar="FILE")
@click.option("--topic", default="", help="The topic in force to compare with; else the rule's own id.")
@click.option(
    "--limit",
    default=trial.LATELY,
    show_default=True,
    help="How many of the newest stored articles, and of pages put off.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def try_(config: Path | None, file: Any, topic: str, limit: int, as_json: bool) -> None:
    """Say what a changed rule (one topic in YAML, - for standard input) would gain, lose and nearly meet."""
    with desk(load_configuration(config)) as built, bar("articles") as told:
        result = trial.rule(built, file.read(), topic=topic, limit=limit, told=told)
    if as_json:
        data = {
            "topic": result.topic.id,
            "looked_at": result.looked_at,
            "unread": result.unread,
            "kept": result.kept,
            "gained": [_data(one) for one in result.gained],
            "lost": [_data(one) for one in result.lost],
            "near": [_data(one) for one in result.near],
        }
        click.echo(json.dumps(data, ensure_ascii=False))
        return
    paint.say(
        f"{result.looked_at} articles and {result.unread} pages that were put off: "
        f"{result.kept} as before, {result.gained_count} gained, {result.lost_count} lost"
    )
    for word, colour, rows in (
        ("gained", "green", result.gained),
        ("lost", "red", result.lost),
        ("near misses", "yellow", result.near),
    ):
        if rows:
            paint.say(paint.Painted(f"{word}:", colour))
        for one in rows:
            missed = f" (missing: {one.failed})" if one.failed else ""
            paint.say(f"  {one.article.title or one.article.url}", paint.aside(missed))


def _data(one: Matched) -> dict[str, Any]:
    return {"article": one.article.id, "url": one.article.url, "title": one.article.title, "failed": one.failed}
