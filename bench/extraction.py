"""Extraction quality and speed on a folder of annotated pages, beside trafilatura on its own in the same run.

    python bench/extraction.py --pages DIR [--floor 0.0]

DIR holds `ground-truth.json` (id -> articleBody, url) and `html/ID.html.gz`. The measure is that of the public article
extraction benchmark: runs of four words, counted with their repetitions and weighted per page; precision and recall are
means over pages. A page that we refuse counts as an empty text. Exit 1 when our F1 is below trafilatura's own.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import trafilatura

from pipeline.extract.page import extract
from pipeline.model.outcome import Done

RUN = 4  # words
WORD = re.compile(r"\w+")
Reader = Callable[[bytes, str], str]


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """The runs of four words of a text; of a shorter text all its words."""
    words = WORD.findall(text)
    return Counter(tuple(words[at : at + RUN]) for at in range(max(1, len(words) - RUN + 1))) if words else Counter()


def overlap(true: str, found: str) -> tuple[float, float, float]:
    """True positives, false positives and false negatives as shares of the page."""
    wanted, given = shingles(true), shingles(found)
    hits = sum((wanted & given).values())
    extra, missed = sum((given - wanted).values()), sum((wanted - given).values())
    whole = max(hits + extra + missed, 1)
    return hits / whole, extra / whole, missed / whole


def score(pairs: list[tuple[str, str]]) -> tuple[float, float, float]:
    """Precision, recall and F1 over pages of (true text, found text)."""
    overlaps = [overlap(true, found) for true, found in pairs]
    precision = statistics.fmean(hit / (hit + extra) for hit, extra, _ in overlaps if hit + extra > 0)
    recall = statistics.fmean(hit / (hit + missed) for hit, _, missed in overlaps if hit + missed > 0)
    return precision, recall, 2 * precision * recall / (precision + recall)


def alone(*, fast: bool) -> Reader:
    """trafilatura by itself, without comments."""

    def read(html: bytes, url: str) -> str:
        found = trafilatura.bare_extraction(html, url=url, fast=fast, include_comments=False, with_metadata=False)
        return getattr(found, "text", "") or ""

    return read


def ours(html: bytes, url: str) -> str:
    """Our whole reading of a page, title and date and the rest included."""
    found = extract(html, url=url)
    return found.value.text if isinstance(found, Done) else ""


def measure(name: str, read: Reader, pages: list[tuple[bytes, str, str]]) -> float:
    """Print a line of results; answers the F1."""
    pairs, seconds = [], []
    for html, url, true in pages:
        started = time.perf_counter()
        found = read(html, url)
        seconds.append(time.perf_counter() - started)
        pairs.append((true, found))
    precision, recall, f1 = score(pairs)
    empty = sum(not found for _, found in pairs)
    print(
        f"{name:24} F1 {f1:.4f}  precision {precision:.4f}  recall {recall:.4f}  "
        f"{1000 * statistics.fmean(seconds):6.1f} ms/page  p95 {1000 * statistics.quantiles(seconds, n=20)[-1]:6.1f}  "
        f"empty {empty}"
    )
    return f1


def main() -> int:
    """Measure all three and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=Path, required=True)
    parser.add_argument("--floor", type=float, default=0.0, help="the least F1 that passes")
    given = parser.parse_args()
    truth = json.loads((given.pages / "ground-truth.json").read_text("utf-8"))
    pages = [
        (gzip.decompress((given.pages / "html" / f"{key}.html.gz").read_bytes()), page["url"], page["articleBody"])
        for key, page in truth.items()
    ]
    ours(*pages[0][:2])  # imports and caches, once
    fast = measure("trafilatura, fast", alone(fast=True), pages)
    slow = measure("trafilatura, default", alone(fast=False), pages)
    mine = measure("claimwatch, all fields", ours, pages)
    return 0 if mine >= max(fast, slow, given.floor) else 1


if __name__ == "__main__":
    sys.exit(main())
