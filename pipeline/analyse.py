"""The one entry into the core: an article and a watch in, an analysis out. Pure, deterministic, picklable."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pipeline.diff.compare import compare
from pipeline.match import claims, topics
from pipeline.match.index import Index, compile_watch
from pipeline.match.reading import read
from pipeline.model.article import Article
from pipeline.model.finding import Analysis, Finding, NearMiss, Step, TopicHit
from pipeline.model.watch import Claim, Watch
from pipeline.text.display import telling
from pipeline.text.document import Candidate, Document

NEAR_MISSES = 12  # kept per article, the nearest first


def analyse(article: Article, watch: Watch) -> Analysis:
    """Which topics the article touches, what it says of each claim it is about, and what it nearly said.

    Never raises on any text; without `article.published` relative dates abstain. The known values are those of the
    claims, overlaid by `watch.known`.
    """
    index = compile_watch(watch)
    doc = read(article, index)
    candidates = claims.candidates(doc, index)
    findings = _findings(doc, index, candidates)
    if article.previous and article.previous != article.text:
        findings = _mark_edits(findings, article, index)
    return Analysis(
        article=article.id,
        lang=doc.lang,
        watch_version=watch.version,
        topics=tuple(_topics(topics.find(doc, index), findings, index)),
        findings=tuple(findings),
        near_misses=tuple(_near_misses(doc, candidates, {f.claim for f in findings})),
    )


def _findings(doc: Document, index: Index, candidates: Iterable[Candidate]) -> list[Finding]:
    found = []
    for candidate in candidates:
        if candidate.hits:
            claim = index.claims[candidate.claim]
            known = known_values(claim, index.watch)
            finding = compare(
                candidate,
                claim,
                doc,
                known=known,
                concepts=index.concepts,
                rates=index.watch.rates,
                parties=index.parties,
                things=index.things,
            )
            if finding is not None:
                found.append(finding)
    return found


def known_values(claim: Claim, watch: Watch) -> dict[str, str | None]:
    """The known value of every slot: the ledger's where it has one, else the configuration's."""
    overlay = watch.known.get(claim.id, {})
    return {slot.name: overlay.get(slot.name, slot.known) for slot in claim.slots}


def _topics(hits: list[TopicHit], findings: list[Finding], index: Index) -> list[TopicHit]:
    """The topics met, and those that the found claims bring (ruling 10), in the watch's order."""
    by_id = {h.topic: h for h in hits}
    for finding in findings:
        topic = index.claims[finding.claim].topic
        if topic not in by_id:
            step = Step(rule="claim", detail=finding.claim, weight=1.0)
            by_id[topic] = TopicHit(topic=topic, spans=finding.evidence[:1], steps=(step,))
    return [by_id[t] for t in sorted(by_id.keys() & index.topics.keys(), key=index.topic_order.__getitem__)]


def _near_misses(doc: Document, candidates: Iterable[Candidate], found: set[str]) -> list[NearMiss]:
    misses = [
        NearMiss(
            claim=c.claim,
            score=round(c.score, 3),
            failed=c.failed or "only a rival or a hint was met",
            evidence=doc.line_span(c.near_line) if c.near_line is not None else None,
        )
        for c in candidates
        if c.claim not in found
    ]
    return sorted(misses, key=lambda m: -m.score)[:NEAR_MISSES]


def _mark_edits(findings: list[Finding], article: Article, index: Index) -> list[Finding]:
    """Marks findings whose values stood otherwise in the version before."""
    before = read(replace(article, text=article.previous, previous=""), index)
    old = {f.claim: f for f in _findings(before, index, claims.candidates(before, index))}
    return [
        replace(f, edited=True, before=_otherwise(old[f.claim], f))
        if f.claim in old and _said(old[f.claim]) != _said(f)
        else f
        for f in findings
    ]


def _otherwise(old: Finding, new: Finding) -> str:
    """The sentence in which the version before said what the new one no longer says."""
    still = _said(new)[1]
    gone = [value.evidence for value in old.values if (value.slot, value.new) not in still]
    return telling(old.evidence, gone).text if old.evidence else ""


def _said(finding: Finding) -> tuple[str, frozenset[tuple[str, str]]]:
    return finding.relation, frozenset((v.slot, v.new) for v in finding.values)
