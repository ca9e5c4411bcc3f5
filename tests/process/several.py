"""SIGKILL at random moments to any of several processes: run as `make crash-several KILLS=200 SEED=1`.

Several processes share one database: two that may coordinate, workers, pages. One of them is killed at a random moment
and started again, while reports come out. At the end the counts are exact: one article, finding, alert and message a
report, and a receiver has seen a message again at most once a kill, with the same id.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from bridges import Newsstand, opened
from plant import POSTGRES, Plant, database

SHAPES = {
    "sqlite": {"run": ("run", "--without", "web")},
    "postgres": {
        "first": ("run", "--without", "web,work"),
        "second": ("run", "--without", "web,work"),
        "worker-1": ("worker",),
        "worker-2": ("worker",),
    },
}
LONGEST_LIFE_S = 4.0  # starting takes about two seconds: some are killed before they have begun
SETTLE_S = 900.0  # on a machine that does other things too


def kill_several(kind: str, kills: int, seed: int, *, postgres: str = POSTGRES) -> str:
    """Kill so often; what came of it in a line. AssertionError when a count is not exact."""
    chance = random.Random(seed)
    shape = SHAPES[kind]
    stand = Newsstand()
    with opened(stand), tempfile.TemporaryDirectory() as folder, database(kind, Path(folder), postgres) as url:
        plant = Plant(folder=Path(folder), url=url, base=stand.base)
        started = time.monotonic()
        try:
            for name, command in shape.items():
                plant.start(name, *command)
            plant.until(lambda: plant.count("jobs", "name = 'poll' AND runs >= 2") == 1, 60)
            for number in range(kills):
                stand.publish(chance.randint(0, 2))
                time.sleep(chance.uniform(0, LONGEST_LIFE_S / len(shape)))
                victim = chance.choice(list(shape))
                plant.kill(victim)
                plant.start(victim, *shape[victim])
                if sys.stdout.isatty():
                    print(f"\rkill {number + 1} of {kills}", end="", flush=True)
            reports = len(stand.reports)
            plant.until(lambda: plant.settled(reports), SETTLE_S)
            plant.check(reports)
            seen = plant.delivered()
            again = sum(seen.values()) - len(seen)
            assert again <= kills, f"{again} messages were seen again after {kills} kills"
        finally:
            plant.close()
    took = time.monotonic() - started
    return f"{kind}: {kills} kills with seed {seed}, {reports} reports, {again} messages seen again, {took:.0f} s"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=sorted(SHAPES), action="append")
    parser.add_argument("--postgres", default=POSTGRES)
    given = parser.parse_args()
    for kind in given.database or sorted(SHAPES):
        print(kill_several(kind, given.kills, given.seed, postgres=given.postgres), flush=True)


if __name__ == "__main__":
    main()
