"""Where the time of a poll goes, as text in bench/profiles/.

    python bench/profile_polling.py NAME [--sources 500]

What bench/polling.py measures, all in one thread and by its processor time (a service reads
feeds in its child): every entry new, then unchanged; each beside the bare client.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import io
import multiprocessing
import pstats
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import feeds, mix, polling, same_thread
from pipeline.service import poll
from pipeline.service.wiring import Desk, fetcher

LINES = 40
PATIENCE = timedelta(hours=1)


def _ours(built: Desk) -> None:
    async def once() -> None:
        async with fetcher(built.settings) as client:
            await poll.poll(built, client)

    same_thread.run(once())


def _bare(port: int, count: int, state: str) -> None:
    asyncio.run(feeds.bare(f"http://127.0.0.1:{port}", count, changed=state == "changed"))


def _profiled(title: str, count: int, work: Callable[[], object]) -> str:
    """The two lists of one profile, in milliseconds a source at their head."""
    profile = cProfile.Profile(time.thread_time)
    profile.runcall(work)
    out = io.StringIO()
    stats = pstats.Stats(profile, stream=out).strip_dirs()
    total_s = stats.get_stats_profile().total_tt
    out.write(f"== {title}: {total_s / count * 1000:.3f} ms a source, under the profiler\n\n")
    for order in ("cumulative", "tottime"):
        stats.sort_stats(order).print_stats(LINES)
    return out.getvalue()


def main() -> None:
    """Profile and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name")
    parser.add_argument("--sources", type=int, default=polling.SOURCES)
    given = parser.parse_args()
    spawn = multiprocessing.get_context("spawn")
    here, there = spawn.Pipe()
    server = spawn.Process(target=feeds.serve, args=(there, polling.ITEMS), daemon=True)
    server.start()
    port, count = here.recv(), given.sources
    known, options = polling.sources_of(port, count)
    options |= {"read_timeout": PATIENCE, "total_timeout": PATIENCE}  # what is read in the loop's thread holds it up
    parts: list[str] = []
    for _warm in (True, False):
        parts.clear()
        with polling.opened(mix.configuration(), known, guarded=False, **options) as built:
            for state in ("changed", "unchanged"):
                polling.make_due(built, known)
                parts.append(_profiled(f"{state}, the service", count, partial(_ours, built)))
                parts.append(_profiled(f"{state}, the bare client", count, partial(_bare, port, count, state)))
    here.send("stop")
    server.join()
    to = Path(__file__).parent / "profiles" / f"{given.name}.txt"
    to.write_text("\n".join(line.rstrip() for line in "".join(parts).splitlines()) + "\n", encoding="utf-8")
    print(to)


if __name__ == "__main__":
    main()
