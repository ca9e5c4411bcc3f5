"""Settings from the environment: they go before the file, and a fault names the variable."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import ConfigError
from pipeline.settings.load import load


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "settings.yaml").write_text("web: {port: 9000, hosts: [desk]}\nengine: {workers: 3}\n")
    return tmp_path


def test_a_variable_goes_before_the_file_and_leaves_the_rest(folder: Path) -> None:
    env = {"CLAIMWATCH__WEB__HOST": "0.0.0.0", "CLAIMWATCH__ENGINE__KIND": "processes", "CLAIMWATCH_CONFIG": "x"}
    settings = load(folder, env=env).settings
    assert (settings.web.host, settings.web.port, settings.web.hosts) == ("0.0.0.0", 9000, ("desk",))
    assert (settings.engine.kind, settings.engine.workers) == ("processes", 3)


def test_without_any_file_too(tmp_path: Path) -> None:
    assert load(tmp_path, env={"CLAIMWATCH__LOGGING__FORMAT": "json"}).settings.logging.format == "json"


def test_a_secret_is_named_never_written(folder: Path) -> None:
    (folder / "password").write_text("s3cret\n")
    env = {
        "CLAIMWATCH__DATABASE__URL": "postgresql://desk@db/claimwatch",
        "CLAIMWATCH__DATABASE__PASSWORD": "{file: password}",
    }
    assert load(folder, env=env).database_url == "postgresql://desk:s3cret@db/claimwatch"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CLAIMWATCH__WEB__PORT", "eighty"),
        ("CLAIMWATCH__WEB__PROT", "80"),
        ("CLAIMWATCH__WEBB__PORT", "80"),
        ("CLAIMWATCH__DATABASE__PASSWORD", "s3cret"),
        ("CLAIMWATCH__WEB__HOST", "{a: [}"),
    ],
)
def test_a_fault_names_its_variable(folder: Path, name: str, value: str) -> None:
    with pytest.raises(ConfigError) as raised:
        load(folder, env={name: value})
    assert [fault for fault in raised.value.faults if fault.startswith(name)], raised.value.faults
    assert "s3cret" not in "\n".join(raised.value.faults)
