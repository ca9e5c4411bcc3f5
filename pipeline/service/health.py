"""How the service is: for the pages that a machine asks, for the terminal and for metrics. Read from the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pipeline import __version__
from pipeline.errors import SchemaError, StoreError
from pipeline.service import lookagain
from pipeline.service.coordinator import LEASE
from pipeline.service.second_reader import books
from pipeline.service.wiring import Desk
from pipeline.settings.load import Configuration
from pipeline.storage import digests, entries, jobs, leases, outbox, schema, sources
from pipeline.storage.jobs import JobRow
from pipeline.storage.session import Store, Transaction

LATE = timedelta(minutes=10)  # a job this long after its next start is late, and is told


@dataclass(frozen=True, slots=True)
class Health:
    """Yes or no, and what was looked at: check -> "ok" or what is wrong."""

    ok: bool
    checks: Mapping[str, str] = field(default_factory=dict)


def ready(desk: Desk) -> Health:
    """Whether this process can do its work: the database answers and has the right schema."""
    try:
        schema.check(desk.store)
    except SchemaError as error:
        return Health(ok=False, checks={"database": "ok", "schema": str(error)})
    except StoreError as error:
        return Health(ok=False, checks={"database": str(error)})
    return Health(ok=True, checks={"database": "ok", "schema": "ok"})


@dataclass(frozen=True, kw_only=True)
class Report:
    """Everything that `claimwatch status` shows."""

    at: datetime
    version: str
    database: str
    schema: str
    coordinator: str  # the holder of the lease, "" when nobody holds it
    lease_until: datetime | None
    jobs: tuple[JobRow, ...]
    entries: Mapping[str, int]  # stage -> how many
    oldest_entry_at: datetime | None  # when the first one that waits was due
    outbox: Mapping[tuple[str, str], int]  # (channel, state) -> how many
    sources: Mapping[str, int]  # health -> how many
    troubled: tuple[tuple[str, str, str], ...]  # source, health, why
    last_digest_at: datetime | None
    to_look_at: int  # known values that somebody wanted to be looked at again by now
    reload: Mapping[str, Any]  # {"ok", "at", "message"}
    canary: Mapping[str, Any]  # {"found", "at", "last_found", "detail"}
    watch: Mapping[str, Any]  # {"version", "rules_hash", "at"}
    second_reader: Mapping[str, Any]  # {"enabled"}, and with it its model, today's questions, answers, faults and cost

    @property
    def problems(self) -> tuple[str, ...]:
        """What somebody should look at, in words."""
        found = [] if self.coordinator else ["nobody coordinates: no process holds the lease"]
        found += [f"job {j.name}: {j.result}, {j.detail}" for j in self.jobs if j.result in ("failed", "missed")]
        found += [
            f"job {j.name} is late: it was due at {j.next_at:%Y-%m-%d %H:%M} UTC"
            for j in self.jobs
            if self.coordinator and j.result != "running" and j.next_at and self.at - j.next_at > LATE
        ]
        parked = sum(n for (_, state), n in self.outbox.items() if state == "parked")
        if parked:
            found.append(f"{parked} messages are parked: their channel will not take them")
        if self.reload and not self.reload.get("ok", True):
            found.append(f"the last edit of the configuration was refused: {self.reload.get('message', '')}")
        if self.canary and not self.canary.get("found", True):
            found.append(f"the canary article was not found: {self.canary.get('detail', '')}")
        return tuple(found)

    def as_record(self) -> dict[str, Any]:
        """For JSON."""
        record = asdict(self)
        record["outbox"] = [{"channel": c, "state": s, "count": n} for (c, s), n in self.outbox.items()]
        record["troubled"] = [{"source": s, "health": h, "why": w} for s, h, w in self.troubled]
        record["problems"] = list(self.problems)
        return record


def report(store: Store, configuration: Configuration, *, now: datetime) -> Report:
    """One moment's view of everything. Raises StoreError."""
    there = schema.revision(store)
    with store.read() as tx:
        states = sources.load_all(tx)
        lease = leases.look(tx, LEASE)
        held = lease is not None and lease.until is not None and lease.until > leases.database_now(tx)
        troubled = sorted(
            (name, state.health, state.last_detail or state.last_reason)
            for name, state in states.items()
            if state.health in ("failing", "silent", "gone", "not-a-feed")
        )
        return Report(
            at=now,
            version=__version__,
            database=store.url,
            schema=there,
            coordinator=lease.holder if lease and held else "",
            lease_until=lease.until if lease and held else None,
            jobs=jobs.all_jobs(tx),
            entries=entries.depth(tx),
            oldest_entry_at=entries.next_due_at(tx),
            outbox=outbox.depth(tx),
            sources=dict(Counter(state.health for state in states.values())),
            troubled=tuple(troubled),
            last_digest_at=_last_digest(tx, [plan.id for plan in configuration.alerts.digests]),
            to_look_at=len(lookagain.due(tx, configuration.watch, until=now.date())),
            reload=jobs.marked(tx, "reload") or {},
            canary=jobs.marked(tx, "canary") or {},
            watch=jobs.marked(tx, "watch") or {},
            second_reader=books(tx, configuration, now=now),
        )


def _last_digest(tx: Transaction, plans: Iterable[str]) -> datetime | None:
    return max((row.created_at for plan in plans for row in digests.latest(tx, plan)), default=None)
