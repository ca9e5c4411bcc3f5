"""Archives through the engine into the store: resumed, past what is broken, alerting nobody; and changed rules."""

from __future__ import annotations

import gzip
import json
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from pipeline.errors import ClaimwatchError
from pipeline.model.rules import Channel, Mute, QuietHours, When
from pipeline.service import canary, deliver
from pipeline.service.backfill import Backfill, Progress, summary
from pipeline.service.reanalyse import reanalyse
from pipeline.service.wiring import Desk, desk
from pipeline.settings.load import load
from pipeline.storage import alerts, articles, findings, jobs, outbox
from pipeline.storage.findings import Filter
from pipeline.storage.session import Store

CONFIG = {
    "concepts.yaml": "concepts: {velora: {kind: place, names: {en: [Velora]}}}\n",
    "words.yaml": "words: {bridge: {en: [bridge]}}\n",
    "topics.yaml": "topics: [{id: bridges, title: Bridges, groups: [{all: [bridge]}]}]\n",
    "claims.yaml": """claims:
  - id: velora-bridge
    topic: bridges
    statement: The Velora bridge costs $100 million.
    source: {document: made-up}
    about: [{all: [velora, bridge]}]
    slots: {cost: {type: money, known: 1e8 USD, of: [bridge]}}
""",
    "alerts.yaml": """channels: {log: {kind: file, path: alerts.log}}
rules: [{id: all, when: {relations: [adds, changes, denies]}, channels: [log]}]
""",
    "settings.yaml": "engine: {batch: 4}\n",
}
PAST = datetime(2020, 1, 1, tzinfo=UTC)
FILLER = (
    "The council met in the town hall for four hours and heard engineers, farmers and shopkeepers from both banks. "
    "Nobody could say when the road along the river would be closed, nor who would pay for the detour this summer. "
)


@pytest.fixture
def at_desk(store: Store, tmp_path: Path) -> Iterator[Desk]:
    folder = tmp_path / "config"
    folder.mkdir()
    for name, text in CONFIG.items():
        (folder / name).write_text(text, encoding="utf-8")
    with desk(load(folder, env={}), store=store) as built:
        yield built


def row(number: int, text: str = "") -> dict[str, str]:
    return {
        "id": str(number),
        "url": f"https://news.example/{number}",
        "title": f"Report {number}",
        "text": text or f"The Velora bridge will cost {100 + 50 * number} million dollars. {FILLER}",
        "published": f"2024-{number % 12 + 1:02}-10T08:00:00Z",
        "lang": "en",
    }


def written(path: Path, lines: list[str]) -> Path:
    data = "".join(f"{line}\n" for line in lines).encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def page(number: int, text: str) -> str:
    return (
        f"<!doctype html><html lang=en><head><title>Report {number}</title></head>"
        f"<body><article><h1>Report {number}</h1>"
        f"<p>{text}</p><p>{FILLER}</p><p>{FILLER}</p></article></body></html>"
    )


@pytest.mark.parametrize("name", ["archive.jsonl", "archive.jsonl.gz"])
def test_what_matches_is_stored_and_alerts_nobody(at_desk: Desk, tmp_path: Path, name: str) -> None:
    off = row(99, f"A recipe for soup with beans and onions. {FILLER}")
    path = written(tmp_path / name, [json.dumps(row(n)) for n in range(1, 10)] + [json.dumps(off)])
    progress = Backfill(at_desk).run((path,))
    assert (progress.records, progress.stored, progress.findings) == (10, 9, 9)
    assert progress.outcomes == {"stored": 9, "no-topic": 1}
    with at_desk.store.read() as tx:
        assert len(findings.select(tx, Filter())) == 9
        assert outbox.depth(tx) == {}
        stored = articles.recent(tx, limit=20)
    assert all(one.revisit_at is None for one in stored), "an archive is not visited again"
    assert all(one.first_seen.year == 2024 for one in stored), "it stands where it was published"


