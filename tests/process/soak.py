"""Steady load for a while: run as `make soak SECONDS=600 RATE=20`. Memory must stay flat and the queue end empty."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bridges import Newsstand, opened
from plant import POSTGRES, Plant, database

SHAPES = {
    "sqlite": {"run": ("run",)},
    "postgres": {"coordinator": ("run", "--without", "work"), "worker-1": ("worker",), "worker-2": ("worker",)},
}
WARM = 0.3  # the share of the time after which memory is counted: pools, caches and lexicons are filled by then
GROWTH = 1.15  # what memory may grow to from there, and 20 MB besides for what the allocator keeps
DRAIN_S = 60.0  # in which the queue must be empty after the last report


@dataclass
class Memory:
    """Resident memory of one process and its children, in MB, at some moments."""

    seen: list[float]

    def grew(self) -> float:
        """By what factor, from the median of the first quarter to that of the last."""
        quarter = max(len(self.seen) // 4, 1)
        first, last = sorted(self.seen[:quarter]), sorted(self.seen[-quarter:])
        return (last[len(last) // 2] - 20.0) / first[len(first) // 2]


def resident_mb(pid: int) -> float:
    """Of a process and all below it."""
    total = 0.0
    for path in Path("/proc").glob("[0-9]*"):
        try:
            fields = (path / "stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
            pages = int((path / "statm").read_text(encoding="ascii").split()[1])
        except (OSError, IndexError):
            continue  # gone meanwhile
        if int(path.name) == pid:
            total += pages * 4096 / 1e6
        elif int(fields[1]) == pid:
            total += resident_mb(int(path.name))
    return total


def soak(kind: str, seconds: float, rate: float, *, postgres: str = POSTGRES) -> str:
    """Publish at that rate for that long; what came of it in a line. AssertionError when a promise is broken."""
    stand = Newsstand()
    with opened(stand), tempfile.TemporaryDirectory() as folder, database(kind, Path(folder), postgres) as url:
        plant = Plant(folder=Path(folder), url=url, base=stand.base, tick="1s")
        memory = {name: Memory([]) for name in SHAPES[kind]}
        try:
            for name, command in SHAPES[kind].items():
                plant.start(name, *command)
            plant.until(lambda: plant.count("jobs", "name = 'poll' AND runs >= 2") == 1, 60)
            started = time.monotonic()
            deepest = 0
            while (gone := time.monotonic() - started) < seconds:
                stand.publish(round(gone * rate) - len(stand.reports))
                if gone > WARM * seconds:
                    for name, process in plant.processes.items():
                        memory[name].seen.append(resident_mb(process.pid))
                deepest = max(deepest, len(stand.reports) - plant.count("entries", "stage = 'done'"))
                if sys.stdout.isatty():
                    print(
                        f"\r{gone:.0f} s, {len(stand.reports)} reports, {deepest} waiting at most", end="", flush=True
                    )
                time.sleep(1)
            reports = len(stand.reports)
            plant.until(lambda: plant.settled(reports), DRAIN_S)
            plant.check(reports)
            for name, one in memory.items():
                assert one.grew() <= GROWTH, f"{name} grew by {one.grew():.2f}: {one.seen}"
        finally:
            plant.close()
    sizes = ", ".join(f"{name} {one.seen[0]:.0f} -> {one.seen[-1]:.0f} MB" for name, one in memory.items())
    return f"{kind}: {reports} reports in {seconds:.0f} s, {deepest} waiting at most, {sizes}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rate", type=float, default=5)
    parser.add_argument("--database", choices=sorted(SHAPES), action="append")
    parser.add_argument("--postgres", default=POSTGRES)
    given = parser.parse_args()
    for kind in given.database or sorted(SHAPES):
        print(soak(kind, given.seconds, given.rate, postgres=given.postgres), flush=True)


if __name__ == "__main__":
    main()
