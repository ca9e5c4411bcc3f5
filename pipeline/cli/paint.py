"""Lines for a person: colour on a terminal, plain elsewhere, and no text of others that a terminal would obey.

`say` is the one way in which a line is printed: its pieces are made harmless, then painted. `click.echo` takes the
colour out again where no terminal is; NO_COLOR takes it out everywhere (see `root`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import click

from pipeline.text.display import harmless

_SHIFT = re.compile(r"( -> )([^;\n]*)")


@dataclass(frozen=True, slots=True)
class Painted:
    """A piece of a line with its colour, "" for none."""

    text: str
    colour: str = ""
    bold: bool = False
    dim: bool = False


Piece = str | Painted
Line = Piece | tuple[Piece, ...]

RELATIONS = {"denies": "red", "changes": "yellow", "adds": "green"}
SEVERITIES = {"high": "red", "low": "bright_black"}


def say(*pieces: Piece, err: bool = False) -> None:
    """Prints a line of these pieces."""
    click.echo("".join(_painted(piece) for piece in pieces), err=err)


def say_all(lines: Iterable[Line], *, err: bool = False) -> None:
    """Prints each line."""
    for line in lines:
        say(*(line if isinstance(line, tuple) else (line,)), err=err)


def relation(word: str, text: str = "") -> Painted:
    """A relation in its colour, or a text in the colour of the relation."""
    colour = RELATIONS.get(word, "")
    return Painted(text or word, colour, bold=bool(colour), dim=not colour)


def severity(word: str) -> Painted:
    """A severity: high ones stand out, low ones step back."""
    return Painted(word, SEVERITIES.get(word, ""), bold=word == "high")


def shifts(text: str) -> tuple[Piece, ...]:
    """A text whose `from -> to` stand out: what it is now in colour."""
    pieces: list[Piece] = []
    at = 0
    for found in _SHIFT.finditer(text):
        pieces += [text[at : found.start()], aside(found[1]), Painted(found[2], "green", bold=True)]
        at = found.end()
    return (*pieces, text[at:])


def fault(text: str) -> Painted:
    """Something is wrong."""
    return Painted(text, "red")


def warning(text: str) -> Painted:
    """Something may be wrong."""
    return Painted(text, "yellow")


def good(text: str) -> Painted:
    """All is well."""
    return Painted(text, "green")


def head(text: str) -> Painted:
    """What stands over a paragraph."""
    return Painted(text, bold=True)


def aside(text: str) -> Painted:
    """What most readers pass over."""
    return Painted(text, dim=True)


def _painted(piece: Piece) -> str:
    if isinstance(piece, str):
        return harmless(piece)
    text = harmless(piece.text)
    if not text or not (piece.colour or piece.bold or piece.dim):
        return text
    return click.style(text, fg=piece.colour or None, bold=piece.bold or None, dim=piece.dim or None)
