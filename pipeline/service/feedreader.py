"""A feed as it came, read where the engine runs: feedparser holds the interpreter, and what it is given is anyone's."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipeline.articles import address
from pipeline.errors import ParseError
from pipeline.model.outcome import Done, Failed, Outcome, Reason
from pipeline.model.source import FeedDocument, Source
from pipeline.model.watch import Watch
from pipeline.service.engine import Engine
from pipeline.service.guarded import analyse_one
from pipeline.sources import feed

_SAID = {
    Reason.ANALYSIS_TIME: Reason.READING_TIME,
    Reason.ANALYSIS_MEMORY: Reason.READING_MEMORY,
    Reason.ANALYSIS_ERROR: Reason.READING_ERROR,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """The bytes of a feed or sitemap, and how to read them."""

    body: bytes
    source: Source
    content_type: str
    url: str  # where the bytes came from
    limit: int  # entries
    now: datetime
    aggregators: frozenset[str] = frozenset()  # hosts known to hide the publisher's address

    def read(self, _watch: Watch) -> Outcome[FeedDocument]:
        """The document. Failed with not-a-feed when the bytes are something else."""
        try:
            document = feed.read(
                self.body,
                source=self.source,
                content_type=self.content_type,
                url=self.url,
                limit=self.limit,
                now=self.now,
                canonical=address.canonical,
                aggregators=self.aggregators,
            )
        except ParseError as error:
            return Failed(error.reason, error.message, retry=False)
        return Done(document)


async def read(engine: Engine, watch: Watch, came: Feed) -> FeedDocument:
    """What the feed says, read under limits in a child of this process where the engine has one, else in a thread.

    Raises ParseError: not-a-feed, or reading-time, reading-memory, reading-error for what its reader did not survive.
    """
    outcome: Outcome[Any]
    if engine.apart:
        outcome = await asyncio.wrap_future(engine.ask(came, watch))
    else:
        outcome = await asyncio.to_thread(analyse_one, came, watch)
    if isinstance(outcome, Done):
        document: FeedDocument = outcome.value
        return document
    raise ParseError(outcome.detail, thing=came.source.id, reason=_SAID.get(outcome.reason, outcome.reason))
