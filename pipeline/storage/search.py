"""Full text over articles and findings: FTS5 on SQLite, tsvector on PostgreSQL, the same words on both.

Words are folded before they are stored, so case and diacritics do not matter and the two databases need no dictionary.
What filters ask for stands in the index beside the words (`indexed`). `search_rows` says what a row of the index stands
for; a row that was replaced stays in SQLite's index without one, and is never found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from pipeline.storage import analyses, articles, findings, indexed
from pipeline.storage import tables as t
from pipeline.storage.indexed import Question
from pipeline.storage.session import Store, Transaction

NEWEST = 1000  # hits that are counted: beyond these a search is too wide to be read
LOOKED = 2000  # hits of which the topics are looked up for a count: those of articles stand in no index of words
_POSTGRES_WORDS = sa.text(
    "INSERT INTO search_words (id, words) VALUES (:id, to_tsvector('simple', :words) || CAST(:marks AS tsvector))"
)
_SQLITE_WORDS = sa.text("INSERT INTO search_words (rowid, words) VALUES (:id, :words)")
r = t.search_rows.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A row that was found."""

    row: int
    kind: str  # article, finding
    thing_id: int
    at: datetime
    source: str
    lang: str
    claim: str
    topic: str
    relation: str
    head: bool = False  # known to hold every word in its headline or its quote; looked at for the best only


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


def of_article(number: int, source: str, version: articles.VersionRow) -> Text:
    """An article as it is indexed: by the title and text of a version."""
    text = f"{version.title}\n{version.text}"
    return Text(kind="article", thing_id=number, head=version.title, text=text, source=source, lang=version.lang)


