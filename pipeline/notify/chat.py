"""The one owner of Apprise: chat, push and its other services, one Apprise object for each channel."""

from __future__ import annotations

import logging
import re

import apprise

from pipeline.model.alert import Message
from pipeline.model.rules import Channel
from pipeline.notify.masking import failure, plain
from pipeline.notify.parcel import Parcel
from pipeline.notify.split import pieces
from pipeline.text import display

# What Apprise logs may hold addresses with their tokens. It goes nowhere; the reason of a failure is in its answer.
_LOGGER = logging.getLogger("apprise")
_LOGGER.propagate = False
_LOGGER.addHandler(logging.NullHandler())

_STATUS = re.compile(r"error=(\d{3})\b")
_RETRY = frozenset({408, 409, 423, 425, 429})
_TITLE_CHARS = 200


def send(parcel: Parcel) -> None:
    """Sends the message, in as many pieces as the service's length asks for; parts are named `part:1` and so on.

    Raises NotifyError: permanent for an address that Apprise does not know and for an answer of the 4xx class that does
    not ask to come again; everything else is temporary. `delivered` names the pieces that arrived.
    """
    channel, message = parcel.channel, parcel.message
    target = service(channel)
    html = channel.options.get("format") == "html" and bool(message.html)
    # A service without titles would put one before the text and exceed its own length.
    titled = target.title_maxlen > 0
    title = display.clean(message.subject, min(target.title_maxlen, _TITLE_CHARS)) if titled else ""
    # Some services count a title among the characters of the text.
    room = target.body_maxlen - (len(title) + 2 if target.overflow_amalgamate_title else 0)
    limit = min(channel.limit_chars or room, room)
    whole = html and len(message.html) <= limit
    texts = (message.html,) if whole else pieces(_body(message, title), limit)
    form = apprise.NotifyFormat.HTML if whole else apprise.NotifyFormat.TEXT
    sender = apprise.Apprise()
    sender.add(target)
    arrived: list[str] = []
    for number, text in enumerate(texts, 1):
        part = f"part:{number}"
        if part not in parcel.done:
            _notify(sender, channel, title, text, form, tuple(arrived))
        arrived.append(part)


def _body(message: Message, title: str) -> str:
    """The text without its first line when that is the title already."""
    head, _, rest = message.text.partition("\n")
    return rest.strip() if head.strip() == title and rest.strip() else message.text


def service(channel: Channel) -> apprise.NotifyBase:
    """The service of the channel's address. Raises NotifyError, permanent, when Apprise does not know it."""
    asset = apprise.AppriseAsset(app_id="claimwatch", app_desc="claimwatch", app_url="", secure_logging=True)
    found = apprise.Apprise.instantiate(plain(channel.address), asset=asset, suppress_exceptions=True)
    if not isinstance(found, apprise.NotifyBase):
        raise failure(
            channel,
            "Apprise does not know this address",
            permanent=True,
            hint="see the list of services of Apprise for how it is written",
        )
    return found


def _notify(
    sender: apprise.Apprise,
    channel: Channel,
    title: str,
    text: str,
    form: apprise.NotifyFormat,
    arrived: tuple[str, ...],
) -> None:
    answer = sender.notify(body=text, title=title, body_format=form, notify_type=apprise.NotifyType.INFO)
    if answer:
        return
    said = "; ".join(entry.message for entry in answer.logs() if entry.level in {"WARNING", "ERROR", "CRITICAL"})
    status = _STATUS.search(said)
    code = int(status.group(1)) if status else 0
    permanent = 400 <= code < 500 and code not in _RETRY
    raise failure(
        channel,
        f"the service did not take it: {said.strip() or 'it gave no reason'}",
        permanent=permanent,
        delivered=arrived,
    )
