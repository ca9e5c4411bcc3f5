"""Which claims an article may be about, and where."""

from __future__ import annotations

from collections import defaultdict

from pipeline.match.groups import Missed, meet
from pipeline.match.index import ANY, Index, Owner
from pipeline.text.document import Candidate, Document, Hit


def candidates(doc: Document, index: Index) -> list[Candidate]:
    """A candidate for every claim with a group met (score 1) or nearly met (score below 1), in the watch's order.

    Only rules whose anchor stands in the text, and what they ask for around it, are tried: the cost grows with what
    the text names, not with the number of claims. Of several groups that are nearly met the nearest is told, then the
    first.
    """
    hits: dict[str, list[Hit]] = defaultdict(list)
    misses: dict[str, tuple[Missed, int]] = {}
    for owner in owners(doc, index):
        met, missed = meet(owner.rule, doc)
        hits[owner.id] += [Hit(owner.group, m.line, m.lines, owner.rule.weak, owner.denies, owner.rule.to) for m in met]
        if missed:
            known = misses.get(owner.id)
            if known is None or (missed.share, -owner.group) > (known[0].share, -known[1]):
                misses[owner.id] = (missed, owner.group)
    found = []
    for claim in sorted(hits.keys() | misses.keys(), key=index.order.__getitem__):
        places = sorted(hits.get(claim, []), key=lambda h: (h.line, h.group))
        if places:
            found.append(Candidate(claim, tuple(places), 1.0))
        elif claim in misses:
            miss, _ = misses[claim]
            found.append(Candidate(claim, (), miss.share, miss.failed, miss.line))
    return found


def owners(doc: Document, index: Index) -> tuple[Owner, ...]:
    """The rules that the text may meet, each once."""
    present = {*doc.where, doc.home, ANY}
    tried: dict[tuple[str, int], Owner] = {}
    for term in doc.where:
        around = index.claim_rules.get(term, {})
        for one in around.keys() & present:
            tried.update(((owner.id, owner.group), owner) for owner in around[one])
    return tuple(tried.values())
