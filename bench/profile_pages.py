"""Where the time of the page path goes, as text in bench/profiles/.

    python bench/profile_pages.py NAME [--pages DIR] [--all]

The mix of bench/page_path.py in one thread, by processor time; with --all every page is read, as before the filter.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import io
import pstats
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import mix, page_path
from bench.figures import Options
from pipeline.model.article import Article
from pipeline.model.finding import Analysis
from pipeline.model.outcome import Outcome
from pipeline.model.watch import Watch
from pipeline.service.guarded import analyse_one

LINES = 45


async def _here(work: Callable[..., Any], *given: Any, **named: Any) -> Any:
    return work(*given, **named)


def _ask(article: Article, watch: Watch) -> Future[Outcome[Analysis]]:
    answer: Future[Outcome[Analysis]] = Future()
    answer.set_result(analyse_one(article, watch))
    return answer


def main() -> None:
    """Profile and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name")
    parser.add_argument("--pages", type=Path)
    parser.add_argument("--all", action="store_true")
    given = parser.parse_args()
    configuration = mix.configuration()
    warm, some, _ = page_path.mixed(Options(pages=given.pages, scale=1), configuration)
    first, at_hand = page_path.shelf(warm, "before"), page_path.shelf(some)
    asyncio.to_thread = _here  # one thread: a profile sees its own only
    with page_path.queued(configuration, first, put_off=not given.all) as built:
        # the engine's work, in this thread: a profile sees no other
        built.engine.ask = _ask  # type: ignore[method-assign]
        page_path.work(built, first)
        page_path.fill(built, at_hand)
        profile = cProfile.Profile(time.thread_time)
        worked = profile.runcall(page_path.work, built, at_hand)
    out = io.StringIO()
    stats = pstats.Stats(profile, stream=out).strip_dirs()
    out.write(f"{len(some)} pages: {dict(worked.outcomes)}\n\n")
    for order in ("cumulative", "tottime"):
        stats.sort_stats(order).print_stats(LINES)
    to = Path(__file__).parent / "profiles" / f"{given.name}.txt"
    to.parent.mkdir(exist_ok=True)
    to.write_text("\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n", encoding="utf-8")
    print(to)


if __name__ == "__main__":
    main()
