"""Full text over articles and findings: FTS5 on SQLite, tsvector on PostgreSQL, the same words on both.

Words are folded before they are stored, so case and diacritics do not matter and the two databases need no dictionary.
`search_rows` says what a row of the index stands for; a row that was replaced stays in SQLite's index without one, and
is never found.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from pipeline.storage import analyses, articles, findings
from pipeline.storage import tables as t
from pipeline.storage.columns import storable
from pipeline.storage.session import Store, Transaction
from pipeline.text.fold import fold

NEWEST = 1000  # hits that are ranked and counted: beyond these a search is too wide to be read
_LONGEST = 200_000  # code points of a text that are indexed; PostgreSQL refuses more than a megabyte of words
_WORD = re.compile(r"\w+")
_ASKED = re.compile(r'"([^"]*)"|(\S+)')
_POSTGRES_WORDS = sa.text("INSERT INTO search_words (id, words) VALUES (:id, to_tsvector('simple', :words))")
_SQLITE_WORDS = sa.text("INSERT INTO search_words (rowid, words) VALUES (:id, :words)")
r = t.search_rows.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A row that was found; `rank` is higher for a better one, and comparable within one search only."""

    row: int
    kind: str  # article, finding
    thing_id: int
    at: datetime
    source: str
    lang: str
    claim: str
    topic: str
    relation: str
    rank: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Filters; an empty one does not restrict."""

    kind: str = ""
    source: str = ""
    lang: str = ""
    claim: str = ""
    topic: str = ""
    relation: str = ""
    since: datetime | None = None
    until: datetime | None = None


def of_finding(saved: findings.SavedFinding | analyses.AddedFinding) -> Text:
    """A finding as it is indexed: by what it quotes, who says so, and its values."""
    said = [span.text for span in saved.finding.evidence]
    said += [saved.finding.claim, saved.finding.attribution, *(change.new for change in saved.finding.changes)]
    return Text(
        kind="finding",
        thing_id=saved.id,
        text="\n".join(said),
        source=saved.source,
        lang=saved.lang,
        claim=saved.finding.claim,
        topic=saved.topic,
        relation=saved.finding.relation,
    )


def words(text: str) -> str:
    """The words of a text as they stand in the index."""
    return " ".join(_WORD.findall(fold(storable(text[:_LONGEST])).replace("_", " ")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text to index, and what it stands for."""

    kind: str  # article, finding
    thing_id: int
    text: str
    source: str = ""
    lang: str = ""
    claim: str = ""
    topic: str = ""
    relation: str = ""


def put(tx: Transaction, texts: Sequence[Text], *, at: datetime) -> None:
    """Indexes articles and findings, in place of what was indexed of them before."""
    by_thing = {(one.kind, one.thing_id): one for one in texts}
    for kind in sorted({kind for kind, _ in by_thing}):
        drop(tx, kind, [number for of, number in by_thing if of == kind])
    add(tx, list(by_thing.values()), at=at)


def drop(tx: Transaction, kind: str, numbers: Sequence[int]) -> None:
    """Takes articles or findings out of the index."""
    tx.execute(sa.delete(t.search_rows).where(r.kind == kind, r.thing_id.in_(numbers)))


def add(tx: Transaction, texts: Sequence[Text], *, at: datetime) -> None:
    """Indexes articles and findings of which nothing is indexed."""
    rows = [
        {
            "kind": one.kind,
            "thing_id": one.thing_id,
            "at": at,
            "source": one.source,
            "lang": one.lang,
            "claim": one.claim,
            "topic": one.topic,
            "relation": one.relation,
        }
        for one in texts
    ]
    added = tx.insert_missing(t.search_rows, rows, "id", "kind", "thing_id")
    if added:
        by_thing = {(one.kind, one.thing_id): one for one in texts}
        said = [{"id": row.id, "words": words(by_thing[row.kind, row.thing_id].text)} for row in added]
        tx.execute(_POSTGRES_WORDS if tx.postgres else _SQLITE_WORDS, said)


def find(
    tx: Transaction,
    asked: str,
    where: Where | None = None,
    *,
    ranked: bool = False,
    limit: int = 50,
    before: int | None = None,
) -> tuple[Hit, ...]:
    """Rows that hold every word asked for (a "quoted part" as it stands), newest first; go on with `before`.

    `ranked` orders the newest thousand by how well they fit. Nothing is found for a question without a word.
    """
    query = _query(tx, asked, where or Where(), before, ranked=ranked)
    if query is None:
        return ()
    rows = tx.all(query.limit(NEWEST if ranked else limit))
    hits = [Hit(row=row.id, **{name: row._mapping[name] for name in _HIT}) for row in rows]
    if ranked:
        hits = sorted(hits, key=lambda hit: (-hit.rank, -hit.row))[:limit]
    return tuple(hits)


