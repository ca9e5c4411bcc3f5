"""A digest in each of its forms, all from the one record."""

from __future__ import annotations

from pipeline.digest import markdown as _markdown
from pipeline.digest import page, plain
from pipeline.digest.record import Digest, dump
from pipeline.digest.words import Words
from pipeline.model.alert import Message


def html(digest: Digest, *, public_url: str = "", mail: bool = False) -> str:
    """The page, or with `mail` the body of a mail: styles in place and under 100 KB."""
    return page.render(digest, public_url=public_url, mail=mail)


def markdown(digest: Digest, *, public_url: str = "") -> str:
    """CommonMark with tables; nothing from outside is markup in it."""
    return _markdown.render(digest, public_url)


def text(digest: Digest, *, public_url: str = "") -> str:
    """Plain text."""
    return plain.render(digest, public_url)


def json(digest: Digest) -> str:
    """The record itself, as `digest.record.load` reads it again."""
    return dump(digest)


def message(digest: Digest, *, public_url: str = "") -> Message:
    """The digest for a channel. Its id is that of the period, so that two tries are one mail."""
    words = Words(digest, public_url)
    return Message(
        id=f"digest-{digest.key}",
        subject=f"{words.own(digest.title, 80)}, {words.heading()}: {digest.summary}",
        text=text(digest, public_url=public_url),
        html=html(digest, public_url=public_url, mail=True),
        thread=f"digest-{digest.plan}",
        data={
            "type": "digest",
            "digest": digest.key,
            "summary": digest.summary,
            "start": digest.start.isoformat(),
            "end": digest.end.isoformat(),
            "quiet": digest.quiet,
            "counts": {
                "denied": len(digest.denied.items) + digest.denied.over_cap + digest.denied.below_floor,
                "changed": len(digest.changed.items) + digest.changed.over_cap + digest.changed.below_floor,
                "added": len(digest.added.items) + digest.added.over_cap + digest.added.below_floor,
            },
            "review_url": words.link(f"digests/{digest.key}"),
        },
    )
