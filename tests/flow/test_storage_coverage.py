"""Articles, versions, copies, stories, findings and alerts: stored together, told once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline.errors import ReviewError
from pipeline.model.alert import Decision, Publisher, StoryKey
from pipeline.model.article import Fingerprint
from pipeline.model.finding import Analysis, Change, Finding, NearMiss, Span, Step, TopicHit
from pipeline.model.source import Source
from pipeline.storage import (
    alerts,
    analyses,
    articles,
    copies,
    decisions,
    desk,
    digests,
    findings,
    jobs,
    pages,
    revisits,
    sources,
    stories,
)
from pipeline.storage import desk as queries
from pipeline.storage.articles import NewVersion
from pipeline.storage.session import Store, Transaction

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
SPAN = Span(field="text", start=3, end=9, text="signed")
CHANGE = Change(slot="stage", type="stage", old="planned", new="signed", evidence=SPAN)
FINDING = Finding(
    claim="sale",
    relation="changes",
    changes=(CHANGE,),
    values=(CHANGE,),
    evidence=(SPAN,),
    confidence=0.75,
    certainty="confirmed",
    attribution="a minister",
    steps=(Step(rule="about", detail="x", weight=1.0, span=SPAN), Step(rule="bare")),
    redline=(("=", "The sale is "), ("-", "planned"), ("+", "signed")),
)
ANALYSIS = Analysis(
    article="1",
    lang="en",
    watch_version="w1",
    topics=(TopicHit(topic="trade", score=0.9, spans=(SPAN,), steps=(Step(rule="r"),)),),
    findings=(FINDING,),
    near_misses=(NearMiss(claim="other", score=0.4, failed="subject", evidence=SPAN),),
)
KEY = StoryKey(claim="sale", relation="changes", slot="stage", value="signed")


def new_version(text: str = "It signed.", at: datetime = NOW, **more: Any) -> NewVersion:
    fingerprint = Fingerprint(digest=f"d-{text}", sketch=text.encode())
    return NewVersion(title="T", text=text, fingerprint=fingerprint, fetched_at=at, lang="en", **more)


def an_article(tx: Transaction, number: int = 1, *, text: str = "It signed.") -> articles.VersionRow:
    article = articles.create(tx, url=f"https://a.example/{number}", source="s1", now=NOW, title="T")
    return articles.add_version(tx, article.id, new_version(text))


def save(tx: Transaction, version_id: int, analysis: Analysis = ANALYSIS) -> findings.SavedFinding:
    saved = analyses.save(
        tx,
        version_id,
        analysis,
        now=NOW,
        topics={"sale": "trade"},
        known={"sale": {"stage": "planned"}},
        rules_hash="r1",
        source="s1",
        published=NOW,
    )
    return saved["sale"]


def test_an_article_is_found_by_every_address_that_led_to_it(store: Store) -> None:
    with store.transaction() as tx:
        made = articles.create(tx, url="https://a.example/1", source="s1", now=NOW, also=["https://m.a.example/1", ""])
        assert articles.find(tx, ["https://m.a.example/1"]) == made
        assert articles.find(tx, ["https://b.example/"]) is None
        assert articles.find(tx, []) is None
        again = articles.create(tx, url="https://a.example/1", source="s2", now=NOW + DAY)
        assert again.id == made.id
        assert again.source == "s1"


def test_versions_are_numbered_and_one_is_current(store: Store) -> None:
    with store.transaction() as tx:
        first = an_article(tx)
        second = articles.add_version(tx, first.article_id, new_version("It was signed.", agency="wire"))
        assert (first.number, second.number) == (1, 2)
        assert [row.current for row in articles.versions(tx, first.article_id)] == [False, True]
        assert articles.current(tx, first.article_id) == second
        row = articles.load(tx, first.article_id)
        assert row is not None
        assert (row.version_count, row.changes) == (2, 1)
        assert articles.counts(tx, since=NOW, until=NOW + DAY) == {"articles": 1, "versions": 2, "analysed": 0}


def test_feeds_that_carry_an_article_are_counted_once(store: Store) -> None:
    with store.transaction() as tx:
        version = an_article(tx)
        assert articles.carry(tx, version.article_id, "s1", now=NOW)
        assert articles.carry(tx, version.article_id, "s2", now=NOW + MINUTE)
        assert not articles.carry(tx, version.article_id, "s2", now=NOW + DAY)
        assert articles.carriers(tx, version.article_id) == ("s1", "s2")


def test_revisits_are_taken_and_recorded(store: Store) -> None:
    with store.transaction() as tx:
        version = an_article(tx)
        revisits.revisit(tx, version.article_id, at=NOW + MINUTE)
        revisits.revisit(tx, version.article_id, at=NOW + DAY)  # a look is due before
        taken = revisits.claim_revisits(tx, now=NOW + MINUTE, limit=5, per_host=1, lease=MINUTE, holder="a")
        assert [row.id for row in taken] == [version.article_id]
        revisits.checked(
            tx, version.article_id, now=NOW, revisit_at=None, reason="flapping", etag='"e"', flapped=True, flapping=True
        )
        row = articles.load(tx, version.article_id)
        assert row is not None
        assert (row.checks, row.flaps, row.flapping, row.etag, row.last_modified) == (1, 1, True, '"e"', "")
        assert revisits.claim_revisits(tx, now=NOW + DAY, limit=5, per_host=1, lease=MINUTE, holder="a") == ()


def test_pages_come_back_byte_by_byte(store: Store) -> None:
    body = bytes(range(256)) * 40
    with store.transaction() as tx:
        version = an_article(tx)
        page = pages.NewPage(
            url="https://a.example/1",
            packed=pages.pack(body),
            size=len(body),
            content_type="text/html",
            fetched_at=NOW,
            expires_at=NOW + DAY,
            article_id=version.article_id,
            put_off=True,
        )
        pages.keep(tx, [page, replace(page, put_off=False)])
        pages.keep(tx, [])
        [put_off] = pages.put_off(tx, limit=5)
        assert put_off.body == body
        pages.taken_up(tx, put_off.id)
        assert pages.put_off(tx, limit=5) == ()


def test_copies_are_found_by_bands_and_grouped(store: Store) -> None:
    asked = [b"1a", b"2b", b"3c"]
    with store.transaction() as tx:
        one, two, three = (an_article(tx, number, text=f"text {number}") for number in (1, 2, 3))
        copies.add_bands(tx, one.id, asked, recipe=1)
        copies.add_bands(tx, two.id, [b"1a", b"2x", b"3c", b"3c"], recipe=1)
        copies.add_bands(tx, three.id, [b"1b", b"2a"], recipe=1)
        found = copies.candidates(tx, asked, recipe=1)
        assert [(row.version_id, row.shared) for row in found] == [(one.id, 3), (two.id, 2)]
        assert copies.candidates(tx, asked, recipe=2) == ()
        assert copies.candidates(tx, [], recipe=1) == ()
        assert [row.version_id for row in copies.candidates(tx, asked, recipe=1, besides=one.article_id)] == [two.id]
        group = copies.join(tx, two.id, like=one.id, similarity=0.95, now=NOW)
        assert copies.join(tx, three.id, like=two.id, similarity=0.9, now=NOW) == group
        rows = [articles.version(tx, one.id), articles.version(tx, two.id), articles.version(tx, three.id)]
        assert [row is not None and row.copy_group_id for row in rows] == [group] * 3


def test_a_finding_comes_back_as_it_was(store: Store) -> None:
    with store.transaction() as tx:
        saved = save(tx, an_article(tx).id)
    with store.read() as tx:
        assert findings.load(tx, saved.id) == saved
    assert saved.finding == FINDING
    assert saved.compared_with == {"stage": "planned"}
    assert saved.topic == "trade"


def test_the_same_analysis_twice_changes_nothing(store: Store) -> None:
    with store.transaction() as tx:
        version = an_article(tx)
        first = save(tx, version.id)
        judged = findings.judge(tx, first.id, "confirmed", by="ann", revision=1, now=NOW)
        assert save(tx, version.id) == judged
        assert findings.count(tx, findings.Filter()) == 1


def test_what_a_later_version_no_longer_says_is_superseded(store: Store) -> None:
    with store.transaction() as tx:
        version = an_article(tx)
        first = save(tx, version.id)
        second = articles.add_version(tx, version.article_id, new_version("Nothing."))
        analyses.save(tx, second.id, Analysis(article="1", lang="en", watch_version="w1"), now=NOW, topics={}, known={})
        assert findings.select(tx, findings.Filter(claim="sale")) == ()
        old = findings.select(tx, findings.Filter(claim="sale", current=False))
        assert [row.id for row in old] == [first.id]


def test_findings_are_selected_by_subject(store: Store) -> None:
    with store.transaction() as tx:
        ids = [save(tx, an_article(tx, number).id).id for number in range(1, 6)]
        everything = findings.Filter(
            claim="sale", topic="trade", relations=("changes",), source="s1", lang="en", since=NOW, until=NOW + DAY
        )
        assert [row.id for row in findings.select(tx, everything)] == ids[::-1]
        assert [row.id for row in findings.select(tx, everything, limit=2, before=ids[3])] == [ids[2], ids[1]]
        assert [row.id for row in findings.select(tx, everything, oldest_first=True, before=ids[3])] == [ids[4]]
        assert findings.count(tx, everything, most=3) == 3
        for nothing in (
            findings.Filter(claim="x"),
            findings.Filter(relations=("denies",)),
            findings.Filter(verdict="confirmed"),
            findings.Filter(backlog=True),
            findings.Filter(until=NOW),
        ):
            assert findings.select(tx, nothing) == ()


def test_two_reviewers_do_not_overwrite_each_other(store: Store) -> None:
    with store.transaction() as tx:
        saved = save(tx, an_article(tx).id)
        findings.judge(tx, saved.id, "confirmed", by="ann", revision=saved.revision, now=NOW)
    with store.transaction() as tx, pytest.raises(ReviewError, match="by ann"):
        findings.judge(tx, saved.id, "dismissed", by="bob", revision=saved.revision, now=NOW)
    with store.transaction() as tx, pytest.raises(ReviewError, match="no longer there"):
        findings.snooze(tx, 999, NOW, revision=1)
    with store.read() as tx:
        kept = findings.load(tx, saved.id)
        assert kept is not None
        assert (kept.verdict, kept.verdict_by, kept.revision) == ("confirmed", "ann", 2)


def member(tx: Transaction, story: int, number: int, at: datetime = NOW, **more: str) -> findings.SavedFinding:
    version = an_article(tx, number, text=f"text {number}")
    saved = save(tx, version.id)
    values = {"slot": "stage", "value": "signed"} | more
    stories.add_member(tx, story, finding_id=saved.id, version_id=version.id, at=at, **values)
    return saved


def test_stories_join_merge_split_and_come_apart_again(store: Store) -> None:
    with store.transaction() as tx:
        one, two = stories.create(tx, KEY, at=NOW), stories.create(tx, KEY, at=NOW + DAY)
        first = member(tx, one, 1, family="f1")
        second = member(tx, one, 2, family="f2", agency="wire", at=NOW + MINUTE)
        third = member(tx, two, 3, family="f3", agency="wire", at=NOW + 2 * DAY)
        assert not stories.add_member(
            tx, two, finding_id=first.id, version_id=first.version_id, slot="stage", value="signed", at=NOW
        )
        near = stories.near(tx, [KEY], since=NOW - DAY, until=NOW + 7 * DAY)
        assert [story.id for story in near] == [one, two]
        move = stories.merge(tx, two, one, why="same deal", by="ann", now=NOW)
        assert len(stories.members(tx, one)) == 3
        moved = findings.load(tx, third.id)
        assert moved is not None
        assert moved.changes[0].story_id == one
        near = stories.near(tx, [KEY], since=NOW, until=NOW + 7 * DAY)
        assert [(story.id, story.last_at, story.merged_into) for story in near] == [
            (one, NOW + 2 * DAY, None),
            (two, NOW + 2 * DAY, one),
        ]
        assert stories.undo(tx, move, now=NOW)
        assert not stories.undo(tx, move, now=NOW)
        assert [row.finding_id for row in stories.members(tx, two)] == [third.id]
        moved = findings.load(tx, third.id)
        assert moved is not None
        assert moved.changes[0].story_id == two
        part = [row.id for row in stories.members(tx, one) if row.finding_id == second.id]
        apart = stories.split(tx, one, part, why="another deal", now=NOW)
        assert [row.finding_id for row in stories.members(tx, one)] == [first.id]
        assert stories.undo(tx, apart, now=NOW)
        assert len(stories.members(tx, one)) == 2
        assert [row.why for row in stories.moves(tx, one)] == ["same deal", "another deal"]
        assert {line.id for line in queries.story_lines(tx)} == {one, two}


def test_one_alert_however_many_outlets(store: Store) -> None:
    money = StoryKey(claim="sale", relation="changes", slot="value", value="2e9 USD")
    publisher = Publisher(source="s1", name="One", family="f1", state=True, url="https://a.example/1", group="3")
    with store.transaction() as tx:
        story = stories.create(tx, KEY, at=NOW)
        saved = save(tx, an_article(tx).id)

        def told(keys: list[tuple[StoryKey, int]]) -> alerts.Raised:
            return alerts.raise_alert(
                tx,
                keys,
                headline="stage planned -> signed",
                severity="high",
                topic="trade",
                finding_id=saved.id,
                now=NOW,
            )

        first = told([(KEY, story)])
        assert first.new
        again = told([(KEY, story)])
        assert (again.new, again.id, again.added) == (False, first.id, ())
        more = told([(money, story), (KEY, story)])
        assert (more.new, more.id, more.added) == (False, first.id, (money,))
        assert alerts.add_publisher(tx, first.id, publisher, finding_id=saved.id, now=NOW)
        assert not alerts.add_publisher(tx, first.id, publisher, finding_id=saved.id, now=NOW)
        row = alerts.load(tx, first.id)
        assert row is not None
        assert row.alert.publishers == (publisher,)
        assert row.alert.keys == (KEY, money)
        assert row.alert.id == str(first.id)
        other = told([(KEY, stories.create(tx, KEY, at=NOW + 30 * DAY))])
        assert other.new
        alerts.merge(tx, other.id, first.id, now=NOW)
        assert [row.id for row in alerts.select(tx, claim="sale")] == [first.id]
        assert [row.id for row in alerts.of_story(tx, story)] == [first.id]


def test_decisions_and_snoozes_are_kept(store: Store) -> None:
    send = Decision(rule="r", action="send", reason="all met", channels=("log",), severity="high")
    hold = Decision(rule="q", action="hold", reason="quiet", channels=("mail",), until=NOW + DAY)
    with store.transaction() as tx:
        story = stories.create(tx, KEY, at=NOW)
        raised = alerts.raise_alert(
            tx, [(KEY, story)], headline="h", severity="low", topic="t", finding_id=None, now=NOW
        )
        decided = decisions.Decided(decisions=[send, hold], alert_id=raised.id, claim="sale")
        decisions.record_decisions(tx, [decided], now=NOW)
        assert [row.decision for row in decisions.decisions(tx, alert_id=raised.id)] == [send, hold]
        decisions.silence(tx, "claim", "sale", until=NOW + 2 * DAY, by="ann", now=NOW)
        decisions.silence(tx, "claim", "sale", until=NOW + DAY, by="ann", now=NOW)  # in place of the first
        assert [(row.kind, row.id, row.by) for row in decisions.snoozes(tx, now=NOW)] == [("claim", "sale", "ann")]
        assert decisions.snoozes(tx, now=NOW + DAY) == ()
        assert decisions.ended(tx, "alert", now=NOW + DAY) == ()
        assert decisions.ended(tx, "claim", now=NOW) == ()
        assert decisions.ended(tx, "claim", now=NOW + DAY) == ("sale",)
        assert decisions.ended(tx, "claim", now=NOW + DAY) == ()
        assert alerts.set_state(tx, raised.id, "snoozed", by="ann", now=NOW, until=NOW + DAY)
        assert alerts.wake(tx, [raised.id], now=NOW) == 0
        assert alerts.wake(tx, [raised.id], now=NOW + DAY) == 1


def test_a_finding_stands_in_one_digest_of_a_kind(store: Store) -> None:
    with store.transaction() as tx:
        one = save(tx, an_article(tx, 1).id).id
        period: dict[str, Any] = {"kind": "day", "period_start": NOW, "period_end": NOW + DAY}
        made = digests.save(tx, record={"items": [1]}, finding_ids=[one], now=NOW, **period)
        assert made is not None
        assert digests.save(tx, record={}, now=NOW, **period) is None
        kept = digests.load(tx, kind="day", period_start=NOW)
        assert kept is not None
        assert (kept.id, kept.record, kept.sent_at) == (made, {"items": [1]}, None)
        digests.mark_sent(tx, made, now=NOW)
        assert [row.sent_at for row in digests.latest(tx, "day")] == [NOW]


def test_nothing_of_a_broken_transaction_stays(store: Store) -> None:
    def broken() -> None:
        with store.transaction() as tx:
            save(tx, an_article(tx).id)
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError, match="killed"):
        broken()
    with store.read() as tx:
        assert articles.find(tx, ["https://a.example/1"]) is None
        assert findings.count(tx, findings.Filter()) == 0


def test_the_share_of_useful_articles_of_a_source(store: Store) -> None:
    day = NOW.date()
    with store.transaction() as tx:
        sources.sync(tx, [Source(id=name, url=f"https://{name}.example/feed") for name in ("s1", "s2", "s3")], now=NOW)
        for reason, count in (("done", 3), ("known", 1), ("not-an-article", 2)):
            jobs.tally(tx, day, "entry", reason, thing="s1", count=count)
        jobs.tally(tx, day, "entry-retry", "read-timeout", thing="s1", count=9)
        jobs.tally(tx, day, "useful", "", thing="s1")
        jobs.tally(tx, day - DAY, "entry", "done", thing="s1", count=50)
        jobs.tally(tx, day, "entry", "done", thing="s2")
        shares = desk.shares(tx, since=day)
    assert set(shares) == {"s1", "s2"}
    share = shares["s1"]
    assert (share.entries, share.articles, share.useful) == (6, 4, 1)
    assert (shares["s2"].entries, shares["s2"].useful) == (1, 0)
