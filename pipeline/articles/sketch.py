"""MinHash sketches of texts and their bands. The only file that knows rensa."""

from __future__ import annotations

import re
import struct
import unicodedata
from collections.abc import Sequence

from rensa import RMinHash

RECIPE = 1  # rises whenever words, shingles, hashing or bands change: sketches of two recipes are not compared
SHINGLE = 3  # words
_HASHES = 126  # numbers in a sketch
_ROWS = 3  # hashes in a band. With 42 bands a pair of Jaccard 0.57 (a tenth of the words replaced) shares one with
# probability 1 - (1 - 0.57**3)**42 > 0.999; the price is candidates that the real comparison turns away.
_SEED = 42
# A word is letters and marks, or a number with its separators: 2.5 is no 2 and 5.
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:[\u0300-\u036f\u0900-\u0dff\u064b-\u065f]+[^\W\d_]*)*")
BANDS = _HASHES // _ROWS


def words(text: str) -> list[str]:
    """The words and numbers of a text, case folded."""
    return _WORD.findall(unicodedata.normalize("NFC", text).casefold())


def shingles(text: str) -> frozenset[str]:
    """Every run of three words; of a shorter text its words as one."""
    listed = words(text)
    if len(listed) < SHINGLE:
        return frozenset({" ".join(listed)}) if listed else frozenset()
    return frozenset(" ".join(listed[at : at + SHINGLE]) for at in range(len(listed) - SHINGLE + 1))


def sketch(text: str) -> bytes:
    """The sketch of a text: 126 numbers of 32 bits, little-endian; b"" for a text without words."""
    found = shingles(text)
    if not found:
        return b""
    hashed = RMinHash(num_perm=_HASHES, seed=_SEED)
    hashed.update(sorted(found))
    return struct.pack(f"<{_HASHES}I", *hashed.digest())


def bands(sketched: bytes) -> tuple[bytes, ...]:
    """The 42 keys under which a sketch is found, each 14 bytes with its number first: one row each in an index."""
    numbers: Sequence[int] = struct.unpack(f"<{_HASHES}I", sketched) if len(sketched) == _HASHES * 4 else ()
    starts = range(0, len(numbers), _ROWS)
    return tuple(struct.pack(f"<H{_ROWS}I", at // _ROWS, *numbers[at : at + _ROWS]) for at in starts)
