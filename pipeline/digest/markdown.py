"""A digest as Markdown. Everything that comes from outside is escaped; the only links are web addresses of articles."""

from __future__ import annotations

from pipeline.digest.record import Digest, Item, Quote, Section, TopicStories
from pipeline.digest.words import LABELS, Words
from pipeline.text.display import markdown as esc

REPEATED = 30  # repeated claims listed
_MARK_ESCAPES = str.maketrans({"(": "%28", ")": "%29"})


def render(digest: Digest, public_url: str = "") -> str:
    """The whole digest; ends with a line feed."""
    words = Words(digest, public_url)
    blocks = [f"# {esc(words.own(digest.title))}: {words.heading()}", esc(digest.summary)]
    blocks += [f"> **Warning.** {esc(words.own(warning, 400))}" for warning in digest.warnings]
    if digest.quiet:
        blocks.append(f"*{esc(words.quiet())}*")
    for relation, section in (("denies", digest.denied), ("changes", digest.changed), ("adds", digest.added)):
        blocks += _section(words, LABELS[relation], section)
    blocks += _stories(words, digest.topics)
    blocks += _tables(words, digest)
    blocks += _lists(words, digest)
    blocks += ["## What was looked at", *[esc(line) for line in words.coverage(digest.coverage)]]
    stand = f"{words.span()}; made {words.when(digest.built_at)}; watch {digest.watch_version[:12]}"
    blocks.append(f"---\n\n{esc(stand)}")
    return "\n\n".join(block for block in blocks if block) + "\n"


def _link(text: str, address: str) -> str:
    return f"[{esc(text)}](<{address.translate(_MARK_ESCAPES)}>)" if address else esc(text)


def _section(words: Words, label: str, section: Section) -> list[str]:
    rest = words.left_out(section)
    if not section.items and not rest:
        return []
    blocks = [f"## {label}"]
    for item in section.items:
        blocks += _item(words, item)
    if rest:
        blocks.append(f"*Not shown: {_link(rest, words.link('alerts'))}.*")
    return blocks


def _item(words: Words, item: Item) -> list[str]:
    lines = [f"### {_link(words.own(item.title, 160), words.link(item.path))}"]
    for shift in item.shifts:
        new = f"**{esc(words.value(shift.new, shift.type))}**"
        old = esc(words.value(shift.old, shift.type)) if shift.old is not None else "new"
        also = f" (others: {esc(words.also(shift))})" if shift.also else ""
        lines.append(f"- {esc(words.slot(shift.slot))}: {old} → {new}{also}")
    if not item.shifts:
        lines.append(f"- **{LABELS[item.relation].lower()}**")
    blocks = ["\n".join([lines[0], "", *lines[1:]])]
    blocks += [_quote(words, quote) for quote in (item.quote, *item.more) if quote is not None]
    redline = words.redline(item)
    blocks += [f"Redline: {_redline(redline)}"] if redline else []
    source = f" ({esc(words.own(item.source, 160))})" if item.source else ""
    facts = [f"Known: {esc(words.own(item.statement))}{source}", esc(words.voices(item))]
    facts += [f"**Note:** {esc(line)}" for line in words.caution(item)]
    facts.append(f"Importance {esc(words.weight(item))}")
    blocks.append("  \n".join(facts))
    return blocks


def _redline(pieces: tuple[tuple[str, str], ...]) -> str:
    marks = {"-": "~~", "+": "**", "=": ""}
    return " ".join(f"{marks.get(op, '')}{esc(text)}{marks.get(op, '')}" for op, text in pieces)


def _quote(words: Words, quote: Quote) -> str:
    said = "".join(_marked(marked, piece) for marked, piece in words.pieces(quote)).strip()
    title, address = words.title(quote), words.url(quote.url)
    head = f"> {said}\n>\n> {esc(' · '.join(words.by(quote)))}"
    return f"{head}: {_link(title or 'the article', address)}" if title or address else head


def _marked(marked: bool, piece: str) -> str:
    inner = piece.strip()
    if not marked or not inner:
        return esc(piece)
    lead = piece[: len(piece) - len(piece.lstrip())]
    return f"{lead}**{esc(inner)}**{piece[len(piece.rstrip()) :]}"


def _stories(words: Words, topics: tuple[TopicStories, ...]) -> list[str]:
    blocks = ["## Top stories"] if topics else []
    for topic in topics:
        lines = [f"### {esc(words.own(topic.title))}", ""]
        for story in topic.stories:
            copies = f", in {story.articles} articles" if story.articles > 1 else ""
            lines.append(
                f"- {_link(words.say(story.title) or 'the article', words.url(story.url))}, "
                f"{esc(words.say(story.outlet, 80))}{copies}"
            )
        if topic.more:
            lines.append(f"- {_link(f'and {topic.more} more', words.link(f'topics/{topic.topic}'))}")
        blocks.append("\n".join(lines))
    return blocks


def _tables(words: Words, digest: Digest) -> list[str]:
    blocks = []
    if digest.volumes:
        rows = ["| Topic | Articles | Against its weekday |", "| --- | ---: | --- |"]
        rows += [f"| {esc(words.own(v.title))} | {v.articles} | {esc(words.usual(v))} |" for v in digest.volumes]
        blocks += ["## Volume", "\n".join(rows)]
    only = [one for one in digest.repeated if one.only]
    if only:
        rows = ["| Claim | Articles | Independent publishers |", "| --- | ---: | ---: |"]
        rows += [f"| {esc(words.own(r.title, 120))} | {r.articles} | {r.independent} |" for r in only[:REPEATED]]
        rest = len(only) - REPEATED
        blocks += ["## Repeated, with nothing new", "\n".join(rows)]
        blocks += [_link(f"and {rest} more", words.link("claims"))] if rest > 0 else []
    return blocks


def _lists(words: Words, digest: Digest) -> list[str]:
    blocks = []
    if digest.missed:
        lines = [f"- {esc(words.own(one.title, 160))}: {esc(words.missed(one))}" for one in digest.missed]
        blocks += ["## Expected, and not seen", "\n".join(lines)]
    if digest.look_again:
        lines = [
            f"- {_link(words.own(one.title, 160), words.link(f'claims/{one.claim}'))}: "
            f"{esc(words.slot(one.slot))} **{esc(words.known(one))}**; {esc(words.look_again(one))}"
            for one in digest.look_again
        ]
        blocks += ["## To look at again", "\n".join(lines)]
        more = digest.look_again_more
        blocks += [_link(f"and {more} more", words.link("claims?show=due"))] if more else []
    if digest.near:
        blocks.append("## Near misses worth a look")
        for one in digest.near:
            head = f"{words.own(one.title, 160)} ({words.near(one)})"
            blocks.append(f"{esc(head)}\n\n{_quote(words, one.quote)}")
        if digest.near_more:
            blocks.append(f"and {digest.near_more} more")
    if digest.sources:
        lines = [f"- {esc(words.own(one.name, 80))}: {esc(words.source(one))}" for one in digest.sources]
        blocks += ["## Sources", "\n".join(lines)]
    return blocks
