"""Sources, entries and the outbox as queues: what is due is taken once, kept for a time, and never lost."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline.model.alert import StoryKey
from pipeline.model.source import Entry, Source, SourceState
from pipeline.storage import entries, hosts, jobs, outbox, sources
from pipeline.storage.session import Store, Transaction

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def a_source(number: int, host: str = "") -> Source:
    return Source(id=f"s{number}", url=f"https://{host or f'h{number}.example'}/feed{number}")


def an_entry(number: int, source: str = "s1", host: str = "a.example", **more: Any) -> Entry:
    values: dict[str, Any] = {"title": f"Title {number}", "url": f"https://{host}/{number}"}
    return Entry(source=source, key=f"k{number}", **values | more)


@pytest.fixture
def with_source(store: Store) -> Store:
    with store.transaction() as tx:
        sources.sync(tx, [a_source(1), a_source(2)], now=NOW)
    return store


def test_sources_are_due_at_once_and_taken_once(store: Store) -> None:
    with store.transaction() as tx:
        sources.sync(tx, [a_source(n) for n in range(5)], now=NOW)
        first = sources.claim_due(tx, now=NOW, limit=3, per_host=1, lease=MINUTE, holder="a")
        second = sources.claim_due(tx, now=NOW, limit=9, per_host=1, lease=MINUTE, holder="b")
    assert [state.source for state in first] == ["s0", "s1", "s2"]
    assert [state.source for state in second] == ["s3", "s4"]
    with store.transaction() as tx:
        assert sources.claim_due(tx, now=NOW, limit=9, per_host=1, lease=MINUTE, holder="c") == ()
        late = sources.claim_due(tx, now=NOW + 2 * MINUTE, limit=9, per_host=1, lease=MINUTE, holder="c")
        assert len(late) == 5  # nobody saved them within the lease


def test_one_host_is_not_asked_for_more_than_its_share(store: Store) -> None:
    with store.transaction() as tx:
        sources.sync(tx, [a_source(n, "one.example") for n in range(4)] + [a_source(9)], now=NOW)
        taken = sources.claim_due(tx, now=NOW, limit=9, per_host=2, lease=MINUTE, holder="a")
        assert [state.source for state in taken] == ["s0", "s1", "s9"]
        assert sources.claim_due(tx, now=NOW, limit=9, per_host=2, lease=MINUTE, holder="a") == ()
        sources.save(tx, replace(taken[0], next_poll_at=NOW + MINUTE), now=NOW)
        more = sources.claim_due(tx, now=NOW, limit=9, per_host=2, lease=MINUTE, holder="a")
        assert [state.source for state in more] == ["s2"]


def test_a_saved_state_comes_back_as_it_was(with_source: Store) -> None:
    state = SourceState(
        source="s1",
        url="https://moved.example/feed",
        etag='"x"',
        last_modified="Sun, 01 Mar 2026 10:00:00 GMT",
        body_hash="abc",
        first_polled_at=NOW,
        last_polled_at=NOW,
        last_ok_at=None,
        next_poll_at=NOW + MINUTE,
        failures=2,
        last_reason="dns",
        last_detail="no such host",
        silent_polls=3,
        usual_gap=timedelta(hours=1, microseconds=5),
        health="failing",
    )
    with with_source.transaction() as tx:
        sources.save(tx, state, now=NOW)
    with with_source.read() as tx:
        assert sources.load(tx, "s1") == state
        told = [(event.kind, event.source) for event in sources.events(tx, since=NOW)]
    assert told == [("moved", "s1"), ("failing", "s1")]
    with with_source.transaction() as tx:
        sources.save(tx, replace(state, health="ok", failures=0), now=NOW + MINUTE)
    with with_source.read() as tx:
        assert [event.kind for event in sources.events(tx, since=NOW + MINUTE)] == ["recovered"]


def test_another_address_in_the_settings_starts_afresh(with_source: Store) -> None:
    with with_source.transaction() as tx:
        state = sources.load(tx, "s1")
        assert state is not None
        sources.save(tx, replace(state, etag='"x"', health="gone", retired=True), now=NOW)
        sources.sync(tx, [replace(a_source(1), url="https://new.example/feed")], now=NOW)
    with with_source.read() as tx:
        state = sources.load(tx, "s1")
        assert state is not None
        assert (state.url, state.etag, state.retired) == ("https://new.example/feed", "", False)
        assert list(sources.load_all(tx)) == ["s1"]  # s2 is no longer listed
        assert sources.load(tx, "s2") is not None


def test_a_paused_source_is_left_alone_until_its_time(with_source: Store) -> None:
    with with_source.transaction() as tx:
        assert sources.pause(tx, "s1", until=NOW + MINUTE, now=NOW)
        assert not sources.pause(tx, "nobody", until=None, now=NOW)
        due = sources.claim_due(tx, now=NOW, limit=9, per_host=9, lease=MINUTE, holder="a")
        assert [state.source for state in due] == ["s2"]
        due = sources.claim_due(tx, now=NOW + MINUTE, limit=9, per_host=9, lease=MINUTE, holder="a")
        assert "s1" in [state.source for state in due]
        assert sources.resume(tx, "s1", now=NOW)
        assert sources.paused(tx) == frozenset()


def test_an_entry_is_queued_once(with_source: Store) -> None:
    with with_source.transaction() as tx:
        added = entries.add(tx, [an_entry(1), an_entry(2), an_entry(1)], now=NOW)
        assert len(added.new) == 2
        assert added.known == 1
        again = entries.add(tx, [an_entry(1), an_entry(2, title="Changed"), an_entry(1, source="s2")], now=NOW)
        assert len(again.new) == 1
        assert again.changed == (added.new[1],)
        changed = entries.load(tx, added.new[1])
        assert changed is not None
        assert changed.entry.title == "Changed"


def test_entries_older_than_the_first_poll_are_backlog(with_source: Store) -> None:
    old, new = an_entry(1, published=NOW - MINUTE), an_entry(2, published=NOW + MINUTE)
    with with_source.transaction() as tx:
        added = entries.add(tx, [old, new, an_entry(3)], now=NOW, backlog_before=NOW)
        rows = [entries.load(tx, id_) for id_ in added.new]
    assert [row.backlog for row in rows if row is not None] == [True, False, False]


def test_text_that_databases_refuse_is_kept_with_its_length(with_source: Store) -> None:
    with with_source.transaction() as tx:
        added = entries.add(tx, [an_entry(1, title="a\x00b\ud800c", notes=("bad-date",))], now=NOW)
        row = entries.load(tx, added.new[0])
    assert row is not None
    assert row.entry.title == "a\ufffdb\ufffdc"
    assert row.entry.notes == ("bad-date",)


def test_entries_go_through_their_stages(with_source: Store) -> None:
    with with_source.transaction() as tx:
        entries.add(tx, [an_entry(n, host=f"h{n % 2}.example", summary="s") for n in range(6)], now=NOW)
        taken = entries.claim(tx, now=NOW, limit=10, per_host=2, lease=MINUTE, holder="a")
        assert len(taken) == 4
        assert entries.claim(tx, now=NOW, limit=10, per_host=2, lease=MINUTE, holder="b") == ()
        first, second, third, fourth = taken
        entries.finish(tx, first.id, "done", now=NOW)
        entries.finish(tx, second.id, "skipped", now=NOW, reason="no-topic")
        entries.retry(tx, third.id, at=NOW + MINUTE, reason="dns", detail="x")
        entries.retry(tx, fourth.id, at=NOW + MINUTE, reason="disk-full", counts=False)
        assert entries.depth(tx) == {"done": 1, "skipped": 1, "fetch": 2, "new": 2}
        assert entries.outcomes(tx, since=NOW) == {("done", ""): 1, ("skipped", "no-topic"): 1}
        assert entries.next_due_at(tx) == NOW
        rest = entries.claim(tx, now=NOW, limit=10, per_host=9, lease=MINUTE, holder="a")
        assert len(rest) == 2
        assert entries.release(tx, "a") == 2
        later = entries.claim(tx, now=NOW + MINUTE, limit=10, per_host=9, lease=MINUTE, holder="a")
        assert {row.id: row.attempts for row in later}[third.id] == 1
        assert {row.id: row.attempts for row in later}[fourth.id] == 0
        done = entries.load(tx, first.id)
        assert done is not None
        assert (done.entry.summary, done.stage) == ("", "done")


def test_a_long_backlog_of_one_host_does_not_hide_the_others(with_source: Store) -> None:
    with with_source.transaction() as tx:
        entries.add(tx, [an_entry(n, host="slow.example") for n in range(3000)], now=NOW)
        entries.add(tx, [an_entry(n, host="b.example") for n in range(3000, 3005)], now=NOW + MINUTE)
        taken = entries.claim(tx, now=NOW + MINUTE, limit=10, per_host=2, lease=MINUTE, holder="a")
        assert Counter(row.host for row in taken) == {"slow.example": 2, "b.example": 2}


def put(tx: Transaction, thing: int, channel: str = "log", **more: Any) -> int | None:
    values: dict[str, Any] = {
        "kind": "alert",
        "thing_id": thing,
        "channel": channel,
        "payload": {"a": 1},
        "now": NOW,
    }
    return outbox.put(tx, **values | more)


def test_a_message_stands_once_in_the_outbox(store: Store) -> None:
    key = StoryKey(claim="c", relation="changes", slot="value", value="2e9 USD")
    with store.transaction() as tx:
        assert put(tx, 1, claim="c", story="7", keys=[key]) is not None
        assert put(tx, 1) is None
        assert put(tx, 1, part="2") is not None
        assert put(tx, 1, channel="mail") is not None
        told = outbox.told(tx, since=NOW, claims={"c"})
    assert [(row.alert, row.channel, row.story, row.keys) for row in told] == [("1", "log", "7", (key,))]


def test_delivery_takes_retries_parks_and_sends(store: Store) -> None:
    with store.transaction() as tx:
        for number in range(4):
            put(tx, number)
        put(tx, 9, held_until=NOW + 5 * MINUTE)
        taken = outbox.claim_due(tx, now=NOW, limit=9, lease=MINUTE, holder="a")
        assert len(taken) == 4
        assert taken[0].payload == {"a": 1}
        assert outbox.claim_due(tx, now=NOW, limit=9, lease=MINUTE, holder="b") == ()
        outbox.sent(tx, taken[0].id, now=NOW, message_id="<x>")
        outbox.failed(tx, taken[1].id, error="refused", retry_at=NOW + MINUTE)
        outbox.park(tx, taken[2].id, error="no such user")
        outbox.drop(tx, taken[3].id, why="went out together with message 1")
        states = {row.id: row.state for row in outbox.select(tx, kind="alert")}
        assert [states[row.id] for row in taken] == ["sent", "pending", "parked", "dropped"]
        assert outbox.depth(tx) == {
            ("log", "sent"): 1,
            ("log", "pending"): 2,
            ("log", "parked"): 1,
            ("log", "dropped"): 1,
        }
        again = outbox.claim_due(tx, now=NOW + MINUTE, limit=9, lease=MINUTE, holder="b")
        assert [row.id for row in again] == [taken[1].id]
        assert outbox.again(tx, taken[2].id, now=NOW)
        assert not outbox.again(tx, taken[0].id, now=NOW)
        told = outbox.told_there(tx, {"log"}, since=NOW)
        assert [row.alert for row in told] == ["0", "1", "2", "3", "9"]
        assert told[-1].held_until == NOW + 5 * MINUTE
        assert outbox.told_there(tx, {"log"}, since=NOW + MINUTE) == ()


def test_what_was_told_of_an_alert_is_known_however_long_ago(store: Store) -> None:
    with store.transaction() as tx:
        put(tx, 1, claim="c", now=NOW - 90 * MINUTE)
        put(tx, 2, claim="c")
        put(tx, 3, claim="d")
        assert [row.alert for row in outbox.told(tx, since=NOW, claims={"c"})] == ["2"]
        assert [row.alert for row in outbox.told(tx, since=NOW, claims={"c"}, alerts=[1, 2])] == ["1", "2"]


def test_jobs_tallies_marks_and_gates(store: Store) -> None:
    with store.transaction() as tx:
        jobs.started(tx, "poll", now=NOW)
        jobs.finished(tx, "poll", now=NOW, took_s=1.5, ok=False, detail="x")
        jobs.missed(tx, "digest", at=NOW, detail="late")
        rows = {row.name: (row.result, row.runs, row.failures) for row in jobs.all_jobs(tx)}
        assert rows == {"poll": ("failed", 1, 1), "digest": ("missed", 0, 1)}
        for _ in range(3):
            jobs.tally(tx, NOW.date(), "fetch", "dns", thing="s1")
        assert jobs.tallies(tx, since=NOW.date()) == ((NOW.date(), "fetch", "dns", "s1", 3),)
        jobs.mark(tx, "backfill", {"line": 4}, now=NOW)
        jobs.mark(tx, "backfill", {"line": 5}, now=NOW)
        assert jobs.marked(tx, "backfill") == {"line": 5}
        assert jobs.marked(tx, "nothing") is None
        assert jobs.use_watch(tx, "v1", rules_hash="r", summary={"claims": 2}, now=NOW)
        assert not jobs.use_watch(tx, "v1", rules_hash="r", summary={}, now=NOW)


def test_processes_share_the_pace_of_a_host(store: Store) -> None:
    def book(within: timedelta = 9 * MINUTE) -> timedelta:
        with store.transaction() as tx:
            return hosts.book(tx, "a.example", now=NOW, delay=MINUTE, within=within)

    assert [book() for _ in range(3)] == [timedelta(0), MINUTE, 2 * MINUTE]
    assert book(within=MINUTE) == 3 * MINUTE  # too long, so not booked
    assert book() == 3 * MINUTE
    with store.transaction() as tx:
        hosts.hold(tx, "a.example", until=NOW + 8 * MINUTE)
        hosts.hold(tx, "a.example", until=NOW + 7 * MINUTE)
    assert book() == 8 * MINUTE
