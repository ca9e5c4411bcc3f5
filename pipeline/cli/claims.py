"""`claimwatch claims`: what is known, since when and on whose word; accept a value; write values back to YAML."""

from __future__ import annotations

import getpass
import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import click

from pipeline.cli import paint
from pipeline.cli.configuration import load_configuration
from pipeline.errors import ClaimwatchError
from pipeline.service import review
from pipeline.service.desk import claims, known
from pipeline.service.wiring import desk
from pipeline.text import wording


@click.group("claims", short_help="List claims, show one, accept a change, export.")
def command() -> None:
    """What is known, and what became of it."""


@command.command("list")
@click.option("--topic", default="", help="Only of this topic.")
@click.option("--due", is_flag=True, help="Only those of which a value is to be looked at again by now.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def list_(config: Path | None, topic: str, due: bool, as_json: bool) -> None:
    """List the claims with what is known and what coverage did in the last 90 days."""
    with desk(load_configuration(config)) as built:
        lines = [line for line in claims.lines(built, topic=topic) if line.due or not due]
    for line in lines:
        if as_json:
            click.echo(json.dumps(_data(line), ensure_ascii=False))
            continue
        marks = [f"{line.waiting} waiting"] if line.waiting else []
        marks += ["values compete"] if line.disputed else []
        marks += ["look again"] if line.due else []
        paint.say(f"{line.claim.id:34} {line.findings:5} findings  {', '.join(marks)}".rstrip())
        for slot in line.known:
            if slot.value is not None or slot.look_again is not None:
                value = "open" if slot.value is None else wording.value(slot.value, slot.type)
                paint.say(f"    {slot.name}: {value}{_again(slot)}")


@command.command("show")
@click.argument("claim", metavar="ID")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="What was believed at the end of that day (UTC).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def show(config: Path | None, claim: str, as_of: datetime | None, as_json: bool) -> None:
    """Show one claim: what is known, competing values with their outlets, and the history of the ledger."""
    until = datetime.combine(as_of.date() + timedelta(days=1), time(), UTC) if as_of else None
    with desk(load_configuration(config)) as built:
        whole = claims.whole(built, claim, as_of=until)
    if whole is None:
        raise ClaimwatchError("there is no such claim", thing=claim, hint="claimwatch claims list")
    if as_json:
        click.echo(json.dumps(_whole(whole), ensure_ascii=False))
        return
    paint.say(f"{whole.line.claim.id}: {whole.line.claim.statement}")
    if as_of is not None:
        paint.say(f"as it was believed at the end of {as_of.date()}")
    for slot in whole.line.known:
        paint.say(f"  {slot.name}: {_said(slot)}{_again(slot)}")
        for one in slot.rivals:
            paint.say(f"    also {wording.value(one.value, slot.type)}: {', '.join(one.outlets)}")
    if whole.history:
        paint.say(paint.head("history"))
    for entry in whole.history:
        back = f", taken back by {entry.undone_by}" if entry.undone_at else ""
        said = f" on the word of {entry.on_whose_word}" if entry.on_whose_word else ""
        at = f"{entry.learned_at:%Y-%m-%d %H:%M}"
        paint.say(f"  {at} {entry.slot} = {entry.value or 'open'}{said}, {entry.accepted_by}{back}")


@command.command("accept")
@click.argument("claim", metavar="ID")
@click.argument("slot")
@click.argument("value", metavar="VALUE")
@click.option("--since", default="", help="Since when it is so: 2025, 2025-06 or 2025-06-01.")
@click.option("--source", default="", help="On whose word.")
@click.option("--look-again", type=click.DateTime(["%Y-%m-%d"]), help="When to look at it again.")
@click.option("--note", default="", help="Kept with it.")
@click.pass_obj
def accept(
    config: Path | None,
    claim: str,
    slot: str,
    value: str,
    since: str,
    source: str,
    look_again: datetime | None,
    note: str,
) -> None:
    """Make VALUE (canonical; `open` for none) the known one of a SLOT; later coverage is compared with it."""
    with desk(load_configuration(config)) as built:
        if value != "open":
            known.check_form(built, claim, slot, value)
        done = review.accept_value(
            built,
            getpass.getuser(),
            claim,
            slot,
            None if value == "open" else value,
            valid_from=since,
            on_whose_word=source,
            look_again_at=look_again.date() if look_again else None,
            note=note,
        )
    paint.say(f"{claim} {slot} is {value} now (change {done.change}; the log of the pages takes it back)")


@command.command("export")
@click.option("--diff", is_flag=True, help="Print the difference and write nothing.")
@click.pass_obj
def export(config: Path | None, diff: bool) -> None:
    """Write accepted values into the claim files; comments and order stay."""
    with desk(load_configuration(config)) as built:
        changes = known.export(built)
    for change in changes:
        if diff:
            click.echo(change.difference(), nl=False)
        else:
            known.write(change)
            click.echo(f"wrote {change.path}")
    if not changes:
        click.echo("the claim files hold every accepted value", err=diff)


def _again(slot: claims.Known) -> str:
    """When to look at it again, "" where nobody said."""
    return f", look again on {wording.value(slot.look_again.isoformat(), 'date')}" if slot.look_again else ""


def _said(slot: claims.Known) -> str:
    if slot.value is None:
        return "open"
    told = wording.value(slot.value, slot.type)
    if slot.entry is None:
        return f"{told} (claim file)"
    since = f", so since {slot.entry.valid_from}" if slot.entry.valid_from else ""
    return f"{told} (accepted {slot.entry.learned_at:%Y-%m-%d} by {slot.entry.accepted_by}{since})"


def _data(line: claims.Line) -> dict[str, Any]:
    return {
        "id": line.claim.id,
        "topic": line.claim.topic,
        "statement": line.claim.statement,
        "known": {slot.name: slot.value for slot in line.known},
        "findings": line.findings,
        "waiting": line.waiting,
        "last_news": line.last_news.isoformat() if line.last_news else None,
        "disputed": line.disputed,
        "look_again_at": {slot.name: slot.look_again.isoformat() for slot in line.known if slot.look_again},
    }


def _whole(whole: claims.Whole) -> dict[str, Any]:
    slots = {
        slot.name: {
            "value": slot.value,
            "configured": slot.configured,
            "reported": [{"value": one.value, "outlets": list(one.outlets)} for one in slot.reported],
        }
        for slot in whole.line.known
    }
    history = [
        {
            "slot": entry.slot,
            "value": entry.value,
            "learned_at": entry.learned_at.isoformat(),
            "valid_from": entry.valid_from,
            "on_whose_word": entry.on_whose_word,
            "accepted_by": entry.accepted_by,
            "look_again_at": _moment(entry.look_again_at),
            "undone_at": entry.undone_at.isoformat() if entry.undone_at else None,
        }
        for entry in whole.history
    ]
    return {**_data(whole.line), "as_of": _moment(whole.as_of), "slots": slots, "history": history}


def _moment(at: date | None) -> str | None:
    return at.isoformat() if at else None
