"""Signed webhooks: JSON over HTTP, as docs/webhook.schema.json describes it.

Headers and signature follow the Standard Webhooks specification (standardwebhooks.com, version 1): `webhook-id`,
`webhook-timestamp` (seconds since 1970) and `webhook-signature: v1,` with the Base64 of HMAC-SHA256 over
`id.timestamp.body`. The id is the same at every try, so that a receiver can drop what it has.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import http.client
import json
import ssl
from datetime import UTC, datetime, timedelta
from urllib.parse import SplitResult, unquote, urlsplit

from pipeline import __version__
from pipeline.model.alert import Message
from pipeline.model.rules import Channel
from pipeline.notify.masking import failure, place, plain
from pipeline.notify.parcel import Parcel

VERSION = 1  # of the body, see docs/webhook.schema.json
_TIMEOUT = timedelta(seconds=10)
_ANSWER_BYTES = 2000  # bytes of an answer that are read, for its error text
_RETRY = frozenset({408, 409, 423, 425, 429})  # answers of the 4xx class that ask to come again


def body(message: Message, now: datetime) -> bytes:
    """The JSON of a message."""
    record = {
        "version": VERSION,
        "id": message.id,
        "type": message.data.get("type", "message"),
        "sent_at": now.astimezone(UTC).isoformat(timespec="seconds"),
        "subject": message.subject,
        "text": message.text,
        "thread": message.thread,
        "data": message.data,
    }
    return json.dumps(record, ensure_ascii=False).encode("utf-8", "replace")


def signature(secret: str, delivery: str, timestamp: int, content: bytes) -> str:
    """The signature header. A secret that starts with `whsec_` is Base64, as the specification has it."""
    key = secret.encode()
    if secret.startswith("whsec_"):
        try:
            key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        except binascii.Error:
            key = secret.encode()
    digest = hmac.new(key, f"{delivery}.{timestamp}.".encode() + content, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode("ascii")


def send(parcel: Parcel) -> None:
    """Posts the message; an answer of the 2xx class is success. Redirects are not followed.

    Raises NotifyError: temporary for no connection, time-out, 5xx, 408, 409, 423, 425, 429; else permanent.
    """
    channel, message, now = parcel.channel, parcel.message, parcel.now
    target = parts(channel)
    content = body(message, now)
    timestamp = int(now.timestamp())
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": f"claimwatch/{__version__}",
        "webhook-id": message.id,
        "webhook-timestamp": str(timestamp),
    }
    secret = plain(channel.options.get("secret", ""))
    if secret:
        headers["webhook-signature"] = signature(secret, message.id, timestamp, content)
    status, answer = _post(channel, target, content, headers)
    if 200 <= status < 300:
        return
    permanent = 300 <= status < 500 and status not in _RETRY
    hint = "give the address that the redirect leads to" if 300 <= status < 400 else ""
    said = f": {answer}" if answer else ""
    raise failure(channel, f"{place(target.geturl())} answered {status}{said}", permanent=permanent, hint=hint)


def parts(channel: Channel) -> SplitResult:
    """The channel's address, taken apart. Raises NotifyError, permanent, when it is no http or https address."""
    address = plain(channel.address)
    try:
        found = urlsplit(address)
        usable = found.scheme in {"http", "https"} and bool(found.hostname) and (found.port or 1) > 0
    except ValueError:
        usable = False
    if not usable or any(ord(c) <= 32 or ord(c) > 126 for c in address):
        raise failure(
            channel,
            "its address is no http or https address",
            permanent=True,
            hint="correct it in alerts.yaml or in the secret it names",
        )
    return found


def connection(channel: Channel, target: SplitResult) -> http.client.HTTPConnection:
    """A connection to the address, not yet opened; over TLS the certificate is checked."""
    timeout = channel.options.get("timeout", _TIMEOUT)
    seconds = timeout.total_seconds() if isinstance(timeout, timedelta) else _TIMEOUT.total_seconds()
    host = target.hostname or ""
    if target.scheme == "http":
        return http.client.HTTPConnection(host, target.port, timeout=seconds)
    authority = channel.options.get("ca_file")
    context = ssl.create_default_context(cafile=str(authority) if authority else None)
    return http.client.HTTPSConnection(host, target.port, timeout=seconds, context=context)


def _post(channel: Channel, target: SplitResult, content: bytes, headers: dict[str, str]) -> tuple[int, str]:
    if target.username is not None:
        user = f"{unquote(target.username)}:{unquote(target.password or '')}"
        headers = {**headers, "Authorization": "Basic " + base64.b64encode(user.encode()).decode("ascii")}
    path = (target.path or "/") + (f"?{target.query}" if target.query else "")
    line = connection(channel, target)
    try:
        line.request("POST", path, body=content, headers=headers)
        answer = line.getresponse()
        return answer.status, answer.read(_ANSWER_BYTES).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException) as error:
        reason = str(error) or type(error).__name__
        raise failure(channel, f"{place(target.geturl())} cannot be reached: {reason}", permanent=False) from error
    finally:
        line.close()
