"""What alerts and digests promise, over a real store: first runs, spikes, expected events, the canary, reasons."""

from __future__ import annotations

import json
import shutil
import socket
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import desk_sample
import pytest
import small_watch
import sqlalchemy as sa
from click.testing import CliRunner

from pipeline.analyse import analyse
from pipeline.articles.identity import fingerprint
from pipeline.cli.main import root
from pipeline.digest import render
from pipeline.digest.period import Period
from pipeline.digest.record import Digest
from pipeline.model.article import Article, Extracted, Fingerprint
from pipeline.model.finding import Analysis, NearMiss, TopicHit
from pipeline.model.rules import AlertRules, Channel, DigestPlan, QuietHours, Rate, Rule, When
from pipeline.model.watch import Expectation
from pipeline.service import daily, deliver, duties, record, undo
from pipeline.service.desk import coverage, telling
from pipeline.service.wiring import Desk, desk
from pipeline.settings.load import load
from pipeline.storage import (
    alerts,
    analyses,
    articles,
    copies,
    decisions,
    findings,
    jobs,
    outbox,
    schema,
    sources,
    stories,
    tables,
)
from pipeline.storage import desk as queries
from pipeline.storage.session import Store, Transaction

DAY = timedelta(days=1)
NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
PLAN = DigestPlan(id="morning", every="day", at=time(7, 30), zone="Europe/Berlin", title="Morning", channels=("log",))
RULES = AlertRules(
    channels=(Channel(id="log", kind="file", address="alerts.log"),),
    rules=(Rule(id="news", channels=("log",), when=When(relations=("denies", "changes", "adds"))),),
    digests=(PLAN,),
)
SALE = "Pakistan has signed a $4.6 billion contract to sell 40 JF-17 fighter jets to Azerbaijan, officials said."


@pytest.fixture
def at_desk(store: Store, tmp_path: Path) -> Desk:
    made = desk_sample.empty_desk(store, now=NOW)
    made.configuration = replace(made.configuration, alerts=RULES, data=tmp_path)
    with store.transaction() as tx:
        sources.sync(tx, made.configuration.sources, now=NOW - 30 * DAY)
    return made


def reported(
    built: Desk, slug: str, text: str, at: datetime, *, source: int = 0, title: str = "A report", backlog: bool = False
) -> record.Recorded:
    """One article as the service stores it at that time; the same slug again is its next version."""
    outlet = built.configuration.sources[source]
    url = f"https://{outlet.id}.example/{slug}"
    with built.store.read() as tx:
        there = articles.find(tx, [url])
        current = articles.current(tx, there.id) if there is not None else None
    article = Article(
        id=url, title=title, text=text, url=url, lang="en", published=at, country=outlet.country, source=outlet.id,
        previous=current.text if current is not None else "",
    )  # fmt: skip
    page = Extracted(title=title, text=text, published=at, lang="en", origin="page")
    seen = record.Seen(
        url=url, page=page, fingerprint=fingerprint(title, text), source=outlet, fetched_at=at, backlog=backlog
    )
    with built.store.transaction() as tx:
        return record.store(built, tx, seen, analyse(article, built.watch), built.watch)


def morning(built: Desk, now: datetime = NOW) -> Digest:
    """The digest that the service builds at that time."""
    built.clock = desk_sample.Fixed(at=now)
    [digest] = daily.daily(built)
    return digest


# --- volume: a spike is seen in the morning after, against the same hours of the same weekdays


def covered(tx: Transaction, topic: str, at: datetime, name: str) -> None:
    article = articles.create(tx, url=f"https://a.example/{name}", source="s", now=at)
    new = articles.NewVersion(title="T", text=name, fingerprint=Fingerprint(digest=name), fetched_at=at)
    version = articles.add_version(tx, article.id, new)
    copies.join(tx, version.id, like=None, similarity=1.0, now=at)
    found = Analysis(article=name, lang="en", watch_version="w", topics=(TopicHit(topic=topic),))
    analyses.save(tx, version.id, found, now=at, topics={}, known={})