def of_finding(saved: findings.SavedFinding | analyses.AddedFinding) -> Text:
    """A finding as it is indexed: by what it quotes, who says so, and its values."""
    said = [span.text for span in saved.finding.evidence]
    more = [saved.finding.claim, saved.finding.attribution, *(change.new for change in saved.finding.changes)]
    return Text(
        kind="finding",
        thing_id=saved.id,
        head="\n".join(said),
        text="\n".join([*said, *more]),
        source=saved.source,
        lang=saved.lang,
        claim=saved.finding.claim,
        topic=saved.topic,
        relation=saved.finding.relation,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text to index, and what it stands for."""

    kind: str  # article, finding
    thing_id: int
    text: str  # with the headline
    head: str = ""  # a headline, or what a finding quotes
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
    by_thing = {(one.kind, one.thing_id): one for one in texts}
    write(tx, [(row.id, at, by_thing[row.kind, row.thing_id]) for row in added])


def write(tx: Transaction, rows: Sequence[tuple[int, datetime, Text]]) -> None:
    """What stands in the index of rows that `search_rows` has: (number, time of arrival, text)."""
    if rows:
        said = [entry(number, at, one, postgres=tx.postgres) for number, at, one in rows]
        tx.execute(_POSTGRES_WORDS if tx.postgres else _SQLITE_WORDS, said)


def entry(number: int, at: datetime, one: Text, *, postgres: bool) -> dict[str, Any]:
    """A row of the index: its number, its words, and for PostgreSQL what is put to them."""
    marks = indexed.marks(
        at, kind=one.kind, source=one.source, lang=one.lang, claim=one.claim, topic=one.topic, relation=one.relation
    )
    if not postgres:
        return {"id": number, "words": indexed.for_sqlite(one.text, one.head, marks)}
    more = indexed.for_postgres(one.head, (*marks, *indexed.blocks(number)))
    return {"id": number, "words": indexed.words(one.text), "marks": more}


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

    `ranked` gives those first that hold all of them in the headline of an article or in the quote of a finding.
    Nothing is found for a question without a word.
    """
    question = _question(tx, asked, where or Where())
    if question is None:
        return ()
    found: list[Hit] = []
    for place in ("head", "text") if ranked else ("",):
        for row in _rows(tx, replace(question, place=place), where or Where(), before, limit - len(found)):
            values = {name: getattr(row, name) for name in _HIT}
            found.append(Hit(row=row.id, head=place == "head", **values))
    return tuple(found)


_HIT = tuple(name for name in Hit.__dataclass_fields__ if name not in ("row", "head"))


@dataclass(frozen=True, slots=True)
class Counted:
    """How many were found, and whether there may be more."""

    number: int
    more: bool


def count(tx: Transaction, asked: str, where: Where | None = None) -> Counted:
    """How many, counting no further than a thousand; of a topic, among the newest two thousand with these words."""
    where = where or Where()
    question = _question(tx, asked, where)
    if question is None:
        return Counted(0, more=False)
    looked, found = (LOOKED, 0) if where.topic else (NEWEST, 0)
    for asked_now, values in _windows(tx, question, None, few=_few(where)):
        row = asked_now.row
        few = asked_now.query.with_only_columns(row.id, row.kind, row.thing_id, row.topic, maintain_column_froms=True)
        some = few.where(*_filters(tx, row, where, topic=False)).limit(looked).subquery()
        number = sa.func.count()
        hits = sa.func.sum(sa.case((_on_topic(some.c, where.topic), 1), else_=0)) if where.topic else number
        counted = tx.first(sa.select(number.label("looked"), hits.label("found")).select_from(some), values)
        assert counted is not None
        looked, found = looked - counted.looked, found + int(counted.found or 0)
        if looked == 0:
            break
    return Counted(min(found, NEWEST), more=looked == 0)


def _question(tx: Transaction, asked: str, where: Where) -> Question | None:
    """What the index is asked, filters included; None for a question without a word."""
    phrases = indexed.asked_for(asked)
    if not phrases:
        return None
    question = Question(phrases)
    few = _few(where)
    for name, value in _equal(where):
        if not few or name in ("claim", "source"):
            question = question.narrowed([indexed.mark(name, value)])
    if where.topic and not few:  # the topics of an article stand with its version: other rules may change them
        question = question.narrowed([indexed.mark("topic", where.topic), indexed.mark("kind", "article")])
    if where.since is not None or where.until is not None:
        question = question.narrowed(_times(tx, where))
    return question


def _few(where: Where) -> bool:
    """So few rows are of a claim or a source that another mark, which many have, gains nothing."""
    return bool(where.claim or where.source)


def _equal(where: Where) -> list[tuple[str, str]]:
    found = ((name, getattr(where, name)) for name in ("kind", "source", "lang", "claim", "relation"))
    return [(name, value) for name, value in found if value]


def _times(tx: Transaction, where: Where) -> tuple[str, ...]:
    """Marks of the days or months asked for in which anything arrived; none if nothing did."""
    first, last = (tx.scalar(sa.select(end(r.at))) for end in (sa.func.min, sa.func.max))
    if first is None:
        return ()
    first = max(first, where.since or first).astimezone(UTC).date()
    last = min(last, where.until or last).astimezone(UTC).date()
    return indexed.times(first, last) if first <= last else indexed.times(first, first)


def _rows(tx: Transaction, question: Question, where: Where, before: int | None, limit: int) -> Sequence[sa.Row[Any]]:
    found: list[sa.Row[Any]] = []
    for asked, values in _windows(tx, question, before, few=_few(where)):
        if len(found) < limit:
            narrowed = asked.query.where(*_filters(tx, asked.row, where))
            found += tx.all(narrowed.limit(limit - len(found)), values)
    return found


def _windows(
    tx: Transaction, question: Question, before: int | None, *, few: bool
) -> Iterator[tuple[_Asked, dict[str, Any]]]:
    """The question, newest rows first, and its values. On PostgreSQL several: its index knows no order.

    FTS5 hands out hits from the newest on, one by one. GIN finds all of them before the first is seen, so it is asked
    for the newest rows alone before more are; where a mark that few have narrows the question, all at once is quicker.
    """
    if not tx.postgres:
        yield _ask_sqlite(), {"asked": indexed.ask_sqlite(question), "before": before or _END}
        return
    newest = min(tx.scalar(sa.select(sa.func.max(r.id))) or 0, (before or _END) - 1)
    for first, end, marks in [(0, _END, ())] if few else indexed.windows(newest):
        plain, rest = indexed.ask_postgres(question.narrowed(marks))
        values = {"plain": plain, "rest": rest, "first": first, "before": min(end, before or _END)}
        yield _ask_postgres(bool(plain), bool(rest)), values


_END = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class _Asked:
    query: sa.Select[Any]
    row: Any  # its columns of search_rows


@cache
def _ask_sqlite() -> _Asked:
    index = sa.table("search_words", sa.column("rowid"))
    # in the index's own order: sorted by our column, every hit would be read before the first is given
    query = sa.select(t.search_rows).join(index, index.c.rowid == r.id).order_by(index.c.rowid.desc())
    query = query.where(
        sa.literal_column("search_words").op("MATCH")(sa.bindparam("asked")),
        index.c.rowid < sa.bindparam("before", type_=sa.BigInteger),
    )
    return _Asked(query, r)


@cache
def _ask_postgres(plain: bool, rest: bool) -> _Asked:
    index = sa.table("search_words", sa.column("id"), sa.column("words"))
    said: list[sa.ColumnElement[Any]] = []
    if plain:
        said.append(sa.func.to_tsquery("simple", sa.bindparam("plain", type_=sa.Text)))
    if rest:
        said.append(sa.cast(sa.bindparam("rest", type_=sa.Text), postgresql.TSQUERY))
    question = said[0].op("&&")(said[1]) if len(said) == 2 else said[0]
    # by itself, so that nothing but the index over words answers it: through the rows' numbers, texts would be read
    hits = sa.select(index.c.id).where(index.c.words.op("@@")(question)).cte("hits").prefix_with("MATERIALIZED")
    number = hits.c.id
    first, before = (sa.bindparam(name, type_=sa.BigInteger) for name in ("first", "before"))
    newest = sa.select(number).where(number >= first, number < before).order_by(number.desc()).subquery("newest")
    # one by one, from the newest on, until there are enough: joined otherwise, all rows of a claim would be read
    row = sa.select(t.search_rows).where(r.id == newest.c.id).limit(1).lateral("row")
    return _Asked(sa.select(row).select_from(newest.join(row, sa.true())).order_by(newest.c.id.desc()), row.c)


def _filters(tx: Transaction, row: Any, where: Where, *, topic: bool = True) -> list[sa.ColumnElement[bool]]:
    """What the index has answered already but for the hour and the topic of an article; marks are not the last word."""
    conditions: list[sa.ColumnElement[bool]] = []
    conditions += [_plain(tx, row[name]) == value for name, value in _equal(where)]
    if where.topic and topic:
        conditions.append(_on_topic(row, where.topic))
    if where.since is not None:
        conditions.append(_plain(tx, row.at) >= where.since)
    if where.until is not None:
        conditions.append(_plain(tx, row.at) < where.until)
    return conditions


def _plain(tx: Transaction, column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """The column, of which SQLite may use no index: it would look up every row of that kind in the index of words."""
    return column if tx.postgres else sa.type_coerce(sa.literal_column(f"+search_rows.{column.name}"), column.type)


def _on_topic(row: Any, topic: str) -> sa.ColumnElement[bool]:
    v, h = t.versions.c, t.topic_hits.c
    on_topic = (
        sa.select(v.id)
        .join(t.topic_hits, h.version_id == v.id)
        .where(v.article_id == row.thing_id, v.current, h.topic == topic)
        .exists()
    )
    return sa.or_(row.topic == topic, sa.and_(row.kind == "article", on_topic))


def index_article(tx: Transaction, article_id: int) -> None:
    """Indexes title and text of the article's current version."""
    article, version = articles.load(tx, article_id), articles.current(tx, article_id)
    if article is not None and version is not None:
        put(tx, [of_article(article_id, article.source, version)], at=version.fetched_at)


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
