"""`claimwatch worker`: a process that works for a coordinator: beside it on the database, or on its cluster."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import click

from pipeline.cli.configuration import load_configuration
from pipeline.cli.run import leave, serve
from pipeline.errors import ConfigError
from pipeline.scheduler import Ticker
from pipeline.service import duties, log
from pipeline.service.allocator import few_arenas
from pipeline.service.heartbeat import Heartbeat
from pipeline.service.process import Process
from pipeline.service.wiring import desk
from pipeline.settings.load import Configuration

BEAT_S = 5.0


@click.command("worker", short_help="Work on what is new, beside a run --without work.")
@click.option("--scheduler", is_flag=True, help="Be the scheduler that the workers of a cluster join.")
@click.pass_obj
def command(config: Path | None, scheduler: bool) -> None:
    """Work until SIGTERM or SIGINT; start as many as there are cores.

    With `engine: {kind: dask}` it joins the cluster at `engine.address` and analyses what the coordinator sends: it
    needs no database. Otherwise it takes entries from the queue in the database, fetches, reads and analyses them.
    """
    configuration = load_configuration(config)
    log.set_up(configuration.settings.logging.format, configuration.settings.logging.level)
    few_arenas()
    clustered = configuration.settings.engine.kind == "dask"
    if scheduler and not clustered:
        raise ConfigError("a scheduler is for a cluster", thing="engine.kind", hint="set it to dask, with an address")
    if clustered:
        asyncio.run(_on_cluster(configuration, scheduler=scheduler))
        log.info("stopped")
        return
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


async def _on_cluster(configuration: Configuration, *, scheduler: bool) -> None:
    from pipeline.service import cluster

    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    heartbeat = Heartbeat(configuration.folder, "scheduler" if scheduler else "worker")
    beating = asyncio.create_task(_beat(heartbeat))
    try:
        await (cluster.schedule if scheduler else cluster.work)(configuration.settings.engine, stop)
    finally:
        beating.cancel()
        heartbeat.end()


async def _beat(heartbeat: Heartbeat) -> None:
    while True:
        heartbeat.beat()
        await asyncio.sleep(BEAT_S)
