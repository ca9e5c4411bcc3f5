"""Which claims an article may be about, and where."""

from __future__ import annotations

from collections import defaultdict

from pipeline.match.groups import Missed, meet
from pipeline.match.index import Index
from pipeline.text.document import Candidate, Document, Hit


def candidates(doc: Document, index: Index) -> list[Candidate]:
    """A candidate for every claim with a group met (score 1) or nearly met (score below 1), in the watch's order.

    Only rules whose anchor stands in the text are tried, so the cost does not grow with the number of claims.
    """
    hits: dict[str, list[Hit]] = defaultdict(list)
    misses: dict[str, Missed] = {}
    seen: set[tuple[str, int]] = set()
    for term in doc.where:
        for owner in index.claim_rules.get(term, ()):
            if (owner.id, owner.group) in seen:
                continue
            seen.add((owner.id, owner.group))
            met, missed = meet(owner.rule, doc)
            hits[owner.id] += [
                Hit(owner.group, m.line, m.lines, owner.rule.weak, owner.denies, owner.rule.to) for m in met
            ]
            if missed and (owner.id not in misses or missed.share > misses[owner.id].share):
                misses[owner.id] = missed
    found = []
    for claim in sorted(hits.keys() | misses.keys(), key=index.order.__getitem__):
        places = sorted(hits.get(claim, []), key=lambda h: (h.line, h.group))
        if places:
            found.append(Candidate(claim, tuple(places), 1.0))
        elif claim in misses:
            miss = misses[claim]
            found.append(Candidate(claim, (), miss.share, miss.failed, miss.line))
    return found
