"""Exports: every finding that fits, as CSV for spreadsheets or as JSON lines; verdicts as labelled articles."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi import Query as InQuery
from fastapi.responses import StreamingResponse

from pipeline.service import labels
from pipeline.service.desk import lists
from pipeline.service.desk.rows import Filter, SavedFinding
from pipeline.service.wiring import Desk
from pipeline.web.api import fill
from pipeline.web.api.fields import Moment, Query, Relation, Verdict, Word
from pipeline.web.api.problem import documented
from pipeline.web.identity import reader
from pipeline.web.state import state_of

router = APIRouter(prefix="/export", dependencies=[Depends(reader)], responses=documented())
COLUMNS = (
    *("id", "found_at", "claim", "topic", "relation", "slot", "from", "to", "source", "lang", "published"),
    *("certainty", "confidence", "attribution", "verdict", "verdict_by", "note", "article", "evidence"),
)
# What makes a spreadsheet run a cell: quoted with an apostrophe, as OWASP advises against formula injection.
RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
LINES: dict[int | str, dict[str, Any]] = {200: {"content": {"application/jsonl": {"schema": {"type": "string"}}}}}
TABLE: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}


class ExportQuery(Query):
    claim: Word = ""
    topic: Word = ""
    relation: Relation | None = None
    verdict: Verdict | None = None
    since: Moment | None = None
    until: Moment | None = None

    def which(self) -> Filter:
        return Filter(
            claim=self.claim,
            topic=self.topic,
            relations=(self.relation,) if self.relation else (),
            verdict=None if self.verdict is None else self.verdict.replace("open", ""),
            since=self.since,
            until=self.until,
        )


@router.get("/findings.csv", response_class=StreamingResponse, responses=TABLE, summary="Findings as CSV")
def as_csv(request: Request, asked: Annotated[ExportQuery, InQuery()]) -> StreamingResponse:
    return _streamed(_rows(state_of(request).desk, asked.which()), "text/csv; charset=utf-8", "findings.csv")


@router.get("/findings.jsonl", response_class=StreamingResponse, responses=LINES, summary="Findings as JSON lines")
def as_lines(request: Request, asked: Annotated[ExportQuery, InQuery()]) -> StreamingResponse:
    rows = lists.every_finding(state_of(request).desk, asked.which())
    texts = (fill.finding(row).model_dump_json(by_alias=True) + "\n" for row in rows)
    return _streamed(texts, "application/jsonl", "findings.jsonl")


@router.get(
    "/verdicts.jsonl", response_class=StreamingResponse, responses=LINES, summary="Verdicts as labelled articles"
)
def as_labels(request: Request) -> StreamingResponse:
    """The format that `claimwatch eval` reads."""
    texts = (labels.line(one) + "\n" for one in labels.labelled(state_of(request).desk))
    return _streamed(texts, "application/jsonl", "verdicts.jsonl")


def _streamed(texts: Iterable[str], media_type: str, name: str) -> StreamingResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingResponse((text.encode() for text in texts), media_type=media_type, headers=headers)


def _rows(desk: Desk, which: Filter) -> Iterator[str]:
    yield _line(COLUMNS)
    for row in lists.every_finding(desk, which):
        for slot, old, new in [(c.slot, c.old or "", c.new) for c in row.finding.changes] or [("", "", "")]:
            yield _line([cell(value) for value in _cells(row, slot, old, new)])


def _cells(row: SavedFinding, slot: str, old: str, new: str) -> list[str]:
    said = row.finding
    return [
        str(row.id),
        row.found_at.isoformat(),
        said.claim,
        row.topic,
        said.relation,
        slot,
        old,
        new,
        row.source,
        row.lang,
        row.published.isoformat() if row.published else "",
        said.certainty,
        f"{said.confidence:.4f}",
        said.attribution,
        row.verdict or "open",
        row.verdict_by,
        row.verdict_note,
        str(row.article_id),
        said.evidence[0].text if said.evidence else "",
    ]


def cell(text: str) -> str:
    """The text as a cell that no spreadsheet runs."""
    return f"'{text}" if text.startswith(RUNS) else text


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()
