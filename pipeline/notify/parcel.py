"""What one sending is about."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from pipeline.model.alert import Message
from pipeline.model.rules import Channel


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message on its way to a channel."""

    channel: Channel
    message: Message
    now: datetime  # aware
    done: Collection[str] = ()  # parts that arrived at an earlier try
