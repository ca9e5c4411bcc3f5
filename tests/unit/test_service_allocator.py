"""Threads of the service share the memory that the C library keeps."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.service.allocator import few_arenas

THREADS = 12
# Every thread holds a piece of memory of its own while the next one asks for one; then the library counts its arenas.
PROGRAM = f"""
import ctypes, sys, threading
if sys.argv[2] == "few":
    from pipeline.service.allocator import few_arenas
    assert few_arenas()
there = threading.Barrier({THREADS})
def hold():
    held = [bytearray(100_000) for _ in range(20)]
    there.wait()
threads = [threading.Thread(target=hold) for _ in range({THREADS})]
for one in threads: one.start()
for one in threads: one.join()
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
told = libc.fopen(sys.argv[1].encode(), b"w")
libc.malloc_info(0, ctypes.c_void_p(told))
libc.fclose(ctypes.c_void_p(told))
"""


def arenas(folder: Path, how: str) -> int:
    """How many arenas the C library has after twelve threads, by its own account."""
    told = folder / f"{how}.xml"
    env = {name: value for name, value in os.environ.items() if name != "MALLOC_ARENA_MAX"}
    subprocess.run([sys.executable, "-c", PROGRAM, str(told), how], check=True, env=env)
    return told.read_text(encoding="ascii").count("<heap nr=")


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_info"), reason="the C library is not glibc")
def test_threads_share_two_arenas(tmp_path: Path) -> None:
    assert arenas(tmp_path, "many") > 2
    assert arenas(tmp_path, "few") <= 2


def test_a_number_of_the_user_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MALLOC_ARENA_MAX", "4")
    assert not few_arenas()
