"""Passwords and keys: argon2 for what people choose, SHA-256 for what we draw ourselves. The one owner of argon2."""

from __future__ import annotations

import hashlib
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 12  # characters of a password: NIST SP 800-63B-4 asks for 15 where it stands alone, 8 beside a second factor
LONGEST = 200
_hasher = PasswordHasher()  # argon2id with the library's parameters: RFC 9106, low memory
_NOBODY = _hasher.hash(secrets.token_hex(16))


def hashed(password: str) -> str:
    """The argon2 hash of a password."""
    return _hasher.hash(password)


def matches(password: str, stored: str) -> bool:
    """Whether it is the password of that hash. Without one ("") it takes as long and is not."""
    try:
        return _hasher.verify(stored or _NOBODY, password) and bool(stored)
    except (VerificationError, InvalidHashError):
        return False


def drawn() -> str:
    """A key by chance: 256 bits, fit for a cookie or a header."""
    return secrets.token_urlsafe(32)


def digest(key: str) -> str:
    """What is stored of a drawn key: nobody can turn it back."""
    return hashlib.sha256(key.encode()).hexdigest()


def same(one: str, other: str) -> bool:
    """Whether two keys are the same, in a time that does not tell how much of them is."""
    return secrets.compare_digest(one.encode(), other.encode())
