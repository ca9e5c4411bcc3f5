"""`claimwatch eval`: precision, recall and F1 on labelled coverage."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from pipeline.cli.configuration import load_configuration
from pipeline.cli.main import EXIT_FAILED
from pipeline.cli.match import as_record
from pipeline.errors import ClaimwatchError
from pipeline.match import scoring
from pipeline.model.finding import Analysis
from pipeline.model.outcome import Done, Outcome
from pipeline.model.watch import Watch
from pipeline.service.engine import Engine, engine
from pipeline.service.lines import article_of
from pipeline.settings.settings import Engine as EngineSettings
from pipeline.settings.watch import with_known


@click.command("eval", short_help="Score the reader on labelled coverage.")
@click.argument("gold", type=click.Path(path_type=Path), metavar="GOLD.jsonl")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, language groups included.")
@click.option("--errors", is_flag=True, help="List every difference from the labels.")
@click.option("--all", "everything", is_flag=True, help="Count what the settings leave out too.")
@click.option("--workers", default=1, show_default=True, help="Processes that read side by side.")
@click.pass_obj
def command(config: Path | None, gold: Path, as_json: bool, errors: bool, everything: bool, workers: int) -> None:
    """Read every article of GOLD.jsonl, compare with its labels, and print precision, recall and F1."""
    configuration = load_configuration(config, shipped_ok=True)
    watch = configuration.watch
    rows = _labelled(gold)
    with engine(EngineSettings(kind="inline" if workers == 1 else "processes", workers=workers)) as running:
        outcomes = _read(running, rows, watch)
    found = [as_record(outcome.value) for outcome in outcomes if isinstance(outcome, Done)]
    for row, outcome in zip(rows, outcomes, strict=True):
        if not isinstance(outcome, Done):
            click.echo(f"{row['id']}: {outcome.reason} {outcome.detail}", err=True)
    report = scoring.report(rows, found, () if everything else configuration.settings.evaluation.leave_out)
    if as_json:
        click.echo(json.dumps(report.as_json(), indent=1))
    else:
        click.echo(report.as_table())
        if errors:
            for line in report.errors:
                click.echo(line)
    if len(found) < len(rows):
        sys.exit(EXIT_FAILED)


def _read(running: Engine, rows: Sequence[Mapping[str, Any]], watch: Watch) -> list[Outcome[Analysis]]:
    """Every row's outcome, each compared with what was known when it was labelled, where the row says so."""
    groups: dict[str, list[int]] = {}
    for number, row in enumerate(rows):
        groups.setdefault(json.dumps(row.get("known") or {}, sort_keys=True), []).append(number)
    outcomes: dict[int, Outcome[Analysis]] = {}
    for told, numbers in groups.items():
        then = with_known(watch, {**watch.known, **json.loads(told)}) if told != "{}" else watch
        outcomes |= zip(numbers, running.run([article_of(rows[n]) for n in numbers], then), strict=True)
    return [outcomes[number] for number in range(len(rows))]


def _labelled(path: Path) -> Sequence[Mapping[str, Any]]:
    rows = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ClaimwatchError(f"cannot be read: {error}", thing=str(path)) from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            row["id"], row["text"]
            _check_known(row.get("known") or {})
        except (ValueError, KeyError, TypeError) as error:
            raise ClaimwatchError(
                f"line {number} is no labelled article: {error}", thing=str(path), hint="docs/labelling.md says how"
            ) from error
        rows.append(row)
    return rows


def _check_known(known: Any) -> None:
    """Raises ValueError unless it is `{claim: {slot: value or null}}`."""
    slots: list[Any] = list(known.values()) if isinstance(known, dict) else [None]
    if not all(isinstance(values, dict) for values in slots):
        raise ValueError("`known` is not {claim: {slot: value}}")
    if not all(value is None or isinstance(value, str) for values in slots for value in values.values()):
        raise ValueError("a value of `known` is neither text nor null")
