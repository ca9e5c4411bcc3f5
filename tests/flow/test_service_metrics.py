"""What Prometheus is told can be read by Prometheus, counts from the store, and is all that the alert rules ask for."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from pipeline.model.source import Source
from pipeline.service import health, latency, metrics
from pipeline.service.coordinator import Coordinator
from pipeline.service.heartbeat import Heartbeat, beating
from pipeline.service.wiring import Desk, desk
from pipeline.settings.load import load
from pipeline.storage import jobs, sources
from pipeline.storage.session import Store, Transaction, open_store

RULES = Path(__file__).resolve().parents[2] / "deploy" / "prometheus-rules.yml"
NOW = datetime.now(UTC)


@pytest.fixture
def at_desk(store: Store, tmp_path: Path) -> Iterator[Desk]:
    folder = tmp_path / "config"
    folder.mkdir()
    with desk(load(folder, env={}), store=store) as built:
        yield built


def asked(at_desk: Desk) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    """Name of a sample -> labels -> value."""
    body, media_type = metrics.exposition(at_desk)
    assert media_type.startswith("text/plain")
    found: dict[str, dict[tuple[tuple[str, str], ...], float]] = {}
    for family in text_string_to_metric_families(body.decode()):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
    return found


def test_an_empty_store_has_metrics_too(at_desk: Desk) -> None:
    found = asked(at_desk)
    assert found["claimwatch_database_up"][()] == 1
    assert found["claimwatch_coordinated"][()] == 0
    assert found["claimwatch_canary_found"][()] == 1
    assert "process_resident_memory_bytes" in found


def test_counts_come_from_the_store(at_desk: Desk) -> None:
    Coordinator(at_desk).step()

    def work(tx: Transaction) -> None:
        sources.sync(tx, [Source(id="a", url="https://a.example/")], now=NOW)
        jobs.tally(tx, NOW.date(), "entry", "paywall", thing="a", count=2)
        jobs.tally(tx, NOW.date() - timedelta(days=1), "entry", "paywall", thing="b")
        jobs.started(tx, "poll", now=NOW)
        jobs.finished(tx, "poll", now=NOW, took_s=1.5, ok=False, detail="x")
        for bucket, count in (("60", 3), ("900", 1), ("+Inf", 1), (latency.SUM, 4711)):
            jobs.tally(tx, NOW.date(), latency.STEP + "found", bucket, count=count)
        jobs.mark(tx, "reload", {"ok": False, "refused": 2, "message": "bad"}, now=NOW)

    at_desk.write_now(work)
    found = asked(at_desk)
    assert found["claimwatch_outcomes_total"] == {(("reason", "paywall"), ("step", "entry")): 3}
    assert found["claimwatch_job_failures_total"] == {(("job", "poll"),): 1}
    assert found["claimwatch_job_took_seconds"] == {(("job", "poll"),): 1.5}
    assert found["claimwatch_sources"][(("health", "new"),)] == 1
    assert found["claimwatch_coordinated"][()] == 1
    assert found["claimwatch_reload_refused"][()] == 1
    assert found["claimwatch_reloads_refused_total"][()] == 2
    buckets = found["claimwatch_latency_seconds_bucket"]
    assert buckets[(("le", "60.0"), ("since", "found"))] == 3
    assert buckets[(("le", "300.0"), ("since", "found"))] == 3
    assert buckets[(("le", "900.0"), ("since", "found"))] == 4
    assert buckets[(("le", "+Inf"), ("since", "found"))] == 5
    assert found["claimwatch_latency_seconds_sum"][(("since", "found"),)] == 4711


def test_a_database_that_is_gone_is_a_metric(at_desk: Desk, tmp_path: Path) -> None:
    at_desk.store = open_store(f"sqlite:///{tmp_path / 'nothing.db'}")
    try:
        assert asked(at_desk)["claimwatch_database_up"][()] == 0
        assert not health.ready(at_desk).ok
    finally:
        at_desk.store.close()


def test_every_metric_that_the_rules_ask_for_is_there(at_desk: Desk) -> None:
    body = metrics.exposition(at_desk)[0].decode()
    there = {family.name for family in text_string_to_metric_families(body)}
    groups = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    for rule in (rule for group in groups for rule in group["rules"]):
        for name in re.findall(r"claimwatch_\w+", rule["expr"]):
            assert {name, name.removesuffix("_total"), name.removesuffix("_bucket")} & there, (rule["alert"], name)
        assert rule["labels"]["severity"] in ("warning", "critical")
        assert rule["annotations"]["summary"]


def test_promtool_agrees(at_desk: Desk) -> None:
    if not shutil.which("promtool"):
        said = "promtool is not installed: Prometheus does not check the metrics (apt-get install prometheus)"
        if os.environ.get("CLAIMWATCH_REQUIRE_PROMTOOL") == "1":
            pytest.fail(said)
        pytest.skip(said)
    body, _ = metrics.exposition(at_desk)
    subprocess.run(["promtool", "check", "metrics"], input=body, check=True, capture_output=True)
    subprocess.run(["promtool", "check", "rules", str(RULES)], check=True, capture_output=True)


def test_the_report_names_what_wants_a_look(at_desk: Desk) -> None:
    def work(tx: Transaction) -> None:
        jobs.started(tx, "poll", now=NOW)
        jobs.finished(tx, "poll", now=NOW, took_s=1, ok=False, detail="no network")
        jobs.mark(tx, "canary", {"found": False, "detail": "none was found"}, now=NOW)

    at_desk.write_now(work)
    found = health.report(at_desk.store, at_desk.configuration, now=NOW)
    said = "\n".join(found.problems)
    assert "nobody coordinates" in said
    assert "job poll: failed, no network" in said
    assert "canary" in said
    json.dumps(found.as_record(), default=str)


def test_a_process_that_turns_is_seen_and_one_that_ended_is_not(tmp_path: Path) -> None:
    heartbeat = Heartbeat(tmp_path, "run")
    assert beating(tmp_path) == ()
    heartbeat.beat()
    assert beating(tmp_path) == ("run",)
    heartbeat.end()
    assert beating(tmp_path) == ()
