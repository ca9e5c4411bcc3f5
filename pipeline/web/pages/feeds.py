"""Findings of a topic or a claim as feeds: Atom and JSON Feed. Ids never change; text only, no markup of others."""

from __future__ import annotations

import json
import uuid
from hashlib import sha256

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from pipeline.model.finding import NEWS
from pipeline.service.desk import lists
from pipeline.service.desk.rows import SavedFinding
from pipeline.service.desk.today import claim_of
from pipeline.service.wiring import Desk
from pipeline.text import display, template
from pipeline.web.identity import Reader
from pipeline.web.state import state_of
from pipeline.web.words import Words

router = APIRouter()
ENTRIES = 60
KINDS = {"atom": "application/atom+xml; charset=utf-8", "json": "application/feed+json; charset=utf-8"}


@router.get("/feeds/claims/{name}")
def of_claim(request: Request, _person: Reader, name: str) -> Response:
    desk = state_of(request).desk
    claim, kind = _named(name)
    known = next((one for one in desk.watch.claims if one.id == claim), None)
    if known is None:
        raise HTTPException(404, "There is no such claim in the configuration.")
    rows, _ = lists.findings(desk, claim=claim, limit=ENTRIES)
    return _feed(request, kind, f"claims/{claim}", known.title or known.statement, rows)


@router.get("/feeds/topics/{name}")
def of_topic(request: Request, _person: Reader, name: str) -> Response:
    desk = state_of(request).desk
    topic, kind = _named(name)
    known = next((one for one in desk.watch.topics if one.id == topic), None)
    if known is None:
        raise HTTPException(404, "There is no such topic in the configuration.")
    rows, _ = lists.findings(desk, topic=topic, limit=ENTRIES * 3)
    news = [row for row in rows if row.finding.relation in NEWS][:ENTRIES]
    return _feed(request, kind, f"topics/{topic}", known.title, news)


def _named(name: str) -> tuple[str, str]:
    """`jets.atom` -> the id and the kind."""
    thing, _, kind = name.rpartition(".")
    if kind not in KINDS or not thing:
        raise HTTPException(404, "Feeds end with .atom or .json.")
    return thing, kind


def _feed(
    request: Request, kind: str, path: str, title: str, rows: tuple[SavedFinding, ...] | list[SavedFinding]
) -> Response:
    desk = state_of(request).desk
    base = desk.settings.web.public_url.rstrip("/") or f"{request.url.scheme}://{request.headers['host']}"
    items = [_entry(desk, row, base) for row in rows]
    updated = max((row.found_at for row in rows), default=desk.clock.now()).isoformat(timespec="seconds")
    home = f"{base}/{path}"
    if kind == "atom":
        values = {"id": _urn(path), "title": display.clean(title, 200), "home": home, "updated": updated}
        text = template.fill("pipeline.web", "feed.xml", {**values, "items": items})
    else:
        feed = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": display.clean(title, 200),
            "home_page_url": home,
        }
        text = json.dumps({**feed, "items": items}, ensure_ascii=False)
    tag = f'W/"{sha256(text.encode()).hexdigest()[:24]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if tag in request.headers.get("if-none-match", "").split(", "):
        return Response(status_code=304, headers=headers)
    return Response(text, media_type=KINDS[kind], headers=headers)


def _entry(desk: Desk, row: SavedFinding, base: str) -> dict[str, str]:
    words = Words(desk.clock.now())
    claim = claim_of(desk.watch, row.finding.claim, row.topic)
    moves = [
        f"{words.slot(c.slot)} {words.value(c.old, c.type)} → {words.value(c.new, c.type)}" for c in row.finding.changes
    ]
    said = display.clean(row.finding.evidence[0].text, 800) if row.finding.evidence else ""
    told = f"{words.relation(row.finding.relation)}: {words.title(claim)}"
    return {
        "id": _urn(f"findings/{row.id}"),
        "url": f"{base}/findings/{row.id}",
        "title": f"{told} ({'; '.join(moves)})" if moves else told,
        "content_text": f"{said}\n{display.clean(desk.source(row.source).name or row.source, 80)}",
        "date_published": row.found_at.isoformat(timespec="seconds"),
    }


def _urn(path: str) -> str:
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'urn:claimwatch:{path}')}"
