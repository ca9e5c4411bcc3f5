"""Objects that go from process to process by the hundred thousand."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields
from operator import attrgetter
from typing import Any, TypeVar

C = TypeVar("C", bound=type)


def travels(cls: C) -> C:
    """Let a frozen dataclass with slots become bytes and an object again in half the time.

    What `dataclass` writes for it asks for the fields of the class anew for every object. The state is the same: values
    in the order of the fields.
    """
    names = [field.name for field in fields(cls)]
    setters: list[Callable[[object, object], None]] = [getattr(cls, name).__set__ for name in names]
    values = attrgetter(*names)
    alone = len(names) == 1

    def state(self: object) -> Any:
        return (values(self),) if alone else values(self)

    def restore(self: object, state: Iterable[object]) -> None:
        for put, value in zip(setters, state, strict=True):
            put(self, value)

    for name, method in (("__getstate__", state), ("__setstate__", restore)):
        setattr(cls, name, method)
    return cls
