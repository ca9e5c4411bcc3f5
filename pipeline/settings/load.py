"""The configuration folder, read, checked as a whole and compiled."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel

from pipeline.errors import ConfigError
from pipeline.model.rules import AlertRules, Secret
from pipeline.model.source import Source
from pipeline.model.watch import Watch
from pipeline.settings import clusters, deployment, files, references
from pipeline.settings.alertfile import AlertsFile, alert_rules
from pipeline.settings.faults import Faults, Loc, validated
from pipeline.settings.fields import SecretRef
from pipeline.settings.settings import Settings
from pipeline.settings.watch import compile_watch
from pipeline.settings.yamltree import Document, read_document

KINDS: Mapping[str, type[BaseModel]] = {  # `KIND.yaml` and `KIND/*.yaml`; watch.yaml may hold any of the others
    "concepts": files.ConceptsFile,
    "words": files.WordsFile,
    "topics": files.TopicsFile,
    "claims": files.ClaimsFile,
    "watch": files.WatchFile,
}


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """Everything that a folder says."""

    folder: Path
    data: Path  # where the database and the files of channels are
    settings: Settings
    sources: tuple[Source, ...]
    watch: Watch
    alerts: AlertRules
    warnings: tuple[str, ...] = ()
    places: Mapping[str, str] = field(default_factory=dict)  # claim id -> file that holds it
    alerts_document: Document | None = field(default=None, repr=False, compare=False)

    def place(self, *path: str | int) -> str:
        """`file:line:column` of a key path in alerts.yaml."""
        return str(self.alerts_document.place(path)) if self.alerts_document else str(self.folder / "alerts.yaml")

    password: Secret | None = None  # of the PostgreSQL user
    second_key: Secret | None = None  # of the second reader

    @property
    def database_url(self) -> str:
        """The database's address, a relative SQLite file made absolute, the password filled in."""
        url = self.settings.database.url
        prefix = "sqlite:///"
        if url.startswith(prefix) and not url.startswith((prefix + "/", prefix + ":memory:")):
            return f"{prefix}{self.data / url.removeprefix(prefix)}"
        scheme, _, rest = url.partition("://")
        user, at, host = rest.partition("@")
        if self.password is not None and at and ":" not in user:
            return f"{scheme}://{user}:{quote(self.password.reveal(), safe='')}@{host}"
        return url


@dataclass(slots=True)
class _Reader:
    """One reading of a folder."""

    folder: Path
    env: Mapping[str, str]
    faults: Faults = field(default_factory=Faults)
    documents: dict[str, Document] = field(default_factory=dict)

    def document(self, path: Path) -> Document:
        name = os.path.relpath(path)
        document = read_document(path, name if not name.startswith("..") else str(path))
        self.faults.form(document)
        return document

    def optional(self, name: str) -> Document:
        path = self.folder / name
        return self.document(path) if path.exists() else Document(str(path), data={})

    def several(self, kind: str) -> list[Document]:
        """`kind.yaml` and `kind/*.yaml`, in order of their names."""
        paths = [p for p in (self.folder / f"{kind}.yaml",) if p.exists()]
        paths += sorted((self.folder / kind).glob("*.yaml"))
        return [self.document(path) for path in paths]


