"""Analysis on a cluster: the same answers; a worker killed costs time, a lost scheduler is waited for, TLS holds."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from bridges import Newsstand, Report
from plant import Plant, free_port

from pipeline.model.article import Article
from pipeline.model.outcome import Done
from pipeline.service.engine import engine
from pipeline.settings.load import Configuration, load

pytest.importorskip("distributed")
pytestmark = pytest.mark.long
ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Cluster:
    """A scheduler and workers as processes, and the configuration that names them."""

    plant: Plant
    env: dict[str, str] = field(default_factory=dict)

    @property
    def configuration(self) -> Configuration:
        return load(self.plant.config, env=self.env)

    def scheduler(self) -> None:
        self.plant.start("scheduler", "worker", "--scheduler", env=self.env)

    def worker(self, name: str) -> None:
        self.plant.start(name, "worker", env=self.env)


@pytest.fixture
def cluster(sqlite_url: str, plants: Callable[..., Plant]) -> Cluster:
    plant = plants(sqlite_url)
    made = Cluster(plant, address(f"tcp://127.0.0.1:{free_port()}"))
    made.scheduler()
    made.worker("worker-1")
    return made


def address(url: str) -> dict[str, str]:
    return {
        "CLAIMWATCH__ENGINE__KIND": "dask",
        "CLAIMWATCH__ENGINE__ADDRESS": url,
        "CLAIMWATCH__ENGINE__IN_FLIGHT": "8",
    }


def articles(count: int) -> list[Article]:
    from datetime import UTC, datetime

    reports = [Report(n, datetime(2026, 5, 1, tzinfo=UTC)) for n in range(count)]
    return [
        Article(id=str(r.number), text=f"The {r.name} bridge will cost {r.millions} million dollars.", lang="en")
        for r in reports
    ]


def test_the_answers_are_those_of_this_process(cluster: Cluster) -> None:
    configuration, asked = cluster.configuration, articles(60)
    with engine(configuration.settings.engine) as running, engine() as here:
        assert running.run(asked, configuration.watch) == here.run(asked, configuration.watch)


def test_workers_of_another_cluster_read_too(sqlite_url: str, plants: Callable[..., Plant]) -> None:
    configuration = load(plants(sqlite_url).config, env={})
    dask = str(Path(sys.executable).with_name("dask"))
    scheduler = f"127.0.0.1:{free_port()}"
    host, _, port = scheduler.partition(":")
    commands = (
        [dask, "scheduler", "--host", host, "--port", port, "--no-dashboard"],
        [dask, "worker", scheduler, "--nworkers", "1", "--nthreads", "1", "--no-dashboard"],
    )
    with ExitStack() as stack:
        for command in commands:
            process = stack.enter_context(
                subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
            )
            stack.callback(process.terminate)
        chosen = configuration.settings.engine.model_copy(update={"kind": "dask", "address": f"tcp://{scheduler}"})
        asked = articles(20)
        with engine(chosen) as running, engine() as here:
            assert running.run(asked, configuration.watch) == here.run(asked, configuration.watch)


def test_killed_workers_and_a_lost_scheduler_cost_nothing_but_time(cluster: Cluster) -> None:
    configuration, asked = cluster.configuration, articles(40)
    cluster.worker("worker-2")

    def trouble() -> None:
        cluster.plant.kill("worker-1")
        cluster.plant.kill("scheduler")
        cluster.scheduler()

    with engine(configuration.settings.engine) as running:
        running.run(asked[:2], configuration.watch)
        timer = threading.Timer(0.2, trouble)
        timer.start()
        answers = [outcome for _ in range(8) for outcome in running.run(asked, configuration.watch)]
        timer.join()
        answers += running.run(asked, configuration.watch)
    assert len(answers) == 9 * 40
    assert all(isinstance(outcome, Done) for outcome in answers)


def test_the_service_on_a_cluster(cluster: Cluster, stand: Newsstand) -> None:
    plant = cluster.plant
    plant.start("run", "run", "--without", "web", env=cluster.env)
    plant.until(lambda: plant.count("jobs", "name = 'poll' AND runs >= 2 AND result = 'ok'") == 1)
    plant.kill("scheduler")
    stand.publish(12)
    plant.until(lambda: plant.count("entries") == 12)
    cluster.scheduler()
    plant.until(lambda: plant.settled(12), 90)
    plant.check(12)
    for name in ("run", "worker-1", "scheduler"):
        assert plant.kill(name, signal.SIGTERM) == 0, plant.log(name)


def test_without_the_authoritys_certificate_nobody_joins(
    sqlite_url: str, plants: Callable[..., Plant], tmp_path: Path
) -> None:
    certificates = ROOT / "deploy" / "certificates"
    for name in ("ours", "theirs"):
        subprocess.run(["sh", certificates, tmp_path / name, "127.0.0.1"], check=True, capture_output=True)
    url = f"tls://127.0.0.1:{free_port()}"

    def env(name: str) -> dict[str, str]:
        files = {"CA": "ca", "CERT": "certificate", "KEY": "key"}
        return address(url) | {
            f"CLAIMWATCH__ENGINE__{key}_FILE": str(tmp_path / name / f"{file}.pem") for key, file in files.items()
        }

    ours = Cluster(plants(sqlite_url), env("ours"))
    ours.scheduler()
    ours.worker("worker")
    ours.plant.start("stranger", "worker", env=env("theirs"))
    configuration = ours.configuration
    with engine(configuration.settings.engine) as running:
        answers = running.run(articles(4), configuration.watch)
    assert all(isinstance(outcome, Done) for outcome in answers)
    assert "joined the cluster" in ours.plant.log("worker")
    ours.plant.until(lambda: "no scheduler answers" in ours.plant.log("stranger"))
    assert "joined the cluster" not in ours.plant.log("stranger")
