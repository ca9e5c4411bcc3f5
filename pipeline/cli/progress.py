"""How far something is that takes long: a bar on a terminal's standard error, and nothing elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from pipeline.model.progress import Told, untold

WIDTH = 32  # characters of a bar


@contextmanager
def bar(label: str) -> Iterator[Told]:
    """What it is told is drawn: how much is done, of how much; the latter may grow meanwhile."""
    if not sys.stderr.isatty():
        yield untold
        return
    drawn = _Bar(label)
    try:
        yield drawn
    finally:
        drawn.end()


class _Bar:
    """One bar; its line ends when all is done, so that the next bar has a line of its own."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._bar: Any = None

    def __call__(self, done: int, of: int) -> None:
        if self._bar is None:
            self._bar = click.progressbar(
                length=of, label=f"{self._label:<9}", file=sys.stderr, width=WIDTH
            ).__enter__()
        self._bar.length = of
        self._bar.update(done - self._bar.pos)
        if done >= of:
            self.end()

    def end(self) -> None:
        if self._bar is not None:
            self._bar.render_finish()
            self._bar = None
