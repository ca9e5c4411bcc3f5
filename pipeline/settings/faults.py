"""Collecting faults of configuration: all of them at once, each with its place and what was probably meant."""

from __future__ import annotations

import difflib
import types
import typing
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from pipeline.settings.mending import mended
from pipeline.settings.yamltree import Document, Place, key_path

Model = TypeVar("Model", bound=BaseModel)
Loc = tuple[str | int, ...]

_WORDS = {
    "missing": "is missing",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "string_type": "must be text",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "dict_type": "must be a mapping",
    "model_type": "must be a mapping",
    "model_attributes_type": "must be a mapping",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
}


@dataclass(slots=True)
class Faults:
    """What is wrong, and what deserves a warning, in order of place."""

    errors: list[tuple[Place, str]] = field(default_factory=list)
    warnings: list[tuple[Place, str]] = field(default_factory=list)

    def add(self, document: Document, loc: Loc, message: str) -> None:
        """A fault at a key path of a document."""
        self._put(self.errors, document, loc, message)

    def warn(self, document: Document, loc: Loc, message: str) -> None:
        """Something that works, but hardly as meant."""
        self._put(self.warnings, document, loc, message)

    def _put(self, rows: list[tuple[Place, str]], document: Document, loc: Loc, message: str) -> None:
        path = key_path(loc)
        rows.append((document.place(loc), f"{path}: {message}" if path else message))

    def form(self, document: Document) -> None:
        """Take over what is wrong with the YAML itself."""
        for place, path, message in document.faults:
            self.errors.append((place, f"{path}: {message}" if path else message))

    def shown(self, warnings: bool = False) -> tuple[str, ...]:
        """`file:line:column: key.path: what` for each, ordered by place, each once."""
        rows = {f"{place}: {message}": place for place, message in (self.warnings if warnings else self.errors)}
        ordered = sorted(rows.items(), key=lambda row: (row[1].file, row[1].line, row[1].column, row[0]))
        return tuple(text for text, _ in ordered)

    def unknown(self, document: Document, loc: Loc, what: str, name: str, known: Iterable[str]) -> None:
        """A reference that leads nowhere."""
        self.add(document, loc, f"unknown {what} {name!r}{meant(name, known)}")


def meant(name: str, known: Iterable[str]) -> str:
    """` (did you mean X?)` when a known name is close, else ""."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f" (did you mean {close[0]}?)" if close else ""


def validated(document: Document, model: type[Model], faults: Faults) -> Model | None:
    """The document as that model, each fault noted at its place; where there are any, what is sound of it, or None."""
    data: Any = {} if document.data is None else document.data
    if not isinstance(data, dict):
        faults.add(document, (), "must be a mapping")
        return None
    try:
        return model.model_validate(data)
    except ValidationError as error:
        for row in error.errors(include_url=False):
            faults.add(document, _real(row["loc"], data), _worded(row, model))
        return mended(model, data, error)


def _real(loc: Loc, data: Any) -> Loc:
    """The part of pydantic's path that stands in the file: names of union members and validators are dropped."""
    real: list[str | int] = []
    for i, part in enumerate(loc):
        if isinstance(data, dict):
            if part in data:
                data = data[part]
            elif i < len(loc) - 1:
                continue
            else:
                data = None
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
        else:
            continue
        real.append(part)
    return tuple(real)


def _worded(row: Any, model: type[BaseModel]) -> str:
    kind, loc = row["type"], row["loc"]
    if kind == "extra_forbidden":
        return f"unknown key{meant(str(loc[-1]), _fields(model, loc[:-1]))}"
    if kind == "missing":
        return "is missing"
    if kind == "value_error":
        return str(row["ctx"]["error"])
    if kind == "literal_error":
        allowed = str(row["ctx"]["expected"]).replace("'", "")
        close = meant(str(row["input"]), allowed.replace(" or ", ", ").split(", "))
        return f"{row['input']!r} is none of {allowed}{close}"
    if kind in _WORDS:
        return f"{_WORDS[kind]}, not {row['input']!r}"
    message = row["msg"]
    return f"{message[:1].lower()}{message[1:]}, not {row['input']!r}"


def _fields(model: Any, loc: Loc) -> list[str]:
    """The keys that a mapping at that path may have."""
    kind = model
    for part in loc:
        kind = _inside(kind, part)
    models = [m for m in _members(kind) if isinstance(m, type) and issubclass(m, BaseModel)]
    return [info.alias or name for m in models for name, info in m.model_fields.items()]


def _inside(kind: Any, part: str | int) -> Any:
    for member in _members(kind):
        if isinstance(member, type) and issubclass(member, BaseModel):
            found = next((i.annotation for n, i in member.model_fields.items() if part in (n, i.alias)), None)
            if found is not None:
                return found
        args = typing.get_args(member)
        origin = typing.get_origin(member)
        if origin is dict and len(args) == 2:
            return args[1]
        if origin in (list, tuple) and isinstance(part, int) and args:
            return args[0]
    return kind


def _members(kind: Any) -> list[Any]:
    origin = typing.get_origin(kind)
    if origin is typing.Annotated:
        return _members(typing.get_args(kind)[0])
    if origin in (typing.Union, types.UnionType):
        return [m for arg in typing.get_args(kind) for m in _members(arg)]
    return [kind]
