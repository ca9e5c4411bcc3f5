"""Search: full text over articles and findings."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from pipeline.service.desk import lookup
from pipeline.web.forms import Before, Word
from pipeline.web.identity import Reader
from pipeline.web.render import page
from pipeline.web.state import state_of

router = APIRouter()


@router.get("/search")
def search(
    request: Request,
    person: Reader,
    q: Annotated[str, Query(max_length=500)] = "",
    kind: Word = "",
    source: Word = "",
    lang: Word = "",
    topic: Word = "",
    claim: Word = "",
    relation: Word = "",
    since: Word = "",
    until: Word = "",
    order: Word = "",
    before: Before = None,
) -> Response:
    """`since` and `until` are days, the second one included; a day that is none is left out."""
    desk = state_of(request).desk
    first, last = day(since), day(until)
    filters = {
        "kind": kind if kind in {"article", "finding"} else "",
        "source": source,
        "lang": lang,
        "topic": topic,
        "claim": claim,
        "relation": relation,
    }
    result = (
        lookup.find(
            desk,
            q,
            **filters,
            since=first,
            until=last + timedelta(days=1) if last is not None else None,
            ranked=order == "best",
            before=before,
        )
        if q.strip()
        else None
    )
    asked = {"q": q, **filters, "since": since if first else "", "until": until if last else "", "order": order}
    return page(
        request,
        "search.html",
        person,
        here="search",
        q=q,
        asked=asked,
        result=result,
        sources=desk.configuration.sources,
        topics=desk.watch.topics,
    )


def day(text: str) -> datetime | None:
    """The start of that day, UTC; None when it is no day."""
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC) if text else None
    except ValueError:
        return None
