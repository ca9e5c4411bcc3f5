"""A cluster beyond this machine is refused without encryption: whoever reaches its scheduler can run code."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import ConfigError
from pipeline.settings.load import load

FILES = "ca_file: ca.pem, cert_file: cert.pem, key_file: key.pem"


def faults(folder: Path, engine: str) -> tuple[str, ...]:
    (folder / "settings.yaml").write_text(f"engine: {{kind: dask, {engine}}}\n", encoding="utf-8")
    try:
        load(folder, env={})
    except ConfigError as error:
        return error.faults
    return ()


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:8786", "tcp://[::1]:8786", "tcp://localhost:8786"])
def test_this_machine_needs_no_certificates(tmp_path: Path, address: str) -> None:
    assert not faults(tmp_path, f'address: "{address}"')


@pytest.mark.parametrize("address", ["tcp://10.0.0.5:8786", "tcp://scheduler:8786", "tcp://0.0.0.0:8786"])
def test_beyond_this_machine_an_open_scheduler_is_a_fault(tmp_path: Path, address: str) -> None:
    said = "\n".join(faults(tmp_path, f'address: "{address}"'))
    assert "can run code" in said
    assert "ca_file" in said


def test_with_certificates_it_is_none(tmp_path: Path) -> None:
    for name in ("ca.pem", "cert.pem", "key.pem"):
        (tmp_path / name).write_text("", encoding="utf-8")
    assert not faults(tmp_path, f'address: "tls://10.0.0.5:8786", {FILES}')
    engine = load(tmp_path, env={}).settings.engine
    assert engine.ca_file == str(tmp_path / "ca.pem")


def test_a_certificate_that_is_not_there_is_named(tmp_path: Path) -> None:
    said = "\n".join(faults(tmp_path, f'address: "tls://10.0.0.5:8786", {FILES}'))
    assert "there is no file cert.pem" in said


@pytest.mark.parametrize("address", ["", "scheduler", "http://127.0.0.1:8786", "tcp://127.0.0.1", "tcp://[::1:8786"])
def test_what_is_no_address_is_a_fault(tmp_path: Path, address: str) -> None:
    assert any("address" in fault for fault in faults(tmp_path, f'address: "{address}"'))