def test_with_alert_it_tells(at_desk: Desk, tmp_path: Path) -> None:
    path = written(tmp_path / "archive.jsonl", [json.dumps(row(1))])
    progress = Backfill(at_desk, alert=True).run((path,))
    assert progress.alerts == 1
    with at_desk.store.read() as tx:
        assert outbox.depth(tx) == {("log", "pending"): 1}
        assert len(alerts.select(tx)) == 1


def test_broken_records_are_named_and_passed_over(at_desk: Desk, tmp_path: Path) -> None:
    lines = [json.dumps(row(1)), "{", json.dumps({"id": 3}), json.dumps(row(4)), "x" * 6_000_000, json.dumps(row(6))]
    progress = Backfill(at_desk).run((written(tmp_path / "archive.jsonl", lines),))
    assert progress.stored == 3
    assert progress.outcomes["broken"] == 3
    assert [fault.split(": ")[1] for fault in progress.faults] == ["record 2", "record 3", "record 5"]


class Stopped(Exception):
    """Somebody pulled the plug."""


@pytest.mark.parametrize("after", [4, 8, 12])
def test_stopped_it_goes_on_where_it_was(at_desk: Desk, tmp_path: Path, after: int) -> None:
    path = written(tmp_path / "archive.jsonl", [json.dumps(row(n)) for n in range(1, 17)])

    def stop(progress: Progress) -> None:
        if progress.records >= after:
            raise Stopped

    with pytest.raises(Stopped):
        Backfill(at_desk, told=stop).run((path,))
    rest = Backfill(at_desk).run((path,))
    assert rest.stored == 16 - after, "nothing is read twice"
    with at_desk.store.read() as tx:
        assert len(articles.recent(tx, limit=50)) == 16
        assert len(findings.select(tx, Filter())) == 16
    again = Backfill(at_desk).run((path,))
    assert (again.records, again.outcomes) == (0, {"file read before": 1})
    whole = Backfill(at_desk, again=True).run((path,))
    assert whole.outcomes == {"known": 16}
    path.write_text(path.read_text(encoding="utf-8") + json.dumps(row(17)) + "\n", encoding="utf-8")
    longer = Backfill(at_desk).run((path,))
    assert longer.outcomes == {"known": 16, "stored": 1}


def test_folders_of_pages_and_warc_files(at_desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    (folder / "below").mkdir(parents=True)
    (folder / "a.html").write_text(page(1, "The Velora bridge will cost 200 million dollars."), encoding="utf-8")
    (folder / "below" / "b.htm").write_text(page(2, "Soup with beans was served to everybody."), encoding="utf-8")
    (folder / "notes.txt").write_text("no page", encoding="utf-8")
    body = page(3, "The Velora bridge will cost 300 million dollars.").encode()
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://news.example/3\r\n"
        f"WARC-Date: 2023-05-01T00:00:00Z\r\nContent-Length: {len(http)}\r\n\r\n"
    ).encode()
    (folder / "c.warc.gz").write_bytes(gzip.compress(head + http + b"\r\n\r\n"))
    progress = Backfill(at_desk).run((folder,))
    assert (progress.files, progress.records, progress.stored) == (3, 3, 2), progress
    with at_desk.store.read() as tx:
        found = {one.published.year if one.published else None for one in findings.select(tx, Filter())}
    assert 2023 in found


