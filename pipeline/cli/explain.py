"""An analysis in words for the terminal."""

from __future__ import annotations

from pipeline.cli import paint
from pipeline.cli.paint import Line
from pipeline.model.article import Article
from pipeline.model.finding import Analysis, Finding, Span, Step
from pipeline.model.watch import Claim, Watch
from pipeline.text import display


def explained(article: Article, analysis: Analysis, watch: Watch, *, steps: bool) -> list[Line]:
    """What was found, a paragraph a finding; with `steps` each rule, its weight and its place, and the near misses."""
    claims = {claim.id: claim for claim in watch.claims}
    named = paint.head(article.title or article.id)
    lines: list[Line] = [(named, f" [{analysis.lang or 'language unknown'}]")]
    lines.append("topics: " + (", ".join(sorted(hit.topic for hit in analysis.topics)) or "none"))
    if steps:
        for hit in analysis.topics:
            lines += [f"  {hit.topic}", *(_step(step) for step in hit.steps)]
    for finding in analysis.findings:
        lines += ["", *_finding(finding, claims[finding.claim])]
        if steps:
            lines += [_step(step) for step in finding.steps]
    if not analysis.findings:
        lines.append("claims: none")
    if steps and analysis.near_misses:
        lines += ["", paint.head("near misses")]
        lines += [f"  {miss.claim}: score {miss.score:.2f}, failed at {miss.failed}" for miss in analysis.near_misses]
    return lines


def _finding(finding: Finding, claim: Claim) -> list[Line]:
    known = claim.title or claim.statement
    told = paint.relation(finding.relation)
    lines: list[Line] = [(f"{finding.claim}: ", told, f" (confidence {finding.confidence:.2f})"), f"  known: {known}"]
    lines += [paint.shifts(f"  {change.slot}: {change.old or 'open'} -> {change.new}") for change in finding.changes]
    lines += [f"  > {_one_line(span)}" for span in finding.evidence[:2]]
    if finding.attribution:
        lines.append(f"  said by: {finding.attribution}")
    if finding.edited:
        lines.append(f'  silently edited; before, it said: "{display.clean(finding.before)}"')
    return lines


def _step(step: Step) -> Line:
    weight = f" {step.weight:+.2f}" if step.weight else ""
    place = f' at {step.span.field} {step.span.start}-{step.span.end} "{_one_line(step.span)}"' if step.span else ""
    return paint.aside(f"    {step.rule}{weight}: {step.detail}{place}")


def _one_line(span: Span) -> str:
    return " ".join(span.text.split())