def weeks_of_coverage(built: Desk, topic: str, weeks: int, *, last: int) -> None:
    """Three articles every afternoon for so many weeks, and so many on the last one before NOW."""
    with built.store.transaction() as tx:
        for back in range(1, 7 * weeks + 2):
            for n in range(last if back == 1 else 3):
                covered(tx, topic, NOW - back * DAY + timedelta(hours=6, minutes=n), f"{back}-{n}")


def test_a_spike_of_yesterday_afternoon_stands_in_the_digest_of_the_morning(at_desk: Desk) -> None:
    topic = at_desk.watch.topics[0].id
    weeks_of_coverage(at_desk, topic, 8, last=12)
    digest = morning(at_desk)
    [line] = digest.volumes
    assert (line.topic, line.articles, line.median, line.weeks, line.verdict) == (topic, 12, 3.0, 8, "spike")
    assert line.days[-2:] == (3, 12)
    assert "More than usual" in digest.summary


def test_there_is_no_verdict_before_three_weeks(at_desk: Desk) -> None:
    weeks_of_coverage(at_desk, at_desk.watch.topics[0].id, 2, last=12)
    [line] = morning(at_desk).volumes
    assert (line.articles, line.median, line.verdict) == (12, None, "")


def test_an_ordinary_day_is_usual_whatever_the_hour_of_the_digest(at_desk: Desk) -> None:
    weeks_of_coverage(at_desk, at_desk.watch.topics[0].id, 8, last=3)
    [line] = morning(at_desk).volumes
    assert (line.articles, line.median, line.verdict) == (3, 3.0, "usual")


# --- near misses: what stands out of place is worth a look, what nobody named is not


DRILLS = "Azerbaijan, Turkey and Pakistan will hold the Three Brothers joint special forces drills again in Baku."


def test_a_claim_of_which_a_word_stands_nowhere_is_counted_and_not_shown_as_a_near_miss(at_desk: Desk) -> None:
    for slug, text in (("sale", SALE), ("again", SALE + " It was late."), ("drills", DRILLS)):
        reported(at_desk, slug, text, NOW - timedelta(hours=3))
    with at_desk.store.read() as tx:
        stored = tx.all(sa.select(tables.near_misses.c.claim, tables.near_misses.c.failed))
    absent = {row.claim for row in stored if row.failed.startswith("no word for")}
    assert "lng-framework-extension" in absent  # it is kept, and the article's page shows it
    digest = morning(at_desk)
    assert [(one.claim, one.failed) for one in digest.near] == [
        ("pakistan-azerbaijan-drills", "three-brothers stands there")
    ]
    assert digest.near_more == 0
    far = len({row.claim for row in stored}) - 1
    assert digest.coverage.far == far > 1
    for form in (render.html, render.text, render.markdown):
        assert f"Too far off to be shown among the near misses: {far} claims." in form(digest)


def test_a_near_miss_counts_all_articles_that_had_one_however_many_there_are(at_desk: Desk) -> None:
    with at_desk.store.transaction() as tx:
        for n in range(600):
            article = articles.create(tx, url=f"https://a.example/{n}", source="s", now=NOW - DAY)
            at = NOW - timedelta(hours=3)
            new = articles.NewVersion(title="T", text="x", fingerprint=Fingerprint(digest=str(n)), fetched_at=at)
            version = articles.add_version(tx, article.id, new)
            miss = NearMiss(claim="farthest" if n == 599 else "sale", score=0.75 if n == 599 else 0.8, failed="x")
            found = Analysis(article=str(n), lang="en", watch_version="w", near_misses=(miss,))
            analyses.save(tx, version.id, found, now=NOW - timedelta(hours=3), topics={}, known={})
    assert [(one.claim, one.articles) for one in morning(at_desk).near] == [("sale", 599), ("farthest", 1)]


