"""How long the review pages take at the server with 200,000 articles and 50,000 findings, on SQLite or PostgreSQL.

    python bench/pages.py [DATABASE-URL] [--articles N] [--findings N]

Without an address an SQLite file in a temporary folder is used. The database must be empty. Each page is asked for 30
times over HTTP on loopback, uncompressed; printed are the median and the 95th of 100.
"""

from __future__ import annotations

import argparse
import http.client
import random
import statistics
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import desk_sample
import sqlalchemy as sa

from pipeline.service.wiring import Desk
from pipeline.storage import schema, search, sources
from pipeline.storage import tables as t
from pipeline.storage.session import Store, open_store
from pipeline.web.app import create_app
from pipeline.web.serve import serving

ASKED = 30
PORTION = 2_000
LIMIT_MS = 150
DAYS = 400  # over which articles are spread
WORDS = (
    "jets",
    "ministry",
    "visit",
    "border",
    "gas",
    "railway",
    "summit",
    "drill",
    "budget",
    "contract",
    "signed",
    "talks",
)


def fill(desk: Desk, articles: int, findings: int) -> None:
    """Writes the rows as the service leaves them, in portions, without analysing anything."""
    rng = random.Random(7)
    now = desk.clock.now()
    claims = [c for c in desk.watch.claims if c.slots]
    sources = [s.id for s in desk.configuration.sources]
    relations = ["repeats"] * 5 + ["mentions"] * 2 + ["changes"] * 2 + ["adds"] + ["denies"]
    every = max(1, articles // findings)
    for start in range(1, articles + 1, PORTION):
        numbers = range(start, min(start + PORTION, articles + 1))
        rows = {
            name: []
            for name in ("articles", "versions", "hits", "findings", "changes", "stories", "members", "entries")
        }
        texts = []
        for n in numbers:
            at = now - timedelta(days=DAYS * (1 - n / articles))
            source = rng.choice(sources)
            title = " ".join(rng.choices(WORDS, k=8))
            text = ". ".join(" ".join(rng.choices(WORDS, k=16)) for _ in range(12))
            rows["articles"].append(
                {"id": n, "url": f"https://{source}.example/{n}", "source": source, "host": f"{source}.example"}
                | {"title": title, "lang": "en", "published": at, "first_seen": at, "last_seen": at, "version_count": 1}
            )
            rows["entries"].append(
                {
                    "id": n,
                    "source": source,
                    "key": str(n),
                    "url": "",
                    "first_seen": at,
                    "last_seen": at,
                    "stage": "done",
                }
                | {"article_id": n, "finished_at": at}
            )
            rows["versions"].append(
                {"id": n, "article_id": n, "number": 1, "current": True, "title": title, "text": text}
                | {"digest": str(n), "lang": "en", "fetched_at": at}
            )
            texts.append(("article", n, f"{title} {text}", at, source, "", ""))
            if n % 3 == 0:
                topic = rng.choice(desk.watch.topics).id
                rows["hits"].append({"version_id": n, "topic": topic, "score": 1.0, "at": at, "rules_hash": "x"})
            if n % every == 0:
                finding(rows, rng, n // every, n, rng.choice(claims), rng.choice(relations), at, source)
                texts.append(("finding", n // every, title, at, source, rows["findings"][-1]["claim"], ""))
        write(desk.store, rows, texts)
        if start % 20_000 == 1:
            print(f"  {start:,} articles", flush=True)


def finding(rows, rng, number, article, claim, relation, at, source) -> None:
    slot = claim.slots[0]
    span = {"field": "text", "start": 0, "end": 20, "text": "jets ministry visit"}
    rows["findings"].append(
        {"id": number, "version_id": article, "article_id": article, "claim": claim.id, "topic": claim.topic}
        | {"relation": relation, "confidence": 0.8, "certainty": "reported", "source": source, "lang": "en"}
        | {"watch_version": "x", "rules_hash": "x", "compared_with": {slot.name: slot.known}, "evidence": [span]}
        | {"reads": [], "steps": [], "redline": [["=", "jets"]], "published": at, "found_at": at}
        | {"verdict": rng.choice(["confirmed", "dismissed", ""]) if rng.random() < 0.9 else ""}
    )
    if relation in ("changes", "adds"):
        value = str(rng.randint(2, 30))
        change = {"id": number, "finding_id": number, "position": 0, "slot": slot.name, "type": slot.type}
        rows["changes"].append(change | {"old": slot.known, "new": value, "evidence": span, "story_id": None})
    if relation in ("changes", "adds", "denies"):
        story = number // 4 + 1
        rows["stories"].append(
            {"id": story, "claim": claim.id, "relation": relation, "slot": slot.name, "value": "3"}
            | {"first_at": at, "last_at": at}
        )
        rows["members"].append(
            {"id": number, "story_id": story, "finding_id": number, "version_id": article, "slot": "", "value": ""}
            | {"source": source, "family": source, "lang": "en", "at": at}
        )


def write(store: Store, rows, texts) -> None:
    order = {"articles": t.articles, "entries": t.entries, "versions": t.versions, "hits": t.topic_hits}
    order |= {"findings": t.findings, "changes": t.finding_changes, "stories": t.stories, "members": t.story_members}
    with store.transaction() as tx:
        for name, table in order.items():
            tx.insert_many(table, rows[name])
        for kind, number, text, at, source, claim, relation in texts:
            search.put(tx, kind, number, text, at=at, source=source, lang="en", claim=claim, relation=relation)


def settle(store: Store) -> None:
    """Numbers go on after ours, and the planner knows the tables."""
    with store.transaction() as tx:
        if tx.postgres:
            for name in ("articles", "entries", "versions", "findings", "finding_changes", "stories", "story_members"):
                tx.execute(
                    sa.text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))")
                )
        tx.execute(sa.text("ANALYZE"))


def measure(desk: Desk) -> int:
    claim = next(c for c in desk.watch.claims if c.slots)
    paths = ["/", "/claims", f"/claims/{claim.id}", "/topics", f"/topics/{claim.topic}", "/stories", "/stories/100"]
    paths += [
        "/articles/5000",
        "/sources",
        f"/sources/{desk.configuration.sources[0].id}",
        "/alerts",
        "/log",
        "/verdicts",
    ]
    paths += ["/search?q=jets", "/search?q=jets+contract&order=best", "/findings/5000", "/api/v1/findings?limit=50"]
    paths += ["/api/v1/claims", f"/feeds/claims/{claim.id}.atom"]
    over = 0
    with serving(create_app(desk), "127.0.0.1", 0) as port:
        for path in paths:
            took = []
            for turn in range(ASKED + 1):
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
                began = time.perf_counter()
                connection.request("GET", path)
                answer = connection.getresponse()
                body = answer.read()
                if turn:  # the first one compiles the template
                    took.append((time.perf_counter() - began) * 1000)
                connection.close()
            worst = statistics.quantiles(took, n=20)[-1]
            over += worst > LIMIT_MS
            times = f"median {statistics.median(took):7.1f} ms  p95 {worst:7.1f} ms"
            print(f"{path:40} {answer.status} {len(body):8,} B  {times}")
    return over


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("url", nargs="?", default="")
    asked.add_argument("--articles", type=int, default=200_000)
    asked.add_argument("--findings", type=int, default=50_000)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = given.url or f"sqlite:///{folder}/bench.db"
        schema.upgrade(url, desk_sample.ROOT / "migrations")
        store = open_store(url)
        desk = desk_sample.empty_desk(store)
        with store.transaction() as tx:
            sources.sync(tx, desk.configuration.sources, now=desk.clock.now())
        fill(desk, given.articles, given.findings)
        settle(store)
        over = measure(desk)
        store.close()
    print(f"pages over {LIMIT_MS} ms: {over}")


if __name__ == "__main__":
    main()
