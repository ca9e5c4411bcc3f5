"""Which topics an article touches."""

from __future__ import annotations

from collections import defaultdict

from pipeline.match.groups import Met, meet
from pipeline.match.index import Index
from pipeline.model.finding import Step, TopicHit
from pipeline.model.watch import Topic
from pipeline.text.document import Document

SPANS = 3  # sentences kept as evidence for a topic


def find(doc: Document, index: Index) -> list[TopicHit]:
    """The topics whose groups are met or whose weights reach their threshold, in the order of the watch."""
    met: dict[str, list[tuple[int, Met]]] = defaultdict(list)
    seen: set[tuple[str, int]] = set()
    for term in doc.where:
        for owner in index.topic_rules.get(term, ()):
            if (owner.id, owner.group) not in seen:
                seen.add((owner.id, owner.group))
                met[owner.id] += [(owner.group, m) for m in meet(owner.rule, doc)[0]]
    hits = []
    for name in sorted({*met, *index.weighed}, key=index.topic_order.__getitem__):
        topic, places = index.topics[name], met.get(name, [])
        weight, steps = _weigh(topic, doc) if topic.weights else (0.0, [])
        heavy = topic.threshold is not None and weight >= topic.threshold
        if (places or heavy) and not any(t in doc.where for t in topic.none):
            hits.append(_hit(topic, doc, places, weight, steps))
    return hits


def _weigh(topic: Topic, doc: Document) -> tuple[float, list[Step]]:
    """The sum of the weights of the terms present, each once, negative ones too, up to the topic's cap."""
    steps = [Step(rule="weight", detail=term, weight=w) for term, w in topic.weights.items() if term in doc.where]
    return min(topic.cap, sum(s.weight for s in steps)), steps


def _hit(topic: Topic, doc: Document, places: list[tuple[int, Met]], weight: float, steps: list[Step]) -> TopicHit:
    lines = sorted({m.line for _, m in places})[:SPANS]
    spans = tuple(doc.line_span(n) for n in lines)
    groups = [
        Step(rule="group", detail=f"group {g + 1}", weight=1.0, span=doc.line_span(m.line)) for g, m in places[:SPANS]
    ]
    return TopicHit(topic=topic.id, score=1.0 if places else weight, spans=spans, steps=(*groups, *steps))
