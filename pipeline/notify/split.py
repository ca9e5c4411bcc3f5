"""A text in pieces that a channel takes: cut between paragraphs, else lines, else words, and never shortened."""

from __future__ import annotations

_MARK = 12  # code points kept free for " (12/34)" and a little
LEAST = 40  # code points: a smaller limit is no channel for text


def pieces(text: str, limit: int | None) -> tuple[str, ...]:
    """The text in pieces of at most `limit` code points, numbered `(1/3)` at the end when there are several.

    Joined without numbers and blanks the pieces are the text without blanks. A limit under LEAST counts as LEAST.
    """
    if limit is None or len(text) <= max(limit, LEAST):
        return (text,)
    room = max(limit, LEAST) - _MARK
    found: list[str] = []
    rest = text
    while len(rest) > room:
        at = _cut(rest, room)
        found.append(rest[:at].rstrip())
        rest = rest[at:].lstrip()
    found.append(rest)
    found = [piece for piece in found if piece]
    return tuple(f"{piece} ({number}/{len(found)})" for number, piece in enumerate(found, 1))


def _cut(text: str, room: int) -> int:
    """Where to cut: the last paragraph, line, sentence or word end in the second half of the room, else right at it."""
    for separator in ("\n\n", "\n", ". ", " "):
        at = text.rfind(separator, room // 2, room)
        if at > 0:
            return at + len(separator)
    return room
