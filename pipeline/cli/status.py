"""`claimwatch status`: how the service is, from what the store holds."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from pipeline.cli.configuration import load_configuration
from pipeline.cli.main import EXIT_DONE, EXIT_FAILED
from pipeline.service.clock import Clock


@click.command("status", short_help="Say how the service is.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--live", is_flag=True, help="Only say whether a process of the service turns here; exit 1 when not.")
@click.pass_obj
def command(config: Path | None, as_json: bool, live: bool) -> None:
    """Say who coordinates, how the jobs went, what waits, which sources are in trouble. Exit 1 with a problem."""
    if live:
        sys.exit(_live(config, as_json))
    from pipeline.service.health import report
    from pipeline.service.wiring import open_database

    configuration = load_configuration(config)
    store = open_database(configuration)
    try:
        found = report(store, configuration, now=Clock().now())
    finally:
        store.close()
    if as_json:
        click.echo(json.dumps(found.as_record(), ensure_ascii=False, default=str))
    else:
        from pipeline.cli import paint
        from pipeline.cli.statuslines import as_lines

        paint.say_all(as_lines(found))
    sys.exit(EXIT_FAILED if found.problems else EXIT_DONE)


def _live(config: Path | None, as_json: bool) -> int:
    """For a container's health check: reads no database, so that one that is down does not end the container."""
    import os

    from pipeline.service.heartbeat import beating
    from pipeline.settings.find import config_folder

    parts = beating(config_folder(config, os.environ))
    if as_json:
        click.echo(json.dumps({"live": bool(parts), "parts": parts}))
    elif parts:
        click.echo(f"turning: {', '.join(parts)}")
    else:
        click.echo("no process of the service turns here", err=True)
    return EXIT_DONE if parts else EXIT_FAILED
