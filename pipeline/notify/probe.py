"""Could this channel be reached now? Asked at the start, so that a mistake is found while somebody looks."""

from __future__ import annotations

import http.client
import os
from pathlib import Path

from pipeline.model.rules import Channel
from pipeline.notify import mail, webhook
from pipeline.notify.masking import failure, place, plain


def probe(channel: Channel) -> None:
    """Goes as far as a message would, and sends none; blocks for as long as the channel's time limit.

    Mail: connects, encrypts, logs in, and looks at the addresses. Webhook: connects, over TLS where it should be.
    Apprise: looks at the address only, since its services cannot be asked. Files: the folder can be written.
    Raises NotifyError, permanent when no waiting would mend it.
    """
    if channel.kind == "mail":
        mail.probe(channel)
    elif channel.kind == "webhook":
        _webhook(channel)
    elif channel.kind == "apprise":
        from pipeline.notify import chat

        chat.service(channel)
    elif channel.kind in {"file", "atom", "json-feed"}:
        _folder(channel)


def _webhook(channel: Channel) -> None:
    parts = webhook.parts(channel)
    connection = webhook.connection(channel, parts)
    try:
        connection.connect()
    except (OSError, http.client.HTTPException) as error:
        reason = str(error) or type(error).__name__
        raise failure(channel, f"{place(parts.geturl())} cannot be reached: {reason}", permanent=False) from error
    finally:
        connection.close()


def _folder(channel: Channel) -> None:
    path = Path(plain(channel.address))
    there = next((one for one in (path, *path.parents) if one.exists()), path)
    if path.is_dir():
        raise failure(channel, f"{path} is a folder", permanent=True, hint="give the path of a file")
    if not os.access(there, os.W_OK) or not (there == path or there.is_dir()):
        raise failure(channel, f"{path} cannot be written", permanent=False, hint="mend the rights of its folder")
