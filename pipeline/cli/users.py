"""`claimwatch users`: who may sign in to the review pages, as a reader or a reviewer."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from pipeline.cli.configuration import load_configuration
from pipeline.errors import ClaimwatchError
from pipeline.service.desk import entry
from pipeline.service.wiring import desk


@click.group("users", short_help="Add, list and remove who may sign in.")
def command() -> None:
    """Who may sign in to the review pages."""


@command.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(entry.ROLES), default="reviewer", show_default=True)
@click.pass_obj
def add(config: Path | None, name: str, role: str) -> None:
    """Add a user, or give one another password and role. The password is asked for, or read from standard input."""
    configuration = load_configuration(config)
    if sys.stdin.isatty():
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\n")
    with desk(configuration) as built:
        new = entry.add_user(built, name, password, role)
    click.echo(f"{'added' if new else 'changed'} {name.strip().lower()}, {role}")


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def list_(config: Path | None, as_json: bool) -> None:
    """List the users."""
    with desk(load_configuration(config)) as built:
        users = entry.all_users(built)
    for user in users:
        seen = user.last_seen_at.isoformat(timespec="minutes") if user.last_seen_at else "never"
        if as_json:
            click.echo(json.dumps({"name": user.name, "role": user.role, "last_seen_at": seen}, ensure_ascii=False))
        else:
            click.echo(f"{user.name:24} {user.role:9} last seen {seen}")
    if not users and not as_json:
        click.echo("no users: the pages are open on the loopback address, and nowhere else")


@command.command("remove")
@click.argument("name")
@click.pass_obj
def remove(config: Path | None, name: str) -> None:
    """Remove a user with sessions and tokens."""
    with desk(load_configuration(config)) as built:
        done = entry.remove_user(built, name.strip().lower())
    if not done:
        raise ClaimwatchError("there is no such user", thing=name, hint="claimwatch users list")
    click.echo(f"removed {name.strip().lower()}")
