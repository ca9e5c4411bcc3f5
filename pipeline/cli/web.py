"""`claimwatch web`: the review pages as a process of their own, beside a `run --without web`."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import suppress
from pathlib import Path

import click

from pipeline.cli.configuration import load_configuration
from pipeline.errors import StoreError
from pipeline.service import health, log, metrics
from pipeline.service.allocator import few_arenas
from pipeline.service.heartbeat import Heartbeat
from pipeline.service.reload import Reloader
from pipeline.service.wiring import desk
from pipeline.web.app import create_app
from pipeline.web.serve import serving, settle

REFRESH_S = 5.0  # how soon a change that another process accepted is seen here


@click.command("web", short_help="Serve the review pages, beside a run --without web.")
@click.option("--port", type=click.IntRange(0, 65535), help="Instead of web.port; 0 takes a free one.")
@click.pass_obj
def command(config: Path | None, port: int | None) -> None:
    """Serve the review pages until SIGTERM or SIGINT. Refuses to start beyond loopback without users."""
    configuration = load_configuration(config)
    log.set_up(configuration.settings.logging.format, configuration.settings.logging.level)
    few_arenas()
    asked = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda _number, _frame: asked.set())
    web, heartbeat = configuration.settings.web, Heartbeat(configuration.folder, "web")
    with desk(configuration) as built:
        reloader = Reloader(built, os.environ)
        threading.Thread(target=reloader.run, args=(asked,), name="reload", daemon=True).start()
        app = create_app(built, metrics=lambda: metrics.exposition(built), ready=lambda: health.ready(built).ok)
        settle()
        with serving(app, web.host, web.port if port is None else port) as bound:
            click.echo(f"review: http://{web.host}:{bound}/")
            heartbeat.beat()
            while not asked.wait(REFRESH_S):
                heartbeat.beat()
                with suppress(StoreError):  # a database that is down is waited for; the pages say so meanwhile
                    built.refresh_known()
    heartbeat.end()
