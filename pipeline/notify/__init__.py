"""EDGE: messages out, to chat, mail, webhook, feed and file."""

from __future__ import annotations

from pipeline.notify.probe import probe
from pipeline.notify.send import send

__all__ = ["probe", "send"]
