"""Loading the configuration for a command."""

from __future__ import annotations

import os
from pathlib import Path

from pipeline.settings.find import config_folder
from pipeline.settings.load import Configuration, load


def load_configuration(option: Path | None, *, shipped_ok: bool = False) -> Configuration:
    """The configuration of `--config`, the environment, ./config or (with `shipped_ok`) the shipped one.

    Raises ConfigError with every fault.
    """
    return load(config_folder(option, os.environ, shipped_ok=shipped_ok), env=os.environ)
