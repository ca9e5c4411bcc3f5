"""A good edit is taken over whole, a bad one is told and changes nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.service.reload import Reloader, signature
from pipeline.service.wiring import Desk, desk
from pipeline.settings.load import load
from pipeline.storage import jobs, ledger, sources
from pipeline.storage.session import Store

MINUTE = timedelta(minutes=1)
CLAIM = """claims:
  - id: velora-bridge
    topic: bridges
    statement: The Velora bridge costs $100 million.
    source: {document: made-up}
    about: [{all: [velora, bridge]}]
    slots: {cost: {type: money, known: 1e8 USD, of: [bridge]}}
"""


@pytest.fixture
def at_desk(sqlite_store: Store, tmp_path: Path) -> Iterator[Desk]:
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "concepts.yaml").write_text("concepts: {velora: {kind: place, names: {en: [Velora]}}}\n")
    (folder / "words.yaml").write_text("words: {bridge: {en: [bridge]}}\n")
    (folder / "topics.yaml").write_text("topics: [{id: bridges, title: Bridges, groups: [{all: [bridge]}]}]\n")
    (folder / "claims.yaml").write_text(CLAIM)
    with desk(load(folder, env={}), store=sqlite_store) as built:
        yield built


def test_nothing_happens_without_an_edit(at_desk: Desk) -> None:
    assert Reloader(at_desk, {}).look() is None


def test_a_good_edit_is_taken_over_with_what_the_ledger_holds(at_desk: Desk) -> None:
    with at_desk.store.transaction() as tx:
        ledger.accept(
            tx, claim="velora-bridge", slot="cost", value="2e8 USD", by="anna", now=datetime(2026, 1, 1, tzinfo=UTC)
        )
    reloader, before = Reloader(at_desk, {}, record=lambda: True), at_desk.watch.version
    (at_desk.configuration.folder / "claims.yaml").write_text(CLAIM.replace("costs $100", "is to cost $100"))
    came = reloader.look()
    assert came is not None
    assert (came.ok, came.changed) == (True, True)
    assert at_desk.watch.version != before
    assert at_desk.watch.claims[0].statement == "The Velora bridge is to cost $100 million."
    assert at_desk.watch.known == {"velora-bridge": {"cost": "2e8 USD"}}
    marked = at_desk.read_now(lambda tx: jobs.marked(tx, "watch"))
    assert marked["version"] == at_desk.watch.version
    assert reloader.look() is None


def test_a_bad_edit_is_told_with_its_place_and_the_last_good_one_stays(at_desk: Desk) -> None:
    told: list[object] = []
    reloader = Reloader(at_desk, {}, record=lambda: True, reloaded=told.append)
    configuration, watch = at_desk.configuration, at_desk.watch
    path = at_desk.configuration.folder / "claims.yaml"
    path.write_text(CLAIM.replace("topic: bridges", "topic: brigdes"))
    came = reloader.look()
    assert came is not None
    assert not came.ok
    assert "claims.yaml:3:" in came.message
    assert "bridges" in came.message, "what was probably meant"
    assert at_desk.configuration is configuration
    assert at_desk.watch is watch
    assert told == [came]
    marked = at_desk.read_now(lambda tx: jobs.marked(tx, "reload"))
    assert (marked["ok"], marked["refused"]) == (False, 1)
    path.write_text(CLAIM)
    again = reloader.look()
    assert again is not None
    assert again.ok
    assert at_desk.read_now(lambda tx: jobs.marked(tx, "reload"))["refused"] == 1


@pytest.mark.parametrize("broken", ["claims: [", "", "\x00", "claims: {}\nclaims: {}\n", "- 1"])
def test_no_file_however_broken_stops_the_watch(at_desk: Desk, broken: str) -> None:
    reloader = Reloader(at_desk, {})
    (at_desk.configuration.folder / "topics.yaml").write_text(broken)
    came = reloader.look()
    assert came is not None
    assert at_desk.watch.claims


def test_an_edit_is_seen_by_the_thread_that_watches(at_desk: Desk) -> None:
    seen, stop = threading.Event(), threading.Event()
    reloader = Reloader(at_desk, {}, reloaded=lambda _: seen.set())
    thread = threading.Thread(target=reloader.run, args=(stop,), daemon=True)
    thread.start()
    (at_desk.configuration.folder / "claims.yaml").write_text(CLAIM.replace("costs $100", "is to cost $100"))
    assert seen.wait(10)
    stop.set()
    thread.join(10)
    assert at_desk.watch.claims[0].statement == "The Velora bridge is to cost $100 million."


def test_a_signature_changes_with_every_edit(tmp_path: Path) -> None:
    (tmp_path / "claims").mkdir()
    path = tmp_path / "claims" / "a.yaml"
    seen = {signature(tmp_path)}
    path.write_text("a: 1")
    seen.add(signature(tmp_path))
    path.write_text("a: 12")
    seen.add(signature(tmp_path))
    (tmp_path / ".a.yaml.swp").write_text("an editor's own file")
    assert signature(tmp_path) in seen
    path.unlink()
    assert signature(tmp_path) in seen
    assert len(seen) == 3


def test_a_shortened_interval_brings_the_next_poll_nearer(at_desk: Desk) -> None:
    folder, now = at_desk.configuration.folder, datetime(2026, 1, 1, 8, tzinfo=UTC)
    listed = (
        "sources:\n  - {id: a, url: 'https://a.example/rss', interval: 5h}\n  - {id: b, url: 'https://b.example/'}\n"
    )
    (folder / "sources.yaml").write_text(listed)
    at_desk.reconfigure(load(folder, env={}))
    reloader = Reloader(at_desk, {}, record=lambda: True)
    with at_desk.store.transaction() as tx:
        sources.sync(tx, at_desk.configuration.sources, now=now)
        for one, wait in (("a", 5 * 60), ("b", 15)):
            was = sources.load(tx, one)
            assert was is not None
            sources.save(tx, replace(was, last_polled_at=now, next_poll_at=now + wait * MINUTE), now=now)

    def due() -> list[datetime | None]:
        return [one.next_poll_at for one in at_desk.read_now(sources.load_all).values()]

    (folder / "sources.yaml").write_text(listed.replace("5h", "30m"))
    came = reloader.look()
    assert came is not None
    assert came.ok
    first, second = due()
    assert first is not None
    assert now + 30 * MINUTE <= first <= now + 33 * MINUTE  # spread, so that not all ask at once
    assert second == now + 15 * MINUTE
    (folder / "settings.yaml").write_text("schedule: {interval: 10m}\n")
    reloader.look()
    assert due()[0] == first
    assert due()[1] is not None
    assert now + 10 * MINUTE <= due()[1] <= now + 11 * MINUTE


@pytest.mark.parametrize(
    "text", ["sources:\n", "sources: []\n", "sources: [{id: a, url: 'https://a.example/', enabled: false}]"]
)
def test_a_list_of_sources_that_watches_nothing_is_a_warning(at_desk: Desk, text: str) -> None:
    (at_desk.configuration.folder / "sources.yaml").write_text(text)
    (warning,) = load(at_desk.configuration.folder, env={}).warnings
    assert "sources.yaml:1:" in warning
    assert "nothing is watched" in warning
