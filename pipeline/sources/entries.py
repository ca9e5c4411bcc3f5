"""What every reader of feeds hands on, and how it becomes entries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pipeline.model.outcome import Reason
from pipeline.model.source import Entry, FeedDocument, Hints, Source
from pipeline.sources import dates, keys, links
from pipeline.sources.plain import clean, plain

_AHEAD = timedelta(days=1)  # a date may be this far in the future: time zones left out, clocks that run fast
_TITLE = 1_000  # characters kept of a title or author
_LANG = 2  # letters of ISO 639-1


@dataclass(frozen=True, slots=True, kw_only=True)
class RawItem:
    """One item as a feed writes it, before anything is decided."""

    guid: str = ""
    link: str = ""  # absolute web address, "" when there is none
    title: str = ""  # with markup
    published_raw: str = ""
    updated_raw: str = ""
    update_dates: bool = True  # whether an item without a date of its own counts as published when it was updated
    summary: str = ""
    content: str = ""
    author: str = ""
    origin_url: str = ""  # the site the item says it comes from
    lang: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawFeed:
    """A feed as its format gives it."""

    format: str
    title: str = ""
    lang: str = ""
    home: str = ""  # the site's own page, which identifies no item
    items: tuple[RawItem, ...] = ()
    children: tuple[str, ...] = ()
    hints: Hints = field(default_factory=Hints)
    malformed: bool = False


def document(
    raw: RawFeed,
    *,
    source: Source,
    feed_url: str,
    limit: int,
    now: datetime | None,
    canonical: Callable[[str], str] | None,
    aggregators: frozenset[str],
) -> FeedDocument:
    """The document a reader gives, with entries identified, dated and noted; the same item twice counts once."""
    kept = raw.items[:limit]
    aggregators = frozenset(name.lower().removeprefix("www.") for name in aggregators)
    identities = [
        keys.Item(
            guid=clean(item.guid).strip(),
            link=item.link,
            title=plain(item.title),
            date=item.published_raw.strip(),
            body=item.summary or item.content,
        )
        for item in kept
    ]
    named = keys.keys(identities, home=(feed_url, raw.home, source.url), canonical=canonical)
    lang = _lang(raw.lang) or source.lang
    found: dict[str, Entry] = {}
    for item, key, identity in zip(kept, named, identities, strict=True):
        if key and key not in found:
            found[key] = _entry(item, key, identity.title, source, feed_url, lang, now, aggregators)
    notes = [Reason.MALFORMED_FEED] if raw.malformed else []
    notes += [Reason.OVER_ENTRY_LIMIT] if len(raw.items) > limit else []
    notes += [Reason.EMPTY_FEED] if not found and not raw.children else []
    return FeedDocument(
        format=raw.format,
        title=raw.title[:_TITLE],
        entries=tuple(found.values()),
        children=raw.children,
        hints=raw.hints,
        notes=tuple(note.value for note in notes),
        lang=lang,
    )


def _entry(
    item: RawItem,
    key: str,
    title: str,
    source: Source,
    feed_url: str,
    lang: str,
    now: datetime | None,
    aggregators: frozenset[str],
) -> Entry:
    notes: list[Reason] = []
    link = item.link
    if not link:
        notes.append(Reason.NO_ADDRESS)
    elif inner := links.unwrapped(link, feed_url):
        link = inner
    elif links.hides_publisher(link, feed_url=feed_url, origin_url=item.origin_url, aggregators=aggregators):
        notes.append(Reason.AGGREGATOR_LINK)
    raw_date = item.published_raw or (item.updated_raw if item.update_dates else "")
    published, updated = dates.read(raw_date), dates.read(item.updated_raw)
    if published is None and raw_date.strip():
        notes.append(Reason.BAD_DATE)
    if published is not None and now is not None and published - now > _AHEAD:
        notes.append(Reason.FUTURE_DATE)
    return Entry(
        source=source.id,
        key=key,
        url=link,
        title=title[:_TITLE],
        published=published,
        published_raw=clean(raw_date).strip()[:_TITLE],
        updated=updated,
        summary=clean(item.summary),
        content=clean(item.content),
        author=plain(item.author)[:_TITLE],
        lang=_lang(item.lang) or lang,
        notes=tuple(note.value for note in notes),
    )


def _lang(tag: str) -> str:
    """The language of a tag like `en-GB`, or ""."""
    head = tag.strip().lower().replace("_", "-").partition("-")[0]
    return head if len(head) == _LANG and head.isascii() and head.isalpha() else ""
