"""SIGKILL before and after each kind of commit, and at random moments: run as `make crash KILLS=100 SEED=1`.

One process of the service works through a cycle of 300 articles (editions.py), first undisturbed, then killed and
started again until the cycle is at its end. What the database holds then must be what it holds undisturbed, to the row
(accounts.py). The kinds of commits are those seen in the undisturbed run (commits.py); each is struck once before and
once after. What is left of the kills falls at random. One cycle is over before all kills are done: then another begins.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import editions
import sqlalchemy as sa
from accounts import Account, account
from editions import Press
from plant import POSTGRES, Plant, database

LIFE_S = 3.0  # the longest that a process lives after its first commit when it is killed at a random moment
OFTEN = 20  # a kind with more commits than this is struck at any of its first ones, not always at the very first
SHARE = 0.3
PHASE_S = 600.0  # on a machine that does other things too
MOST_CYCLES = 20
STRIKE_S = 20.0  # a life in which no wished commit comes ends at random then
WISHED = 0.8  # the share of lives that end at a commit that is wished for, while there are any
STEP_S = 0.01
LOOK_S = 0.5  # each look opens the database
SIDES = ("before", "after")

Wish = tuple[str, str]


@dataclass
class Killing:
    """What is to be struck, what was, and how often at random."""

    kills: int
    chance: random.Random
    shares: dict[str, float] = field(default_factory=dict)
    wishes: list[Wish] = field(default_factory=list)
    struck: Counter[Wish] = field(default_factory=Counter)
    at_random: int = 0

    @property
    def left(self) -> int:
        return self.kills - self.struck.total() - self.at_random


@dataclass
class Cycle:
    """One run of the service through all editions on a database of its own."""

    plant: Plant
    press: Press
    killing: Killing | None  # None: undisturbed
    trace: Path | None = None
    lives: int = 0

    def run(self) -> Account:
        """To the end; what the database holds then."""
        self.press.rewind()
        self._phase(self._first_done)
        self.press.pages_edition = 2
        self._make_due()
        self.press.feeds_edition = 2
        self._phase(self._second_done)
        before = self._rules()
        self._phase(lambda: self._third_done(before), at_first=self._more_rules)
        if self.plant.processes:
            self.plant.kill("run")
        store = self.plant.opened()
        try:
            return account(store)
        finally:
            store.close()

    def _phase(self, done: Callable[[], bool], *, at_first: Callable[[], None] = lambda: None) -> None:
        """Start and kill until what this phase brings is at its end; `at_first` is done while a process turns."""
        killing = self.killing
        first = True
        while killing is not None and (killing.left > 0 or killing.wishes) and (first or not done()):
            turned = self._life(killing, done, at_first if first else lambda: None)
            first = first and not turned
        if "run" not in self.plant.processes:
            self._start({})
        if first:
            at_first()
        self.plant.until(done, PHASE_S, step_s=LOOK_S)

    def _life(self, killing: Killing, done: Callable[[], bool], begin: Callable[[], None]) -> bool:
        """One start and its kill, unless the phase ends before; whether it lived long enough for `begin`."""
        if self.plant.processes:
            self.plant.kill("run")  # it lived on to the end of the phase before
            killing.at_random += 1
        struck, begun = self.plant.folder / "struck", self.plant.folder / "begun"
        struck.unlink(missing_ok=True)
        begun.unlink(missing_ok=True)
        wishes = killing.wishes if killing.left <= 0 or killing.chance.random() < WISHED else []
        self._start(
            {
                "wishes": wishes,
                "shares": killing.shares,
                "seed": killing.chance.random(),
                "struck": str(struck),
                "begun": str(begun),
            }
        )
        process = self.plant.processes["run"]
        while process.poll() is None and not begun.exists():
            time.sleep(STEP_S)
        turned = process.poll() is None
        if turned:
            begin()
        if self._lived_on(killing, bool(wishes), done):
            return turned  # nothing of what is wished for comes any more in this phase
        ended = self.plant.kill("run")
        assert ended == -signal.SIGKILL, f"it ended by itself with {ended}:\n{self.plant.log('run')[-4000:]}"
        if struck.exists():
            kind, side = json.loads(struck.read_text(encoding="utf-8"))
            killing.wishes.remove((kind, side))
            killing.struck[kind, side] += 1
        else:
            killing.at_random += 1
        if sys.stdout.isatty():
            print(f"\r{killing.kills - killing.left} of {killing.kills} kills", end="", flush=True)
        return turned

    def _lived_on(self, killing: Killing, wished: bool, done: Callable[[], bool]) -> bool:
        """Wait for the process to strike itself, or for its time; whether it came to the end of the phase instead."""
        process = self.plant.processes["run"]
        started = looked = time.monotonic()
        life_s = STRIKE_S if wished else killing.chance.uniform(0, LIFE_S)
        while process.poll() is None and time.monotonic() - started < life_s:
            time.sleep(STEP_S)
            if wished and time.monotonic() - looked > LOOK_S:
                looked = time.monotonic()
                if done():
                    return True
        return False

    def _start(self, plan: dict[str, object]) -> None:
        self.lives += 1
        path = self.plant.folder / "plan.json"
        path.write_text(json.dumps(plan | {"trace": str(self.trace or "")}), encoding="utf-8")
        self.plant.start_watched("run", path, "run", "--without", "web")

    def _first_done(self) -> bool:
        plant = self.plant
        waiting = plant.count("entries", "stage = 'fetch' AND attempts > 0")
        ended = plant.count("entries", "stage IN ('done', 'skipped', 'failed')")
        return waiting == len(editions.LATE) and ended + waiting == editions.FIRST and self._told()

    def _make_due(self) -> None:
        """Articles are looked at again after three quarters of an hour, pages that were down after minutes."""
        store = self.plant.opened()
        with store.transaction() as tx:
            tx.execute(sa.text("UPDATE articles SET revisit_at = first_seen"))
            tx.execute(sa.text("UPDATE entries SET next_attempt_at = first_seen WHERE stage = 'fetch'"))
        store.close()

    def _second_done(self) -> bool:
        plant = self.plant
        ended = plant.count("entries", "stage IN ('done', 'skipped', 'failed')")
        due = plant.count("articles", "revisit_at <= last_seen OR lease_until IS NOT NULL")
        return ended == editions.ALL and not due and self._told()

    def _told(self) -> bool:
        return (
            not self.plant.count("outbox", "state = 'pending'")
            and self.plant.count("digests", "sent_at IS NOT NULL") == 1
        )

    def _rules(self) -> str:
        """The rules with which pages that were put off have been looked at."""
        value = dict(self.plant.rows("SELECT name, value FROM marks"))["taken-up"]
        found = json.loads(value) if isinstance(value, str) else value
        assert isinstance(found, dict)
        return str(found["rules_hash"])

    def _more_rules(self) -> None:
        for name, more in (("words.yaml", editions.WORDS), ("topics.yaml", editions.TOPIC)):
            path = self.plant.config / name
            edited = path.with_suffix(".new")
            edited.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
            edited.replace(path)

    def _third_done(self, before: str) -> bool:
        now = self._rules()
        return now != before and not self.plant.count("versions", f"current AND rules_hash <> '{now}'") and self._told()


def planted(folder: Path, url: str, press: Press) -> Plant:
    """A plant that watches both outlets and sends a digest."""
    plant = Plant(folder=folder, url=url, base=press.base)
    sources = plant.config / "sources.yaml"
    kiosk = f"id: kiosk, url: '{press.base}/kiosk.xml', name: Kiosk, lang: en, country: FR, interval: 1s, seen: made up"
    sources.write_text(f"{sources.read_text(encoding='utf-8')}  - {{{kiosk}}}\n", encoding="utf-8")
    alerts = plant.config / "alerts.yaml"
    digest = "{id: morning, title: Morning, every: day, at: '00:00', zone: UTC, channels: [log], send_quiet: true}"
    alerts.write_text(f"{alerts.read_text(encoding='utf-8')}digests:\n  - {digest}\n", encoding="utf-8")
    return plant


def crash(kind: str, kills: int, seed: int, *, postgres: str = POSTGRES, kinds: tuple[str, ...] = ()) -> str:
    """Kill so often; what came of it in a line. AssertionError when a database differs from the undisturbed one.

    With `kinds` only these kinds of commits are struck.
    """
    started = time.monotonic()
    with editions.opened() as press, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        trace = folder / "trace"
        calm = _cycle(kind, folder / "calm", press, None, postgres=postgres, trace=trace)
        again, cycles = 0, 0
        commits = Counter(trace.read_text(encoding="utf-8").splitlines())
        assert not set(kinds) - commits.keys(), f"no such commit was seen: {set(kinds) - commits.keys()}"
        killing = _killing(kills, seed, Counter({k: n for k, n in commits.items() if not kinds or k in kinds}))
        while (killing.left > 0 or killing.wishes) and cycles < MOST_CYCLES:
            cycles += 1
            again += _compared(kind, folder / f"cycle-{cycles}", press, killing, calm.account, postgres)
    assert not killing.wishes, f"never struck: {killing.wishes}"
    assert killing.left <= 0, f"{killing.left} kills are left after {cycles} cycles"
    done = killing.struck.total() + killing.at_random
    assert again <= done, f"{again} messages were seen again after {done} kills"
    kinds = len({kind for kind, _ in killing.struck})
    return (
        f"{kind}: {done} kills with seed {seed} in {cycles} cycles of {editions.ALL} articles, "
        f"{kinds} kinds of commits struck before and after, {killing.at_random} kills at random; the same rows as "
        f"undisturbed each time ({calm.account}); {again} messages seen again; {time.monotonic() - started:.0f} s"
    )


@dataclass(frozen=True)
class Calm:
    """How a cycle ended."""

    account: Account
    again: int  # messages that a receiver saw more than once


def _killing(kills: int, seed: int, commits: Counter[str]) -> Killing:
    wishes = [(kind, side) for kind in sorted(commits) for side in SIDES]
    assert kills >= len(wishes), f"{kills} kills are too few: {len(commits)} kinds are to be struck before and after"
    shares = {kind: SHARE if count > OFTEN else 1.0 for kind, count in commits.items()}
    return Killing(kills=kills, chance=random.Random(seed), shares=shares, wishes=wishes)


def _cycle(
    kind: str, folder: Path, press: Press, killing: Killing | None, *, postgres: str, trace: Path | None = None
) -> Calm:
    folder.mkdir()
    with database(kind, folder, postgres) as url:
        plant = planted(folder, url, press)
        try:
            held = Cycle(plant, press, killing, trace).run()
            return Calm(held, plant.delivered().total() - len(plant.delivered()))
        finally:
            plant.close()


def _compared(kind: str, folder: Path, press: Press, killing: Killing, calm: Account, postgres: str) -> int:
    """One cycle with kills, compared; how many messages were seen again."""
    ended = _cycle(kind, folder, press, killing, postgres=postgres)
    differs = ended.account.differs(calm)
    assert not differs, f"{kind}: not what it holds undisturbed (+ is more, - is less):\n{differs}"
    return ended.again


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=("sqlite", "postgres"), action="append")
    parser.add_argument("--postgres", default=POSTGRES)
    given = parser.parse_args()
    for kind in given.database or ("sqlite", "postgres"):
        print(crash(kind, given.kills, given.seed, postgres=given.postgres), flush=True)


if __name__ == "__main__":
    main()