def test_what_other_rules_nearly_find_in_old_articles_is_no_near_miss_of_today(at_desk: Desk) -> None:
    with at_desk.store.transaction() as tx:
        article = articles.create(tx, url="https://a.example/old", source="s", now=NOW - 4 * DAY)
        new = articles.NewVersion(title="T", text="x", fingerprint=Fingerprint(digest="x"), fetched_at=NOW - 4 * DAY)
        version = articles.add_version(tx, article.id, new)
        found = Analysis(
            article="1", lang="en", watch_version="w2", near_misses=(NearMiss(claim="c", score=0.8, failed="x"),)
        )
        analyses.save(tx, version.id, found, now=NOW - timedelta(hours=3), topics={}, known={})  # read again today
    digest = morning(at_desk)
    assert digest.near == ()
    assert digest.coverage.far == 0


# --- expected events, the canary


def expecting(built: Desk, by: datetime) -> str:
    """The claim of the sale is expected to be covered by that day, with a week of grace."""
    sale = analyse(Article(id="a", text=SALE, lang="en"), built.watch).findings[0].claim
    claim = next(one for one in built.watch.claims if one.id == sale)
    expected = replace(claim, expect=Expectation(by=by.date(), grace=7 * DAY))
    changed = tuple(expected if one.id == claim.id else one for one in built.watch.claims)
    built.configuration = replace(built.configuration, watch=replace(built.configuration.watch, claims=changed))
    built.refresh_known()
    return claim.id


@pytest.mark.parametrize("told", [False, True])
def test_an_expected_event_that_passed_without_coverage_is_told_once(at_desk: Desk, *, told: bool) -> None:
    claim = expecting(at_desk, NOW - 8 * DAY)
    if told:
        reported(at_desk, "sale", SALE, NOW - 9 * DAY)
        with at_desk.store.read() as tx:
            assert claim in {one.finding.claim for one in findings.select(tx, findings.Filter())}
    digest = morning(at_desk)
    assert [one.claim for one in digest.missed] == ([] if told else [claim])
    assert morning(at_desk, NOW + DAY).missed == ()
    assert ("Expected, and not seen" in render.html(digest)) is not told


def test_a_canary_that_was_lost_leads_the_digest(at_desk: Desk) -> None:
    last = (NOW - 2 * DAY).isoformat()
    value = {"found": False, "at": NOW.isoformat(), "last_found": last, "detail": "no-text", "claims": ["x"]}
    with at_desk.store.transaction() as tx:
        jobs.mark(tx, "canary", value, now=NOW)
    digest = morning(at_desk)
    assert digest.canary == "missing"
    assert digest.warnings[0].startswith("The canary article was not found in this period, lost at: no-text")
    for form in (render.html, render.text, render.markdown):
        assert "canary article was not found" in form(digest)


def test_a_canary_that_is_sent_no_more_is_lost(at_desk: Desk) -> None:
    def seen(at: datetime, now: datetime) -> str:
        value = {"found": True, "at": at.isoformat(), "last_found": at.isoformat(), "detail": "", "claims": ["x"]}
        with at_desk.store.transaction() as tx:
            jobs.mark(tx, "canary", value, now=at)
        return morning(at_desk, now).canary

    assert seen(NOW - timedelta(hours=7), NOW) == "found"
    at_desk.configuration = replace(at_desk.configuration, alerts=replace(RULES, digests=(replace(PLAN, id="b"),)))
    assert seen(NOW - timedelta(hours=7), NOW + 2 * DAY) == "missing"


# --- a first run tells nobody, and stands in the first digest


