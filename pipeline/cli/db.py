"""`claimwatch db`: the database's schema, state, backups and age."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from pipeline.cli.configuration import load_configuration
from pipeline.cli.progress import bar
from pipeline.service.clock import Clock
from pipeline.settings import shipped


@click.group("db", short_help="Upgrade, inspect, back up, restore and prune the database.")
def command() -> None:
    """The database of the configuration: `database.url` in settings.yaml."""


@command.command("upgrade")
@click.pass_obj
def upgrade(config: Path | None) -> None:
    """Make the tables, or bring them to this program's schema. Safe to run twice, and by several at once."""
    from pipeline.storage import schema

    before, after = schema.upgrade(load_configuration(config).database_url, shipped.path("migrations"))
    click.echo(f"schema {after}, nothing to do" if before == after else f"schema {before or 'none'} -> {after}")


@command.command("status")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def status(config: Path | None, as_json: bool) -> None:
    """Say how large the database is, how old, and what waits in it. Reads every table once."""
    from pipeline.service.wiring import open_database
    from pipeline.storage import upkeep

    with closing(open_database(load_configuration(config))) as store:
        state = upkeep.status(store)
    if as_json:
        click.echo(json.dumps(asdict(state), ensure_ascii=False, default=str))
        return
    click.echo(f"{state.url}  schema {state.revision}  {state.bytes_used / 1e6:.1f} MB")
    click.echo(f"articles from {_day(state.oldest_article)} to {_day(state.newest_article)}")
    click.echo(f"entries  {_counts(state.entries)}; the oldest that waits: {_day(state.oldest_waiting)}")
    click.echo(f"messages {_counts(state.outbox)}")
    for name, rows in state.rows.items():
        if rows:
            click.echo(f"  {name:<20} {rows:>10}")


@command.command("backup")
@click.argument("to", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def backup(config: Path | None, to: Path) -> None:
    """Write a backup to the file TO while the service goes on.

    A name ending in .jsonl.gz gives an archive that SQLite and PostgreSQL can both be restored from; any other name
    gives an SQLite file, from an SQLite database only.
    """
    from pipeline.service.wiring import open_database
    from pipeline.storage import upkeep

    with closing(open_database(load_configuration(config))) as store, bar("backup") as told:
        size = upkeep.backup(store, to, told=told)
    click.echo(f"{to}  {size / 1e6:.1f} MB")


@command.command("restore")
@click.argument("source", metavar="FROM", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def restore(config: Path | None, source: Path) -> None:
    """Fill an empty database from a backup, and bring it to this program's schema."""
    from pipeline.storage import upkeep

    url = load_configuration(config).database_url
    with bar("restore") as told:
        upkeep.restore(source, url, shipped.path("migrations"), told=told)
    click.echo(f"restored from {source}")


@command.command("prune")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def prune(config: Path | None, as_json: bool) -> None:
    """Delete what is older than `retention` in settings.yaml says. Findings keep their evidence."""
    from pipeline.service.duties import keeping
    from pipeline.service.wiring import open_database
    from pipeline.storage import retention

    configuration = load_configuration(config)
    with closing(open_database(configuration)) as store:
        gone = retention.prune(store, keeping(configuration.settings), now=Clock().now())
    if as_json:
        click.echo(json.dumps(gone))
    else:
        click.echo(_counts(gone))


def _day(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else "none"


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{n} {what}" for what, n in counts.items() if n) or "none"
