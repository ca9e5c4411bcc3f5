"""YAML with places: plain data by the scalar rules of YAML 1.2, and where each key and value stands."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from pipeline.errors import ConfigError

_PARSER: type[Any] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # the C parser is eight times as fast
_INT = re.compile(r"[-+]?[0-9]{1,300}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_BEGINS_NUMBER = frozenset("+-.0123456789")
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_PLAIN_TAGS = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq", None)

Path_ = Sequence[str | int]


class _Loader(_PARSER):  # type: ignore[misc]  # the base is C's or Python's, as PyYAML was built: no type holds both
    """Composes without asking what each scalar resolves to: that is decided here, by the rules of YAML 1.2."""

    def descend_resolver(self, *_: object) -> None:
        """No path resolves to anything."""

    def ascend_resolver(self) -> None:
        """Nothing was descended into."""

    def resolve(self, *_: object) -> None:
        """No tag, unless one is written."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: line and column count from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(slots=True)
class Document:
    """One YAML file, read: its data, and the tree that knows places."""

    file: str
    data: Any = None
    root: yaml.Node | None = None
    faults: list[tuple[Place, str, str]] = field(default_factory=list)  # place, key path, message
    elsewhere: dict[Path_, str] = field(default_factory=dict)  # key path -> where its value came from, if not the file

    def place(self, path: Path_) -> Place:
        """The place of a key path: of the key where it is a key, of the last part that is there otherwise."""
        top = {key.value for key, _ in self.root.value} if isinstance(self.root, yaml.MappingNode) else set()
        new = tuple(path) if path and path[0] not in top else None  # a section that only came from elsewhere
        origin = next(
            (where for key, where in self.elsewhere.items() if path[: len(key)] == key or key[: len(path)] == new), ""
        )
        if origin:
            return Place(origin)
        node, mark = self.root, self.root.start_mark if self.root is not None else None
        for part in path:
            if isinstance(node, yaml.MappingNode):
                pair = next(((k, v) for k, v in node.value if k.value == str(part)), None)
                if pair is None and isinstance(part, int):
                    continue  # one mapping stands for a list of one
                if pair is None:
                    break
                mark, node = pair[0].start_mark, pair[1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
                node = node.value[part]
                mark = node.start_mark
            elif not isinstance(part, int):  # a single value may stand for a list of one
                break
        return Place(self.file) if mark is None else Place(self.file, mark.line + 1, mark.column + 1)


def read_document(path: Path, name: str = "") -> Document:
    """Read a YAML file; what is wrong with its form is in `faults`, and `data` holds what could be read."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        document = Document(name or str(path))
        document.faults.append((Place(document.file), "", f"cannot be read: {error}"))
        return document
    return read_text(text, name or str(path))


def read_text(text: str, name: str) -> Document:
    """Read YAML that stands in no file, as `read_document` does."""
    document = Document(name)
    try:
        document.root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(document.file, mark.line + 1, mark.column + 1) if mark else Place(document.file)
        document.faults.append((place, "", f"is no YAML: {error.problem or error.context}"))
        return document
    except yaml.YAMLError as error:
        document.faults.append((Place(document.file), "", f"is no YAML: {error}"))
        return document
    document.data = _Reader(document).plain(document.root, ()) if document.root is not None else None
    return document


class _Reader:
    """Turns the tree into plain data, each node once, so that aliases cannot grow it."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._made: dict[int, Any] = {}
        self._open: set[int] = set()

    def plain(self, node: yaml.Node, path: tuple[str | int, ...]) -> Any:
        if type(node) is yaml.ScalarNode and node.tag in _PLAIN_TAGS:  # most nodes, and none of them holds another
            return _scalar(node)
        if id(node) in self._open:
            _fault(self._document, node, path, "holds itself: an alias may not stand within its own anchor")
            return None
        if id(node) not in self._made:
            self._open.add(id(node))
            self._made[id(node)] = self._read(node, path)
            self._open.discard(id(node))
        return self._made[id(node)]

    def _read(self, node: yaml.Node, path: tuple[str | int, ...]) -> Any:
        if node.tag not in _PLAIN_TAGS:
            _fault(self._document, node, path, f"tag {node.tag} is not supported: write the value without it")
        if isinstance(node, yaml.ScalarNode):
            return _scalar(node)
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(child, (*path, i)) for i, child in enumerate(node.value)]
        data: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                _fault(self._document, key, path, "a key must be a word")
            elif key.value in data:
                message = "duplicate key: the first one counts, take one of them out"
                _fault(self._document, key, (*path, key.value), message)
            else:
                data[key.value] = self.plain(value, (*path, key.value))
        return data


def _fault(document: Document, node: yaml.Node, path: tuple[str | int, ...], message: str) -> None:
    place = Place(document.file, node.start_mark.line + 1, node.start_mark.column + 1)
    document.faults.append((place, key_path(path), message))


def _scalar(node: yaml.ScalarNode) -> Any:
    text: str = node.value
    if node.style:  # quoted or a block: text; a plain one has None, or "" from the C parser
        return text
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _BEGINS_NUMBER:
        return text
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text) and math.isfinite(float(text)):
        return float(text)
    return text


def key_path(path: Path_) -> str:
    """A key path in words: `topics[3].any[0]`."""
    shown = ""
    for part in path:
        shown += f"[{part}]" if isinstance(part, int) else f".{part}" if shown else str(part)
    return shown


def read_plain(path: Path) -> Any:
    """The data of a YAML file that we ship ourselves. Raises ConfigError when it cannot be read."""
    document = read_document(path)
    if document.faults:
        faults = tuple(f"{place}: {key}: {message}" for place, key, message in document.faults)
        raise ConfigError("cannot be read", thing=str(path), faults=faults)
    return document.data
