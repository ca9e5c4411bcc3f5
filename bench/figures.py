"""What a benchmark answers, and how it is shown and kept."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROUNDS = 5  # of each way, in turns; the median counts
LIBRARIES = (
    "trafilatura", "selectolax", "lxml", "ahocorasick-rs", "feedparser", "aiohttp", "sqlalchemy", "rensa",
    "distributed",
)  # fmt: skip
RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number that is compared with another of the same run."""

    bench: str
    name: str
    value: float
    unit: str = "times"
    floor: float | None = None  # at least
    ceiling: float | None = None  # at most
    rounds: tuple[float, ...] = ()  # of every round, when there were several
    detail: dict[str, Any] = field(default_factory=dict)  # absolute values of this machine, sizes, shares

    @property
    def holds(self) -> bool | None:
        """Whether it is on the right side of its limit; None without one."""
        if self.floor is not None:
            return self.value >= self.floor
        return self.value <= self.ceiling if self.ceiling is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a benchmark is given."""

    pages: Path | None
    scale: int
    rounds: int = ROUNDS


def in_turns(
    ways: Mapping[str, Callable[[], object]], *, rounds: int, clock: Callable[[], float]
) -> dict[str, list[float]]:
    """Seconds of every way in every round, the ways taken in turns so that a busy machine is busy for all."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            started = clock()
            way()
            taken[name].append(clock() - started)
    return taken


def ratios(above: Sequence[float], below: Sequence[float]) -> tuple[float, tuple[float, ...]]:
    """The median of the rounds' ratios, and all of them."""
    each = tuple(a / b for a, b in zip(above, below, strict=True))
    return statistics.median(each), each


def busy() -> float:
    """Seconds of processor time of this process: what counts per core."""
    return time.process_time()


def machine() -> dict[str, Any]:
    """Where this ran, and with what."""
    model = platform.processor()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = [line for line in cpuinfo.read_text("utf-8", "replace").splitlines() if line.startswith("model name")]
        model = lines[0].partition(":")[2].strip() if lines else model
    versions = {}
    for name in LIBRARIES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            versions[name] = "not installed"
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "libraries": versions,
    }


def table(figures: Sequence[Figure]) -> str:
    """The figures in lines: what, how much, the limit, whether it holds."""
    rows = [("bench", "figure", "value", "limit", "")]
    for one in figures:
        limit = (
            f">= {one.floor:g}" if one.floor is not None else f"<= {one.ceiling:g}" if one.ceiling is not None else ""
        )
        verdict = {True: "holds", False: "MISSED", None: ""}[one.holds]
        rows.append((one.bench, one.name, f"{one.value:.3g} {one.unit}", limit, verdict))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _commit() -> str:
    """The commit that was measured, with "+" when files differ from it; "" outside a checkout."""

    def ask(*words: str) -> str:
        here = Path(__file__).parent
        return subprocess.run(["git", *words], cwd=here, check=False, capture_output=True, text=True).stdout.strip()

    try:
        return ask("rev-parse", "--short", "HEAD") + ("+" if ask("status", "--porcelain", "-uno") else "")
    except OSError:
        return ""


def _written(figures: Sequence[Figure], options: Options, name: str) -> Path:
    rounded = [
        {**asdict(one), "value": round(one.value, 4), "rounds": [round(r, 4) for r in one.rounds], "holds": one.holds}
        for one in figures
    ]
    run = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _commit(),
        "machine": machine(),
        "rounds": options.rounds,
        "scale": options.scale,
        "figures": rounded,
    }
    RESULTS.mkdir(exist_ok=True)
    to = RESULTS / f"{name}.json"
    to.write_text(json.dumps(run, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return to


def keep(figures: Sequence[Figure], options: Options) -> Path:
    """Write the run to results/ as JSON under the time; answers the file."""
    return _written(figures, options, f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}")


def publish(figures: Sequence[Figure], options: Options) -> list[Path]:
    """Write a file for every benchmark of the run, over the one that was published before; answers the files."""
    benches = dict.fromkeys(one.bench for one in figures)
    return [_written([one for one in figures if one.bench == bench], options, bench) for bench in benches]
