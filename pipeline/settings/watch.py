"""The compiled watch: records of concepts, topics and claims, and the version that is a hash of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta

from pipeline.model.watch import Claim, Concept, Expectation, Group, Rates, Slot, Topic, Watch
from pipeline.settings import files
from pipeline.settings.settings import Rates as RatesEntry

HASH_CHARS = 16  # of SHA-256, hexadecimal: 64 bits are plenty for telling rule sets apart


def compile_watch(
    concepts: Mapping[str, files.ConceptEntry],
    words: Mapping[str, files.Names],
    topics: Sequence[files.TopicEntry],
    claims: Sequence[files.ClaimEntry],
    rates: RatesEntry,
) -> Watch:
    """The watch of checked entries, nothing overlaid yet."""
    watch = Watch(
        concepts=tuple(_concept(name, entry) for name, entry in concepts.items()),
        topics=tuple(topic_record(entry) for entry in topics),
        claims=tuple(_claim(entry) for entry in claims),
        words={name: dict(names) for name, names in words.items()},
        rates=Rates(base=rates.base, on=rates.on, source=rates.source, per_base=rates.per_base),
    )
    rules_hash = _hash([watch.concepts, watch.topics, watch.claims, watch.words, watch.rates])
    return with_known(replace(watch, rules_hash=rules_hash), {})


def with_known(watch: Watch, known: Mapping[str, Mapping[str, str | None]]) -> Watch:
    """The same rules over the values that the ledger holds; the version changes with them."""
    return replace(watch, known=known, version=_hash([watch.rules_hash, known]))


def _hash(thing: object) -> str:
    text = json.dumps(thing, default=_plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:HASH_CHARS]


def _plain(thing: object) -> object:
    if is_dataclass(thing) and not isinstance(thing, type):
        return {field.name: getattr(thing, field.name) for field in fields(thing)}  # json goes on into them
    if isinstance(thing, date | timedelta):
        return str(thing)
    raise TypeError(type(thing).__name__)


def _concept(name: str, entry: files.ConceptEntry) -> Concept:
    english = entry.names.get("en") or entry.names.get("*") or entry.exact or (name,)
    return Concept(
        id=name,
        kind=entry.kind,
        label=entry.label or english[0],
        names=dict(entry.names),
        exact=entry.exact,
        later=dict(entry.later),
        country=entry.country,
        currency=entry.currency,
        within=entry.within,
        iso=entry.iso,
        speaks=entry.speaks,
    )


def _group(entry: files.GroupEntry) -> Group:
    return Group(
        all=entry.all,
        any=entry.any,
        none=entry.none,
        at_least=(entry.at_least.count, entry.at_least.of) if entry.at_least else None,
        within=entry.within,
        near=entry.near,
        article=entry.article,
        absent=entry.absent,
        dated=entry.dated,
        weak=entry.weak,
        to=entry.to,
    )


def topic_record(entry: files.TopicEntry) -> Topic:
    """The record of a checked entry."""
    return Topic(
        id=entry.id,
        title=entry.title or entry.id,
        groups=tuple(_group(group) for group in entry.groups),
        none=entry.none,
        weights=entry.weights,
        threshold=entry.threshold,
        cap=entry.cap,
    )


def _claim(entry: files.ClaimEntry) -> Claim:
    return Claim(
        id=entry.id,
        topic=entry.topic,
        statement=entry.statement,
        title=entry.title,
        document=entry.source.document,
        section=entry.source.section,
        about=tuple(_group(group) for group in entry.about),
        denied_by=tuple(_group(group) for group in entry.denied_by),
        rivals=entry.rivals,
        slots=tuple(
            Slot(
                name=name,
                type=slot.type,
                known=None if slot.known in (None, "?") else slot.known,
                of=slot.of,
                not_of=slot.not_of,
                needs=slot.needs,
                words=slot.words,
                least=slot.least,
                most=slot.most,
                reach=slot.reach,
                options=slot.options,
            )
            for name, slot in entry.slots.items()
        ),
        cues=dict(entry.cues),
        expect=Expectation(by=entry.expect.by, grace=entry.expect.grace) if entry.expect else None,
        severity=entry.severity,
    )
