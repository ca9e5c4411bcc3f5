"""8. What a user would pick instead, on the same pages in the same run: newspaper4k, and keywords on extracted text."""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

import trafilatura

from bench import mix
from bench.figures import Figure, Options, busy, in_turns, ratios
from bench.page_path import fill, queued, shelf, work
from pipeline.match.patterns import fold_name
from pipeline.text.fold import fold

NAME = "rivals"
PAGES = 60
SHARE = 0.1
SCRIPT = """
import json, pathlib, resource, sys, time
import newspaper
words = json.loads(pathlib.Path(sys.argv[1], "words.json").read_text("utf-8"))
files = sorted(pathlib.Path(sys.argv[1]).glob("*.html"))
found, began = [], time.process_time()
for one in files:
    article = newspaper.Article("https://o.example/" + one.stem)
    try:
        article.download(input_html=one.read_text("utf-8", "replace"))
        article.parse()
    except Exception:
        continue
    text = (article.title + " " + article.text).lower()
    if sum(any(word in text for word in group) for group in words) >= 2:
        found.append(int(one.stem))
print(json.dumps([time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, found]))
"""


def _keywords() -> list[list[str]]:
    """Names a person would search for: of each country of the watch, in all languages."""
    watch = mix.configuration().watch
    counts = {term for claim in watch.claims for group in claim.about for term in group.all}
    countries = [c for c in watch.concepts if c.kind == "country" and c.id in counts]
    return [[fold_name(name) for names in c.names.values() for name in names] for c in countries]


def _newspaper(folder: Path) -> tuple[float, float, list[int]] | None:
    """The script in an environment of its own; None where it cannot be installed."""
    home = folder / "venv"
    venv.create(home, with_pip=True)
    python = str(home / "bin" / "python")
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    installed = subprocess.run([*pip, "newspaper4k", "lxml_html_clean"], check=False, capture_output=True, timeout=120)
    if installed.returncode:
        print(f"newspaper4k cannot be installed: {installed.stderr.decode()[-300:]}")
        return None
    script = [python, "-c", SCRIPT, str(folder)]
    ran = subprocess.run(script, check=False, capture_output=True, timeout=600)
    if ran.returncode:
        print(f"newspaper4k broke off: {ran.stderr.decode()[-300:]}")
        return None
    seconds, kilobytes, found = json.loads(ran.stdout.decode().splitlines()[-1])
    return seconds, kilobytes / 1e3, found


def measure(options: Options) -> list[Figure]:
    """Time per page beside ours, and what each finds of the pages that touch a topic."""
    configuration = mix.configuration()
    chance = random.Random(9)
    real = mix.real(options.pages)
    chance.shuffle(real)
    texts = [text for text in mix.labelled(configuration.watch) if text.touches]
    chance.shuffle(texts)
    wanted = round(PAGES * SHARE)
    some = [*mix.filled_all(real, texts)[:wanted], *real[: PAGES - wanted]]
    words = _keywords()
    found: dict[str, list[int]] = {}

    def keywords() -> None:
        found["keywords"] = []
        for number, page in enumerate(some):
            got = trafilatura.bare_extraction(page, with_metadata=True, fast=True)
            text = fold(f"{getattr(got, 'title', '')} {getattr(got, 'text', '')}")
            if sum(any(word in text for word in group) for group in words) >= 2:
                found["keywords"].append(number)

    own: list[float] = []

    def ours() -> None:
        warm, at_hand = shelf(real[-30:], "before"), shelf(some)
        with queued(configuration, warm) as built:
            work(built, warm)
            fill(built, at_hand)
            started = busy()
            work(built, at_hand)
            own.append(busy() - started)

    keywords()
    ours()
    own.clear()
    taken = in_turns({"keywords": keywords, "ours": ours}, rounds=options.rounds, clock=busy)
    value, each = ratios(taken["keywords"], own)
    hits = len([n for n in found["keywords"] if n < wanted])
    detail = {"found": hits, "of": wanted, "besides": len(found["keywords"]) - hits}
    figures = [
        Figure(bench=NAME, name="times keyword search on extracted text", value=value, rounds=each, detail=detail)
    ]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "words.json").write_text(json.dumps(words), encoding="utf-8")
        for number, page in enumerate(some):
            (folder / f"{number}.html").write_bytes(page)
        theirs = _newspaper(folder) if sys.platform != "win32" else None
    if theirs is not None:
        seconds, megabytes, got = theirs
        hits = len([n for n in got if n < wanted])
        detail = {"found": hits, "of": wanted, "besides": len(got) - hits, "MB": round(megabytes)}
        value = seconds / statistics.median(own)
        figures.append(Figure(bench=NAME, name="times a newspaper4k script with keywords", value=value, detail=detail))
    return figures
