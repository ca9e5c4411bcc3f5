"""`claimwatch check`: is the configuration right, and what does it watch?"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click

from pipeline.cli import paint
from pipeline.cli.configuration import load_configuration
from pipeline.errors import NotifyError
from pipeline.notify.probe import probe
from pipeline.settings.load import Configuration


@click.command("check", short_help="Check the configuration and say what it watches.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--offline", is_flag=True, help="Do not connect to the servers of channels.")
@click.pass_obj
def command(config: Path | None, as_json: bool, offline: bool) -> None:
    """Check the configuration and say in a few lines what it watches.

    Every fault is printed at once as file:line:column, key path and what was probably meant; exit code 2.
    """
    configuration = load_configuration(config, shipped_ok=True)
    unreachable = [] if offline else list(_unreachable(configuration))
    if as_json:
        click.echo(json.dumps({**_summary(configuration), "unreachable": unreachable}, ensure_ascii=False))
        return
    for warning in configuration.warnings:
        paint.say(paint.warning(f"warning: {warning}"))
    first, *rest = _lines(configuration)
    paint.say(paint.good(first))
    paint.say_all(rest)
    for line in unreachable:
        paint.say(paint.warning(f"warning: {line}"))


def _unreachable(configuration: Configuration) -> Iterator[str]:
    """Channels that would not take a message now: no fault of the files, so a warning."""
    alerts = configuration.alerts
    used = {name for rule in alerts.rules for name in rule.channels}
    used |= {name for plan in alerts.digests for name in plan.channels}
    for channel in alerts.channels:
        if channel.id not in used:
            continue
        try:
            probe(channel)
        except NotifyError as error:
            yield f"{configuration.place('channels', channel.id)}: channels.{channel.id}: {error.message}"


def _summary(configuration: Configuration) -> dict[str, object]:
    watch, alerts = configuration.watch, configuration.alerts
    sources = [source for source in configuration.sources if source.enabled]
    slots = [slot for claim in watch.claims for slot in claim.slots]
    return {
        "folder": str(configuration.folder),
        "version": watch.version,
        "sources": len(sources),
        "countries": dict(sorted(Counter(source.country for source in sources).items())),
        "languages": dict(sorted(Counter(source.lang for source in sources).items())),
        "concepts": len(watch.concepts),
        "topics": len(watch.topics),
        "claims": len(watch.claims),
        "slots": len(slots),
        "open_slots": sum(slot.known is None for slot in slots),
        "rules": [rule.id for rule in alerts.rules],
        "channels": [f"{channel.id} ({channel.kind})" for channel in alerts.channels],
        "digests": [plan.id for plan in alerts.digests],
        "warnings": list(configuration.warnings),
    }


def _lines(configuration: Configuration) -> list[str]:
    summary = _summary(configuration)
    countries, languages = summary["countries"], summary["languages"]
    assert isinstance(countries, dict)
    assert isinstance(languages, dict)
    watch = configuration.watch
    names = sum(len(words) for concept in watch.concepts for words in concept.names.values())
    return [
        f"{configuration.folder}: no faults",
        f"watches {summary['sources']} sources in {len(languages)} languages from {len(countries)} countries",
        f"for {len(watch.topics)} topics and {len(watch.claims)} claims with {summary['slots']} slots, "
        f"{summary['open_slots']} of them open",
        f"by {len(watch.concepts)} concepts with {names} names, {len(watch.words)} word lists; version {watch.version}",
        f"and tells {', '.join(map(str, _listed(summary['channels']))) or 'nobody'}; "
        f"digests: {', '.join(map(str, _listed(summary['digests']))) or 'none'}",
    ]


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []
