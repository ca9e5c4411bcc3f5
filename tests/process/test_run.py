"""The service as real processes: it starts, works, changes its rules, and stops; nothing is lost or doubled."""

from __future__ import annotations

import json
import signal
import time
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from bridges import NAMES, Newsstand, Report
from desk_browser import Browser
from plant import Plant

Plants = Callable[..., Plant]
REPORTS = 16


def polled(plant: Plant) -> bool:
    """Whether the stand was met, so that what it publishes from now on is news."""
    return plant.count("jobs", "name = 'poll' AND runs >= 2 AND result = 'ok'") == 1


def test_an_old_schema_is_refused_with_the_command_that_upgrades(sqlite_url: str, plants: Plants) -> None:
    plant = plants(sqlite_url)
    store = plant.opened()
    assert store.path is not None
    store.close()
    store.path.unlink()
    refused = plant.claimwatch("run", check=False)
    assert refused.returncode == 1
    assert "claimwatch db upgrade" in refused.stderr


def test_a_bad_configuration_is_refused_with_every_fault(sqlite_url: str, plants: Plants) -> None:
    plant = plants(sqlite_url)
    plant.extra = "lease_time: 3s\nlogs: {}"
    plant.write_settings()
    refused = plant.claimwatch("run", check=False)
    assert refused.returncode == 2
    assert "lease_time" in refused.stderr
    assert "logs" in refused.stderr


def test_the_whole_service_from_feed_to_message(database_url: str, plants: Plants, stand: Newsstand) -> None:
    plant = plants(database_url)
    plant.start("run", "run")
    plant.until(lambda: polled(plant))
    assert plant.claimwatch("status", "--live").stdout == "turning: run\n"
    stand.publish(REPORTS)
    plant.until(lambda: plant.settled(REPORTS))
    plant.check(REPORTS)
    assert set(plant.delivered().values()) == {1}
    assert all(times == 1 for path, times in stand.asked.items() if path.startswith("/news/"))
    status = json.loads(plant.claimwatch("status", "--json").stdout)
    assert status["problems"] == []
    assert {job["name"] for job in status["jobs"]} >= {"poll", "work", "revisit", "deliver", "digest", "retention"}
    metrics = asked(plant, "/metrics")
    assert f'claimwatch_messages{{channel="log",state="sent"}} {REPORTS}.0' in metrics
    assert asked(plant, "/livez").strip()
    assert asked(plant, "/readyz").strip()
    started = time.monotonic()
    assert plant.kill("run", signal.SIGTERM) == 0
    assert time.monotonic() - started < 10
    assert plant.claimwatch("status", "--live", check=False).returncode == 1
    assert plant.holder() == ""


