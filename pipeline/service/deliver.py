"""Outbox -> channels: each row under a lease, tried until it is taken, parked when trying is no use."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from pipeline import notify
from pipeline.alert.message import collect
from pipeline.errors import NotifyError
from pipeline.model.alert import Message
from pipeline.model.rules import Channel
from pipeline.notify.masking import failure
from pipeline.service import tell
from pipeline.service.wiring import Desk
from pipeline.storage import digests, outbox
from pipeline.storage.outbox import Delivery
from pipeline.storage.session import Transaction

LEASE = timedelta(minutes=5)  # longer than the slowest channel's time limit
BATCH = 50
RETRY_FIRST = timedelta(minutes=1)  # doubled at each further try
RETRY_LONGEST = timedelta(hours=1)
JITTER = 0.25  # share of the wait that is spread, so that messages to one channel do not come back together


@dataclass(slots=True)
class Delivered:
    """What became of messages: how many were sent, are tried again, were parked."""

    sent: int = 0
    retried: int = 0
    parked: int = 0
    errors: Counter[str] = field(default_factory=Counter)


def deliver(desk: Desk, *, limit: int = 1_000) -> Delivered:
    """Send what is due. A channel that is down holds up no other: its messages wait their time in the outbox."""
    done = Delivered()
    down: set[str] = set()
    channels = {channel.id: channel for channel in desk.configuration.alerts.channels}
    while done.sent + done.retried + done.parked < limit:
        due, more = desk.write_now(lambda tx: _claim(desk, tx))
        for delivery in due:
            _one(desk, delivery, channels.get(delivery.channel), down, done)
        if not more:
            break
    return done


def _claim(desk: Desk, tx: Transaction) -> tuple[tuple[Delivery, ...], bool]:
    """Messages that are due, before their first try brought up to date and, where they were held, made one.

    And whether there may be more of them.
    """
    now = desk.clock.now()
    due = outbox.claim_due(tx, now=now, limit=BATCH, lease=LEASE, holder=desk.holder)
    fresh = _renewed(desk, tx, [one for one in due if not one.attempts and not _is_batch(one)])
    held: dict[str, list[Delivery]] = {}
    ready = []
    for delivery in due:
        if delivery.id not in fresh:
            ready.append(delivery)  # what was tried or made one before goes out as it was, under the same id
        elif delivery.batched:
            held.setdefault(delivery.channel, []).append(fresh[delivery.id])
        else:
            ready.append(fresh[delivery.id])
    ready += [several[0] if len(several) == 1 else _collected(desk, tx, several) for several in held.values()]
    return tuple(ready), len(due) == BATCH


def _is_batch(delivery: Delivery) -> bool:
    """Whether this row tells of others too: they are closed, so it must not be made anew of its own alert."""
    return dict(delivery.payload.get("data", {})).get("type") == "batch"


def _renewed(desk: Desk, tx: Transaction, due: Sequence[Delivery]) -> dict[int, Delivery]:
    """Messages of alerts with everybody who reports it by now; what is sent later again stays as it is here."""
    told = sorted({one.thing_id for one in due if one.kind == "alert"})
    messages = tell.current_messages(desk, tx, told) if told else {}
    payloads = {
        one.id: tell.as_payload(replace(messages[one.thing_id], id=one.message_id or messages[one.thing_id].id))
        for one in due
        if one.kind == "alert" and one.thing_id in messages
    }
    outbox.rewrite(tx, payloads)
    return {one.id: replace(one, payload=payloads.get(one.id, one.payload)) for one in due}


def _collected(desk: Desk, tx: Transaction, held: list[Delivery]) -> Delivery:
    """Held messages of one channel as one, in the first one's row; the others are closed with where they went."""
    messages = [as_message(one.payload) for one in held]
    one = collect(messages, reason="held back meanwhile", public_url=desk.settings.web.public_url)
    first = held[0]
    outbox.rewrite(tx, {first.id: tell.as_payload(one)})
    for other in held[1:]:
        outbox.drop(tx, other.id, why=f"went out together with message {first.id}")
    return replace(first, payload=tell.as_payload(one))


def _one(desk: Desk, delivery: Delivery, channel: Channel | None, down: set[str], done: Delivered) -> None:
    if channel is None:
        desk.write_now(
            lambda tx: outbox.park(tx, delivery.id, error=f"channel {delivery.channel} is configured no more")
        )
        done.parked += 1
        return
    now = desk.clock.now()
    retry_at = now + _backoff(delivery)
    if channel.id in down:
        desk.write_now(lambda tx: outbox.failed(tx, delivery.id, error="the channel is down", retry_at=retry_at))
        done.retried += 1
        return
    message = as_message(delivery.payload)
    try:
        notify.send(channel, message, now=now, done=tuple(delivery.payload.get("delivered", ())))
    except NotifyError as error:
        _refused(desk, delivery, error, retry_at, down, done)
        return
    except Exception as error:  # noqa: BLE001 - the one guard of messages: stored with its type, tried again, shown
        unforeseen = failure(channel, f"{type(error).__name__}: {error}", permanent=False)
        _refused(desk, delivery, unforeseen, retry_at, set(), done)
        return
    desk.write_now(lambda tx: _sent(tx, delivery, message, now))
    done.sent += 1


def _refused(
    desk: Desk, delivery: Delivery, error: NotifyError, retry_at: datetime, down: set[str], done: Delivered
) -> None:
    """The channel did not take it: parked when it never will, else tried again with what has arrived noted."""
    done.errors[f"{delivery.channel}: {error.message}"] += 1
    said = str(error)
    if error.permanent:
        desk.write_now(lambda tx: outbox.park(tx, delivery.id, error=said))
        done.parked += 1
        return
    down.add(delivery.channel)
    arrived = tuple(error.delivered)
    desk.write_now(lambda tx: outbox.failed(tx, delivery.id, error=said, retry_at=retry_at, delivered=arrived))
    done.retried += 1


def _sent(tx: Transaction, delivery: Delivery, message: Message, now: datetime) -> None:
    outbox.sent(tx, delivery.id, now=now, message_id=message.id)
    if delivery.kind == "digest":
        digests.mark_sent(tx, delivery.thing_id, now=now)


def _backoff(delivery: Delivery) -> timedelta:
    """1, 2, 4 ... 60 minutes, each a little longer by a share that the message's own number decides."""
    wait = min(RETRY_FIRST * (1 << min(delivery.attempts, 10)), RETRY_LONGEST)
    spread = int(hashlib.sha256(f"{delivery.id}.{delivery.attempts}".encode()).hexdigest()[:8], 16) / 0xFFFFFFFF
    return wait * (1 + JITTER * spread)


def as_message(payload: Mapping[str, Any]) -> Message:
    """The message of an outbox row."""
    return Message(
        id=payload["id"],
        subject=payload["subject"],
        text=payload["text"],
        html=payload.get("html", ""),
        thread=payload.get("thread", ""),
        data=dict(payload.get("data", {})),
    )
