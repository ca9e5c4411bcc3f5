"""Nothing secret in an error: addresses are shortened to their host, and secret values are struck out."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote, urlsplit

from pipeline.errors import NotifyError
from pipeline.model.rules import Channel, Secret
from pipeline.text import display

_DETAIL_CHARS = 300  # longest foreign error text kept
_SHORTEST = 4  # code points: a shorter secret would strike out half of the language


def plain(value: object) -> str:
    """A setting as text, secret or not. For sending only, never for showing."""
    return value.reveal() if isinstance(value, Secret) else str(value)


def place(address: str) -> str:
    """Scheme and host of an address, which is all that may be shown: chat addresses carry their tokens in the path."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "its address"
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "") if host else "its address"


def masked(text: str, channel: Channel) -> str:
    """A foreign error text, in one line, without any secret of the channel."""
    for secret in sorted(_secrets(channel), key=len, reverse=True):
        if len(secret) >= _SHORTEST:
            text = text.replace(secret, "***")
    return display.clean(text, _DETAIL_CHARS)


def failure(
    channel: Channel, message: str, *, permanent: bool, delivered: tuple[str, ...] = (), hint: str = ""
) -> NotifyError:
    """The error to raise, its text masked."""
    return NotifyError(masked(message, channel), thing=channel.id, hint=hint, permanent=permanent, delivered=delivered)


def _secrets(channel: Channel) -> Iterable[str]:
    values: list[object] = [channel.address, *channel.options.values()]
    for value in values:
        if isinstance(value, Secret):
            yield from _forms(value.reveal())
    address = plain(channel.address)
    if channel.kind in {"apprise", "webhook"} and address:
        # The whole address counts as secret, and so does each part of it that may be a token.
        yield from _forms(address)
        yield from (part for piece in address.split("/")[3:] for part in piece.split("?") if len(part) >= 8)
        user = address.partition("://")[2].partition("/")[0].rpartition("@")[0]
        yield from (part for part in user.split(":") if part)


def _forms(secret: str) -> Iterable[str]:
    """A secret as it may turn up: itself, percent-encoded, as Python would quote it."""
    return {secret, quote(secret, safe=""), repr(secret)[1:-1]}
