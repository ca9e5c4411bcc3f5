"""`claimwatch tokens`: keys to the HTTP interface, told once."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import click

from pipeline.cli.configuration import load_configuration
from pipeline.errors import ClaimwatchError
from pipeline.service.desk import entry
from pipeline.service.wiring import desk


@click.group("tokens", short_help="Add, list and revoke keys to the HTTP interface.")
def command() -> None:
    """Keys to the HTTP interface."""


@command.command("add")
@click.argument("name")
@click.option("--user", default=entry.LOCAL, show_default=True, help="Whose changes they are.")
@click.option("--scope", "scopes", multiple=True, type=click.Choice(entry.SCOPES), default=("read",), show_default=True)
@click.option("--days", type=click.IntRange(1, 3660), default=365, show_default=True, help="How long it is good.")
@click.pass_obj
def add(config: Path | None, name: str, user: str, scopes: tuple[str, ...], days: int) -> None:
    """Make a key and print it; it is not kept and cannot be shown again."""
    with desk(load_configuration(config)) as built:
        until = built.clock.now() + timedelta(days=days)
        key = entry.add_token(built, name, owner=user, scopes=scopes, expires_at=until)
    click.echo(key)


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def list_(config: Path | None, as_json: bool) -> None:
    """List the keys, without the keys themselves."""
    with desk(load_configuration(config)) as built:
        tokens = entry.all_tokens(built)
    for token in tokens:
        until = token.expires_at.date().isoformat() if token.expires_at else "no end"
        state = "revoked" if token.revoked_at else f"until {until}"
        if as_json:
            record = {"id": token.id, "name": token.name, "owner": token.owner, "scopes": token.scopes, "state": state}
            click.echo(json.dumps(record, ensure_ascii=False))
        else:
            click.echo(f"{token.id:4} {token.name:24} {token.owner:16} {','.join(token.scopes):20} {state}")


@command.command("revoke")
@click.argument("number", type=int)
@click.pass_obj
def revoke(config: Path | None, number: int) -> None:
    """Make a key worthless, at once."""
    with desk(load_configuration(config)) as built:
        done = entry.revoke_token(built, number)
    if not done:
        raise ClaimwatchError("there is no such token, or it was revoked before", thing=str(number))
    click.echo(f"revoked {number}")
