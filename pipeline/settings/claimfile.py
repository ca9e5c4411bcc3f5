"""Accepted values written back into claim files, comments and order kept. The one owner of ruamel.yaml."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError

from pipeline.errors import ConfigError

_WHOLE = re.compile(r"-?(0|[1-9]\d{0,17})")
_ITEM = re.compile(r"^( *)- ", re.MULTILINE)


def rewritten(text: str, known: Mapping[str, Mapping[str, str | None]], *, name: str) -> str:
    """The claim file with these values known: claim -> slot -> value, None for open again.

    Claims and slots that the file does not hold are passed over; a value that stands there already changes nothing.
    Raises ConfigError when the text is no claim file.
    """
    reader = _yaml(text)
    try:
        data = reader.load(text)
    except YAMLError as error:
        raise ConfigError(f"is no YAML: {error}", thing=name) from error
    rows = data.get("claims") if isinstance(data, dict) else None
    if not isinstance(rows, list):
        raise ConfigError("has no list of claims", thing=name)
    changed = False
    for row in rows:
        slots = row.get("slots") if isinstance(row, dict) else None
        if not isinstance(slots, dict):
            continue
        for slot, value in known.get(str(row["id"]), {}).items():
            if isinstance(slots.get(slot), dict):
                changed |= _set(slots[slot], value)
    if not changed:
        return text
    out = io.StringIO()
    reader.dump(data, out)
    return out.getvalue()


def _set(slot: CommentedMap, value: str | None) -> bool:
    """Puts the value where `known` stands, after `type` where it does not stand yet. Whether anything changed."""
    there = slot.get("known")
    if value is None:
        if there in (None, "?"):
            return False
        del slot["known"]
        return True
    if there is not None and str(there) == value:
        return False
    plain: Any = int(value) if _WHOLE.fullmatch(value) else value
    if "known" in slot:
        slot["known"] = plain
    else:
        slot.insert(1 if "type" in slot else 0, "known", plain)
    return True


def _yaml(text: str) -> YAML:
    """A reader and writer that leaves alone what it does not change: quotes, long lines, the way lists are indented."""
    offset = len(found.group(1)) if (found := _ITEM.search(text)) else 2
    made = YAML(typ="rt")
    made.preserve_quotes = True
    made.width = 1_000_000
    made.indent(mapping=2, sequence=offset + 2, offset=offset)
    return made
