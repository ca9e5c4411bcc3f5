"""The service's report as lines for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pipeline.cli import paint
from pipeline.cli.paint import Line, Piece
from pipeline.service.health import Report
from pipeline.storage.jobs import JobRow
from pipeline.text.display import clean


def as_lines(report: Report) -> list[Line]:
    """Who coordinates, what waits, how jobs went, what is wrong."""
    until = f", lease until {report.lease_until:%H:%M:%S} UTC" if report.lease_until else ""
    lines: list[Line] = [
        f"claimwatch {report.version}  {report.database}  schema {report.schema or 'none'}",
        ("coordinator  ", report.coordinator or paint.fault("nobody"), until),
        f"watch        {str(report.watch.get('version', 'none yet'))[:12]}",
        f"entries      {_counts(report.entries)}",
        f"messages     {_messages(report.outbox)}",
        f"sources      {_counts(report.sources)}",
        f"last digest  {_ago(report.last_digest_at, report.at)}",
        ("canary       ", _canary(report)),
    ]
    if report.to_look_at:
        values = "1 value" if report.to_look_at == 1 else f"{report.to_look_at:,} values"
        lines.append(f"claims       {values} to look at again: claimwatch claims list --due")
    if report.second_reader.get("enabled"):
        lines.append(f"2nd reader   {_second(report.second_reader)}")
    if report.jobs:
        lines += [
            "",
            paint.head(f"{'job':<11} {'last start':<16} {'took':>8}  {'result':<8} {'runs':>6} {'failed':>6}"),
        ]
        lines += [_job(job, report.at) for job in report.jobs]
    if report.troubled:
        lines += ["", paint.head("sources in trouble")]
        lines += [
            (f"  {name}: ", paint.warning(health), f", {clean(why, 120)}") for name, health, why in report.troubled
        ]
    if report.problems:
        lines += ["", paint.head("problems"), *(paint.fault(f"  {clean(problem, 300)}") for problem in report.problems)]
    return lines


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{n} {what}" for what, n in sorted(counts.items())) or "none"


def _messages(outbox: Mapping[tuple[str, str], int]) -> str:
    states: dict[str, int] = {}
    for (_, state), n in outbox.items():
        states[state] = states.get(state, 0) + n
    return _counts(states)


def _canary(report: Report) -> Piece:
    if not report.canary:
        return "not sent yet"
    found = bool(report.canary.get("found"))
    return paint.good("found") if found else paint.fault(f"LOST: {report.canary.get('detail', '')}")


def _second(books: Mapping[str, Any]) -> str:
    """The model, and what it was asked, answered and cost today."""
    told = [
        f"{books['questions']:,} of {books['questions_per_day']:,} questions today",
        *(f"{books[what]:,} {what}" for what in ("confirmed", "proposed", "doubted")),
        f"{books['failures']:,} failed",
        f"{books['tokens']:,} tokens",
        f"{books['cost']:g} {books['currency']}".rstrip(),
    ]
    fault = f"; last fault: {clean(books['last_fault'], 120)}" if books["last_fault"] else ""
    return f"{clean(books['model'], 60)}: {', '.join(told)}{fault}"


def _job(job: JobRow, now: datetime) -> Line:
    took = f"{job.took_s:.1f} s" if job.took_s is not None else ""
    line = f"{job.name:<11} {_ago(job.started_at, now):<16} {took:>8}  {job.result:<8} {job.runs:>6} {job.failures:>6}"
    told = f"{line}  {clean(job.detail, 100)}".rstrip()
    return paint.fault(told) if job.result == "failed" else told


def _ago(at: datetime | None, now: datetime) -> str:
    if at is None:
        return "never"
    seconds = (now - at).total_seconds()
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit} ago"
    return f"{max(seconds, 0):.0f} s ago"
