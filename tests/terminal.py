"""Commands on a real terminal and into a real pipe: started as a user starts them, or run in this process.

To start one takes a second, most of it for imports: what is not about the process itself is run here.
"""

from __future__ import annotations

import gc
import os
import pty
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path

from pipeline.cli.main import main

COMMAND = str(Path(sys.executable).with_name("claimwatch"))
COLOURLESS = ("NO_COLOR", "FORCE_COLOR")  # of who runs the tests; a test sets its own


def on_terminal(*words: str, **env: str) -> str:
    """What a command writes to a terminal, with both of its outputs there."""
    return _run(pty.openpty(), words, env)[1]


def through_a_pipe(*words: str, **env: str) -> str:
    """What it writes into a pipe, with both of its outputs there."""
    return _run(os.pipe(), words, env)[1]


def ended(*words: str) -> tuple[int, str]:
    """The code with which a command ends whose outputs are a pipe, and what it wrote there."""
    return _run(os.pipe(), words, {})


def started_on_terminal(*words: str) -> str:
    """The same of a process of its own."""
    ours, theirs = pty.openpty()
    with subprocess.Popen([COMMAND, *words], stdin=theirs, stdout=theirs, stderr=theirs, env=_environment({})):
        os.close(theirs)
        return _read(ours)


def started_through_a_pipe(*words: str) -> str:
    """The same of a process of its own."""
    done = subprocess.run([COMMAND, *words], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def _environment(env: dict[str, str]) -> dict[str, str]:
    return {**{k: v for k, v in os.environ.items() if k not in COLOURLESS}, "TERM": "xterm", **env}


def _run(ends: tuple[int, int], words: tuple[str, ...], env: dict[str, str]) -> tuple[int, str]:
    ours, theirs = ends
    code, seen = 0, list[str]()
    reader = _begun(lambda: seen.append(_read(ours)))
    environment, often = dict(os.environ), gc.get_threshold()
    try:
        os.environ.clear()
        os.environ.update(_environment(env))
        with (
            open(theirs, "w", encoding="utf-8") as end,
            redirect_stdout(end),
            redirect_stderr(end),
        ):
            main(list(words))
    except SystemExit as exit_:
        code = exit_.code if isinstance(exit_.code, int) else int(exit_.code is not None)
    finally:
        os.environ.clear()
        os.environ.update(environment)
        gc.set_threshold(*often)
        reader.join()
    return code, seen[0]


def _begun(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def _read(end: int) -> str:
    """All that comes until the other end is closed."""
    seen = b""
    with suppress(OSError):  # the other end of a terminal is closed: Linux says so by an error
        while piece := os.read(end, 65536):
            seen += piece
    os.close(end)
    return seen.decode()
