"""A topic's rule outside of its file: the text that a person may change, and that text checked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pipeline.errors import ConfigError
from pipeline.model.watch import Topic, Watch
from pipeline.settings import files, references
from pipeline.settings.faults import Faults, validated
from pipeline.settings.watch import topic_record
from pipeline.settings.yamltree import read_document, read_text

LONGEST = 20_000  # characters of a rule


def source_text(folder: Path, topic: str) -> str:
    """The topic as its file has it, with comments, moved to the left margin; "" when no file has it."""
    paths = [folder / "topics.yaml", *sorted((folder / "topics").glob("*.yaml"))]
    for path in paths:
        if not path.exists():
            continue
        document = read_document(path)
        rows = document.data.get("topics") if isinstance(document.data, Mapping) else None
        for number, row in enumerate(rows if isinstance(rows, list) else ()):
            if isinstance(row, Mapping) and row.get("id") == topic:
                first = document.place(("topics", number)).line - 1
                return _entry(path.read_text(encoding="utf-8-sig").splitlines()[first:])
    return ""


def _entry(lines: list[str]) -> str:
    """The first entry of a list of mappings, its dash taken off."""
    head = lines[0]
    margin = len(head) - len(head.lstrip(" -"))
    found = [head[margin:]]
    for line in lines[1:]:
        if line.strip() and len(line) - len(line.lstrip()) < margin:
            break
        found.append(line[margin:])
    return "\n".join(found).strip() + "\n"


def topic_of(text: str, watch: Watch) -> Topic:
    """The topic that a text says, checked against the watch's names. Raises ConfigError with every fault."""
    if len(text) > LONGEST:
        raise ConfigError(f"has {len(text):,} characters, at most {LONGEST:,} are read", thing="rule")
    document = read_text(text, "rule")
    faults = Faults()
    faults.form(document)
    entry = None if faults.errors else validated(document, files.TopicEntry, faults)
    if entry is not None:
        names = references.Names(words={name: dict(words) for name, words in watch.words.items()})
        for concept in watch.concepts:
            names.concepts[concept.id] = files.ConceptEntry(kind=concept.kind, names=dict(concept.names))
        references.check_topic(names, entry, document, (), faults)
    if faults.errors or entry is None:
        shown = faults.shown()
        raise ConfigError("the rule has faults", thing="rule", faults=shown)
    return topic_record(entry)
