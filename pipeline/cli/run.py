"""`claimwatch run`: the service in the foreground, until SIGTERM or SIGINT."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from types import FrameType

import click

from pipeline.cli.configuration import load_configuration
from pipeline.cli.main import EXIT_FAILED
from pipeline.scheduler import Ticker
from pipeline.service import duties, log
from pipeline.service.allocator import few_arenas
from pipeline.service.jobs import Job
from pipeline.service.process import Process
from pipeline.service.wiring import Desk, desk

PARTS = ("web", "work")
TURN_S = 1.0


class _Parts(click.ParamType[frozenset[str]]):
    name = "parts"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> frozenset[str]:
        if isinstance(value, frozenset):
            return value
        parts = frozenset(part.strip() for part in str(value).split(",") if part.strip())
        for part in sorted(parts - set(PARTS)):
            self.fail(f"{part!r} is no part: leave out {' or '.join(PARTS)}, or both with a comma", param, ctx)
        return parts


@click.command("run", short_help="Run the service: schedule, delivery and the review pages.")
@click.option(
    "--without",
    type=_Parts(),
    default=frozenset(),
    metavar="PART[,PART]",
    help="Leave out web (the review pages) or work (reading what is new): other processes do that.",
)
@click.pass_obj
def command(config: Path | None, without: frozenset[str]) -> None:
    """Run until SIGTERM or SIGINT: what is in hand is finished then, or given back after the grace time.

    Several may run on one PostgreSQL database: one coordinates, the others stand by and take over.
    """
    configuration = load_configuration(config)
    log.set_up(configuration.settings.logging.format, configuration.settings.logging.level)
    few_arenas()
    for warning in configuration.warnings:
        log.warning("configuration", warning=warning)
    with desk(configuration, guarded=True) as built:
        process = Process(
            built,
            lambda: _jobs(built, without),
            Ticker,
            part="run",
            env=os.environ,
            coordinates=True,
        )
        with pages(built, process) if "web" not in without else nullcontext():
            ended = serve(process)
    log.info("stopped")
    leave(ended)


def _jobs(desk: Desk, without: frozenset[str]) -> tuple[Job, ...]:
    work = () if "work" in without else duties.working(desk.settings, coordinated=True)
    return (*duties.coordinating(desk.settings), *work)


def serve(process: Process) -> bool:
    """Start the process, turn until a signal, stop it; False when something would not end in the grace time."""
    asked = threading.Event()

    def ask(number: int, _frame: FrameType | None) -> None:
        if asked.is_set():
            os._exit(EXIT_FAILED)  # asked twice: now
        log.info("asked to stop", signal=signal.Signals(number).name)
        asked.set()

    previous = {one: signal.signal(one, ask) for one in (signal.SIGTERM, signal.SIGINT)}
    try:
        process.start()
        log.info("started", holder=process.desk.holder, database=process.desk.store.url)
        while not asked.wait(TURN_S):
            process.turn()
        return process.stop(process.desk.settings.schedule.grace)
    finally:
        for one, handler in previous.items():
            signal.signal(one, handler)


def leave(ended: bool) -> None:
    """End the process, also when a thread would not end: it can write no more, and must not keep us."""
    if not ended:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(EXIT_FAILED)


@contextmanager
def pages(desk: Desk, process: Process) -> Iterator[None]:
    """The review pages beside the service, for the duration of the block. Raises ConfigError and ClaimwatchError."""
    from pipeline.service import health, metrics
    from pipeline.web.app import create_app
    from pipeline.web.serve import serving, settle

    own = replace(desk, fence=None)  # a reviewer's change is no coordinator's: it needs no lease
    process.follow(own)
    app = create_app(own, metrics=lambda: metrics.exposition(own), ready=lambda: health.ready(own).ok)
    web = desk.settings.web
    settle()
    with serving(app, web.host, web.port) as port:
        log.info("pages", address=f"http://{web.host}:{port}/")
        yield
