"""One message to one channel, by the kind of the channel."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from pipeline.errors import NotifyError
from pipeline.model.alert import Message
from pipeline.model.rules import Channel
from pipeline.notify import feeds, files, mail, webhook
from pipeline.notify.parcel import Parcel


def _to_chat(parcel: Parcel) -> None:
    """Apprise takes half a second to import, so it is imported when a message goes to it."""
    from pipeline.notify import chat

    chat.send(parcel)


_KINDS: Mapping[str, Callable[[Parcel], None]] = {
    "stdout": files.to_stdout,
    "file": files.to_file,
    "atom": feeds.to_atom,
    "json-feed": feeds.to_json_feed,
    "mail": mail.send,
    "webhook": webhook.send,
    "apprise": _to_chat,
}


def send(channel: Channel, message: Message, *, now: datetime, done: Collection[str] = ()) -> None:
    """Sends the message; returns when the channel took all of it. Blocks: call it from a thread.

    `now` is aware and stands in the message (date of a mail, timestamp of a signature). `done` are parts that arrived
    at an earlier try (`NotifyError.delivered`); they are not sent again. The same message sent twice gives the receiver
    the same Message-ID, delivery id or feed entry id.
    Raises NotifyError: temporary (try again later), or permanent (a bad address, a refusal: park it and show it). Its
    text never holds a secret.
    """
    deliver = _KINDS.get(channel.kind)
    if deliver is None:
        raise NotifyError(
            f"there is no kind of channel called {channel.kind}",
            thing=channel.id,
            hint=f"kinds are {', '.join(_KINDS)}",
            permanent=True,
        )
    deliver(Parcel(channel, message, now, done))
