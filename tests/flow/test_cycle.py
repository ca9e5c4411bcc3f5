"""Whole cycles on a real store and loopback HTTP: what is polled, read, found and told, and what is not done twice."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import desk_sample
import pytest

from pipeline.cli.outlets import Outlet, load_outlets, served
from pipeline.model.rules import AlertRules, Channel, Rule, When
from pipeline.service import pages, poll
from pipeline.service.clock import Clock
from pipeline.service.cycle import Summary, cycle
from pipeline.service.wiring import Desk, desk, fetcher, with_sources
from pipeline.settings import shipped
from pipeline.storage import alerts, articles, decisions, entries, findings, jobs, outbox, sources
from pipeline.storage.session import Store

BEFORE = timedelta(hours=-12)
WANTED = ("defence-ledger", "xezer-xetti", "sada-e-shehr")


@pytest.fixture
def outlets() -> Iterator[tuple[Outlet, ...]]:
    """Three of the sample outlets, on loopback."""
    chosen = tuple(o for o in load_outlets(shipped.path("demo"), Clock().now()) if o.about["id"] in WANTED)
    with served(chosen):
        yield chosen


@pytest.fixture
def at_desk(store: Store, outlets: tuple[Outlet, ...], tmp_path: Path) -> Iterator[Desk]:
    configuration = with_sources(
        desk_sample.shipped(),
        tuple(outlet.source() for outlet in outlets),
        allow_private=tuple(outlet.home.removeprefix("http://").rstrip("/") for outlet in outlets),
        host_delay=timedelta(),
    )
    rules = AlertRules(
        channels=(Channel(id="log", kind="file", address=str(tmp_path / "alerts.log")),),
        rules=(Rule(id="news", channels=("log",), when=When(relations=("denies", "changes", "adds"))),),
    )
    with desk(replace(configuration, alerts=rules, data=tmp_path), store=store) as built:
        yield built


def run(built: Desk, outlets: tuple[Outlet, ...], ahead: timedelta = timedelta()) -> Summary:
    """One full cycle at that distance from now; the outlets show what was published by then."""
    built.clock = Clock(ahead)
    for outlet in outlets:
        outlet.shown_until = built.clock.now()

    async def once() -> Summary:
        async with fetcher(built.settings) as client:
            return await cycle(built, client)

    return asyncio.run(once())


def test_a_cycle_takes_every_entry_to_its_end(at_desk: Desk, outlets: tuple[Outlet, ...]) -> None:
    summary = run(at_desk, outlets)
    written = sum(len(outlet.articles) for outlet in outlets)
    assert summary.polled.asked == summary.polled.answered == len(outlets)
    assert summary.polled.new_entries == written
    with at_desk.store.read() as tx:
        ended = entries.outcomes(tx, since=at_desk.clock.now() - timedelta(hours=1))
        stored = articles.recent(tx, limit=100)
        found = findings.select(tx, findings.Filter())
    assert sum(ended.values()) == written
    assert sum(count for (stage, _), count in ended.items() if stage == "done") == len(stored)
    assert {reason for stage, reason in ended if stage != "done"} <= {"put-off"}
    assert {one.finding.claim for one in found} >= {"jf17-azerbaijan", "kaan-pakistan"}


def test_what_is_older_than_the_first_poll_is_stored_and_not_told(at_desk: Desk, outlets: tuple[Outlet, ...]) -> None:
    run(at_desk, outlets)
    with at_desk.store.read() as tx:
        found = findings.select(tx, findings.Filter())
        waiting = outbox.select(tx)
        raised = alerts.select(tx)
        decided = [d.decision for a in raised for d in decisions.decisions(tx, alert_id=a.id)]
    assert found
    assert all(one.backlog for one in found)
    assert waiting == ()
    assert raised
    assert all(d.action == "keep-back" and "first run" in d.reason for d in decided)


def test_news_after_the_first_poll_is_told_once(at_desk: Desk, outlets: tuple[Outlet, ...], tmp_path: Path) -> None:
    run(at_desk, outlets, BEFORE)
    second = run(at_desk, outlets)
    assert second.worked.alerts > 0
    assert second.delivered.sent > 0
    told = (tmp_path / "alerts.log").read_text(encoding="utf-8")
    again = run(at_desk, outlets, timedelta(minutes=30))
    assert again.worked.taken == 0
    assert again.delivered.sent == 0
    assert (tmp_path / "alerts.log").read_text(encoding="utf-8") == told


def test_reports_in_several_languages_are_one_story(at_desk: Desk, outlets: tuple[Outlet, ...]) -> None:
    run(at_desk, outlets, BEFORE)
    run(at_desk, outlets)
    with at_desk.store.read() as tx:
        sale = [
            a for a in alerts.select(tx, claim="jf17-azerbaijan") if any(k.value == "1.6e9 USD" for k in a.alert.keys)
        ]
    assert len(sale) == 1
    assert {p.source for p in sale[0].alert.publishers} >= {"defence-ledger", "sada-e-shehr"}


def test_a_text_that_changed_is_a_new_version_and_an_edit(at_desk: Desk, outlets: tuple[Outlet, ...]) -> None:
    run(at_desk, outlets, BEFORE)
    run(at_desk, outlets)
    for outlet in outlets:
        outlet.revised.set()
    third = run(at_desk, outlets, timedelta(hours=2))
    assert third.revisited.articles == 1
    with at_desk.store.read() as tx:
        found = findings.select(tx, findings.Filter(claim="three-brothers-next"))
        changed = [a for a in articles.recent(tx, limit=100) if a.version_count > 1]
    assert len(changed) == 1
    edited = [one.finding for one in found if one.finding.edited]
    assert [c.new for finding in edited for c in finding.changes if c.slot == "troops"] == ["600"]


def test_an_unchanged_feed_brings_nothing_and_says_so(at_desk: Desk, outlets: tuple[Outlet, ...]) -> None:
    run(at_desk, outlets)
    with at_desk.store.transaction() as tx:
        for outlet in outlets:
            sources.look_now(tx, outlet.about["id"], now=at_desk.clock.now())
    again = run(at_desk, outlets)
    assert again.polled.asked == len(outlets)
    assert again.polled.reasons == {"unchanged": len(outlets)}


def test_an_entry_that_passed_to_another_process_is_stored_by_that_one_alone(
    at_desk: Desk, outlets: tuple[Outlet, ...]
) -> None:
    for outlet in outlets:
        outlet.shown_until = at_desk.clock.now()

    async def overtaken() -> pages.Worked:
        worked = pages.Worked()
        async with fetcher(at_desk.settings) as client:
            await poll.poll(at_desk, client)
            taken = at_desk.write_now(lambda tx: pages._claim(at_desk, tx, 8))
            assert taken
            at_desk.write_now(lambda tx: entries.release(tx, at_desk.holder))
            other = replace(at_desk, holder="another")
            assert at_desk.write_now(lambda tx: pages._claim(other, tx, 8)) == taken
            for queued in taken:
                await pages._guarded(at_desk, client, queued, worked, pages._joint(at_desk))
            assert worked.outcomes == {"lease-lost": len(taken)}
            with at_desk.store.read() as tx:
                assert articles.recent(tx) == ()
                assert entries.depth(tx).keys() == {"new"}
            for queued in taken:
                await pages._guarded(other, client, queued, worked, pages._joint(other))
        return worked

    worked = asyncio.run(overtaken())
    assert worked.articles > 0
    with at_desk.store.read() as tx:
        assert len(articles.recent(tx)) == worked.articles
        told = {reason: count for (step, reason), count in jobs.totals(tx).items() if step == "entry"}
    assert sum(told.values()) == sum(worked.outcomes.values()) / 2


def test_a_source_that_is_gone_leaves_the_others_served(at_desk: Desk, outlets: tuple[Outlet, ...]) -> None:
    broken = replace(at_desk.configuration.sources[0], url=outlets[0].home + "nowhere")
    at_desk.configuration = replace(at_desk.configuration, sources=(broken, *at_desk.configuration.sources[1:]))
    summary = run(at_desk, outlets)
    assert summary.polled.answered == len(outlets) - 1
    assert summary.polled.reasons == {"not-found": 1}
    with at_desk.store.read() as tx:
        state = sources.load(tx, broken.id)
    assert state is not None
    assert (state.last_reason, state.failures) == ("not-found", 1)
