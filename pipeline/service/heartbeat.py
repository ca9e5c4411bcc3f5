"""A file that a running process touches, so that another one beside it can see that it turns: `status --live`.

The file lies in the folder for temporary files, so a full disk of the data, a standby on the same data, or a root file
system that cannot be written all leave it alone. Within a container that is the container's own.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from pipeline.service.clock import Clock

FRESH_S = 30.0  # a process that has not turned for so long is taken to hang


def folder(configuration: Path) -> Path:
    """Where processes that work with that configuration folder beat."""
    name = hashlib.sha256(str(configuration.resolve()).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"claimwatch-{os.getuid()}" / name


class Heartbeat:
    """The beat of this process."""

    def __init__(self, configuration: Path, part: str) -> None:
        self._path = folder(configuration) / f"{os.getpid()}.{part}"

    def beat(self) -> None:
        """Say that the process turns. A file that cannot be written is no reason to stop."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._path.touch()
        except OSError:
            return  # whoever looks will find no beat, which is the truth as far as it can be told

    def end(self) -> None:
        """Beat no more."""
        self._path.unlink(missing_ok=True)


def beating(configuration: Path) -> tuple[str, ...]:
    """The parts (`run`, `worker`, `web`) of which a process beats now."""
    now = Clock().now().timestamp()
    found = []
    for path in sorted(folder(configuration).glob("*")):
        pid, _, part = path.name.partition(".")
        if pid.isdigit() and Path(f"/proc/{pid}").exists() and now - path.stat().st_mtime < FRESH_S:
            found.append(part)
    return tuple(found)