def test_a_path_that_is_no_archive_is_refused(at_desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello", encoding="utf-8")
    for path in (tmp_path / "notes.txt", tmp_path / "nothing.jsonl"):
        with pytest.raises(ClaimwatchError):
            Backfill(at_desk).run((path,))


def test_it_ends_with_each_claims_first_and_last_value(at_desk: Desk, tmp_path: Path) -> None:
    path = written(tmp_path / "archive.jsonl", [json.dumps(row(n)) for n in (7, 2, 5)])
    Backfill(at_desk).run((path,))
    (line,) = summary(at_desk)
    assert (line.claim, line.findings, line.news) == ("velora-bridge", 3, 3)
    assert line.first["cost"].value == "200e6 USD" or line.first["cost"].value == "2e8 USD"
    assert line.first["cost"].at == datetime(2024, 3, 10, 8, tzinfo=UTC)
    assert line.last["cost"].at == datetime(2024, 8, 10, 8, tzinfo=UTC)
    assert list(line.months) == ["2024-03", "2024-06", "2024-08"]


# --- changed rules --------------------------------------------------------------------------------------------------


def test_changed_rules_are_applied_to_stored_articles_and_told_not_alerted(at_desk: Desk, tmp_path: Path) -> None:
    path = written(tmp_path / "archive.jsonl", [json.dumps(row(n)) for n in range(1, 4)])
    Backfill(at_desk, alert=True).run((path,))
    with at_desk.store.read() as tx:
        before = outbox.depth(tx)
    assert reanalyse(at_desk) == "", "the rules are those that read them"
    claims = (at_desk.configuration.folder / "claims.yaml").read_text(encoding="utf-8")
    second = claims.replace("claims:\n", "").replace("velora-bridge", "velora-council")
    second = second.replace("all: [velora, bridge]", "all: [velora|bridge]")
    (at_desk.configuration.folder / "claims.yaml").write_text(claims + second, encoding="utf-8")
    at_desk.reconfigure(load(at_desk.configuration.folder, env={}))
    told = reanalyse(at_desk)
    assert told.startswith("3 articles, gained 3, lost 0")
    assert reanalyse(at_desk) == ""
    with at_desk.store.read() as tx:
        assert outbox.depth(tx) == before
        report = jobs.marked(tx, "reanalysis")
        current = findings.select(tx, Filter())
    assert report["gained"] == {"velora-council": 3}
    assert {one.rules_hash for one in current} == {at_desk.watch.rules_hash}

    (at_desk.configuration.folder / "claims.yaml").write_text(claims, encoding="utf-8")
    at_desk.reconfigure(load(at_desk.configuration.folder, env={}))
    assert reanalyse(at_desk).startswith("3 articles, gained 0, lost 3")
    with at_desk.store.read() as tx:
        assert {one.finding.claim for one in findings.select(tx, Filter())} == {"velora-bridge"}


def test_articles_older_than_the_settings_say_are_left_alone(at_desk: Desk, tmp_path: Path) -> None:
    Backfill(at_desk).run((written(tmp_path / "archive.jsonl", [json.dumps(row(1))]),))
    at_desk.watch = replace(at_desk.watch, rules_hash="other", version="other")
    assert reanalyse(at_desk) == ""
    assert reanalyse(at_desk, whole=True).startswith("1 articles")


# --- the canary -----------------------------------------------------------------------------------------------------


def test_the_canary_is_found_and_leaves_no_trace_in_the_store(at_desk: Desk) -> None:
    assert canary.send(at_desk) == "found 1 claims"
    with at_desk.store.read() as tx:
        told = jobs.marked(tx, "canary")
        assert articles.recent(tx) == ()
    assert told["found"] is True
    assert told["claims"] == ["velora-bridge"]
    assert datetime.fromisoformat(told["last_found"]) > datetime.now(UTC) - timedelta(minutes=5)


def test_a_canary_that_is_lost_is_told_until_it_is_found_again(at_desk: Desk) -> None:
    canary.send(at_desk)
    good = at_desk.watch
    claim = replace(good.claims[0], statement="Nothing that any rule would look for is said here at all.")
    at_desk.watch = replace(good, claims=(claim,), version="v2", rules_hash="r2")
    with pytest.raises(ClaimwatchError, match="canary: put-off"):
        canary.send(at_desk)
    told = at_desk.read_now(lambda tx: jobs.marked(tx, "canary"))
    assert told["found"] is False
    assert told["last_found"]
    at_desk.watch = good
    assert canary.send(at_desk) == "found 1 claims"


def lose(built: Desk) -> None:
    """Send a canary that no rule can find."""
    good = built.watch
    claim = replace(good.claims[0], statement="Nothing that any rule would look for is said here at all.")
    built.watch = replace(good, claims=(claim,), version="v2", rules_hash="r2")
    with pytest.raises(ClaimwatchError):
        canary.send(built)
    built.watch = good


def notices(built: Desk) -> list[tuple[str, str, str]]:
    """Id, channel and state of every message about the canary, oldest first."""
    rows = built.read_now(lambda tx: outbox.select(tx))
    assert {row.kind for row in rows} <= {"notice"}
    return [(row.message_id, row.channel, row.state) for row in sorted(rows, key=lambda row: row.id)]


def test_a_lost_canary_is_told_by_the_channels_once_a_loss_and_once_when_found(at_desk: Desk) -> None:
    canary.send(at_desk)
    assert notices(at_desk) == []
    lose(at_desk)
    lose(at_desk)
    assert notices(at_desk) == [("canary-1-lost", "log", "pending")]
    canary.send(at_desk)
    canary.send(at_desk)
    lose(at_desk)
    assert [name for name, _, _ in notices(at_desk)] == ["canary-1-lost", "canary-1-found", "canary-2-lost"]
    assert deliver.deliver(at_desk).sent == 3
    told = (at_desk.configuration.data / "alerts.log").read_text("utf-8")
    assert told.count("The canary article was not found: findings may be missing") == 2
    assert "put-off" in told
    assert "The canary article was found again" in told


def test_a_canary_that_cannot_be_sent_is_lost_too(
    at_desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "no-such-folder"))
    with pytest.raises(ClaimwatchError, match="could not be sent"):
        canary.send(at_desk)
    assert notices(at_desk) == [("canary-1-lost", "log", "pending")]