def test_a_first_runs_flood_is_kept_back_and_stands_in_the_first_digest(at_desk: Desk) -> None:
    came = reported(at_desk, "old", SALE, NOW - DAY / 2, backlog=True)
    assert came.alerts >= 1
    with at_desk.store.read() as tx:
        raised = alerts.select(tx)
        assert outbox.select(tx) == ()
        decided = [one.decision for one in decisions.decisions(tx, alert_id=raised[0].id)]
    assert {one.action for one in decided} == {"keep-back"}
    assert all("first run" in one.reason for one in decided)
    digest = morning(at_desk)
    items = [*digest.changed.items, *digest.added.items, *digest.denied.items]
    assert items
    assert all(one.first_run and not one.alerted for one in items)
    assert "older than the first look at its source" in render.text(digest)
    assert all(one.id for one in items)


def test_the_next_version_of_an_article_leads_to_its_alert(at_desk: Desk) -> None:
    reported(at_desk, "sale", SALE, NOW - 3 * DAY)
    reported(at_desk, "sale", SALE.replace("40 JF-17", "41 JF-17") + " The talks took a year.", NOW - DAY / 2)
    digest = morning(at_desk)
    items = [*digest.changed.items, *digest.added.items, *digest.denied.items]
    assert items
    for one in items:
        assert one.path.startswith("alerts/") or one.path == f"findings/{one.findings[0]}"
        with at_desk.store.read() as tx:
            assert not one.id or alerts.load(tx, int(one.id)) is not None
    assert not any(one.path == "alerts/" for one in items)


# --- what is held comes as one message that loses nothing


def held_by(built: Desk, **channel: Any) -> None:
    """The channel holds messages for one of these reasons."""
    path = str(built.configuration.data / "alerts.jsonl")
    log = Channel(id="log", kind="file", address=path, options={"format": "jsonl"}, **channel)
    built.configuration = replace(built.configuration, alerts=replace(RULES, channels=(log,), digests=()))


def sales(built: Desk, count: int, at: datetime) -> None:
    """So many reports, each of another number of aircraft and so an alert of its own."""
    built.clock = desk_sample.Fixed(at=at)
    for n in range(count):
        told = f"Pakistan will sell {40 + 10 * n} JF-17 fighter jets to Azerbaijan, officials said."
        reported(built, f"sale-{n}", told, at)


def received(built: Desk) -> list[dict[str, Any]]:
    path = built.configuration.data / "alerts.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


NIGHT = QuietHours(start=time(22), end=time(6), zone="Europe/Berlin")
MIDNIGHT, MORNING = datetime(2026, 11, 19, 23, 30, tzinfo=UTC), datetime(2026, 11, 20, 5, 0, 1, tzinfo=UTC)


def test_quiet_hours_end_with_one_message_of_all_that_was_held(at_desk: Desk) -> None:
    held_by(at_desk, quiet=(NIGHT,))
    sales(at_desk, 4, MIDNIGHT)
    assert deliver.deliver(at_desk).sent == 0
    at_desk.clock = desk_sample.Fixed(at=MORNING)
    assert deliver.deliver(at_desk).sent == 1
    [batch] = received(at_desk)
    with at_desk.store.read() as tx:
        raised = alerts.select(tx)
    assert len(raised) == 4
    assert {one["headline"] for one in batch["alerts"]} == {one.alert.headline for one in raised}
    assert deliver.deliver(at_desk).sent == 0


@pytest.mark.parametrize("severity", ["low", "high"])
def test_an_alert_is_as_severe_as_its_rule_says_however_many_join_it(at_desk: Desk, severity: str) -> None:
    held_by(at_desk)
    rules = at_desk.configuration.alerts
    rules = replace(rules, rules=(replace(rules.rules[0], severity=severity),))
    at_desk.configuration = replace(at_desk.configuration, alerts=rules)
    sales(at_desk, 1, NOW)
    reported(
        at_desk, "again", "It was said again: Pakistan will sell 40 JF-17 fighter jets to Azerbaijan.", NOW, source=1
    )
    deliver.deliver(at_desk)
    with at_desk.store.read() as tx:
        [raised] = alerts.select(tx)
    assert len(raised.alert.publishers) == 2
    assert {one["severity"] for one in received(at_desk)} == {severity}
    assert raised.alert.severity == severity


