"""Shapes of what was told: alerts with their messages, and digests."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field, RootModel

from pipeline.digest.record import Digest
from pipeline.web.api.shapes import AT, example


class PublisherOut(BaseModel):
    source: str
    name: str
    country: str
    agency: str
    url: str
    title: str


class AlertOut(BaseModel):
    model_config = example(
        id=5,
        claim="fleet-order",
        topic="orders",
        relation="changes",
        severity="normal",
        headline="Fleet order: quantity 10 to 16",
        state="open",
        finding=12,
        created_at=AT,
        snoozed_until=None,
        publishers=[],
    )

    id: int
    claim: str
    topic: str
    relation: str
    severity: str
    headline: str
    state: str
    finding: int | None
    created_at: datetime
    snoozed_until: datetime | None
    publishers: list[PublisherOut]


class AlertPage(BaseModel):
    items: list[AlertOut]
    next: int | None


class DecisionOut(BaseModel):
    at: datetime
    rule: str
    action: str
    reason: str
    channels: list[str]


class MessageOut(BaseModel):
    """A message about an alert on its way to one channel."""

    channel: str
    state: str = Field(description="pending, sent, parked or dropped")
    attempts: int
    sent_at: datetime | None
    last_error: str


class AlertWhole(AlertOut):
    decisions: list[DecisionOut]
    messages: list[MessageOut]


class DigestOut(BaseModel):
    model_config = example(
        key="morning-2026-11-22", title="The day", start=AT, end=AT, summary="1 claim changed.", quiet=False
    )

    key: str
    title: str
    start: datetime
    end: datetime
    summary: str
    quiet: bool


class DigestList(BaseModel):
    items: list[DigestOut]


class DigestRecord(RootModel[Digest]):
    """A digest as it was frozen: what mail, page and feed are made from."""
