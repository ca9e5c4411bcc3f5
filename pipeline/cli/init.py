"""`claimwatch init`: write the shipped configuration to edit."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from pipeline.errors import ClaimwatchError
from pipeline.settings import shipped


@click.command("init", short_help="Write the shipped configuration to edit.")
@click.argument("folder", default="config", type=click.Path(path_type=Path), metavar="[DIR]")
def command(folder: Path) -> None:
    """Write the shipped configuration into DIR (default: config). Files that are there stay as they are."""
    origin = shipped.path("config")
    written, kept = [], []
    for path in sorted(origin.rglob("*")):
        if path.is_dir():
            continue
        target = folder / path.relative_to(origin)
        if target.exists():
            kept.append(target)
            continue
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        except OSError as error:
            raise ClaimwatchError(f"cannot be written: {error.strerror}", thing=str(target)) from error
        written.append(target)
    click.echo(f"{folder}: {len(written)} files written" + (f", {len(kept)} there already and left" if kept else ""))
    click.echo("next: edit them, then `claimwatch check`, `claimwatch db upgrade` and `claimwatch once`")
