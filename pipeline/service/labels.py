"""What verdicts teach: labelled articles for `claimwatch eval`, and thresholds to think about. Nothing is changed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.model.finding import NEWS
from pipeline.service.wiring import Desk
from pipeline.storage import articles, findings
from pipeline.storage import desk as queries
from pipeline.storage.articles import ArticleRow, VersionRow
from pipeline.storage.findings import SavedFinding

PORTION = 500  # verdicts read at a time
ENOUGH = 20  # verdicts below which nothing is proposed: a share of fewer says little
LATEST = 2_000  # verdicts that are learnt from: the newest ones, since rules change
TARGET = 0.9  # share of right findings that a threshold should reach
RIGHT = frozenset({"confirmed", "accepted"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """An article whose every news finding was judged; dismissed ones are left out of `findings`.

    `assumed` names claims that it repeats or mentions, which nobody judges one by one. `known` holds the values that
    its claims were compared with: a verdict is about these, whatever was accepted since.
    """

    article: ArticleRow
    version: VersionRow
    topics: tuple[str, ...]
    findings: tuple[SavedFinding, ...]
    dismissed: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    known: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    country: str = ""  # of the outlet


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A confidence below which findings were mostly wrong."""

    topic: str  # "" for all topics together
    judged: int
    right: int
    threshold: float  # propose `min_confidence` of this
    kept_right: int
    kept_wrong: int
    lost_right: int  # right ones that it would keep back

    @property
    def precision(self) -> float:
        """Share of right ones among those that would be kept."""
        return self.kept_right / max(1, self.kept_right + self.kept_wrong)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """Verdicts so far, in numbers, and what they propose."""

    counts: dict[str, int] = field(default_factory=dict)  # verdict -> findings
    reasons: dict[str, int] = field(default_factory=dict)  # why dismissed -> findings
    proposals: tuple[Proposal, ...] = ()


def labelled(desk: Desk) -> Iterator[Labelled]:
    """Every article that verdicts settle, in order of its version."""
    seen: set[int] = set()
    after = 0
    while True:
        with desk.store.read() as tx:
            rows = queries.judged(tx, after=after, limit=PORTION)
            found = []
            for _, version_id, _, _ in rows:
                if version_id in seen:
                    continue
                seen.add(version_id)
                version = articles.version(tx, version_id)
                article = articles.load(tx, version.article_id) if version is not None else None
                if version is None or article is None:
                    continue
                topics = tuple(hit.topic for hit in queries.hits_of(tx, version_id))
                country = desk.source(article.source).country
                one = _settled(article, version, topics, country, findings.of_version(tx, version_id))
                if one is not None:
                    found.append(one)
        yield from found
        if len(rows) < PORTION:
            return
        after = rows[-1][0]


def _settled(
    article: ArticleRow, version: VersionRow, topics: tuple[str, ...], country: str, rows: Sequence[SavedFinding]
) -> Labelled | None:
    """None while a news finding of the version still waits for its verdict."""
    if any(row.finding.relation in NEWS and not row.verdict for row in rows):
        return None
    return Labelled(
        article=article,
        version=version,
        topics=topics,
        findings=tuple(row for row in rows if row.verdict != "dismissed"),
        dismissed=tuple(row.finding.claim for row in rows if row.verdict == "dismissed"),
        assumed=tuple(row.finding.claim for row in rows if not row.verdict),
        known={row.finding.claim: row.compared_with for row in rows},
        country=country,
    )


def line(one: Labelled) -> str:
    """The article as a line of labelled coverage."""
    published = one.version.published or one.article.published
    record = {
        "id": f"verdict-{one.version.id}",
        "url": one.article.url,
        "outlet": one.article.source,
        "published": published.isoformat() if published is not None else None,
        "lang": one.version.lang,
        "country": one.country,
        "title": one.version.title,
        "text": one.version.text,
        "topics": list(one.topics),
        "claims": [
            {
                "claim": row.finding.claim,
                "relation": row.finding.relation,
                "changes": [{"slot": c.slot, "from": c.old, "to": c.new} for c in row.finding.changes],
            }
            for row in one.findings
        ],
        "known": {claim: dict(values) for claim, values in one.known.items()},
        "dismissed": list(one.dismissed),
        "assumed": list(one.assumed),
        "note": "labelled by verdicts of reviewers",
    }
    if published is None:
        del record["published"]
    return json.dumps(record, ensure_ascii=False)


def lesson(desk: Desk) -> Lesson:
    """The newest verdicts counted, and thresholds proposed where enough was judged."""
    with desk.store.read() as tx:
        rows = queries.verdicts(tx, limit=LATEST)
        reasons = queries.dismissals(tx, after=rows[-1].id - 1) if rows else {}
    counts: dict[str, int] = {}
    topics: dict[str, list[tuple[float, bool]]] = {}
    for row in rows:
        counts[row.verdict] = counts.get(row.verdict, 0) + 1
        for topic in ("", row.topic):
            topics.setdefault(topic, []).append((row.confidence, row.verdict in RIGHT))
    made = [propose(topic, judged) for topic, judged in sorted(topics.items())]
    return Lesson(counts=counts, reasons=reasons, proposals=tuple(one for one in made if one is not None))


def propose(topic: str, judged: Sequence[tuple[float, bool]], *, target: float = TARGET) -> Proposal | None:
    """The lowest confidence from which the share of right findings reaches the target.

    None with fewer than ENOUGH verdicts, when all findings together reach it already, or when no threshold does.
    """
    right = sum(fine for _, fine in judged)
    if len(judged) < ENOUGH or right / len(judged) >= target:
        return None
    ordered = sorted(judged)
    kept_right, kept = right, len(judged)
    for at, (confidence, fine) in enumerate(ordered):
        if (at == 0 or ordered[at - 1][0] < confidence) and kept_right / kept >= target:
            return Proposal(
                topic=topic,
                judged=len(judged),
                right=right,
                threshold=round(confidence, 2),
                kept_right=kept_right,
                kept_wrong=kept - kept_right,
                lost_right=right - kept_right,
            )
        kept_right -= fine
        kept -= 1
        if kept == 0:
            break
    return None