def test_a_batch_is_whole_though_a_kill_fell_before_its_sending(at_desk: Desk) -> None:
    held_by(at_desk, quiet=(NIGHT,))
    sales(at_desk, 3, MIDNIGHT)
    at_desk.clock = desk_sample.Fixed(at=MORNING)
    with at_desk.store.transaction() as tx:
        [lost], _ = deliver._claim(at_desk, tx)
    at_desk.clock = desk_sample.Fixed(at=MORNING + deliver.LEASE)
    sales(at_desk, 1, MORNING + deliver.LEASE)
    deliver.deliver(at_desk)
    batches = [one for one in received(at_desk) if one["type"] == "batch"]
    assert [one["id"] for one in batches] == [lost.payload["id"]]
    assert len(batches[0]["alerts"]) == 3


def test_what_a_rate_holds_back_follows_as_one_message(at_desk: Desk) -> None:
    held_by(at_desk, rate=Rate(messages=2, per=timedelta(hours=1)))
    sales(at_desk, 5, NOW)
    assert deliver.deliver(at_desk).sent == 2
    at_desk.clock = desk_sample.Fixed(at=NOW + timedelta(hours=1))
    assert deliver.deliver(at_desk).sent == 1
    assert [one["type"] for one in received(at_desk)] == ["alert", "alert", "batch"]
    assert len(received(at_desk)[2]["alerts"]) == 3


def test_an_alert_that_went_out_in_a_batch_is_told(at_desk: Desk) -> None:
    """Another outlet joins it: its channel has heard of it, and the reason says so."""
    held_by(at_desk, quiet=(NIGHT,))
    sales(at_desk, 3, MIDNIGHT)
    at_desk.clock = desk_sample.Fixed(at=MORNING)
    deliver.deliver(at_desk)
    for n in range(3):
        told = f"It was said again: Pakistan will sell {40 + 10 * n} JF-17 fighter jets to Azerbaijan."
        reported(at_desk, f"again-{n}", told, MORNING, source=1)
    with at_desk.store.read() as tx:
        raised = alerts.select(tx)
        last = [decisions.decisions(tx, alert_id=one.id)[-1].decision for one in raised]
    assert {len(one.alert.publishers) for one in raised} == {2}
    assert {one.action for one in last} == {"keep-back"}
    assert all("already told" in one.reason for one in last)


def test_a_channel_that_fails_in_a_way_nobody_foresaw_holds_up_no_other(at_desk: Desk) -> None:
    odd = Channel(id="odd", kind="file", address="no\0path")
    log = Channel(id="log", kind="file", address=str(at_desk.configuration.data / "alerts.jsonl"))
    rule = replace(RULES.rules[0], channels=("odd", "log"))
    rules = AlertRules(channels=(odd, log), rules=(rule,))
    at_desk.configuration = replace(at_desk.configuration, alerts=rules)
    sales(at_desk, 2, NOW)
    done = deliver.deliver(at_desk)
    assert (done.sent, done.retried) == (2, 2)
    with at_desk.store.read() as tx:
        rows = outbox.select(tx, channel="odd")
    assert [(one.state, one.attempts) for one in rows] == [("pending", 1)] * 2
    assert any("ValueError" in one.last_error for one in rows)


# --- a snooze is silence, for as long as it holds


