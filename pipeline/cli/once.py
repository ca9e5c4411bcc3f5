"""`claimwatch once`: one full cycle now, with a summary."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import click

from pipeline.cli import paint
from pipeline.cli.configuration import load_configuration
from pipeline.cli.progress import bar
from pipeline.service.cycle import Summary, cycle
from pipeline.service.wiring import desk, fetcher


@click.command("once", short_help="Run one full cycle now, with a summary.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def command(config: Path | None, as_json: bool) -> None:
    """Poll what is due, read what is new, raise alerts, deliver them, and say what came of it."""
    configuration = load_configuration(config)
    with desk(configuration) as built:

        async def run() -> Summary:
            async with fetcher(built.settings) as client:
                return await cycle(built, client, polling=polling, working=working)

        with bar("entries") as working, bar("sources") as polling:
            summary = asyncio.run(run())
    if as_json:
        click.echo(json.dumps(as_data(summary), ensure_ascii=False))
    else:
        paint.say_all(as_lines(summary))


def as_data(summary: Summary) -> dict[str, Any]:
    """The summary as plain data."""
    worked, again = summary.worked, summary.revisited
    return {
        "sources": {
            "asked": summary.polled.asked,
            "answered": summary.polled.answered,
            "reasons": dict(summary.polled.reasons),
        },
        "entries": {
            "new": summary.polled.new_entries,
            "taken": worked.taken,
            "outcomes": dict(worked.outcomes),
            "from_feed": dict(worked.instead),
        },
        "revisits": {"taken": again.taken, "outcomes": dict(again.outcomes)},
        "articles": worked.articles + again.articles,
        "findings": worked.findings + again.findings,
        "news": worked.news + again.news,
        "alerts": worked.alerts + again.alerts,
        "messages": {"sent": summary.delivered.sent, "retried": summary.delivered.retried},
        "took_s": round(summary.took_s, 2),
    }


def as_lines(summary: Summary) -> list[paint.Line]:
    """The summary for a person."""
    data = as_data(summary)
    polled, worked = summary.polled, summary.worked
    lines: list[paint.Line] = [
        f"sources   {polled.asked} asked, {polled.answered} answered{_reasons(polled.reasons)}",
        f"entries   {polled.new_entries} new, {worked.taken} taken{_reasons(worked.outcomes)}",
        f"articles  {data['articles']} stored, {summary.revisited.taken} looked at again{_instead(worked.instead)}",
        (f"findings  {data['findings']}, ", paint.Painted(f"{data['news']} of them news", bold=bool(data["news"]))),
        f"alerts    {data['alerts']} raised, {summary.delivered.sent} messages sent, "
        f"{summary.delivered.retried} to be tried again, {summary.delivered.parked} parked",
    ]
    lines += [paint.fault(f"          {error}") for error in summary.delivered.errors]
    lines.append(f"took      {summary.took_s:.1f} s")
    return lines


def _reasons(counted: Any) -> str:
    shown = ", ".join(
        f"{count} {reason}" for reason, count in sorted(counted.items(), key=lambda row: (-row[1], row[0]))
    )
    return f" ({shown})" if shown else ""


def _instead(counted: Any) -> str:
    """How many articles hold the feed's own text, since their page could not be had."""
    return f"; from the feed instead of the page{_reasons(counted)}" if counted else ""
