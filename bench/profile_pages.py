"""Where the time of the page path goes, as text in bench/profiles/.

    python bench/profile_pages.py NAME [--pages DIR] [--all]

The mix of bench/page_path.py in one thread, by processor time; with --all every page is read, as before the filter.
"""

from __future__ import annotations

import argparse
import cProfile
import io
import pstats
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import mix, page_path, same_thread
from bench.figures import Options
from pipeline.service import pages

LINES = 45


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
    with page_path.queued(configuration, first, put_off=not given.all) as built:
        # the engine's work, in this thread: a profile sees no other
        built.engine = same_thread.Reader()
        same_thread.run(pages.work(built, page_path.client(first)))
        page_path.fill(built, at_hand)
        profile = cProfile.Profile(time.thread_time)
        worked = profile.runcall(same_thread.run, pages.work(built, page_path.client(at_hand)))
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
