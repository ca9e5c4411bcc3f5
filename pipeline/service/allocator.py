"""Where the C library takes memory from. The only file that asks it for anything."""

from __future__ import annotations

import ctypes
import os

_ARENA_MAX = -8  # M_ARENA_MAX of glibc's malloc.h
ARENAS = 2
VARIABLE = "MALLOC_ARENA_MAX"  # by which glibc itself lets a user choose


def few_arenas() -> bool:
    """Let all threads share two arenas of glibc's malloc; to be called before they start.

    Each thread gets its own else, up to eight a core, and each keeps what it freed: in a soak of 20 articles a second
    the service stood at 190 MB after two minutes and grew by 17 in the second one; with two arenas at 159, and by 10.
    False where the environment chose a number, and where the C library is another one.
    """
    if VARIABLE in os.environ:
        return False
    choose = getattr(ctypes.CDLL(None), "mallopt", None)
    return choose is not None and bool(choose(_ARENA_MAX, ARENAS))