def ruled(built: Desk, *, mutes: tuple[Mute, ...] = (), quiet: tuple[QuietHours, ...] = ()) -> None:
    """Take these mutes and quiet hours into the rules in force."""
    rules = built.configuration.alerts
    channels = tuple(replace(channel, quiet=quiet) for channel in rules.channels)
    built.configuration = replace(built.configuration, alerts=replace(rules, channels=channels, mutes=mutes))


def test_a_mute_of_everything_keeps_the_canarys_loss_back_while_it_lasts(at_desk: Desk) -> None:
    ruled(at_desk, mutes=(Mute(id="all", when=When()), Mute(id="one", when=When(claims=("velora-bridge",)))))
    lose(at_desk)
    assert notices(at_desk) == []
    canary.send(at_desk)
    assert notices(at_desk) == []  # who never heard of the loss hears nothing of its end
    lose(at_desk)
    ruled(
        at_desk, mutes=(Mute(id="one", when=When(claims=("velora-bridge",))), Mute(id="past", when=When(), until=PAST))
    )
    lose(at_desk)
    assert notices(at_desk) == [("canary-2-lost", "log", "pending")]


@pytest.mark.parametrize(("let_through", "held"), [((), True), (("high",), False)])
def test_quiet_hours_hold_the_canarys_loss_unless_they_let_it_through(
    at_desk: Desk, let_through: tuple[str, ...], held: bool
) -> None:
    always = QuietHours(start=time(0), end=time(0), let_through=let_through)
    noon = QuietHours(start=time(12), end=time(12), let_through=let_through)
    ruled(at_desk, quiet=(always, noon))
    lose(at_desk)
    assert deliver.deliver(at_desk).sent == (0 if held else 1)


def test_the_canarys_loss_goes_to_the_channels_that_settings_name(at_desk: Desk) -> None:
    rules = at_desk.configuration.alerts
    other = Channel(id="ops", kind="file", address=str(at_desk.configuration.data / "ops.log"))
    named = at_desk.settings.canary.model_copy(update={"channels": ("ops",)})
    settings = at_desk.settings.model_copy(update={"canary": named})
    alerts_ = replace(rules, channels=(*rules.channels, other))
    at_desk.configuration = replace(at_desk.configuration, settings=settings, alerts=alerts_)
    lose(at_desk)
    assert notices(at_desk) == [("canary-1-lost", "ops", "pending")]
