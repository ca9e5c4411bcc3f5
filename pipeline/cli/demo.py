"""`claimwatch demo`: the whole flow against sample outlets on loopback, ending with alerts, a digest and the pages."""

from __future__ import annotations

import asyncio
import tempfile
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import click

from pipeline.cli import paint
from pipeline.cli.configuration import load_configuration
from pipeline.cli.once import as_lines
from pipeline.cli.outlets import Outlet, load_outlets, served
from pipeline.digest import period as periods
from pipeline.digest import render
from pipeline.digest.record import Digest
from pipeline.model.rules import AlertRules, Channel, DigestPlan, Rule, When
from pipeline.service import daily
from pipeline.service.clock import Clock
from pipeline.service.cycle import Summary, cycle
from pipeline.service.wiring import Desk, desk, fetcher, with_sources
from pipeline.settings import shipped
from pipeline.settings.load import Configuration
from pipeline.web.app import create_app
from pipeline.web.serve import serving

FIRST_POLL = timedelta(hours=-12)  # the sample outlets are first met half a day ago: what is older is their backlog
SECOND_POLL = timedelta()
THIRD_POLL = timedelta(hours=2)  # by then one outlet has changed a figure without notice
HOST = "127.0.0.1"
PLAN = DigestPlan(id="demo", every="day", title="Sample digest", send_quiet=True)


@click.command("demo", short_help="Run the whole flow against sample outlets on loopback.")
@click.option("--serve/--no-serve", default=True, help="Serve the review pages until Ctrl-C.  [default: serve]")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the database and the digest; else a new temporary one.",
)
@click.option("--port", default=0, help="Port of the review pages; 0 takes a free one.")
@click.pass_obj
def command(config: Path | None, serve: bool, out: Path | None, port: int) -> None:
    """Serve sample outlets on loopback and run the real flow against them, three polls in simulated half a day."""
    folder = out or Path(tempfile.mkdtemp(prefix="claimwatch-demo-"))
    folder.mkdir(parents=True, exist_ok=True)
    clock = Clock()
    outlets = load_outlets(shipped.path("demo"), clock.now())
    with ExitStack() as stack:
        stack.enter_context(served(outlets))
        configuration = _configuration(load_configuration(config, shipped_ok=True), outlets, folder)
        built = stack.enter_context(desk(configuration, clock=clock, upgrade=True))
        click.echo(f"{len(outlets)} sample outlets on loopback, {sum(len(o.articles) for o in outlets)} articles\n")
        for ahead, what in (
            (FIRST_POLL, "first poll, half a day ago: what is older is the outlets' backlog"),
            (SECOND_POLL, "second poll, now"),
            (THIRD_POLL, "third poll, in two hours: one article has been changed without notice"),
        ):
            paint.say(paint.head(f"== {what}"))
            paint.say_all([*as_lines(_poll(built, outlets, ahead)), ""])
        html, markdown = _digest(built, folder)
        click.echo(f"digest-html: {html}")
        click.echo(f"digest-md: {markdown}")
        built.clock = Clock()
        _review(built, port, serve=serve)


def _configuration(configuration: Configuration, outlets: Sequence[Outlet], folder: Path) -> Configuration:
    """The configured watch over the sample outlets, their database and alerts in `folder`."""
    sources = tuple(outlet.source() for outlet in outlets)
    allowed = tuple(outlet.home.removeprefix("http://").rstrip("/") for outlet in outlets)
    changed = with_sources(
        configuration, sources, allow_private=allowed, host_delay=timedelta(), per_host=4, attempts=1
    )
    settings = changed.settings.model_copy(
        update={
            "web": changed.settings.web.model_copy(update={"host": HOST, "public_url": ""}),
            "database": changed.settings.database.model_copy(update={"url": f"sqlite:///{folder / 'demo.db'}"}),
            "articles": changed.settings.articles.model_copy(
                update={"agencies": {**changed.settings.articles.agencies, "caspian-wire": ("Caspian Wire",)}}
            ),
        }
    )
    alerts = AlertRules(
        channels=(
            Channel(id="terminal", kind="stdout"),
            Channel(id="log", kind="file", address=str((folder / "alerts.log").resolve())),
        ),
        rules=(Rule(id="news", channels=("terminal", "log"), when=When(relations=("denies", "changes", "adds"))),),
        digests=(PLAN,),
    )
    return replace(changed, settings=settings, alerts=alerts, data=folder.resolve())


def _poll(built: Desk, outlets: Sequence[Outlet], ahead: timedelta) -> Summary:
    """One full cycle at that distance from now; the outlets show what was published by then."""
    built.clock = Clock(ahead)
    for outlet in outlets:
        outlet.shown_until = built.clock.now()
        if ahead >= THIRD_POLL:
            outlet.revised.set()

    async def run() -> Summary:
        async with fetcher(built.settings) as client:
            return await cycle(built, client)

    return asyncio.run(run())


def _digest(built: Desk, folder: Path) -> tuple[Path, Path]:
    """The digest of the running period, kept, and its HTML and Markdown on disk."""
    now = built.clock.now()
    running = periods.upcoming(PLAN, now)
    period = replace(running, start=min(running.start, now - timedelta(days=1)), end=now)
    digest: Digest = daily.preview(built, PLAN, period, now=now)
    html, markdown = folder / f"{digest.key}.html", folder / f"{digest.key}.md"
    html.write_text(render.html(digest), encoding="utf-8")
    markdown.write_text(render.markdown(digest), encoding="utf-8")
    daily.freeze(built, PLAN, period, now=now, send=False)
    return html, markdown


def _review(built: Desk, port: int, *, serve: bool) -> None:
    """The review pages over what the demo stored, until Ctrl-C; with `serve` off only long enough to say where."""
    with serving(create_app(built), HOST, port) as taken:
        click.echo(f"review: http://{HOST}:{taken}/")
        if not serve:
            return
        click.echo("Ctrl-C ends it", err=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            click.echo("")
