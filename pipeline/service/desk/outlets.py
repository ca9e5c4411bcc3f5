"""Sources: how they are, when they are looked at next, how much of them was of use; pause and look now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pipeline.errors import ReviewError
from pipeline.fetch.mask import mask, mask_text
from pipeline.model.outcome import Reason
from pipeline.model.source import Source, SourceState
from pipeline.service.review import Done
from pipeline.service.wiring import Desk
from pipeline.storage import desk as queries
from pipeline.storage import people, sources
from pipeline.storage.sources import SourceEvent, SourceShare

LATELY = timedelta(days=30)
_WORST = ("gone", "failing", "silent", "new", "paused", "ok")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    source: Source
    state: SourceState | None  # None: never looked at
    share: SourceShare | None
    paused: bool

    @property
    def health(self) -> str:
        """paused, new, ok, failing, silent or gone."""
        return "paused" if self.paused else self.state.health if self.state else "new"

    @property
    def noted(self) -> str:
        """The reason that the last look ended with, "" when all was well: the same bytes as before are no trouble."""
        reason = self.state.last_reason if self.state else ""
        return "" if reason == Reason.UNCHANGED else reason

    @property
    def address(self) -> str:
        """Its address as it may be shown."""
        return mask(self.source.url)

    @property
    def moved_to(self) -> str:
        """Where it has moved for good, as it may be shown; "" when it has not."""
        return mask(self.state.url) if self.state and self.state.url != self.source.url else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    line: Line
    events: tuple[SourceEvent, ...]


def lines(desk: Desk) -> tuple[Line, ...]:
    """The configured sources, those with trouble first."""
    with desk.store.read() as tx:
        states = sources.load_all(tx)
        shares = queries.shares(tx, since=(desk.clock.now() - LATELY).date())
        paused = sources.paused(tx)
    found = [
        Line(source=one, state=states.get(one.id), share=shares.get(one.id), paused=one.id in paused)
        for one in desk.configuration.sources
        if one.enabled
    ]
    return tuple(sorted(found, key=lambda line: (_rank(line.health), line.source.name or line.source.id)))


def _rank(health: str) -> int:
    return _WORST.index(health) if health in _WORST else len(_WORST)


def whole(desk: Desk, source_id: str) -> Whole | None:
    """One source with what happened to it in the last 30 days; None when it is not configured."""
    line = next((one for one in lines(desk) if one.source.id == source_id), None)
    if line is None:
        return None
    with desk.store.read() as tx:
        events = sources.events(tx, since=desk.clock.now() - LATELY, source=source_id)
    shown = tuple(replace(event, detail=mask_text(event.detail)) for event in reversed(events))
    return Whole(line=line, events=shown)


def pause(desk: Desk, who: str, source_id: str, *, until: datetime | None = None) -> Done:
    """Leaves a source alone. Raises ReviewError when it was never taken up."""
    return _change(desk, who, source_id, "pause", until)


def resume(desk: Desk, who: str, source_id: str) -> Done:
    """Looks at a paused source again. Raises ReviewError when it is not paused."""
    return _change(desk, who, source_id, "resume", None)


def look_now(desk: Desk, who: str, source_id: str) -> Done:
    """Makes a source due at once. Raises ReviewError when it was never taken up."""
    return _change(desk, who, source_id, "look", None)


def _change(desk: Desk, who: str, source_id: str, action: str, until: datetime | None) -> Done:
    now = desk.clock.now()
    with desk.store.transaction() as tx:
        if action == "pause":
            done = sources.pause(tx, source_id, until=until, now=now)
        elif action == "resume":
            done = sources.resume(tx, source_id, now=now)
        else:
            done = sources.look_now(tx, source_id, now=now)
        if not done:
            hint = "it is not paused" if action == "resume" else "the service takes it up when it runs"
            raise ReviewError("nothing was changed", thing=f"source {source_id}", hint=hint)
        change = people.record(tx, who=who, action=action, thing_kind="source", thing=source_id, now=now)
    return Done(change=change, action=action)
