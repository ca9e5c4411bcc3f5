"""`claimwatch digest`: build, show or send a digest."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from pipeline.cli import paint
from pipeline.cli.configuration import load_configuration
from pipeline.digest import period as periods
from pipeline.digest import render
from pipeline.digest.period import Period
from pipeline.digest.words import LABELS
from pipeline.errors import ClaimwatchError
from pipeline.model.rules import DigestPlan
from pipeline.service import daily, deliver
from pipeline.service.wiring import Desk, desk

HEADS = {label.upper(): relation for relation, label in LABELS.items()}
EVERY = {"day": ("day", "weekday"), "week": ("week",)}


@click.command("digest", short_help="Build, show or send a digest.")
@click.option(
    "--date", "day", metavar="DATE", help="The digest made on that day, e.g. 2026-05-01. Else today's so far."
)
@click.option("--period", type=click.Choice(["day", "week"]), default="day", show_default=True)
@click.option("--plan", "name", help="The digest of alerts.yaml by its id. Else the first of that period.")
@click.option("--format", "form", type=click.Choice(["txt", "md", "html", "json"]), default="txt", show_default=True)
@click.option("--send", is_flag=True, help="Freeze it and send it to its channels, those that have it aside.")
@click.pass_obj
def command(config: Path | None, day: str | None, period: str, name: str | None, form: str, send: bool) -> None:
    """Show the digest of a day or week in any of its forms; with --send, freeze and send it."""
    with desk(load_configuration(config)) as built:
        plan = _plan(built, period, name)
        now = built.clock.now()
        wanted = _period(plan, day, built)
        digest = daily.preview(built, plan, wanted, now=now)
        if form == "json":
            click.echo(render.json(digest))
        elif form == "html":
            click.echo(render.html(digest, public_url=built.settings.web.public_url))
        elif form == "md":
            click.echo(render.markdown(digest, public_url=built.settings.web.public_url))
        else:
            paint.say_all(_painted(render.text(digest, public_url=built.settings.web.public_url)))
        if send:
            daily.freeze(built, plan, wanted, now=now, send=False)
            queued = daily.queue(built, plan, digest, now=now)
            done = deliver.deliver(built)
            click.echo(
                f"{queued} messages queued, {done.sent} sent, {done.retried} to be tried again, {done.parked} parked",
                err=True,
            )
            for error in done.errors:
                paint.say(paint.fault(error), err=True)


def _painted(text: str) -> list[paint.Line]:
    """The lines of a digest in plain text, with the colour of what they are."""
    return [_line(line) for line in text.split("\n")]


def _line(line: str) -> paint.Line:
    if line in HEADS:
        return paint.relation(HEADS[line], line)
    if line.startswith("WARNING:"):
        return paint.fault(line)
    if line and line == line.upper() and line[0].isalpha():
        return paint.head(line)
    # A shift stands under its claim; what is quoted begins with its quotation mark.
    return paint.shifts(line) if line.startswith("  ") and not line.startswith('  "') else line


def _plan(built: Desk, period: str, name: str | None) -> DigestPlan:
    plans = built.configuration.alerts.digests
    for plan in plans:
        if plan.id == name or (name is None and plan.every in EVERY[period]):
            return plan
    if name is not None:
        known = ", ".join(plan.id for plan in plans) or "none"
        raise ClaimwatchError("no such digest", thing=name, hint=f"alerts.yaml has: {known}")
    return DigestPlan(id=f"this-{period}", every=period, title="")


def _period(plan: DigestPlan, day: str | None, built: Desk) -> Period:
    if day is None:
        return periods.upcoming(plan, built.clock.now())
    try:
        return periods.on(plan, date.fromisoformat(day))
    except ValueError as error:
        raise ClaimwatchError("is no date", thing=day, hint="write it as 2026-05-01") from error
