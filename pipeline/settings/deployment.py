"""Settings that the environment gives: where a container listens and which database it has, without another file.

`CLAIMWATCH__WEB__HOST=0.0.0.0` stands for `web: {host: 0.0.0.0}` of settings.yaml, and goes before it. The value is
read as YAML: `CLAIMWATCH__DATABASE__PASSWORD={file: /run/secrets/password}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pipeline.settings.yamltree import Document, read_text

PREFIX = "CLAIMWATCH__"


def applied(document: Document, env: Mapping[str, str]) -> Document:
    """The document with what the environment gives; a fault in it is told with the variable's name as its place."""
    given = {name: value for name, value in sorted(env.items()) if name.startswith(PREFIX)}
    if not given:
        return document
    data: dict[str, Any] = dict(document.data) if isinstance(document.data, dict) else {}
    faults, elsewhere = list(document.faults), dict(document.elsewhere)
    for name, value in given.items():
        path = tuple(part.lower() for part in name.removeprefix(PREFIX).split("__"))
        read = read_text(value, name)
        faults += read.faults
        elsewhere[path] = name
        _put(data, path, read.data)
    return replace(document, data=data, faults=faults, elsewhere=elsewhere)


def _put(data: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    """Set the value at that path, in copies of what is on the way."""
    for part in path[:-1]:
        below = data.get(part)
        data[part] = dict(below) if isinstance(below, dict) else {}
        data = data[part]
    data[path[-1]] = value
