"""Data with its faulty parts taken out, so that the rest of a file is checked in the same run."""

from __future__ import annotations

import copy
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

Model = TypeVar("Model", bound=BaseModel)
BROKEN = "\N{REPLACEMENT CHARACTER}"  # stands for a faulty item of a list, so that the others keep their places
_ROUNDS = 4  # a required key that was faulty takes what holds it along, then what holds that


def mended(model: type[Model], data: Any, error: ValidationError) -> Model | None:
    """The model of what is sound in `data`; None when too little is. Only for further checks, never to be used."""
    data = copy.deepcopy(data)
    for _ in range(_ROUNDS):
        for row in error.errors(include_url=False):
            loc = row["loc"][:-1] if row["type"] == "missing" else row["loc"]
            _take_out(data, loc)
        try:
            return model.model_validate(data)
        except ValidationError as again:
            error = again
    return None


def _take_out(data: Any, loc: tuple[str | int, ...]) -> None:
    held: Any = None
    at: str | int = ""
    for part in loc:
        if isinstance(data, dict) and str(part) in data:
            held, at, data = data, str(part), data[str(part)]
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            held, at, data = data, part, data[part]
    if isinstance(held, dict):
        del held[at]
    elif isinstance(held, list):
        held[int(at)] = BROKEN