@pytest.mark.parametrize("ended", ["", "opened", "acknowledged", "taken back", "over"])
def test_an_alert_is_silent_only_while_its_snooze_holds(at_desk: Desk, ended: str) -> None:
    at_desk.clock = desk_sample.Fixed(at=NOW)
    reported(at_desk, "sale", SALE, NOW)
    with at_desk.store.read() as tx:
        [number] = {one.id for one in alerts.select(tx)}
    done = telling.snooze(at_desk, "vera", number, until=NOW + DAY)
    at_desk.clock = desk_sample.Fixed(at=NOW + timedelta(hours=1))
    if ended == "opened":
        telling.reopen(at_desk, "vera", number)
    elif ended == "acknowledged":
        telling.acknowledge(at_desk, "vera", number)
    elif ended == "taken back":
        undo.undo(at_desk, "vera", done.change)
    elif ended == "over":
        at_desk.clock = desk_sample.Fixed(at=NOW + DAY)
    turns = {job.name: job for job in duties.coordinating(at_desk.settings)}
    assert turns["wake"].call is not None
    assert turns["wake"].call(at_desk) == ("1 alerts" if ended == "over" else "")
    reported(at_desk, "again", SALE + " It was said again.", at_desk.clock.now(), source=1)
    found = telling.alert(at_desk, number)
    assert found is not None
    assert len(found.row.alert.publishers) == 2
    assert found.row.alert.state == {"": "snoozed", "acknowledged": "acknowledged"}.get(ended, "open")
    assert (found.decisions[-1].decision.action == "mute") is (not ended)


def test_a_snooze_that_is_put_back_holds_again(at_desk: Desk) -> None:
    at_desk.clock = desk_sample.Fixed(at=NOW)
    reported(at_desk, "sale", SALE, NOW)
    with at_desk.store.read() as tx:
        [number] = {one.id for one in alerts.select(tx)}
    telling.snooze(at_desk, "vera", number, until=NOW + DAY)
    opened = telling.reopen(at_desk, "otto", number)
    undo.undo(at_desk, "vera", opened.change)
    reported(at_desk, "again", SALE + " It was said again.", NOW + timedelta(hours=1), source=1)
    found = telling.alert(at_desk, number)
    assert found is not None
    assert (found.row.alert.state, found.row.snoozed_until) == ("snoozed", NOW + DAY)
    assert found.decisions[-1].decision.action == "mute"


# --- what a person took apart stays apart


@pytest.mark.parametrize("undone", [False, True])
def test_stories_that_a_person_took_apart_are_not_joined_by_the_next_report(at_desk: Desk, *, undone: bool) -> None:
    for n in range(2):
        reported(at_desk, f"sale-{n}", SALE + f" It was told in room {n}.", NOW - timedelta(hours=9 - n), source=n)
    with at_desk.store.read() as tx:
        whole = next(one for one in queries.story_lines(tx) if len(stories.members(tx, one.id)) > 1)
        member = stories.members(tx, whole.id)[1].id
    done = coverage.split(at_desk, "vera", whole.id, [member], why="another deal")
    if undone:
        undo.undo(at_desk, "vera", done.change)
    reported(at_desk, "sale-2", SALE + " It was told in room 2.", NOW - timedelta(hours=1), source=2)
    with at_desk.store.read() as tx:
        [move] = stories.moves(tx, whole.id)
        held = [len(stories.members(tx, number)) for number in (whole.id, move.to_story)]
    assert held == ([3, 0] if undone else [2, 1])


def test_reports_of_stories_that_a_person_made_one_count_to_one_alert(at_desk: Desk) -> None:
    other = SALE.replace("$4.6 billion", "$7.9 billion")
    reported(at_desk, "sale-0", SALE, NOW - timedelta(hours=9))
    reported(at_desk, "sale-1", other, NOW - timedelta(hours=8), source=1)
    with at_desk.store.read() as tx:
        known = {one.value: one for one in queries.story_lines(tx)}
        kept, gone = (next(one for value, one in known.items() if said in value) for said in ("4.6e9", "7.9e9"))
        alert = alerts.of_stories(tx, [kept.id])[kept.id]
        before = len(alerts.select(tx))
    done = coverage.merge(at_desk, "vera", gone.id, kept.id, why="with and without the spare parts")
    reported(at_desk, "sale-2", other + " It was told in room 2.", NOW - timedelta(hours=2), source=2)
    with at_desk.store.read() as tx:
        assert len(alerts.select(tx)) == before
        assert {one.source for one in alerts.publishers(tx, [alert])[alert]} >= {
            at_desk.configuration.sources[n].id for n in (0, 2)
        }
        assert len(stories.members(tx, kept.id)) == 3
    undo.undo(at_desk, "vera", done.change)
    reported(at_desk, "sale-3", other + " It was told in room 3.", NOW - timedelta(hours=1), source=3)
    with at_desk.store.read() as tx:
        assert [len(stories.members(tx, one.id)) for one in (kept, gone)] == [2, 2]


