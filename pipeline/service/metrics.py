"""What Prometheus is told, counted from the store at each question: right after a restart, and for all processes.

The only user of prometheus_client. Names of metrics are a contract with `deploy/prometheus-rules.yml`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from pipeline.errors import StoreError
from pipeline.service import latency
from pipeline.service.health import Report, report
from pipeline.service.wiring import Desk
from pipeline.storage import jobs, sources

_HEALTHS = ("new", "ok", "failing", "silent", "gone", "not-a-feed", "paused")


def exposition(desk: Desk) -> tuple[bytes, str]:
    """The body and media type of `/metrics`. A store that cannot be read shows as `claimwatch_database_up 0`."""
    registry = CollectorRegistry()
    registry.register(_FromStore(desk))
    ProcessCollector(registry=registry)
    return generate_latest(registry), CONTENT_TYPE_LATEST


class _FromStore(Collector):
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def describe(self) -> list[Metric]:
        return []  # nothing is asked of the store before somebody asks for metrics

    def collect(self) -> Iterator[Metric]:
        desk = self._desk
        now = desk.clock.now()
        try:
            found = report(desk.store, desk.configuration, now=now)
            with desk.store.read() as tx:
                tallies = jobs.totals(tx)
                states = sources.load_all(tx)
        except StoreError:
            yield _gauge("claimwatch_database_up", "Whether the database answers.", 0)
            return
        yield _gauge("claimwatch_database_up", "Whether the database answers.", 1)
        yield InfoMetricFamily("claimwatch_build", "The program.", {"version": found.version})
        watch = {"version": desk.watch.version, "rules_hash": desk.watch.rules_hash}
        yield InfoMetricFamily("claimwatch_watch", "The watch in force.", watch)
        yield from _outcomes(tallies)
        yield from _queues(found, now)
        yield from _jobs(found)
        yield from _sources(found, states)
        yield from _marks(found)


def _gauge(name: str, says: str, value: float | None = None) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, says, value=value)


def _labelled(name: str, says: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, says, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _outcomes(tallies: Mapping[tuple[str, str], int]) -> Iterator[Metric]:
    outcomes = CounterMetricFamily(
        "claimwatch_outcomes", "How items ended: step and reason.", labels=["step", "reason"]
    )
    spans: dict[str, Counter[str]] = defaultdict(Counter)
    for (step, reason), count in sorted(tallies.items()):
        if step.startswith(latency.STEP):
            spans[step.removeprefix(latency.STEP)][reason] += count
        else:
            outcomes.add_metric([step, reason], count)
    yield outcomes
    histogram = HistogramMetricFamily(
        "claimwatch_latency_seconds", "How long it took until an alert was sent.", labels=["since"]
    )
    for span in latency.SPANS:
        counted = spans[span]
        histogram.add_metric([span], latency.cumulative(counted), sum_value=float(counted[latency.SUM]))
    yield histogram


def _queues(found: Report, now: datetime) -> Iterator[Metric]:
    yield _labelled("claimwatch_entries", "Entries by stage.", "stage", found.entries)
    waited = (now - found.oldest_entry_at).total_seconds() if found.oldest_entry_at else 0.0
    yield _gauge("claimwatch_entries_oldest_seconds", "How long the first entry is due.", max(waited, 0.0))
    messages = GaugeMetricFamily("claimwatch_messages", "Messages by channel and state.", labels=["channel", "state"])
    for (channel, state), count in found.outbox.items():
        messages.add_metric([channel, state], count)
    yield messages


def _jobs(found: Report) -> Iterator[Metric]:
    names = ("started_at", "ok_at", "next_at")
    for name in names:
        values = {j.name: at.timestamp() for j in found.jobs if (at := getattr(j, name)) is not None}
        yield _labelled(f"claimwatch_job_{name}_seconds", f"The job's {name}, Unix time.", "job", values)
    took = {j.name: j.took_s for j in found.jobs if j.took_s is not None}
    yield _labelled("claimwatch_job_took_seconds", "How long the last run took.", "job", took)
    missed = {j.name: float(j.result == "missed") for j in found.jobs}
    yield _labelled("claimwatch_job_missed", "1 while the last run hangs or did not start.", "job", missed)
    for name, what in (("runs", "Runs begun."), ("failures", "Runs that failed or were missed.")):
        family = CounterMetricFamily(f"claimwatch_job_{name}", what, labels=["job"])
        for job in found.jobs:
            family.add_metric([job.name], getattr(job, name))
        yield family


def _sources(found: Report, states: Mapping[str, Any]) -> Iterator[Metric]:
    counts = {health: float(found.sources.get(health, 0)) for health in _HEALTHS}
    yield _labelled("claimwatch_sources", "Sources by health.", "health", counts)
    up = {name: float(state.health in ("ok", "new")) for name, state in states.items()}
    yield _labelled("claimwatch_source_up", "1 while the source is well.", "source", up)
    well = {name: state.last_ok_at.timestamp() for name, state in states.items() if state.last_ok_at}
    yield _labelled("claimwatch_source_ok_seconds", "When the source last answered well, Unix time.", "source", well)


def _marks(found: Report) -> Iterator[Metric]:
    held = float(bool(found.coordinator))
    yield _gauge("claimwatch_coordinated", "1 while a process holds the coordinator's lease.", held)
    digest = found.last_digest_at.timestamp() if found.last_digest_at else 0.0
    yield _gauge("claimwatch_last_digest_seconds", "When the last digest was built, Unix time; 0: never.", digest)
    canary = found.canary
    yield _gauge("claimwatch_canary_found", "1 unless the canary article was lost.", float(canary.get("found", True)))
    at = canary.get("last_found")
    seen = datetime.fromisoformat(at).timestamp() if at else 0.0
    yield _gauge("claimwatch_canary_found_seconds", "When the canary was last found, Unix time; 0: never.", seen)
    refused = float(not found.reload.get("ok", True))
    yield _gauge("claimwatch_reload_refused", "1 while the last edit of the configuration is refused.", refused)
    yield CounterMetricFamily(
        "claimwatch_reloads_refused", "Edits that were refused.", value=float(found.reload.get("refused", 0))
    )
