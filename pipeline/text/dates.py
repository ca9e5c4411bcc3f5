"""Reading dates and periods in prose, at the precision stated."""

from __future__ import annotations

from datetime import datetime

from pipeline.text.records import DateMention

__all__ = ["DateMention", "read"]


def read(
    text: str, lang: str, *, published: datetime | None = None, folded: str | None = None
) -> tuple[DateMention, ...]:
    """The dates that `text` states, in order; what needs the publication date is left out when `published` is None."""
    return ()


def spans(text: str, lang: str, *, folded: str | None = None) -> tuple[tuple[int, int], ...]:
    """Where dates stand in `text`, those too that need the publication date to be told."""
    return ()
