"""Search: what is found, in which order, how it is counted, and that filters stand in the index itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from pipeline.model.article import Fingerprint
from pipeline.model.finding import Analysis, Change, Finding, Span
from pipeline.storage import analyses, articles, indexed, search
from pipeline.storage import tables as t
from pipeline.storage.session import Store, Transaction

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def add_article(tx: Transaction, number: int, title: str, text: str, at: datetime = NOW, source: str = "s1") -> int:
    article = articles.create(tx, url=f"https://a.example/{number}", source=source, now=at)
    version = articles.NewVersion(
        title=title, text=text, fingerprint=Fingerprint(digest=str(number)), fetched_at=at, lang="en"
    )
    return articles.add_version(tx, article.id, version).id


def add_finding(tx: Transaction, version_id: int, quote: str = "They signed it.", at: datetime = NOW) -> int:
    span = Span(field="text", start=0, end=len(quote), text=quote)
    change = Change(slot="stage", type="stage", old="planned", new="signed", evidence=span)
    finding = Finding(claim="sale", relation="changes", changes=(change,), evidence=(span,))
    analysis = Analysis(article="1", lang="en", watch_version="w", findings=(finding,))
    saved = analyses.save(tx, version_id, analysis, now=at, topics={"sale": "trade"}, known={}, source="s1")
    return saved["sale"].id


def test_search_folds_quotes_and_orders_by_time(store: Store) -> None:
    with store.transaction() as tx:
        one = add_article(tx, 1, "Türkiye signs", "The JF-17 deal is done, they say.", at=NOW)
        two = add_article(tx, 2, "Bakü", "A deal that JF and 17 others made.", at=NOW + DAY, source="s2")
        for version in (one, two):
            row = articles.version(tx, version)
            assert row is not None
            search.index_article(tx, row.article_id)
        number = add_finding(tx, one, "İstanbul signed the deal.", at=NOW + 2 * DAY)
        search.index_finding(tx, number)

        def found(asked: str, **where: Any) -> list[tuple[str, int]]:
            hits = search.find(tx, asked, search.Where(**where))
            counted = search.count(tx, asked, search.Where(**where))
            assert counted == search.Counted(len(hits), more=False)
            return [(hit.kind, hit.thing_id) for hit in hits]

        assert found("DEAL") == [("finding", number), ("article", 2), ("article", 1)]
        assert found("turkiye") == [("article", 1)]
        assert found("istanbul") == [("finding", number)]
        assert found('"jf-17 deal"') == [("article", 1)]
        assert found("jf 17 deal") == [("article", 2), ("article", 1)]
        assert found("deal", kind="article", source="s2") == [("article", 2)]
        assert found("deal", claim="sale", topic="trade", relation="changes") == [("finding", number)]
        assert found("deal", since=NOW + DAY) == [("finding", number), ("article", 2)]
        assert found("nothing of the kind") == []
        for odd in ("", "  ", '"', "' OR 1=1 --", "a:b*", "NEAR(", "AND", "!&|", "\x00", "(((", "-"):
            search.find(tx, odd, ranked=True)
        best = search.find(tx, "deal jf 17", ranked=True)
        assert {hit.thing_id for hit in best} == {1, 2}


def texts_of(words: str, numbers: range) -> list[search.Text]:
    return [search.Text(kind="article", thing_id=n, text=f"{words} among {n} others") for n in numbers]


def test_a_search_counts_to_a_thousand_and_goes_on_from_page_to_page(store: Store) -> None:
    with store.transaction() as tx:
        search.put(tx, texts_of("a deal", range(1, 1000)), at=NOW)
        assert search.count(tx, "deal") == search.Counted(999, more=False)
        search.put(tx, texts_of("a deal", range(1000, 1008)), at=NOW)
        assert search.count(tx, "deal") == search.Counted(1000, more=True)
        seen: list[search.Hit] = []
        while page := search.find(tx, "deal", limit=300, before=seen[-1].row if seen else None):
            seen += page
        assert [hit.thing_id for hit in seen] == list(range(1007, 0, -1))


def test_the_best_hold_every_word_in_their_headline_or_quote_however_old_they_are(store: Store) -> None:
    """Then come those that hold them anywhere; newest first within both, and nothing is given twice."""
    named = search.Text(kind="article", thing_id=1, head="Jets: a deal is signed", text="Jets: a deal is signed. More.")
    half = search.Text(kind="article", thing_id=2, head="A deal", text="A deal. It was signed.")
    quoted = search.Text(kind="finding", thing_id=9, head="They signed a deal.", text="They signed a deal. planned")
    with store.transaction() as tx:
        for one in ([named], [half], [quoted], texts_of("a deal was signed", range(3, 1106))):
            search.put(tx, one, at=NOW)
        best = search.find(tx, "deal signed", ranked=True, limit=5)
        assert [(hit.kind, hit.thing_id) for hit in best[:2]] == [("finding", 9), ("article", 1)]
        assert [hit.thing_id for hit in best[2:]] == [1105, 1104, 1103]
        assert [hit.head for hit in best] == [True, True, False, False, False]
        every = search.find(tx, "deal signed", ranked=True, limit=2000)
        assert len({hit.row for hit in every}) == len(every) == 1106
        assert every[-1].thing_id == 2
        (phrase,) = search.find(tx, '"a deal is signed"', ranked=True)
        assert (phrase.thing_id, phrase.head) == (1, True)
        assert search.find(tx, "deal", search.Where(kind="finding"), ranked=True) == (best[0],)


def test_marks_of_the_index_are_not_to_be_typed_nor_read_in_a_text(store: Store) -> None:
    """A text that holds the very characters of a mark is not taken for what the mark says."""
    marked = indexed.mark("claim", "sale-1")
    false = search.Text(kind="article", thing_id=1, text=f"a deal {marked} {indexed.headline('signed')[0]}")
    true = search.Text(kind="finding", thing_id=2, text="a deal", claim="sale-1")
    other = search.Text(kind="finding", thing_id=3, text="a deal", claim="sale 1")
    upper = search.Text(kind="finding", thing_id=4, text="a deal", claim="SALE-1")
    with store.transaction() as tx:
        search.put(tx, [false, true, other, upper], at=NOW)
        assert [hit.thing_id for hit in search.find(tx, "deal", search.Where(claim="sale-1"))] == [2]
        assert search.count(tx, "deal", search.Where(claim="sale-1")) == search.Counted(1, more=False)
        assert [hit.thing_id for hit in search.find(tx, marked)] == [1]  # what is left of it are letters
        assert [hit.head for hit in search.find(tx, "signed", ranked=True)] == [False]


@pytest.mark.parametrize("days", [1, 39, 40, 41, 400])
def test_a_time_is_kept_to_the_hour_however_long_it_is(store: Store, days: int) -> None:
    first = NOW - days * DAY
    with store.transaction() as tx:
        for n, at in enumerate([first - timedelta(seconds=1), first, NOW - timedelta(seconds=1), NOW, NOW + 99 * DAY]):
            search.put(tx, [search.Text(kind="article", thing_id=n + 1, text="a deal")], at=at)

        def found(since: datetime | None, until: datetime | None) -> list[int]:
            where = search.Where(since=since, until=until)
            hits = [hit.thing_id for hit in search.find(tx, "deal", where)]
            assert search.count(tx, "deal", where) == search.Counted(len(hits), more=False)
            return hits

        assert found(first, NOW) == [3, 2]
        assert found(first, None) == [5, 4, 3, 2]
        assert found(None, NOW) == [3, 2, 1]
        assert found(NOW + 100 * DAY, None) == found(None, first - 9 * DAY) == found(NOW, first) == []


def test_hits_are_found_wherever_they_stand_among_a_million_rows(store: Store) -> None:
    """PostgreSQL asks for the newest rows first, then for ever more."""
    numbers = (1, 4_095, 4_096, 65_536, 300_000, 393_215, 393_216, 500_000, 980_000, 999_000, 999_999)
    with store.transaction() as tx:
        for n, number in enumerate(numbers, 1):
            row = {"id": number, "kind": "article", "thing_id": n, "at": NOW}
            tx.execute(sa.insert(t.search_rows), row)
            head = "a deal" if n % 2 else ""
            search.write(tx, [(number, NOW, search.Text(kind="article", thing_id=n, head=head, text="a deal"))])
        assert [hit.row for hit in search.find(tx, "deal")] == sorted(numbers, reverse=True)
        assert [hit.row for hit in search.find(tx, "deal", limit=6)] == sorted(numbers, reverse=True)[:6]
        for before in numbers:
            older = [number for number in reversed(numbers) if number < before]
            assert [hit.row for hit in search.find(tx, "deal", before=before)] == older
        best = [hit.row for hit in search.find(tx, "deal", ranked=True, limit=8)]
        assert best == [*reversed(numbers[::2]), *list(reversed(numbers[1::2]))[:2]]
        assert search.count(tx, "deal") == search.Counted(len(numbers), more=False)


def test_a_count_of_a_topic_says_where_it_stopped_looking(store: Store) -> None:
    with store.transaction() as tx:
        for n in (1, 2, 3):
            add_article(tx, n, "Title", "a deal")
        tx.execute(sa.insert(t.topic_hits), {"version_id": 2, "topic": "trade", "score": 1.0, "at": NOW})
        search.index_article(tx, 2)
        assert search.count(tx, "deal", search.Where(topic="trade")) == search.Counted(1, more=False)
        search.put(tx, texts_of("a deal", range(10, 2010)), at=NOW)
        assert search.count(tx, "deal", search.Where(topic="trade")) == search.Counted(0, more=True)
        assert [hit.thing_id for hit in search.find(tx, "deal", search.Where(topic="trade"))] == [2]


def test_what_was_indexed_before_is_replaced_and_can_be_rebuilt(store: Store) -> None:
    with store.transaction() as tx:
        version = add_article(tx, 1, "Old words", "nothing")
        search.index_article(tx, 1)
        add_finding(tx, version)
        second = articles.NewVersion(
            title="New words", text="x", fingerprint=Fingerprint(digest="2"), fetched_at=NOW, lang="en"
        )
        articles.add_version(tx, 1, second)
        search.index_article(tx, 1)
        assert search.find(tx, "old") == ()
        assert len(search.find(tx, "new")) == 1
    assert search.rebuild(store, batch=1) == 2
    with store.read() as tx:
        assert search.find(tx, "old") == ()
        assert len(search.find(tx, "new")) == 1
        assert len(search.find(tx, "signed")) == 1
