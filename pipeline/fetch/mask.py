"""Addresses as they may be shown: user names, passwords and secrets of the query taken out."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

_HIDDEN = "***"
# Query keys whose values are secrets, as whole words of the key: token, api_key, accessToken, auth, sig.
_SECRET = re.compile(
    r"(?:^|[^a-z])(?:api[_-]?key|key|token|secret|sig|signature|auth|authorization|pass|passwd|password|pwd|session|"
    r"sessionid|sid|credential|jwt|code|user|username|login|email)(?:$|[^a-z])",
    re.IGNORECASE,
)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# A long run of letters and digits together is a secret whatever its key is called.
_OPAQUE = re.compile(r"^(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9_\-+/=.%]{24,}$")
_PAIR = re.compile(r"([^&;=]*)=([^&;]*)")
_IN_TEXT = re.compile(r"\b(?:https?|wss?|ftp)://[^\s\"'<>]+", re.IGNORECASE)


def mask(url: str) -> str:
    """The address with user name and password, secret query values and the fragment's values replaced by `***`.

    Everything else stays as written, so that a person still knows which address is meant. Never raises.
    """
    try:
        parts = urlsplit(url)
        netloc = parts.netloc
    except ValueError:
        return re.sub(r"//[^/@]*@", f"//{_HIDDEN}@", url.partition("?")[0])
    if "@" in netloc:
        netloc = f"{_HIDDEN}@{netloc.rpartition('@')[2]}"
    query, fragment = _values(parts.query), _values(parts.fragment)
    return SplitResult(parts.scheme, netloc, parts.path, query, fragment).geturl()


def mask_text(text: str) -> str:
    """A text with every address in it masked, for messages of libraries that quote them."""
    return _IN_TEXT.sub(lambda found: mask(found[0]), text)


def _values(query: str) -> str:
    return _PAIR.sub(lambda pair: f"{pair[1]}={_HIDDEN}" if _secret(pair[1], pair[2]) else pair[0], query)


def _secret(key: str, value: str) -> bool:
    return bool(value) and bool(_SECRET.search(_HUMP.sub("_", key)) or _OPAQUE.match(value))
