"""Reading: findings, articles, claims, topics, stories, sources, alerts, digests, the audit log and search."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi import Query as InQuery
from fastapi.responses import Response
from pydantic import Field

from pipeline.digest.record import dump
from pipeline.service import labels
from pipeline.service.desk import claims, coverage, entry, lists, lookup, outlets, telling, today, topics, trial
from pipeline.web.api import fill, shapes, shapes_checks, shapes_told
from pipeline.web.api.answer import tagged, tagged_text
from pipeline.web.api.fields import Cursor, Moment, Name, Number, Paged, Query, Relation, Verdict, Word
from pipeline.web.api.problem import documented
from pipeline.web.identity import auditor, reader
from pipeline.web.state import state_of

router = APIRouter(dependencies=[Depends(reader)], responses=documented())
MISSING = documented(404)
Version = Annotated[int, Field(ge=1, le=100_000)]


class FindingQuery(Paged):
    claim: Word = ""
    topic: Word = ""
    relation: Relation | None = None
    source: Word = ""
    lang: Word = ""
    article: Cursor | None = None
    verdict: Verdict | None = None
    since: Moment | None = None
    until: Moment | None = None
    superseded: Literal["leave-out", "keep"] = "leave-out"


class ArticleQuery(Paged):
    source: Word = ""
    lang: Word = ""


class ClaimQuery(Query):
    topic: Word = ""
    words: Word = Field("", description="in its id, title or statement")
    due: bool = Field(False, description="only those of which a value is to be looked at again by now")


class AsOf(Query):
    as_of: Moment | None = Field(None, description="what was believed then")


class Versioned(Query):
    version: Version | None = Field(None, description="the current one unless given")


class CompareQuery(Query):
    old: Version | None = Field(None, description="the one before the last unless given")
    new: Version | None = Field(None, description="the last one unless given")


class LogQuery(Paged):
    who: Word = ""
    action: Word = ""
    thing_kind: Word = Field("", description="finding, story, claim, source, alert, user, token or change")
    thing: Word = Field("", description="its id")
    since: Moment | None = None
    until: Moment | None = None


class StoryQuery(Query):
    claim: Word = ""
    cursor: Word = Field("", description="`next` of the page before")


class AlertQuery(Query):
    claim: Word = ""
    state: Literal["", "open", "acknowledged", "snoozed", "held"] = ""
    cursor: Cursor | None = None


class SearchQuery(Query):
    q: str = Field(max_length=500, description='words that all must be there, or a "phrase"')
    kind: Literal["", "article", "finding"] = ""
    source: Word = ""
    lang: Word = ""
    claim: Word = ""
    topic: Word = ""
    relation: Relation | None = None
    since: Moment | None = None
    until: Moment | None = None
    order: Literal["newest", "best"] = "newest"
    cursor: Cursor | None = None


@router.get("/findings", response_model=shapes.FindingPage, summary="Findings, newest first")
def findings(request: Request, asked: Annotated[FindingQuery, InQuery()]) -> Response:
    rows, following = lists.findings(
        state_of(request).desk,
        claim=asked.claim,
        topic=asked.topic,
        relation=asked.relation or "",
        source=asked.source,
        lang=asked.lang,
        article=asked.article,
        verdict=None if asked.verdict is None else asked.verdict.replace("open", ""),
        since=asked.since,
        until=asked.until,
        current=asked.superseded == "leave-out",
        before=asked.cursor,
        limit=asked.limit,
    )
    return tagged(request, shapes.FindingPage(items=[fill.finding(row) for row in rows], next=following))


@router.get("/findings/{number}", response_model=shapes.FindingWhole, responses=MISSING, summary="One finding")
def finding(request: Request, number: Number) -> Response:
    item = today.item(state_of(request).desk, number)
    if item is None:
        raise HTTPException(404, f"finding {number}: there is none")
    return tagged(request, fill.whole_finding(item))


@router.get("/articles", response_model=shapes.ArticlePage, summary="Articles, newest first")
def articles(request: Request, asked: Annotated[ArticleQuery, InQuery()]) -> Response:
    rows, following = lists.articles(
        state_of(request).desk, source=asked.source, lang=asked.lang, before=asked.cursor, limit=asked.limit
    )
    return tagged(request, shapes.ArticlePage(items=[fill.article(row) for row in rows], next=following))


@router.get("/articles/{number}", response_model=shapes.ArticleWhole, responses=MISSING, summary="One article")
def article(request: Request, number: Number, asked: Annotated[Versioned, InQuery()]) -> Response:
    whole = coverage.article(state_of(request).desk, number, number=asked.version)
    if whole is None:
        raise HTTPException(404, f"article {number}: there is none, or no such version")
    return tagged(request, fill.whole_article(whole))


@router.get(
    "/articles/{number}/compare",
    response_model=shapes_checks.CompareOut,
    responses=MISSING,
    summary="Two versions of an article and what differs",
)
def compare(request: Request, number: Number, asked: Annotated[CompareQuery, InQuery()]) -> Response:
    found = coverage.compare(state_of(request).desk, number, asked.old, asked.new)
    if found is None:
        raise HTTPException(404, f"article {number}: there are no such two versions")
    return tagged(request, fill.compared(number, found))


@router.get("/claims", response_model=shapes.ClaimList, summary="The claims of the configuration")
def claim_list(request: Request, asked: Annotated[ClaimQuery, InQuery()]) -> Response:
    lines = claims.lines(state_of(request).desk, topic=asked.topic, asked=asked.words)
    items = [fill.claim(line) for line in lines if line.due or not asked.due]
    return tagged(request, shapes.ClaimList(items=items))


@router.get("/claims/{claim}", response_model=shapes.ClaimWhole, responses=MISSING, summary="One claim")
def claim(request: Request, claim: Name, asked: Annotated[AsOf, InQuery()]) -> Response:
    whole = claims.whole(state_of(request).desk, claim, as_of=asked.as_of)
    if whole is None:
        raise HTTPException(404, f"claim {claim}: there is none")
    return tagged(request, fill.whole_claim(whole))


@router.get("/topics", response_model=shapes.TopicList, summary="The topics of the configuration")
def topic_list(request: Request) -> Response:
    lines = topics.lines(state_of(request).desk)
    return tagged(request, shapes.TopicList(items=[fill.topic(line) for line in lines]))


@router.get("/topics/{topic}", response_model=shapes.TopicOut, responses=MISSING, summary="One topic")
def topic(request: Request, topic: Name) -> Response:
    whole = topics.whole(state_of(request).desk, topic)
    if whole is None:
        raise HTTPException(404, f"topic {topic}: there is none")
    return tagged(request, fill.topic(whole.line))


@router.get(
    "/topics/{topic}/rule", response_model=shapes_checks.RuleOut, responses=MISSING, summary="A topic's rule in force"
)
def rule(request: Request, topic: Name) -> Response:
    desk = state_of(request).desk
    if not topics.known(desk, topic):
        raise HTTPException(404, f"topic {topic}: there is none")
    return tagged(request, shapes_checks.RuleOut(topic=topic, rule=trial.rule_text(desk, topic)))


@router.get("/stories", response_model=shapes.StoryPage, summary="Stories, the newest coverage first")
def stories(request: Request, asked: Annotated[StoryQuery, InQuery()]) -> Response:
    found = coverage.story_list(state_of(request).desk, claim=asked.claim, before=asked.cursor)
    items = [fill.story(row) for row in found.rows]
    return tagged(request, shapes.StoryPage(items=items, next=found.more or None))


@router.get("/stories/{number}", response_model=shapes.StoryWhole, responses=MISSING, summary="One story")
def story(request: Request, number: Number) -> Response:
    whole = coverage.story(state_of(request).desk, number)
    if whole is None:
        raise HTTPException(404, f"story {number}: there is none")
    return tagged(request, fill.whole_story(whole))


@router.get("/sources", response_model=shapes.SourceList, summary="The sources of the configuration")
def sources(request: Request) -> Response:
    lines = outlets.lines(state_of(request).desk)
    return tagged(request, shapes.SourceList(items=[fill.source(line) for line in lines]))


@router.get("/sources/{source}", response_model=shapes.SourceOut, responses=MISSING, summary="One source")
def source(request: Request, source: Name) -> Response:
    whole = outlets.whole(state_of(request).desk, source)
    if whole is None:
        raise HTTPException(404, f"source {source}: there is none")
    return tagged(request, fill.source(whole.line))


@router.get("/alerts", response_model=shapes_told.AlertPage, summary="Alerts, newest first")
def alerts(request: Request, asked: Annotated[AlertQuery, InQuery()]) -> Response:
    found = telling.alert_list(state_of(request).desk, claim=asked.claim, state=asked.state, before=asked.cursor)
    return tagged(request, shapes_told.AlertPage(items=[fill.alert(row) for row in found.rows], next=found.more))


@router.get("/alerts/{number}", response_model=shapes_told.AlertWhole, responses=MISSING, summary="One alert")
def alert(request: Request, number: Number) -> Response:
    whole = telling.alert(state_of(request).desk, number)
    if whole is None:
        raise HTTPException(404, f"alert {number}: there is none")
    return tagged(request, fill.whole_alert(whole))


@router.get("/digests", response_model=shapes_told.DigestList, summary="The newest digests")
def digests(request: Request) -> Response:
    desk = state_of(request).desk
    read = [telling.read(row) for row in telling.digest_list(desk)]
    items = [
        shapes_told.DigestOut(
            key=one.key, title=one.title, start=one.start, end=one.end, summary=one.summary, quiet=one.quiet
        )
        for one in read
        if one is not None
    ]
    return tagged(request, shapes_told.DigestList(items=items))


@router.get(
    "/digests/{key}", response_model=shapes_told.DigestRecord, responses=MISSING, summary="A digest as it was frozen"
)
def digest(request: Request, key: Name) -> Response:
    found = telling.digest(state_of(request).desk, key)
    if found is None:
        raise HTTPException(404, f"digest {key}: there is none")
    return tagged_text(request, dump(found))


@router.get(
    "/verdicts", response_model=shapes_checks.LessonOut, summary="What verdicts teach, and thresholds to think about"
)
def verdicts(request: Request) -> Response:
    return tagged(request, fill.lesson(labels.lesson(state_of(request).desk)))


@router.get(
    "/changes",
    response_model=shapes_checks.LogPage,
    dependencies=[Depends(auditor)],
    summary="The audit log, newest first: for reviewers",
)
def changes(request: Request, asked: Annotated[LogQuery, InQuery()]) -> Response:
    rows = entry.log(
        state_of(request).desk,
        who=asked.who,
        action=asked.action,
        thing_kind=asked.thing_kind,
        thing=asked.thing,
        since=asked.since,
        until=asked.until,
        before=asked.cursor,
        limit=asked.limit + 1,
    )
    shown = rows[: asked.limit]
    following = shown[-1].id if len(rows) > asked.limit else None
    return tagged(request, shapes_checks.LogPage(items=[fill.logged(row) for row in shown], next=following))


@router.get(
    "/changes/{number}",
    response_model=shapes_checks.LoggedOut,
    responses=MISSING,
    dependencies=[Depends(auditor)],
    summary="One line of the audit log: for reviewers",
)
def change(request: Request, number: Number) -> Response:
    line = entry.change(state_of(request).desk, number)
    if line is None:
        raise HTTPException(404, f"change {number}: there is none")
    return tagged(request, fill.logged(line))


@router.get("/search", response_model=shapes.HitPage, summary="Full text over articles and findings")
def search(request: Request, asked: Annotated[SearchQuery, InQuery()]) -> Response:
    result = lookup.find(
        state_of(request).desk,
        asked.q,
        kind=asked.kind,
        source=asked.source,
        lang=asked.lang,
        claim=asked.claim,
        topic=asked.topic,
        relation=asked.relation or "",
        since=asked.since,
        until=asked.until,
        ranked=asked.order == "best",
        before=asked.cursor,
    )
    return tagged(
        request, shapes.HitPage(items=list(fill.hits(result)), count=result.count, many=result.many, next=result.more)
    )
