"""`claimwatch sources`: list, add, check, import and export what is watched."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import click

from pipeline.cli import paint
from pipeline.cli.configuration import load_configuration
from pipeline.cli.main import EXIT_FAILED
from pipeline.cli.progress import bar
from pipeline.errors import ClaimwatchError
from pipeline.fetch.mask import mask
from pipeline.model.source import Source
from pipeline.service import asking
from pipeline.service.wiring import fetcher
from pipeline.settings.load import Configuration
from pipeline.sources import opml


@click.group("sources", short_help="List, add, check, import and export sources.")
def command() -> None:
    """The sources of sources.yaml."""


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def list_(config: Path | None, as_json: bool) -> None:
    """List the configured sources."""
    for source in load_configuration(config, shipped_ok=True).sources:
        if as_json:
            row = {
                "id": source.id,
                "name": source.name,
                "url": mask(source.url),
                "kind": source.kind,
                "lang": source.lang,
                "country": source.country,
                "family": source.family,
                "state": source.state,
                "tier": source.tier,
                "enabled": source.enabled,
                "folder": source.folder,
                "seen": source.seen,
            }
            click.echo(json.dumps(row, ensure_ascii=False))
        else:
            state = " off" if not source.enabled else ""
            click.echo(f"{source.id:28} {source.lang:3} {source.country:3} {mask(source.url)}{state}")


@command.command("check")
@click.argument("names", nargs=-1, metavar="[ID]...")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def check(config: Path | None, names: tuple[str, ...], as_json: bool) -> None:
    """Ask each source once, say which are no feed; exit code 1 when one is not."""
    configuration = load_configuration(config, shipped_ok=True)
    chosen = _chosen(configuration, names)

    async def ask() -> list[asking.Asked]:
        async with fetcher(configuration.settings) as client:
            return await asking.ask_all(client, chosen, limit=configuration.settings.fetch.entries, told=told)

    with bar("sources") as told:
        asked = asyncio.run(ask())
    for one in asked:
        if as_json:
            click.echo(json.dumps(one.as_data(), ensure_ascii=False))
        else:
            paint.say(_line(one))
    bad = sum(not one.ok for one in asked)
    if not as_json:
        said = f"{len(asked) - bad} of {len(asked)} are feeds with entries"
        paint.say(paint.warning(said) if bad else paint.good(said))
    if bad:
        sys.exit(EXIT_FAILED)


def _line(one: asking.Asked) -> paint.Piece:
    if one.ok:
        return one.as_line()
    return paint.warning(one.as_line()) if one.format else paint.fault(one.as_line())


def _chosen(configuration: Configuration, names: tuple[str, ...]) -> list[Source]:
    known = {source.id: source for source in configuration.sources}
    for name in names:
        if name not in known:
            raise ClaimwatchError("no such source", thing=name, hint="claimwatch sources list")
    return [known[name] for name in names] if names else [s for s in known.values() if s.enabled]


@command.command("add")
@click.argument("url")
@click.option("--id", "name", help="Its id; else made from the host.")
@click.option("--write", is_flag=True, help="Append it to sources.yaml instead of printing it.")
@click.pass_obj
def add(config: Path | None, url: str, name: str | None, write: bool) -> None:
    """Find the feeds of a site or feed address, and print the entries for sources.yaml."""
    configuration = load_configuration(config, shipped_ok=not write)

    async def find() -> list[asking.Found]:
        async with fetcher(configuration.settings) as client:
            return await asking.find_feeds(client, url)

    found = asyncio.run(find())
    if not found:
        raise ClaimwatchError("no feed was found there", thing=mask(url), hint="name the feed's own address")
    known = {source.id for source in configuration.sources}
    text = asking.as_yaml(found[:1] if name or write else found, known=known, name=name)
    if not write:
        click.echo(text, nl=False)
        return
    path = configuration.folder / "sources.yaml"
    asking.append(path, text)
    click.echo(f"{path}: added\n{text}", nl=False)


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--write", is_flag=True, help="Append them to sources.yaml instead of printing them.")
@click.pass_obj
def import_(config: Path | None, file: Path, write: bool) -> None:
    """Read the subscriptions of an OPML file, and print the entries for sources.yaml."""
    configuration = load_configuration(config, shipped_ok=not write)
    read = opml.read(file.read_bytes())
    known_urls = {source.url for source in configuration.sources}
    new = [source for source in read if source.url not in known_urls]
    text = asking.sources_yaml(new, known={source.id for source in configuration.sources})
    if write and new:
        asking.append(configuration.folder / "sources.yaml", text)
    elif new:
        click.echo(text, nl=False)
    click.echo(f"{len(new)} new of {len(read)} subscriptions", err=True)


@command.command("export")
@click.argument("file", default="-", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@click.pass_obj
def export(config: Path | None, file: Path) -> None:
    """Write the sources as OPML, passwords and tokens of addresses masked."""
    body = opml.write(load_configuration(config, shipped_ok=True).sources, hide=mask)
    if str(file) == "-":
        click.echo(body, nl=False)
    else:
        file.write_bytes(body)
