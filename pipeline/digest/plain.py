"""A digest as plain text, for the text part of a mail, a file and a terminal."""

from __future__ import annotations

from pipeline.digest.record import Digest, Item, Quote, Section
from pipeline.digest.words import LABELS, Words

REPEATED = 30  # repeated claims listed
_INDENT = "  "


def render(digest: Digest, public_url: str = "") -> str:
    """The whole digest; ends with a line feed."""
    words = Words(digest, public_url)
    title = f"{words.own(digest.title)}: {words.heading()}"
    lines = [title, "=" * min(len(title), 72), "", digest.summary]
    for warning in digest.warnings:
        lines += ["", f"WARNING: {words.own(warning, 400)}"]
    if digest.quiet:
        lines += ["", words.quiet()]
    for relation, section in (("denies", digest.denied), ("changes", digest.changed), ("adds", digest.added)):
        lines += _section(words, LABELS[relation], section)
    lines += _stories(words, digest)
    lines += _counts(words, digest)
    lines += _lists(words, digest)
    lines += [*_head("What was looked at"), *words.coverage(digest.coverage)]
    lines += ["", "-" * 24, words.span(), f"made {words.when(digest.built_at)}; watch {digest.watch_version[:12]}"]
    page = words.link(f"digests/{digest.key}")
    return "\n".join([*lines, page] if page else lines) + "\n"


def _head(text: str) -> list[str]:
    return ["", text.upper(), ""]


def _section(words: Words, label: str, section: Section) -> list[str]:
    rest = words.left_out(section)
    if not section.items and not rest:
        return []
    lines = _head(label)
    for item in section.items:
        lines += [*_item(words, item), ""]
    lines = lines if rest else lines[:-1]
    return [*lines, f"Not shown: {rest}. {words.link('alerts')}".rstrip()] if rest else lines


def _item(words: Words, item: Item) -> list[str]:
    lines = [words.own(item.title, 160)]
    for shift in item.shifts:
        old = words.value(shift.old, shift.type)
        said = f"{old} -> {words.value(shift.new, shift.type)}" if shift.old is not None else ""
        also = f" (others: {words.also(shift)})" if shift.also else ""
        lines.append(f"{_INDENT}{words.slot(shift.slot)}: {said or 'new: ' + words.value(shift.new, shift.type)}{also}")
    if not item.shifts:
        lines.append(f"{_INDENT}{LABELS[item.relation].lower()}")
    for quote in (item.quote, *item.more):
        if quote is not None:
            lines += ["", *_quote(words, quote)]
    source = f" ({words.own(item.source, 160)})" if item.source else ""
    lines += ["", f"{_INDENT}Known: {words.own(item.statement)}{source}", f"{_INDENT}{words.voices(item)}"]
    lines += [f"{_INDENT}Note: {line}" for line in words.caution(item)]
    lines.append(f"{_INDENT}Importance {words.weight(item)}")
    review = words.link(item.path)
    return [*lines, f"{_INDENT}{review}"] if review else lines


def _quote(words: Words, quote: Quote) -> list[str]:
    said = "".join(f"*{piece}*" if marked else piece for marked, piece in words.pieces(quote)).strip()
    lines = [f'{_INDENT}"{said}"', f"{_INDENT}{' · '.join(words.by(quote))}", f"{_INDENT}{words.title(quote)}"]
    return [line for line in [*lines, f"{_INDENT}{words.url(quote.url)}"] if line.strip()]


def _stories(words: Words, digest: Digest) -> list[str]:
    lines = _head("Top stories") if digest.topics else []
    for topic in digest.topics:
        lines.append(words.own(topic.title))
        for story in topic.stories:
            copies = f", in {story.articles} articles" if story.articles > 1 else ""
            lines.append(f"{_INDENT}- {words.say(story.title)} ({words.say(story.outlet, 80)}{copies})")
        if topic.more:
            lines.append(f"{_INDENT}- and {topic.more} more {words.link(f'topics/{topic.topic}')}".rstrip())
        lines.append("")
    return lines[:-1]


def _counts(words: Words, digest: Digest) -> list[str]:
    lines = _head("Volume") if digest.volumes else []
    lines += [f"{v.articles:>5}  {words.own(v.title)}: {words.usual(v)}" for v in digest.volumes]
    only = [one for one in digest.repeated if one.only]
    lines += _head("Repeated, with nothing new") if only else []
    lines += [f"{r.articles:>5}  {words.own(r.title, 120)}" for r in only[:REPEATED]]
    if len(only) > REPEATED:
        lines.append(f"and {len(only) - REPEATED} more {words.link('claims')}".rstrip())
    return lines


def _look_again(words: Words, digest: Digest) -> list[str]:
    lines = _head("To look at again") if digest.look_again else []
    for one in digest.look_again:
        lines.append(f"{words.own(one.title, 160)}, {words.slot(one.slot)}: {words.known(one)}")
        lines.append(f"{_INDENT}{words.look_again(one)} {words.link(f'claims/{one.claim}')}".rstrip())
    if digest.look_again_more:
        lines.append(f"and {digest.look_again_more} more {words.link('claims?show=due')}".rstrip())
    return lines


def _lists(words: Words, digest: Digest) -> list[str]:
    lines: list[str] = []
    if digest.missed:
        lines += _head("Expected, and not seen")
        lines += [f"{words.own(one.title, 160)}: {words.missed(one)}" for one in digest.missed]
    lines += _look_again(words, digest)
    if digest.near:
        lines += _head("Near misses worth a look")
        for number, one in enumerate(digest.near):
            lines += [""] if number else []
            lines.append(f"{words.own(one.title, 160)} ({words.near(one)})")
            lines += _quote(words, one.quote)
        if digest.near_more:
            lines.append(f"\nand {digest.near_more} more")
    if digest.sources:
        lines += _head("Sources")
        lines += [f"{words.own(one.name, 80)}: {words.source(one)}" for one in digest.sources]
    return lines
