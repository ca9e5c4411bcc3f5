"""`claimwatch alerts`: what was raised, who heard of it and why, and what other rules would have told."""

from __future__ import annotations

import getpass
import json
import os
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from pipeline.alert import rehearse as rehearsing
from pipeline.cli import paint
from pipeline.cli.configuration import load_configuration
from pipeline.cli.progress import bar
from pipeline.digest.period import Period
from pipeline.errors import ClaimwatchError
from pipeline.model.alert import Candidate
from pipeline.service import facts
from pipeline.service.desk import telling
from pipeline.service.desk.telling import WholeAlert
from pipeline.service.wiring import Desk, desk
from pipeline.settings.duration import parse_duration
from pipeline.settings.load import load
from pipeline.storage import alerts, decisions
from pipeline.storage.alerts import SavedAlert

_MOST = 100_000  # alerts that a rehearsal looks at


class Duration(click.ParamType[timedelta]):
    """A duration such as 14d or 12h."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        if isinstance(value, timedelta):
            return value
        try:
            return parse_duration(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


@click.group("alerts", short_help="List, show and explain alerts.")
def command() -> None:
    """What was raised, who heard of it and why."""


@command.command("list")
@click.option("--claim", default="", help="Only of this claim.")
@click.option("--state", default="", type=click.Choice(["", *telling.STATES]), help="Only those in this state.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def list_(config: Path | None, claim: str, state: str, as_json: bool) -> None:
    """List alerts, newest first."""
    with desk(load_configuration(config)) as built:
        shown = telling.alert_list(built, claim=claim, state=state)
    for row in shown.rows:
        if as_json:
            click.echo(json.dumps(_data(row), ensure_ascii=False))
        else:
            paint.say(*_line(row))
    if not shown.rows and not as_json:
        click.echo("no alerts")


@command.command("show")
@click.argument("number", type=int, metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def show(config: Path | None, number: int, as_json: bool) -> None:
    """Show one alert with its publishers and messages."""
    with desk(load_configuration(config)) as built:
        whole = _whole(built, number)
    if as_json:
        sent = [
            {"channel": one.channel, "state": one.state, "attempts": one.attempts, "error": one.last_error}
            for one in whole.deliveries
        ]
        click.echo(json.dumps({**_data(whole.row), "messages": sent}, ensure_ascii=False))
        return
    paint.say(*_line(whole.row))
    alert = whole.row.alert
    paint.say("relation: ", paint.relation(alert.relation), ", severity: ", paint.severity(alert.severity))
    paint.say(f"known: {whole.claim.statement}")
    for publisher in whole.row.alert.publishers:
        agency = f", text of {publisher.agency}" if publisher.agency else ""
        paint.say(f"  {publisher.name} ({publisher.country or 'country unknown'}{agency}): {publisher.url}")
    for one in whole.deliveries:
        error = f", last error: {one.last_error}" if one.last_error else ""
        state = paint.good("sent") if one.state == "sent" else paint.warning(one.state)
        paint.say(f"message to {one.channel}: ", state, f" after {one.attempts} tries", paint.fault(error))


@command.command("why")
@click.argument("number", type=int, metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def why(config: Path | None, number: int, as_json: bool) -> None:
    """Show every decision about an alert, sent or kept back, with its reason."""
    with desk(load_configuration(config)) as built:
        whole = _whole(built, number)
    for saved in whole.decisions:
        made = saved.decision
        if as_json:
            row = {**asdict(made), "at": saved.at, "finding": saved.finding_id}
            click.echo(json.dumps(row, ensure_ascii=False, default=str))
            continue
        channels = f" -> {', '.join(made.channels)}" if made.channels else ""
        until = f" until {made.until:%Y-%m-%d %H:%M} UTC" if made.until else ""
        rule = made.rule or "(every rule)"
        action = paint.good(made.action) if made.action == "send" else paint.warning(made.action)
        paint.say(f"{saved.at:%Y-%m-%d %H:%M} {rule}: ", action, f"{channels}{until}: ", made.reason)


@command.command("ack")
@click.argument("number", type=int, metavar="ID")
@click.option("--note", default="")
@click.pass_obj
def ack(config: Path | None, number: int, note: str) -> None:
    """Say that somebody has seen an alert."""
    with desk(load_configuration(config)) as built:
        telling.acknowledge(built, getpass.getuser(), number, note=note)
    click.echo(f"alert {number}: acknowledged")


@command.command("snooze")
@click.argument("number", type=int, metavar="ID")
@click.option("--for", "length", type=Duration(), default="1d", show_default=True)
@click.option("--note", default="")
@click.pass_obj
def snooze(config: Path | None, number: int, length: timedelta, note: str) -> None:
    """Keep an alert silent for a time."""
    with desk(load_configuration(config)) as built:
        until = built.clock.now() + length
        telling.snooze(built, getpass.getuser(), number, until=until, note=note)
    click.echo(f"alert {number}: snoozed until {until:%Y-%m-%d %H:%M} UTC")


@command.command("rehearse")
@click.argument("changed", required=False, type=click.Path(exists=True, path_type=Path), metavar="[RULES]")
@click.option("--since", type=Duration(), default="14d", show_default=True, help="How far back.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def rehearse(config: Path | None, changed: Path | None, since: timedelta, as_json: bool) -> None:
    """Play stored findings through a changed alerts.yaml (RULES: the file, or a folder that holds it).

    Without RULES, through alerts.yaml as it stands now, against what was really told.
    """
    configuration = load_configuration(config)
    with desk(configuration) as built:
        found, told = _stored(built, since)
    rules = configuration.alerts
    if changed is not None:
        path = changed / "alerts.yaml" if changed.is_dir() else changed
        rules = load(configuration.folder, env=os.environ, alerts_from=path).alerts
    with bar("findings") as seen:
        if changed is None:
            result = rehearsing.against(told, found, rules, seen=seen)
        else:
            result = rehearsing.rehearse(found, configuration.alerts, rules, seen=seen)
    if as_json:
        data = {
            "findings": result.candidates,
            "kept": result.kept,
            "gained": [_heard(one) for one in result.gained],
            "lost": [_heard(one) for one in result.lost],
            "moved": [_heard(one) for one in result.moved],
        }
        click.echo(json.dumps(data, ensure_ascii=False))
        return
    paint.say(f"{result.candidates} findings; {result.kept} messages as before")
    for word, colour, rows in (
        ("gained", "green", result.gained),
        ("lost", "red", result.lost),
        ("moved", "yellow", result.moved),
    ):
        paint.say(paint.Painted(f"{word}: {len(rows)}", colour if rows else ""))
        for one in rows:
            at, reason = f"  {one.found_at:%Y-%m-%d %H:%M} {one.claim} ", f" -> {one.channel}: {one.decision.reason}"
            paint.say(at, paint.relation(one.relation), reason)


def _stored(built: Desk, since: timedelta) -> tuple[tuple[Candidate, ...], tuple[rehearsing.Heard, ...]]:
    """Findings of alerts that were raised since then, and what was told of them."""
    now = built.clock.now()
    period = Period(plan="rehearsal", key="rehearsal", start=now - since, end=now)
    with built.store.read() as tx:
        raised = {str(one.id): one.alert for one in alerts.select(tx, since=period.start, limit=_MOST)}
        found = [one for one in facts.gather(built, tx, period).candidates if not one.id or one.id in raised]
        decided = decisions.decisions(tx, since=period.start)
    told = [
        rehearsing.Heard(
            alert=str(one.alert_id),
            channel=channel,
            claim=one.claim,
            relation=raised[str(one.alert_id)].relation,
            found_at=one.at,
            action=one.decision.action,
            decision=one.decision,
        )
        for one in decided
        if str(one.alert_id) in raised and one.decision.action in ("send", "hold")
        for channel in one.decision.channels
    ]
    return tuple(found), tuple(told)


def _heard(one: rehearsing.Heard) -> dict[str, Any]:
    return {
        "alert": one.alert,
        "claim": one.claim,
        "relation": one.relation,
        "channel": one.channel,
        "found_at": one.found_at.isoformat(),
        "action": one.action,
        "reason": one.decision.reason,
    }


def _whole(built: Desk, number: int) -> WholeAlert:
    whole = telling.alert(built, number)
    if whole is None:
        raise ClaimwatchError("no such alert", thing=str(number), hint="claimwatch alerts list")
    return whole


def _line(row: SavedAlert) -> tuple[paint.Piece, ...]:
    count = len({p.source for p in row.alert.publishers})
    outlets = f"{count} outlet{'s' if count != 1 else ''}"
    state = f"{row.alert.state:12} "
    return (
        f"{row.id:5} {row.alert.created_at:%Y-%m-%d %H:%M} ",
        paint.relation(row.alert.relation, state) if row.alert.state == "open" else paint.aside(state),
        *paint.shifts(row.alert.headline),
        f" ({outlets})",
    )


def _data(row: SavedAlert) -> dict[str, Any]:
    return {
        "id": row.id,
        "claim": row.alert.claim,
        "topic": row.topic,
        "relation": row.alert.relation,
        "severity": row.alert.severity,
        "headline": row.alert.headline,
        "state": row.alert.state,
        "created_at": row.alert.created_at.isoformat(),
        "publishers": [{"source": p.source, "url": p.url, "agency": p.agency} for p in row.alert.publishers],
        "keys": [asdict(key) for key in row.alert.keys],
    }
