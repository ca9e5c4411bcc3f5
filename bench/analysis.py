"""2. Analysis: milliseconds an article, and how they grow with claims, names and the length of the text."""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from bench import mix
from bench.figures import Figure, Options, busy, in_turns, ratios
from pipeline.analyse import analyse
from pipeline.match.index import compile_watch
from pipeline.model.article import Article
from pipeline.model.watch import Claim, Concept, Group, Watch

NAME = "analysis"
CLAIMS = (1, 10, 100)  # times the shipped ones
NAMES = (1_000, 10_000, 100_000)
LENGTHS = (10_000, 100_000, 1_000_000)  # characters
LETTERS = "abdefgiklmnoprstuvyz"
ARTICLES = 60
ROOT = Path(__file__).resolve().parents[1]
COMPILING = """
import json, time
from pathlib import Path
from pipeline.analyse import analyse
from pipeline.match.index import compile_watch
from pipeline.model.article import Article
from pipeline.settings import shipped
from pipeline.settings.load import load
watch = load(shipped.path("config"), env={}).watch
began = time.process_time()
compile_watch(watch)
taken = time.process_time() - began
analyse(Article(id="a", text="Pakistan will sell forty JF-17 jets to Azerbaijan for $4.6 billion."), watch)
pages = int(Path("/proc/self/statm").read_text().split()[1])
print(json.dumps([taken, pages * 4096 / 1e6]))
"""


def articles(watch: Watch) -> list[Article]:
    """Labelled texts of all languages, those that touch a topic and those that do not."""
    texts = mix.labelled(watch)
    random.Random(2).shuffle(texts)
    return [Article(id=t.id, title=t.title, text=t.text, lang=t.lang) for t in texts[:ARTICLES]]


def with_claims(watch: Watch, times: int) -> Watch:
    """The shipped claims, and copies of them about things of their own that no text names."""
    made = [watch]
    claims = list(watch.claims)
    concepts = list(watch.concepts)
    for copy in range(1, times):
        renamed = {c.id: f"{c.id}~{copy}" for c in watch.concepts}
        concepts += [
            replace(
                c, id=renamed[c.id], names={"*": _names(3, 1000 * copy + n)}, exact=(), later={}, iso="", country=""
            )
            for n, c in enumerate(watch.concepts)
            if c.id in renamed
        ]
        claims += [_renamed(claim, renamed, copy) for claim in made[0].claims]
    return replace(watch, claims=tuple(claims), concepts=tuple(concepts), version=f"claims x{times}", rules_hash="")


def _renamed(claim: Claim, names: dict[str, str], copy: int) -> Claim:
    def terms(some: tuple[str, ...]) -> tuple[str, ...]:
        return tuple("|".join(names.get(t, t) for t in term.split("|")) for term in some)

    def group(one: Group) -> Group:
        count = (one.at_least[0], terms(one.at_least[1])) if one.at_least else None
        return replace(
            one,
            all=terms(one.all),
            any=terms(one.any),
            near=terms(one.near),
            article=terms(one.article),
            at_least=count,
        )

    return replace(
        claim,
        id=f"{claim.id}~{copy}",
        about=tuple(group(g) for g in claim.about),
        denied_by=tuple(group(g) for g in claim.denied_by),
    )


def _names(count: int, seed: int) -> tuple[str, ...]:
    """Names of six to twelve letters by chance."""
    chance = random.Random(seed)
    return tuple("".join(chance.choices(LETTERS, k=chance.randint(6, 12))).title() for _ in range(count))


def with_names(watch: Watch, count: int) -> Watch:
    """The shipped watch and concepts with so many names in all."""
    more = [
        Concept(id=f"thing-{n}", kind="term", label=f"thing {n}", names={"*": _names(5, n)}) for n in range(count // 5)
    ]
    return replace(watch, concepts=(*watch.concepts, *more), version=f"{count} names", rules_hash="")


def _growth(
    what: str, watches: dict[str, Watch], some: Sequence[Article], options: Options, limit: float
) -> Iterator[Figure]:
    def way(watch: Watch) -> Callable[[], None]:
        def run() -> None:
            for article in some:
                analyse(article, watch)

        compile_watch(watch)
        run()
        return run

    taken = in_turns({name: way(watch) for name, watch in watches.items()}, rounds=options.rounds, clock=busy)
    first, last = next(iter(watches)), list(watches)[-1]
    value, each = ratios(taken[last], taken[first])
    per = {f"{name}_ms": round(1000 * statistics.median(s) / len(some), 2) for name, s in taken.items()}
    yield Figure(
        bench=NAME, name=f"{what}: time from {first} to {last}", value=value, ceiling=limit, rounds=each, detail=per
    )


def _compiled(rounds: int) -> Iterator[Figure]:
    """Seconds to compile the shipped watch, and the memory of a process that holds it and has read an article."""
    command = [sys.executable, "-c", COMPILING]
    told = [
        json.loads(subprocess.run(command, check=True, capture_output=True, cwd=ROOT).stdout) for _ in range(rounds)
    ]
    seconds, megabytes = zip(*told, strict=True)
    for name, unit, most, each in (
        ("compile of the shipped watch", "s", 0.4, seconds),
        ("memory of a process with it", "MB", 250.0, megabytes),
    ):
        yield Figure(bench=NAME, name=name, value=statistics.median(each), unit=unit, ceiling=most, rounds=each)


def measure(options: Options) -> list[Figure]:
    """Compiling; growth with claims, with names, with length."""
    watch = mix.configuration().watch
    some = articles(watch)
    figures = list(_compiled(options.rounds))
    figures += list(
        _growth("claims", {f"{len(watch.claims) * n}": with_claims(watch, n) for n in CLAIMS}, some, options, 1.5)
    )
    figures += _growth("names", {f"{n}": with_names(watch, n) for n in NAMES}, some, options, 1.5)
    text = "\n\n".join(article.text for article in some if article.lang in ("", "en"))
    longer = text * (LENGTHS[-1] // len(text) + 1)
    ways = {
        str(length): (lambda body=longer[:length]: analyse(Article(id="long", text=body), watch)) for length in LENGTHS
    }
    taken = in_turns(ways, rounds=options.rounds, clock=busy)
    per = {name: [s / int(name) for s in each] for name, each in taken.items()}
    value, each = ratios(per[str(LENGTHS[-1])], per[str(LENGTHS[0])])
    detail = {f"{name}_s": round(statistics.median(s), 3) for name, s in taken.items()}
    name = f"length: time per character, {LENGTHS[0]:,} to {LENGTHS[-1]:,}"
    figures.append(Figure(bench=NAME, name=name, value=value, ceiling=1.5, rounds=each, detail=detail))
    return figures
