"""5. Copies: recall and precision on edited copies, and time per article with many stored."""

from __future__ import annotations

import random
import re
import shutil
import sqlite3
import statistics
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench import mix
from bench.figures import Figure, Options, busy
from pipeline.articles import copies, identity, sketch
from pipeline.settings import shipped
from pipeline.storage import copies as rows
from pipeline.storage import schema
from pipeline.storage.session import open_store

NAME = "copies"
STORED = 10_000  # articles with their bands, times --scale; 100 is the 1,000,000 of the floor
BYTES_EACH = 4_500  # of database for the bands of one
EDITS = (0.02, 0.05, 0.10)
OF = 120  # texts
ASKED = 200
WORD = re.compile(r"\w+")


def edited(text: str, share: float, chance: random.Random) -> str:
    """The text with that share of its words replaced by other words of it."""
    words = WORD.findall(text)
    return WORD.sub(lambda found: chance.choice(words) if chance.random() < share else found.group(), text)


def reordered(text: str, chance: random.Random) -> str:
    """Its paragraphs in another order."""
    parts = text.split("\n\n")
    chance.shuffle(parts)
    return "\n\n".join(parts)


def _found(text: str, known: list[copies.Known]) -> str:
    print_ = identity.fingerprint("another headline", text)
    bands = set(sketch.bands(print_.sketch))
    near = [one for one in known if bands & set(sketch.bands(one.fingerprint.sketch))]
    match = copies.find(text, print_, near)
    return match.of if match else ""


def _quality() -> list[Figure]:
    texts = [t for t in mix.labelled(mix.configuration().watch) if len(t.text.split()) >= 60][:OF]
    known = [
        copies.Known(id=t.id, group=t.id, text=t.text, fingerprint=identity.fingerprint(t.title, t.text)) for t in texts
    ]
    chance = random.Random(5)
    figures = []
    wrong = asked = 0
    kinds: dict[str, Callable[[str], str]] = {
        f"{share:.0%} of words changed": partial(edited, share=share, chance=chance) for share in EDITS
    }
    kinds["paragraphs reordered"] = partial(reordered, chance=chance)
    for kind, change in kinds.items():
        found = [_found(change(t.text), known) for t in texts]
        right = sum(a == t.id for a, t in zip(found, texts, strict=True))
        wrong += sum(bool(a) and a != t.id for a, t in zip(found, texts, strict=True))
        asked += sum(bool(a) for a in found)
        figures.append(Figure(bench=NAME, name=f"recall, {kind}", value=right / len(texts), unit="", floor=0.95))
    for number, text in enumerate(texts):  # texts that are copies of nothing
        answer = _found(text.text, [*known[:number], *known[number + 1 :]])
        wrong += bool(answer)
        asked += bool(answer)
    figures.append(Figure(bench=NAME, name="precision", value=1 - wrong / max(asked, 1), unit="", floor=0.98))
    return figures


def _speed(options: Options) -> list[Figure]:
    count = STORED * options.scale
    with tempfile.TemporaryDirectory() as folder:
        need = count * BYTES_EACH
        if shutil.disk_usage(folder).free < 2 * need:
            raise SystemExit(f"{count:,} stored articles need {2 * need / 1e9:.1f} GB of free disk")
        url = f"sqlite:///{Path(folder) / 'copies.db'}"
        schema.upgrade(url, shipped.path("migrations"))
        store = open_store(url)
        chance = random.Random(6)
        number = 0
        times: dict[int, float] = {}
        probe = [sketch.bands(chance.randbytes(len(identity.fingerprint("", "a b c d").sketch))) for _ in range(ASKED)]
        for size in (count // 10, count):
            # in the order of the index: put in at random, half a hundred million rows would take an hour
            of_size = (size - number) * len(probe[0])
            rows_of = ((sketch.RECIPE, _band(n, of_size, chance), number + n % (size - number)) for n in range(of_size))
            database = sqlite3.connect(url.removeprefix("sqlite:///"))  # without keys to versions, which none has
            database.executemany(
                "INSERT OR IGNORE INTO copy_bands (recipe, band, version_id) VALUES (?, ?, ?)", rows_of
            )
            database.commit()
            database.close()
            number = size
            each = []
            with store.read() as tx:
                for bands in probe:
                    started = busy()
                    rows.candidates(tx, bands, recipe=sketch.RECIPE)
                    each.append(busy() - started)
            times[size] = statistics.median(each)
        store.close()
    small, large = times.values()
    detail = {f"{size}_ms": round(1000 * s, 3) for size, s in times.items()}
    name = f"time to find candidates, {count // 10:,} to {count:,} stored"
    return [Figure(bench=NAME, name=name, value=large / small, ceiling=2.0, detail=detail)]


def _band(number: int, of: int, chance: random.Random) -> int:
    """A key at random within the n-th of equal parts of all keys: evenly spread, as hashes are, and rising."""
    wide = 2**64 // of
    return -(2**63) + number * wide + chance.randrange(wide)


def measure(options: Options) -> list[Figure]:
    """Recall and precision, then growth of the look-up."""
    return [*_quality(), *_speed(options)]
