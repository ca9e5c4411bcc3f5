"""What must hold of the settings of a cluster before anything connects: whoever reaches its scheduler can run code."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.settings.faults import Faults
from pipeline.settings.settings import Engine, Settings
from pipeline.settings.yamltree import Document

_FILES = ("ca_file", "cert_file", "key_file")


def check(engine: Engine, document: Document, folder: Path, faults: Faults) -> None:
    """Add a fault for an address that is none, and for one beyond loopback without encryption and certificates."""
    if engine.kind != "dask":
        return
    try:
        url = urlsplit(engine.address)
        host, port = url.hostname or "", url.port
    except ValueError:
        host, port, url = "", None, urlsplit("")
    if not host or port is None or url.scheme not in ("tcp", "tls"):
        faults.add(document, ("engine", "address"), "is no address of a scheduler: write tls://host:port")
        return
    if url.scheme == "tls" or not on_loopback(host):
        _check_files(engine, document, folder, faults)
    if url.scheme != "tls" and not on_loopback(host):
        faults.add(
            document,
            ("engine", "address"),
            f"{host} is not this machine, and whoever reaches a scheduler can run code: write tls://{host}:{port}",
        )


def _check_files(engine: Engine, document: Document, folder: Path, faults: Faults) -> None:
    for name in _FILES:
        value = getattr(engine, name)
        if not value:
            faults.add(document, ("engine",), f"an encrypted cluster needs `{name}`")
        elif not (folder / value).is_file():
            faults.add(document, ("engine", name), f"there is no file {value}")


def on_loopback(host: str) -> bool:
    """Whether only this machine can reach that host."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def with_paths(settings: Settings, folder: Path) -> Settings:
    """The settings with the files of the cluster's certificates made absolute; relative ones start at the folder."""
    engine = settings.engine
    named = {name: str(folder / getattr(engine, name)) for name in _FILES if getattr(engine, name)}
    return settings.model_copy(update={"engine": engine.model_copy(update=named)}) if named else settings
