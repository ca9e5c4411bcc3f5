"""Benchmarks: ratios measured side by side in one run, on the terminal and as JSON in bench/results/.

    python bench/run.py [NAME...] [--pages DIR] [--scale N] [--rounds N] [--publish]

Names are those below; all run without any. DIR holds `*.html` or `*.html.gz`; without it the demo's pages serve.
Exit 1 when a figure is on the wrong side of its limit. docs/performance.md explains each.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.figures import ROUNDS, Figure, Options, keep, machine, publish, table

BENCHES = {
    "pages": "bench.page_path",
    "analysis": "bench.analysis",
    "polling": "bench.polling",
    "latency": "bench.latency",
    "storing": "bench.storing",
    "store": "bench.store",
    "desk": "bench.pages",
    "copies": "bench.copies",
    "engine": "bench.engine",
    "backfill": "bench.archive",
    "start": "bench.start",
    "rivals": "bench.rivals",
}


def main() -> int:
    """Run what is asked for and show it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHES))
    parser.add_argument("--pages", type=Path)
    parser.add_argument("--scale", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--no-keep", action="store_true", help="write no file in results/")
    parser.add_argument("--publish", action="store_true", help="keep one file a benchmark in results/, to be committed")
    given = parser.parse_args()
    unknown = [name for name in given.names if name not in BENCHES]
    if unknown:
        parser.error(f"no benchmark {', '.join(unknown)}; there are {', '.join(BENCHES)}")
    options = Options(pages=given.pages, scale=max(1, given.scale), rounds=max(1, given.rounds))
    told = machine()
    print(f"{told['processor']}, {told['cores']} cores, load {told['load']}, Python {told['python']}")
    figures: list[Figure] = []
    broken = []
    for name in given.names or BENCHES:
        print(f"... {name}", flush=True)
        try:
            figures += importlib.import_module(BENCHES[name]).measure(options)
        except Exception:  # noqa: BLE001 - one that breaks off must not keep the others from running
            traceback.print_exc()
            broken.append(name)
    print(table(figures))
    if broken:
        print(f"broke off: {', '.join(broken)}")
    if not given.no_keep:
        print(f"kept in {keep(figures, options)}")
    if given.publish:
        print(f"published {', '.join(map(str, publish(figures, options)))}")
    return 1 if broken or any(one.holds is False for one in figures) else 0


if __name__ == "__main__":
    sys.exit(main())