# --- from the terminal


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one story of today in its database, told to one channel and kept from another."""
    made = tmp_path_factory.mktemp("told")
    configuration = load(small_watch.written(made / "config"), env={})
    (made / "changed.yaml").write_text(
        "channels:\n  log: {kind: file, path: alerts.log}\n  late: {kind: file, path: late.log}\nrules:\n"
        "  - {id: loud, when: {min_publishers: 2}, channels: [log]}\n"
        "  - {id: all, when: {relations: [changes, adds, denies]}, channels: [late]}\n",
        encoding="utf-8",
    )
    schema.upgrade(configuration.database_url, desk_sample.ROOT / "migrations")
    with desk(configuration) as built:
        now = datetime.now(UTC)
        with built.store.transaction() as tx:
            sources.sync(tx, configuration.sources, now=now - 9 * DAY)
        reported(built, "one", SALE, now - timedelta(hours=3))
        reported(built, "two", "Officials spoke again. " + SALE, now - timedelta(hours=2), source=1)
    return made


@pytest.fixture
def folder(told: Path, tmp_path: Path) -> Path:
    """The configuration folder of a copy of it."""
    shutil.copytree(told, tmp_path, dirs_exist_ok=True)
    return tmp_path / "config"


def said(folder: Path, *words: str) -> str:
    done = CliRunner().invoke(root, ["--config", str(folder), *words])
    assert done.exit_code == 0, (done.output, done.exception)
    return done.stdout


def test_every_decision_is_explained_and_a_changed_rule_is_rehearsed(folder: Path) -> None:
    listed = [json.loads(line) for line in said(folder, "alerts", "list", "--json").splitlines()]
    assert listed
    assert {len(one["publishers"]) for one in listed} == {2}  # the second outlet joined, and raised no alert of its own
    number = str(listed[0]["id"])
    reasons = [json.loads(line) for line in said(folder, "alerts", "why", number, "--json").splitlines()]
    assert [one["action"] for one in reasons] == ["send", "keep-back"]
    assert "told" in reasons[1]["reason"]
    assert "news: send -> log" in said(folder, "alerts", "why", number)
    assert listed[0]["headline"] in said(folder, "alerts", "show", number)
    came = json.loads(said(folder, "alerts", "rehearse", str(folder.parent / "changed.yaml"), "--json"))
    assert came["findings"] >= 2
    gained = {(one["alert"], one["channel"]) for one in came["gained"]}
    assert {channel for _, channel in gained} >= {"late"}
    assert {alert for alert, _ in gained} == {str(one["id"]) for one in listed}
    same = json.loads(said(folder, "alerts", "rehearse", str(folder / "alerts.yaml"), "--json"))
    assert (same["gained"], same["lost"], same["moved"]) == ([], [], [])
    assert same["kept"] == len(listed)
    told = json.loads(said(folder, "alerts", "rehearse", "--since", "14d", "--json"))
    assert (told["gained"], told["lost"], told["moved"], told["kept"]) == ([], [], [], len(listed))
    (folder / "alerts.yaml").write_text((folder.parent / "changed.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    edited = json.loads(said(folder, "alerts", "rehearse", "--since", "14d", "--json"))
    assert {one["channel"] for one in edited["gained"]} >= {"late"}
    assert len(edited["lost"]) + edited["kept"] + len(edited["moved"]) >= len(listed)


def test_a_parked_alert_is_said_to_be_kept_back_for_that_reason(at_desk: Desk) -> None:
    reported(at_desk, "sale", SALE, NOW - DAY / 2)
    rows = at_desk.read_now(lambda tx: outbox.select(tx, kind="alert"))
    for row in rows:
        at_desk.write_now(lambda tx, id_=row.id: outbox.park(tx, id_, error="no such address"))
    reported(at_desk, "sale-too", SALE.replace("officials", "three officials"), NOW - DAY / 3, source=1)
    later = [
        one.decision
        for row in rows
        for one in at_desk.read_now(lambda tx, id_=row.thing_id: decisions.decisions(tx, alert_id=id_))
        if one.decision.action != "send"
    ]
    assert later
    assert {one.action for one in later} == {"keep-back"}
    assert all("is parked: log did not take it" in one.reason for one in later)
    assert len(at_desk.read_now(lambda tx: outbox.select(tx, kind="alert"))) == len(rows)
    at_desk.write_now(lambda tx: [outbox.again(tx, row.id, now=NOW) for row in rows])
    reported(at_desk, "sale-again", SALE.replace("officials", "four officials"), NOW - DAY / 4, source=2)
    last = at_desk.read_now(lambda tx: decisions.decisions(tx, alert_id=rows[0].thing_id))
    assert any("already told" in one.decision.reason for one in last)


def test_a_digest_of_a_day_is_frozen_once(at_desk: Desk) -> None:
    reported(at_desk, "sale", SALE, NOW - DAY / 2)
    first = morning(at_desk)
    assert daily.daily(at_desk) == ()
    period = Period(plan=first.plan, key=first.key, start=first.start, end=first.end)
    assert daily.preview(at_desk, PLAN, period, now=NOW + DAY) == first
    assert daily.freeze(at_desk, PLAN, period, now=NOW + DAY) is None
    with at_desk.store.read() as tx:
        assert len(outbox.select(tx, kind="digest")) == 1


def test_a_digest_is_shown_in_every_form_and_sent_once(folder: Path) -> None:
    plans = "digests:\n  - {id: day, every: day, at: '00:00', channels: [log]}\n"
    plans += "  - {id: week, every: week, at: '00:00', channels: [log]}\n"
    written = folder / "alerts.yaml"
    written.write_text(written.read_text(encoding="utf-8") + plans, encoding="utf-8")
    today = datetime.now(UTC).date()
    ahead = (today + DAY).isoformat()
    whole = json.loads(said(folder, "digest", "--date", ahead, "--format", "json"))
    assert whole["key"] == f"day-{ahead}"
    assert not whole["quiet"]
    assert said(folder, "digest", "--date", ahead, "--format", "html").startswith("<!doctype html>")
    assert said(folder, "digest", "--date", ahead, "--format", "md").startswith("# ")
    assert json.loads(said(folder, "digest", "--period", "week", "--format", "json"))["plan"] == "week"
    long_ago = (today - 30 * DAY).isoformat()
    assert json.loads(said(folder, "digest", "--date", long_ago, "--format", "json"))["coverage"]["findings"] == 0
    for _ in range(2):
        said(folder, "digest", "--date", today.isoformat(), "--send")
    log = (folder.parent / "alerts.log").read_text(encoding="utf-8")
    assert log.count(f"digest-day-{today.isoformat()}") == 1


def test_a_server_that_is_away_is_told_with_its_file_and_line(folder: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        rules = "channels:\n  log: {kind: file, path: alerts.log}\n"
        rules += f"  hook: {{kind: webhook, address: 'http://127.0.0.1:{port}/'}}\n"
        rules += "rules:\n  - {id: all, channels: [log, hook]}\n"
        (folder / "alerts.yaml").write_text(rules, encoding="utf-8")
        told = [line for line in said(folder, "check").splitlines() if line.startswith("warning: ") and "hook" in line]
        assert len(told) == 1
        assert "alerts.yaml:3:" in told[0]
        assert "hook" not in said(folder, "check", "--offline").partition("tells")[0]
