"""`claimwatch`: the commands, and what every command shares."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

import click

from pipeline import __version__
from pipeline.errors import ClaimwatchError, ConfigError

EXIT_DONE = 0
EXIT_FAILED = 1
EXIT_USAGE = 2  # bad usage or configuration
GARBAGE_AFTER = 50_000  # objects: what is imported, read and compiled at the start are a million, and all of them stay

# command -> (module, what it does in a line); the order is that of the help
COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("init", "Write the shipped configuration to edit."),
    "check": ("check", "Check the configuration and say what it watches."),
    "run": ("run", "Run the service: schedule, delivery and the review pages."),
    "once": ("once", "Run one full cycle now, with a summary."),
    "demo": ("demo", "Run the whole flow against sample outlets on loopback."),
    "match": ("match", "Analyse text, HTML or JSON lines without a database."),
    "eval": ("evaluate", "Score the reader on labelled coverage."),
    "digest": ("digest", "Build, show or send a digest."),
    "sources": ("sources", "List, add, check, import and export sources."),
    "topics": ("topics", "List topics, try a changed rule on stored articles."),
    "claims": ("claims", "List claims, show one, accept a change, export."),
    "alerts": ("alerts", "List, show and explain alerts."),
    "status": ("status", "Say how the service is."),
    "web": ("web", "Serve the review pages, beside a run --without web."),
    "worker": ("worker", "Work on what is new, beside a run --without work."),
    "backfill": ("backfill", "Analyse an archive: JSON lines, WARC, HTML, the store."),
    "users": ("users", "Add, list and remove who may sign in."),
    "tokens": ("tokens", "Add, list and revoke tokens for the interface."),
    "db": ("db", "Upgrade, inspect, back up, restore and prune the database."),
}


class LazyCommands(click.Group):
    """A group whose commands are imported when they are named; the help needs none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"pipeline.cli.{COMMANDS[cmd_name][0]}")
        command = module.command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        import difflib

        name = args[0] if args else ""
        if name and name not in COMMANDS and not name.startswith("-"):
            close = difflib.get_close_matches(name, COMMANDS, n=1)
            hint = f" Did you mean {close[0]}?" if close else ""
            ctx.fail(f"No such command: {name}.{hint}")
        return super().resolve_command(ctx, args)


@click.group(cls=LazyCommands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--config",
    type=click.Path(file_okay=False, path_type=Path),
    help="The configuration folder. Else CLAIMWATCH_CONFIG, else ./config.",
)
@click.version_option(__version__, prog_name="claimwatch")
@click.pass_context
def root(ctx: click.Context, config: Path | None) -> None:
    """Watch news outlets, and say what changed about what is already believed."""
    ctx.obj = config
    if os.environ.get("NO_COLOR"):
        ctx.color = False


def fail(error: ClaimwatchError) -> NoReturn:
    """Print what happened and what to do; exit 2 for configuration, 1 for the rest."""
    from pipeline.cli import paint

    # The command is over and its context with it: what it said of colour is asked for once more.
    with click.Context(root, color=False if os.environ.get("NO_COLOR") else None):
        if isinstance(error, ConfigError):
            for fault in error.faults:
                paint.say(paint.fault(fault), err=True)
        paint.say(paint.head("claimwatch: "), paint.fault(str(error)), err=True)
    sys.exit(EXIT_USAGE if isinstance(error, ConfigError) else EXIT_FAILED)


def main(args: list[str] | None = None) -> Any:
    """Entry point of the console script."""
    gc.set_threshold(GARBAGE_AFTER, 20, 20)
    try:
        return root.main(args, prog_name="claimwatch")
    except ClaimwatchError as error:
        fail(error)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone: nobody to tell
        sys.exit(EXIT_FAILED)
