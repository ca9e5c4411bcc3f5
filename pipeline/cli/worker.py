"""`claimwatch worker`: takes what is new from the database and works on it, beside a `run --without work`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from pipeline.cli.configuration import load_configuration
from pipeline.cli.run import leave, serve
from pipeline.scheduler import Ticker
from pipeline.service import duties, log
from pipeline.service.process import Process
from pipeline.service.wiring import desk


@click.command("worker", short_help="Work on what is new, beside a run --without work.")
@click.pass_obj
def command(config: Path | None) -> None:
    """Take entries from the queue, read and analyse them, until SIGTERM or SIGINT. Start as many as there are cores."""
    configuration = load_configuration(config)
    log.set_up(configuration.settings.logging.format, configuration.settings.logging.level)
    with desk(configuration, guarded=True) as built:
        process = Process(
            built,
            lambda: duties.working(built.settings, coordinated=False),
            Ticker,
            part="worker",
            env=os.environ,
            coordinates=False,
        )
        ended = serve(process)
    log.info("stopped")
    leave(ended)