def asked(plant: Plant, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{plant.port}{path}", timeout=10) as answer:
        body: bytes = answer.read()
    return body.decode()


def test_an_edit_is_live_within_two_seconds_and_a_bad_one_is_refused(sqlite_url: str, plants: Plants) -> None:
    plant = plants(sqlite_url)
    plant.start("run", "run", "--without", "web")
    plant.until(lambda: polled(plant))
    path = plant.config / "claims.yaml"
    good = path.read_text(encoding="utf-8")

    path.write_text(good.replace(f"topic: bridges\n    statement: The {NAMES[0]}", "topic: brigdes\n    statement: X"))
    plant.until(lambda: "the edit was refused" in plant.log("run"), 5)
    marked = mark(plant, "reload")
    assert marked["ok"] is False
    assert "brigdes" in marked["message"]
    assert "claims.yaml:3:" in marked["message"]
    assert plant.processes["run"].poll() is None
    before = mark(plant, "watch")["version"]

    path.write_text(good.replace("costs $100 million", "costs about $100 million"), encoding="utf-8")
    edited = time.monotonic()
    plant.until(lambda: mark(plant, "watch")["version"] != before, 5)
    assert time.monotonic() - edited < 2
    assert mark(plant, "reload")["ok"] is True


def mark(plant: Plant, name: str) -> dict[str, object]:
    rows = plant.rows(f"SELECT value FROM marks WHERE name = '{name}'")
    value = rows[0][0] if rows else {}
    found = json.loads(value) if isinstance(value, str) else value
    assert isinstance(found, dict)
    return found


def test_what_is_accepted_on_the_pages_of_one_process_is_known_to_another(
    database_url: str, plants: Plants, stand: Newsstand
) -> None:
    """With the pages beside the service: coverage after an accept is compared with the accepted value."""
    plant = plants(database_url)
    plant.start("run", "run", "--without", "web")
    plant.start("web", "web")
    plant.until(lambda: polled(plant))
    plant.until(lambda: "review: http://" in plant.log("web"))
    stand.publish(1)
    plant.until(lambda: plant.settled(1))
    first = stand.reports[0]
    claim = first.name.lower()
    before = mark(plant, "watch")["version"]

    visitor = Browser(plant.port)
    form = {"csrf": visitor.csrf("/findings/1"), "revision": 1, "take": "cost:0"}
    assert visitor.post("/findings/1/accept", form).status == 303
    accepted = time.monotonic()
    plant.until(lambda: "what is known has changed" in plant.log("run"), 10)
    assert time.monotonic() - accepted < 2 + 2  # the refresh, and a step of a busy machine

    later = Report(len(NAMES), datetime.now(UTC) + timedelta(seconds=1))  # the next one of the same bridge
    with stand.lock:
        stand.poisoned[later.path] = later.page()
        stand.reports.append(later)
    plant.until(lambda: plant.settled(2))
    again = plant.rows(
        "SELECT c.old, c.new, f.watch_version FROM finding_changes c JOIN findings f ON f.id = c.finding_id "
        f"WHERE f.claim = '{claim}' ORDER BY f.id"
    )
    (known, accepted_value, watch), (compared_with, value, later_watch) = again
    assert (known, compared_with) == ("1e8 USD", accepted_value)
    assert len({known, accepted_value, value}) == 3
    assert watch == before != later_watch


@pytest.mark.postgres
def test_a_standby_takes_over_after_a_kill(postgres_url: str, plants: Plants, stand: Newsstand) -> None:
    plant = plants(postgres_url)
    plant.start("first", "run", "--without", "web")
    plant.until(lambda: polled(plant))
    plant.start("second", "run", "--without", "web")
    plant.until(lambda: "standing by" in plant.log("second"))
    first = plant.holder()
    stand.publish(REPORTS)
    plant.until(lambda: plant.count("articles") > 0)
    plant.kill("first")
    killed = time.monotonic()
    plant.until(lambda: plant.holder() not in ("", first), 10)
    assert time.monotonic() - killed < 3 + 1.5  # the lease, and a step of the standby with its time to start
    plant.until(lambda: plant.settled(REPORTS))
    plant.check(REPORTS)
    assert sum(plant.delivered().values()) <= REPORTS + 1


@pytest.mark.long
@pytest.mark.postgres
def test_a_paused_process_that_wakes_up_can_no_longer_write(
    postgres_url: str, plants: Plants, stand: Newsstand
) -> None:
    plant = plants(postgres_url)
    plant.start("first", "run", "--without", "web")
    plant.until(lambda: polled(plant))
    plant.start("second", "run", "--without", "web")
    plant.until(lambda: "standing by" in plant.log("second"))
    first = plant.holder()
    stand.publish(REPORTS)
    plant.until(lambda: plant.count("articles") > 0)
    plant.processes["first"].send_signal(signal.SIGSTOP)
    plant.until(lambda: plant.holder() not in ("", first), 45)
    plant.processes["first"].send_signal(signal.SIGCONT)
    plant.until(lambda: "passed on" in plant.log("first") or "standing by" in plant.log("first"))
    plant.until(lambda: plant.settled(REPORTS))
    plant.check(REPORTS)
    assert plant.holder() != first


@pytest.mark.long
@pytest.mark.postgres
def test_coordinator_standby_workers_and_pages_as_processes_of_their_own(
    postgres_url: str, plants: Plants, stand: Newsstand
) -> None:
    plant = plants(postgres_url)
    plant.start("coordinator", "run", "--without", "web,work")
    plant.start("worker-1", "worker")
    plant.start("worker-2", "worker")
    plant.until(lambda: polled(plant))
    stand.publish(2 * REPORTS)
    plant.until(lambda: plant.count("articles") > 0)
    plant.kill("worker-1", signal.SIGTERM)
    plant.until(lambda: plant.settled(2 * REPORTS))
    plant.check(2 * REPORTS)
    assert set(plant.delivered().values()) == {1}
