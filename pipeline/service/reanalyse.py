"""Changed rules, applied to stored articles in the background: what they gained and lost is told, and alerts nobody.

A finding carries the hash of the rules that made it, so what is left to do is a question to the store, and the work
goes on where it stopped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from pipeline.analyse import known_values
from pipeline.digest import importance
from pipeline.model.article import Article
from pipeline.model.finding import Analysis
from pipeline.model.outcome import Done
from pipeline.model.watch import Watch
from pipeline.service import log
from pipeline.service.wiring import Desk
from pipeline.storage import analyses, articles, findings, jobs, search, volumes
from pipeline.storage.articles import ArticleRow, VersionRow
from pipeline.storage.session import Transaction

MARK = "reanalysis"
BATCH = 64
A_TURN = 1_024  # articles in one run of the job
EXAMPLES = 20  # articles named in the report for each claim that gained or lost

Stored = tuple[ArticleRow, VersionRow]


@dataclass(slots=True)
class Reanalysed:
    """What other rules made of stored articles: claim -> how many findings came and went."""

    articles: int = 0
    oldest: date | None = None  # day of the oldest of them
    failed: list[int] = field(default_factory=list)  # versions that could not be analysed: passed over from now on
    gained: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[int]] = field(default_factory=dict)  # "+claim" or "-claim" -> articles

    def see(self, article: int, before: set[str], after: set[str]) -> None:
        """Count one article."""
        self.articles += 1
        for sign, claims, counted in (("+", after - before, self.gained), ("-", before - after, self.lost)):
            for claim in sorted(claims):
                counted[claim] += 1
                named = self.examples.setdefault(sign + claim, [])
                if len(named) < EXAMPLES:
                    named.append(article)


def reanalyse(desk: Desk, *, limit: int = A_TURN, whole: bool = False) -> str:
    """Apply the rules in force to articles of the last days that other rules read; what came of it, "" for nothing.

    With `whole` to all that the store holds, however old.
    """
    watch, now = desk.watch, desk.clock.now()
    since = datetime.min.replace(tzinfo=UTC) if whole else now - desk.settings.schedule.reanalyse
    done, after = Reanalysed(), 0
    passed_over = _passed_over(desk, watch)
    while done.articles < limit and desk.watch is watch:
        with desk.store.read() as tx:
            rows = articles.outdated(tx, watch.rules_hash, since=since, limit=BATCH, after=after)
        if not rows:
            break
        after = rows[-1][1].id
        _batch(desk, tuple(row for row in rows if row[1].id not in passed_over), watch, done)
    if not done.articles:
        return ""
    desk.write_now(lambda tx: _report(tx, desk, watch, done))
    log.info(
        "stored articles were read with the new rules",
        articles=done.articles,
        gained=dict(done.gained),
        lost=dict(done.lost),
        failed=len(done.failed),
    )
    return (
        f"{done.articles} articles, gained {done.gained.total()}, lost {done.lost.total()}, failed {len(done.failed)}"
    )


def _passed_over(desk: Desk, watch: Watch) -> frozenset[int]:
    """Versions that these rules could not read: asked again they would fail again."""
    told = desk.read_now(lambda tx: jobs.marked(tx, MARK)) or {}
    return frozenset(told.get("failed", ())) if told.get("rules_hash") == watch.rules_hash else frozenset()


def _batch(desk: Desk, rows: tuple[Stored, ...], watch: Watch, done: Reanalysed) -> None:
    asked = [_article(desk, *row) for row in rows]
    for row, outcome in zip(rows, desk.engine.run(asked, watch), strict=True):
        if isinstance(outcome, Done):
            before = desk.write_now(partial(_save, desk, row, outcome.value, watch))
            done.see(row[0].id, before, {finding.claim for finding in outcome.value.findings})
            day = row[1].fetched_at.date()
            done.oldest = min(done.oldest or day, day)
        else:
            done.articles += 1
            done.failed.append(row[1].id)
            log.outcome("reanalyse", outcome, article=row[0].id, url=row[0].url)


def _article(desk: Desk, article: ArticleRow, version: VersionRow) -> Article:
    source = desk.source(article.source)
    earlier = desk.read_now(lambda tx: articles.versions(tx, article.id)) if version.number > 1 else ()
    previous = next((one.text for one in reversed(earlier) if one.number < version.number), "")
    return Article(
        id=article.url,
        text=version.text,
        title=version.title,
        url=article.url,
        lang=version.lang or source.lang,
        published=version.published,
        country=source.country,
        source=article.source,
        author=version.author,
        site=version.site,
        previous=previous,
    )


def _save(desk: Desk, row: Stored, found: Analysis, watch: Watch, tx: Transaction) -> set[str]:
    """Store the new findings in place of the old; the claims that the old ones were about."""
    article, version = row
    now = desk.clock.now()
    before = {one.finding.claim for one in findings.of_version(tx, version.id)}
    named = {finding.claim for finding in found.findings}
    about = [claim for claim in watch.claims if claim.id in named]
    severities, tier = {claim.id: claim.severity for claim in about}, desk.source(article.source).tier
    saved = analyses.save(
        tx,
        version.id,
        found,
        now=now,
        topics={claim.id: claim.topic for claim in about},
        known={claim.id: known_values(claim, watch) for claim in about},
        importance=[importance.alone(one, severities[one.claim], tier) for one in found.findings],
        rules_hash=watch.rules_hash,
        source=article.source,
        published=version.published,
        backlog=True,
    )
    search.put(tx, [search.of_finding(one) for one in saved.values()], at=now)
    return before


def _report(tx: Transaction, desk: Desk, watch: Watch, done: Reanalysed) -> None:
    """Add this turn to what the rules in force have gained and lost so far."""
    now = desk.clock.now()
    before = jobs.marked(tx, MARK) or {}
    if before.get("rules_hash") != watch.rules_hash:
        before = {"rules_hash": watch.rules_hash, "began": now.isoformat()}
    total: dict[str, Any] = {
        **before,
        "at": now.isoformat(),
        "articles": before.get("articles", 0) + done.articles,
        "failed": [*before.get("failed", ()), *done.failed],
        "gained": _sum(before.get("gained", {}), done.gained),
        "lost": _sum(before.get("lost", {}), done.lost),
        "examples": {**done.examples, **before.get("examples", {})},
    }
    jobs.mark(tx, MARK, total, now=now)
    if done.oldest is not None:
        volumes.unsettle(tx, done.oldest, now=now)


def _sum(before: Mapping[str, int], now: Mapping[str, int]) -> dict[str, int]:
    return dict(Counter(before) + Counter(now))