def load(folder: Path, *, env: Mapping[str, str], alerts_from: Path | None = None) -> Configuration:
    """Read and check the folder. Raises ConfigError with all faults at once, each as `file:line:column: key: what`.

    `alerts_from` is read in place of the folder's own alerts.yaml, as when changed rules are rehearsed.
    """
    reader = _Reader(folder.resolve(), env)
    faults = reader.faults
    settings_document = deployment.applied(reader.optional("settings.yaml"), env)
    settings = validated(settings_document, Settings, faults) or Settings()
    data = _data_folder(settings, reader.folder)
    sources = _sources(reader)
    names, places = _watched(reader)
    alerts_document = reader.document(alerts_from) if alerts_from else reader.optional("alerts.yaml")
    alerts_file = validated(alerts_document, AlertsFile, faults) or AlertsFile()
    alerts = alert_rules(
        alerts_file,
        data=data,
        reveal=lambda ref, loc: _reveal(ref, loc, alerts_document, reader),
        fault=lambda loc, message: faults.add(alerts_document, loc, message),
    )
    _check_alerts(alerts_file, alerts_document, names, {source.id for source in sources}, faults)
    _check_settings(settings, settings_document, reader)
    _known(settings.canary.channels, alerts_file.channels, "channel", settings_document, ("canary", "channels"), faults)
    password = _settings_secret(settings.database.password, ("database", "password"), settings_document, reader)
    second = settings.second_reader
    second_key = _settings_secret(
        second.key if second.enabled else None, ("second_reader", "key"), settings_document, reader
    )
    if faults.errors:
        shown = faults.shown()
        count = f"{len(shown)} fault{'s' if len(shown) > 1 else ''}"
        raise ConfigError(f"{count} in the configuration", thing=str(folder), faults=shown)
    return Configuration(
        folder=reader.folder,
        data=data,
        settings=clusters.with_paths(settings, reader.folder),
        sources=sources,
        watch=compile_watch(
            names.concepts, names.words, list(names.topics.values()), list(names.claims.values()), settings.rates
        ),
        alerts=alerts,
        warnings=faults.shown(warnings=True),
        places=places,
        alerts_document=alerts_document,
        password=password,
        second_key=second_key,
    )


def _data_folder(settings: Settings, folder: Path) -> Path:
    return (folder / settings.data).resolve() if settings.data else folder.parent


def _sources(reader: _Reader) -> tuple[Source, ...]:
    document = reader.optional("sources.yaml")
    if document.data == {}:
        return ()
    file = validated(document, files.SourcesFile, reader.faults)
    if file is None:
        return ()
    seen: dict[str, int] = {}
    for i, entry in enumerate(file.sources):
        if entry.id in seen:
            first = document.place(("sources", seen[entry.id]))
            reader.faults.add(document, ("sources", i, "id"), f"duplicate id {entry.id!r}, first at line {first.line}")
        seen.setdefault(entry.id, i)
        if not entry.url.startswith(("http://", "https://")):
            reader.faults.add(document, ("sources", i, "url"), f"{entry.url!r} is no http or https address")
    if not any(entry.enabled for entry in file.sources):
        why = "every source is switched off" if file.sources else "it lists no source"
        reader.faults.warn(document, ("sources",), f"nothing is watched: {why}")
    return tuple(Source(**dict(entry)) for entry in file.sources)


@dataclass(slots=True)
class _Watched:
    """The concepts, words, topics and claims of all files, and the checks that wait until every name is known."""

    faults: Faults
    names: references.Names = field(default_factory=references.Names)
    places: dict[str, str] = field(default_factory=dict)
    checks: list[Callable[[], None]] = field(default_factory=list)

    def take(self, document: Document, kind: str, model: type[BaseModel]) -> None:
        """Take over what a file of that kind holds; a file that is not right still names what is in it."""
        file = validated(document, model, self.faults)
        if file is None:
            if isinstance(document.data, dict):
                for part in KINDS if kind == "watch" else (kind,):
                    self.names.note_unread(document.data.get(part))
            return
        for name, concept in getattr(file, "concepts", {}).items():
            self._concept(document, name, concept)
        for name, languages in getattr(file, "words", {}).items():
            self._words(document, name, languages)
        for i, topic in enumerate(getattr(file, "topics", ())):
            self._topic(document, i, topic)
        for i, claim in enumerate(getattr(file, "claims", ())):
            self._claim(document, i, claim)

    def _concept(self, document: Document, name: str, concept: files.ConceptEntry) -> None:
        loc = ("concepts", name)
        _once(self.names.knows(name), name, document, loc, self.faults)
        self.names.concepts[name] = concept
        self.checks.append(_later(references.check_concept, self.names, concept, document, loc, self.faults))

    def _words(self, document: Document, name: str, languages: files.Names) -> None:
        _once(self.names.knows(name), name, document, ("words", name), self.faults)
        self.names.words[name] = languages
        references.check_words(languages, document, ("words", name), self.faults)

    def _topic(self, document: Document, i: int, topic: files.TopicEntry) -> None:
        _once(topic.id in self.names.topics, topic.id, document, ("topics", i, "id"), self.faults)
        self.names.topics[topic.id] = topic
        self.checks.append(_later(references.check_topic, self.names, topic, document, ("topics", i), self.faults))

    def _claim(self, document: Document, i: int, claim: files.ClaimEntry) -> None:
        _once(claim.id in self.names.claims, claim.id, document, ("claims", i, "id"), self.faults)
        self.names.claims[claim.id] = claim
        self.places[claim.id] = document.file
        self.checks.append(_later(references.check_claim, self.names, claim, document, ("claims", i), self.faults))