_HIT = tuple(name for name in Hit.__dataclass_fields__ if name != "row")


def count(tx: Transaction, asked: str, where: Where | None = None) -> int:
    """How many, counting no further than a thousand."""
    query = _query(tx, asked, where or Where(), None, ranked=False)
    if query is None:
        return 0
    return int(tx.scalar(sa.select(sa.func.count()).select_from(query.limit(NEWEST).subquery())))


def _query(tx: Transaction, asked: str, where: Where, before: int | None, *, ranked: bool) -> sa.Select[Any] | None:
    parts = _parts(asked)
    if not parts:
        return None
    if tx.postgres:
        index = sa.table("search_words", sa.column("id"), sa.column("words"))
        question = sa.func.to_tsquery(
            "simple", " & ".join("(" + " <-> ".join(f"'{word}'" for word in part) + ")" for part in parts)
        )
        condition = index.c.words.op("@@")(question)
        rank: sa.ColumnElement[Any] = sa.func.ts_rank(index.c.words, question)
        key: sa.ColumnElement[Any] = index.c.id
    else:
        index = sa.table("search_words", sa.column("rowid"), sa.column("words"))
        question_text = " ".join('"' + " ".join(part) + '"' for part in parts)
        condition = sa.literal_column("search_words").op("MATCH")(question_text)
        rank = -sa.literal_column("bm25(search_words)")
        key = index.c.rowid
    if not ranked:
        rank = sa.literal(0.0)
    # in the index's own order: sorted by our column, every hit would be read before the first is given
    query = sa.select(t.search_rows, rank.label("rank")).join(index, key == r.id).where(condition)
    query = query.order_by(key.desc())
    if before is not None:
        query = query.where(key < before)
    return query.where(*_filters(where))


def _parts(asked: str) -> list[list[str]]:
    """Words and phrases asked for, folded. Only letters and digits are left, so nothing reaches the query's syntax."""
    parts = []
    for phrase, word in _ASKED.findall(asked[:500]):
        found = words(phrase or word).split()
        if found:
            parts.append(found)
    return parts[:20]


def _filters(where: Where) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    equal = {
        r.kind: where.kind,
        r.source: where.source,
        r.lang: where.lang,
        r.claim: where.claim,
        r.relation: where.relation,
    }
    conditions += [column == value for column, value in equal.items() if value]
    if where.topic:
        v, h = t.versions.c, t.topic_hits.c
        on_topic = (
            sa.select(v.id)
            .join(t.topic_hits, h.version_id == v.id)
            .where(v.article_id == r.thing_id, v.current, h.topic == where.topic)
            .exists()
        )
        conditions.append(sa.or_(r.topic == where.topic, sa.and_(r.kind == "article", on_topic)))
    if where.since is not None:
        conditions.append(r.at >= where.since)
    if where.until is not None:
        conditions.append(r.at < where.until)
    return conditions


def index_article(tx: Transaction, article_id: int) -> None:
    """Indexes title and text of the article's current version."""
    article, version = articles.load(tx, article_id), articles.current(tx, article_id)
    if article is not None and version is not None:
        text = f"{version.title}\n{version.text}"
        row = Text(kind="article", thing_id=article_id, text=text, source=article.source, lang=version.lang)
        put(tx, [row], at=version.fetched_at)


def index_finding(tx: Transaction, finding_id: int) -> None:
    """Indexes what a finding quotes, who says so, and its values."""
    saved = findings.load(tx, finding_id)
    if saved is not None:
        put(tx, [of_finding(saved)], at=saved.found_at)


def rebuild(store: Store, *, batch: int = 200) -> int:
    """Indexes everything afresh in order of time, in small transactions; how many articles and findings."""
    v, f = t.versions.c, t.findings.c
    with store.transaction() as tx:
        tx.execute(sa.delete(t.search_rows))
        if not tx.postgres:
            tx.execute(sa.text("INSERT INTO search_words (search_words) VALUES ('delete-all')"))
        texts = tx.all(sa.select(v.fetched_at, v.article_id).where(v.current))
        things = [(row.fetched_at, row.article_id, "article") for row in texts]
        things += [(row.found_at, row.id, "finding") for row in tx.all(sa.select(f.found_at, f.id))]
    things.sort()
    for start in range(0, len(things), batch):
        with store.transaction() as tx:
            for _, number, kind in things[start : start + batch]:
                (index_article if kind == "article" else index_finding)(tx, number)
    return len(things)
