"""`claimwatch backfill`: an archive through the same reader and engine, into the same store."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

import click

from pipeline.cli import paint
from pipeline.cli.configuration import load_configuration
from pipeline.cli.main import EXIT_DONE, EXIT_FAILED
from pipeline.service import backfill, log, reanalyse
from pipeline.service.backfill import Progress
from pipeline.service.timeline import ClaimLine
from pipeline.service.wiring import Desk, desk

LINE_EVERY_S = 10.0  # where no terminal is watched
REDRAW_EVERY_S = 0.25
MONTHS_SHOWN = 6


@click.command("backfill", short_help="Analyse an archive: JSON lines, WARC, folders of HTML, the store.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--store", "stored", is_flag=True, help="Read what the store holds again, with the rules in force.")
@click.option("--alert", is_flag=True, help="Let the findings raise alerts; else they stand in the store only.")
@click.option("--again", is_flag=True, help="Begin every file anew, also one that was read before.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object at the end.")
@click.pass_obj
def command(
    config: Path | None, paths: tuple[Path, ...], stored: bool, alert: bool, again: bool, as_json: bool
) -> None:
    """Read PATHS and end with each claim's first and last value. Called again, it goes on where it stopped."""
    if not paths and not stored:
        raise click.UsageError("name a file or a folder, or --store")
    configuration = load_configuration(config)
    log.set_up(configuration.settings.logging.format, "error")
    with desk(configuration, guarded=True) as built:
        if stored:
            _store_again(built)
        run = backfill.Backfill(built, alert=alert, again=again, told=_Shown())
        progress = run.run(paths)
        lines = backfill.summary(built)
    if sys.stderr.isatty():
        click.echo("", err=True)
    for fault in progress.faults:
        paint.say(paint.fault(fault), err=True)
    if as_json:
        record = {**asdict(progress), "outcomes": dict(progress.outcomes), "claims": [c.as_record() for c in lines]}
        click.echo(json.dumps(record, ensure_ascii=False))
    else:
        paint.say_all([*_totals(progress), "", *(text for line in lines for text in _claim(line))])
    sys.exit(EXIT_FAILED if progress.outcomes["broken"] else EXIT_DONE)


def _store_again(built: Desk) -> None:
    """The store as an archive: everything in it, however old, under the rules in force."""
    while came := reanalyse.reanalyse(built, whole=True):
        click.echo(f"store: {came}", err=True)


class _Shown:
    """Progress on a terminal as one line that changes, elsewhere as a line now and then."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._last_s = 0.0

    def __call__(self, progress: Progress) -> None:
        now_s = time.monotonic()
        done = progress.files_done == progress.files
        if not done and now_s - self._last_s < (REDRAW_EVERY_S if self._terminal else LINE_EVERY_S):
            return
        self._last_s = now_s
        line = _now(progress)
        click.echo(f"\r\x1b[K{line}" if self._terminal else line, err=True, nl=not self._terminal)


def _now(progress: Progress) -> str:
    share = 100 * progress.bytes_read / progress.bytes_all if progress.bytes_all else 100.0
    left = "" if progress.left_s is None else f", {_span(progress.left_s)} left"
    return (
        f"{share:3.0f}% of {progress.bytes_all / 1e6:.0f} MB, {progress.records} records, "
        f"{progress.rate:.0f} a second, {progress.stored} stored, {progress.findings} findings{left}"
    )


def _span(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _totals(progress: Progress) -> list[str]:
    ended = ", ".join(f"{n} {what}" for what, n in sorted(progress.outcomes.items(), key=lambda row: (-row[1], row[0])))
    return [
        f"{progress.records} records of {progress.files} files in {_span(progress.took_s)}, "
        f"{progress.rate:.0f} a second",
        f"ended as: {ended or 'nothing to read'}",
        f"{progress.stored} articles stored, {progress.findings} findings, {progress.alerts} alerts",
    ]


def _claim(line: ClaimLine) -> list[str]:
    shown = [f"{line.claim}: {line.findings} findings, {line.news} of them news"]
    for slot, first in line.first.items():
        last = line.last[slot]
        shown.append(f"  {slot}: {first.value} ({first.at:%Y-%m-%d}) ... {last.value} ({last.at:%Y-%m-%d})")
    for month, counted in list(line.months.items())[-MONTHS_SHOWN:]:
        shown.append(f"    {month}  " + ", ".join(f"{what} {n}" for what, n in counted.items()))
    if len(line.months) > MONTHS_SHOWN:
        shown.append(f"    and {len(line.months) - MONTHS_SHOWN} months before: --json has them all")
    return shown
