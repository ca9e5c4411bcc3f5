"""docker-compose.yml: sound by itself, and the very commands in it run as plain processes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from bridges import Newsstand
from plant import Plant

ROOT = Path(__file__).resolve().parents[2]
SECRETS = "/run/secrets/"
# what of the Compose specification this file uses; anything else in it is a slip
SERVICE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["profiles", "image", "restart"],
    "properties": {
        "image": {"type": "string"},
        "build": {"type": "string"},
        "profiles": {"type": "array", "items": {"enum": ["small", "desk", "cluster"]}, "minItems": 1},
        "command": {"type": "array", "items": {"type": "string"}},
        "entrypoint": {"type": "array", "items": {"type": "string"}},
        "environment": {"type": "object", "additionalProperties": {"type": "string"}},
        "secrets": {"type": "array", "items": {"type": "string"}},
        "ports": {"type": "array", "items": {"type": "string", "pattern": r"^127\.0\.0\.1:\d+:\d+$"}},
        "volumes": {"type": "array", "items": {"type": "string", "pattern": "^[./a-z]+:/"}},
        "tmpfs": {"type": "array", "items": {"type": "string"}},
        "read_only": {"const": True},
        "cap_drop": {"const": ["ALL"]},
        "security_opt": {"const": ["no-new-privileges:true"]},
        "restart": {"enum": ["no", "unless-stopped"]},
        "stop_grace_period": {"type": "string"},
        "depends_on": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "required": ["condition"],
                "properties": {"condition": {"enum": ["service_healthy", "service_completed_successfully"]}},
                "additionalProperties": False,
            },
        },
        "healthcheck": {"type": "object"},
        "deploy": {"type": "object", "properties": {"replicas": {"type": "integer"}}, "additionalProperties": False},
    },
}
COMPOSE = {
    "type": "object",
    "required": ["services"],
    "properties": {
        "name": {"type": "string"},
        "services": {"type": "object", "additionalProperties": SERVICE},
        "volumes": {"type": "object", "additionalProperties": {"type": "null"}},
        "secrets": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "required": ["file"],
                "properties": {"file": {"type": "string", "pattern": r"^\./secrets/"}},
                "additionalProperties": False,
            },
        },
    },
    "patternProperties": {"^x-": {}},
    "additionalProperties": False,
}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    read = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    assert isinstance(read, dict)
    return read


def of_ours(compose: Mapping[str, Any]) -> dict[str, Any]:
    return {name: one for name, one in compose["services"].items() if one["image"].startswith("claimwatch")}


def test_the_file_follows_its_schema(compose: dict[str, Any]) -> None:
    jsonschema.validate(compose, COMPOSE)


def test_what_it_names_is_there(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for name, service in services.items():
        for needed in service.get("depends_on", {}):
            assert set(service["profiles"]) <= set(services[needed]["profiles"]), (name, needed)
        for secret in service.get("secrets", ()):
            assert secret in compose["secrets"], (name, secret)
        for value in service.get("environment", {}).values():
            for secret in re.findall(r"/run/secrets/([a-z-]+)", value):
                assert secret in service["secrets"], (name, secret)
        for volume in service.get("volumes", ()):
            origin = volume.split(":")[0]
            assert origin.startswith("./") or origin in compose["volumes"], (name, origin)


def test_our_containers_can_write_nothing_but_data(compose: dict[str, Any]) -> None:
    for name, service in of_ours(compose).items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        writable = [v for v in service["volumes"] if not v.endswith(":ro")]
        assert writable == ["data:/data"], name


def test_every_command_is_one_of_ours(compose: dict[str, Any]) -> None:
    for name, service in of_ours(compose).items():
        if service["command"]:
            help_ = subprocess.run(
                [sys.executable, "-m", "pipeline", *service["command"], "--help"], capture_output=True, check=False
            )
            assert help_.returncode == 0, (name, help_.stderr)


def test_a_shell_script_without_its_secret_stops(compose: dict[str, Any], tmp_path: Path) -> None:
    """The container exits with a message that names the file."""
    script = setup_script(compose, "setup", tmp_path / "nothing")
    script = script.replace("claimwatch db upgrade", "true").replace('"$(claimwatch users list --json)"', '""')
    done = subprocess.run(["/bin/sh", "-ec", script], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "first-user-password" in done.stderr


def setup_script(compose: Mapping[str, Any], name: str, secrets: Path) -> str:
    shell, flags, script = compose["services"][name]["entrypoint"]
    assert (shell, flags) == ("/bin/sh", "-ec")
    assert isinstance(script, str)
    return script.replace("$$", "$").replace(SECRETS, f"{secrets}/")


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    folder = tmp_path / "secrets"
    folder.mkdir()
    (folder / "first-user-password").write_text("correct horse battery\n", encoding="utf-8")
    (folder / "database-password").write_text("not-asked-for-on-loopback\n", encoding="utf-8")
    return folder


@pytest.fixture
def environment(compose: dict[str, Any], secrets: Path, postgres_url: str) -> Callable[[str], dict[str, str]]:
    """A service's environment with the paths and addresses of this machine in place of the container's."""

    def of(name: str) -> dict[str, str]:
        given = compose["services"][name].get("environment", {})
        changed = {key: value.replace(SECRETS, f"{secrets}/") for key, value in given.items()}
        if "CLAIMWATCH__DATABASE__URL" in changed:
            changed["CLAIMWATCH__DATABASE__URL"] = postgres_url
        return changed

    return of


@pytest.fixture
def desk_of_processes(
    compose: dict[str, Any],
    environment: Callable[[str], dict[str, str]],
    secrets: Path,
    postgres_url: str,
    plants: Callable[..., Plant],
) -> Plant:
    """The `desk` profile, every container a process."""
    plant = plants(postgres_url)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    setup = {**os.environ, **environment("setup"), "CLAIMWATCH_CONFIG": str(plant.config), "PATH": path}
    script = setup_script(compose, "setup", secrets)
    for _ in range(2):  # the second time nothing is to be done
        subprocess.run(["/bin/sh", "-ec", script], env=setup, check=True, capture_output=True, timeout=60)
    for name in ("coordinator", "standby", "worker", "web"):
        service = compose["services"][name]
        for number in range(service.get("deploy", {}).get("replicas", 1)):
            plant.start(f"{name}-{number}", *service["command"], env=environment(name))
    return plant


@pytest.mark.postgres
def test_the_desk_works_from_feed_to_message(desk_of_processes: Plant, stand: Newsstand) -> None:
    plant = desk_of_processes
    assert len(plant.processes) == 5
    plant.until(lambda: plant.count("jobs", "name = 'poll' AND runs >= 2") == 1, 60)
    stand.publish(24)
    plant.until(lambda: plant.settled(24), 90)
    plant.check(24)
    assert set(plant.delivered().values()) == {1}
    plant.until(lambda: status_of(plant, "/livez") == 200)
    assert status_of(plant, "/readyz") == 200
    assert status_of(plant, "/metrics") in (401, 403)  # beyond loopback they ask for a token
    assert plant.count("users") == 1
    first = plant.holder()
    plant.kill("coordinator-0" if str(plant.processes["coordinator-0"].pid) in first else "standby-0")
    killed = time.monotonic()
    plant.until(lambda: plant.holder() not in ("", first), 15)
    assert time.monotonic() - killed < 5
    stand.publish(4)
    plant.until(lambda: plant.settled(28), 60)
    plant.check(28)
    live = plant.claimwatch("status", "--live", "--json")
    assert set(json.loads(live.stdout)["parts"]) == {"run", "worker", "web"}


def status_of(plant: Plant, path: str) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{plant.port}{path}", timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0