def _watched(reader: _Reader) -> tuple[references.Names, dict[str, str]]:
    watched = _Watched(reader.faults)
    for kind, model in KINDS.items():
        for document in reader.several(kind):
            watched.take(document, kind, model)
    for check in watched.checks:  # once every name is known
        check()
    return watched.names, watched.places


def _later(check: Callable[..., None], *args: Any) -> Callable[[], None]:
    return lambda: check(*args)


def _once(known: bool, name: str, document: Document, loc: Loc, faults: Faults) -> None:
    if known:
        faults.add(document, loc, f"duplicate id {name!r}: another entry has it already")


def _reveal(ref: SecretRef, loc: Loc, document: Document, reader: _Reader) -> Secret:
    if ref.env is not None:
        value = reader.env.get(ref.env)
        if value is None:
            reader.faults.add(document, loc, f"the environment variable {ref.env} is not set")
        return Secret(value or "")
    try:
        return Secret((reader.folder / str(ref.file)).read_text(encoding="utf-8").strip())
    except (OSError, UnicodeDecodeError) as error:
        reader.faults.add(document, loc, f"the file {ref.file} cannot be read: {error}")
        return Secret("")


def _settings_secret(ref: SecretRef | None, loc: Loc, document: Document, reader: _Reader) -> Secret | None:
    return None if ref is None else _reveal(ref, loc, document, reader)


def _check_alerts(
    file: AlertsFile, document: Document, names: references.Names, sources: set[str], faults: Faults
) -> None:
    for kind, ids in (
        ("rules", [row.id for row in file.rules]),
        ("mutes", [row.id for row in file.mutes]),
        ("digests", [row.id for row in file.digests]),
    ):
        for i, name in enumerate(ids):
            if name in ids[:i]:
                faults.add(document, (kind, i, "id"), f"duplicate id {name!r}")
    for kind, lists in (
        ("rules", [row.channels for row in file.rules]),
        ("digests", [row.channels for row in file.digests]),
    ):
        for i, channels in enumerate(lists):
            _known(channels, file.channels, "channel", document, (kind, i, "channels"), faults)
    for kind, whens in (("rules", [row.when for row in file.rules]), ("mutes", [row.when for row in file.mutes])):
        for i, when in enumerate(whens):
            _known(
                when.claims, names.claims.keys() | names.unread, "claim", document, (kind, i, "when", "claims"), faults
            )
            _known(
                when.topics, names.topics.keys() | names.unread, "topic", document, (kind, i, "when", "topics"), faults
            )
            _known(when.sources, sources, "source", document, (kind, i, "when", "sources"), faults)


def _known(
    given: Iterable[str], known: Collection[str], what: str, document: Document, loc: Loc, faults: Faults
) -> None:
    for i, name in enumerate(given):
        if name not in known:
            faults.unknown(document, (*loc, i), what, name, known)


def _check_settings(settings: Settings, document: Document, reader: _Reader) -> None:
    schedule = settings.schedule
    if schedule.floor > schedule.ceiling:
        reader.faults.add(document, ("schedule", "floor"), "is longer than the ceiling")
    for i, pair in enumerate(settings.fetch.allow_private):
        host, _, port = pair.rpartition(":")
        if not host or not port.isdigit():
            reader.faults.add(document, ("fetch", "allow_private", i), f"{pair!r} is no host:port pair")
    clusters.check(settings.engine, document, reader.folder, reader.faults)
