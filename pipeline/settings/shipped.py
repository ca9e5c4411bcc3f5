"""Where `config/`, `migrations/` and `demo/` are: beside the package in a checkout, inside it in an install."""

from __future__ import annotations

from pathlib import Path

import pipeline
from pipeline.errors import ConfigError

_PACKAGE = Path(pipeline.__file__).resolve().parent


def path(name: str) -> Path:
    """The shipped folder of that name. Raises ConfigError when the installation is not whole."""
    for place in (_PACKAGE / "shipped" / name, _PACKAGE.parent / name):
        if place.is_dir():
            return place
    raise ConfigError("is missing from the installation", thing=name, hint="install claimwatch again")
