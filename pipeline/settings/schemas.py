"""JSON Schemas of the YAML files, for editors: made from the same models that check them.

`python -m pipeline.settings.schemas FOLDER` writes them; a test compares what is shipped with what comes out here.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from datetime import time, timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from pipeline.settings import fields, files
from pipeline.settings.alertfile import AlertsFile, _share
from pipeline.settings.settings import Settings

MODELS: Mapping[str, type[BaseModel]] = {
    "settings": Settings,
    "sources": files.SourcesFile,
    "concepts": files.ConceptsFile,
    "words": files.WordsFile,
    "topics": files.TopicsFile,
    "claims": files.ClaimsFile,
    "alerts": AlertsFile,
}
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_UNITS = (("w", 604_800), ("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))


class _AsWritten(GenerateJsonSchema):
    """Schemas of what a person writes, before our validators turn it into what the program uses."""

    def function_before_schema(self, schema: Any) -> JsonSchemaValue:
        inner = super().function_before_schema(schema)
        function = schema["function"]["function"]
        if function is fields._as_list:  # one value stands for a list of one
            return {"anyOf": [inner, inner["items"]]} if "items" in inner else inner
        if function is fields._text:  # a number is text as it is written
            return {**inner, "type": ["string", "number"]} if inner.get("type") == "string" else inner
        if function is fields._filled:
            return {**inner, "minLength": 1}
        if function is _share:
            return {"anyOf": [inner, {"type": "string", "pattern": r"^[0-9.]+%$"}]}
        return inner

    def default_schema(self, schema: Any) -> JsonSchemaValue:
        made = super().default_schema(schema)
        default = schema.get("default")
        if isinstance(default, timedelta):
            made["default"] = written_duration(default)
        elif isinstance(default, time):
            made["default"] = f"{default:%H:%M}"
        elif isinstance(default, int) and fields._size in set(_functions(schema["schema"])):
            made["default"] = written_size(default)
        return made


def _functions(schema: Any) -> Iterator[Any]:
    """The functions that look at a value before its type does."""
    while isinstance(schema, Mapping) and "schema" in schema:
        if "function" in schema:
            yield schema["function"]["function"]
        schema = schema["schema"]


def written_duration(length: timedelta) -> str:
    """A duration as it is written in YAML: `15m`, `1d12h`."""
    left = int(length.total_seconds())
    parts = []
    for unit, seconds in _UNITS[1:]:
        if left >= seconds:
            parts.append(f"{left // seconds}{unit}")
            left %= seconds
    return "".join(parts) or "0s"


def written_size(size: int) -> str:
    """A size in bytes as it is written in YAML: `20MB`, `64kB`."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= factor and size % factor == 0:
            return f"{size // factor}{unit}"
    return f"{size}B"


def schemas() -> dict[str, str]:
    """File name -> the text of its schema."""
    made = {}
    for name, model in MODELS.items():
        body = model.model_json_schema(schema_generator=_AsWritten)
        titled = {"$schema": _DIALECT, **body, "title": f"claimwatch {name}"}
        made[f"{name}.json"] = json.dumps(titled, indent=2, ensure_ascii=False) + "\n"
    return made


def write(folder: Path) -> None:
    """Writes every schema into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schemas().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
