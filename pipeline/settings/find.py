"""Which configuration folder counts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pipeline.errors import ConfigError
from pipeline.settings import shipped

VARIABLE = "CLAIMWATCH_CONFIG"


def config_folder(option: Path | None, env: Mapping[str, str], *, shipped_ok: bool = False) -> Path:
    """`--config DIR`, else CLAIMWATCH_CONFIG, else ./config, else (with `shipped_ok`) the shipped one.

    Raises ConfigError when the named folder is no folder, or none is named and none is there.
    """
    named = option or (Path(env[VARIABLE]) if env.get(VARIABLE) else None)
    if named is not None:
        if named.is_dir():
            return named.resolve()
        origin = "--config" if option else VARIABLE
        raise ConfigError(
            f"{origin} names no folder", thing=str(named), hint=f"claimwatch init {named} writes one to edit"
        )
    here = Path("config")
    if here.is_dir():
        return here.resolve()
    if shipped_ok:
        return shipped.path("config")
    raise ConfigError("there is no configuration here", thing=str(here), hint="claimwatch init writes one to edit")
