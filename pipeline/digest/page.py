"""A digest as HTML: a page with SVG charts, and a mail with its styles in place. The one owner of css-inline."""

from __future__ import annotations

from dataclasses import replace

import css_inline

from pipeline.digest.record import Digest, Section
from pipeline.digest.words import LABELS, Words
from pipeline.text import template

MAIL_BYTES = 100_000  # largest mail body: the largest web mail client cuts messages above 102 KB
REPEATED = 30  # repeated claims listed
_CAPS = (20, 12, 8, 5, 3, 1)  # items a section, tried until the mail is small enough


def render(digest: Digest, *, public_url: str = "", mail: bool = False) -> str:
    """The page, or the mail: no script, nothing loaded from elsewhere.

    A mail that would exceed MAIL_BYTES is made again with fewer items; each section says how many are left out.
    """
    if not mail:
        return _fill(digest, public_url, mail=False)
    made = ""
    for cap in _CAPS:
        made = _inlined(_fill(_capped(digest, cap), public_url, mail=True))
        if len(made.encode()) <= MAIL_BYTES:
            break
    return made


def _fill(digest: Digest, public_url: str, *, mail: bool) -> str:
    words = Words(digest, public_url)
    only = [one for one in digest.repeated if one.only]
    values: dict[str, object] = {
        "digest": digest,
        "words": words,
        "mail": mail,
        "labels": LABELS,
        "sections": [("denies", digest.denied), ("changes", digest.changed), ("adds", digest.added)],
        "repetitions": only[:REPEATED],
        "repetitions_more": max(0, len(only) - REPEATED),
        "highest": max((one.articles for one in digest.volumes), default=0) or 1,
    }
    return template.fill("pipeline.digest", "digest.html", values)


def _inlined(page: str) -> str:
    inliner = css_inline.CSSInliner(
        inline_style_tags=True,
        keep_style_tags=False,
        keep_at_rules=True,
        load_remote_stylesheets=False,
        minify_css=True,
    )
    return inliner.inline(page)


def _capped(digest: Digest, cap: int) -> Digest:
    """The digest with at most `cap` items a section, and its lists cut alike."""
    return replace(
        digest,
        denied=_fewer(digest.denied, cap),
        changed=_fewer(digest.changed, cap),
        added=_fewer(digest.added, cap),
        near=digest.near[:cap],
        near_more=digest.near_more + max(0, len(digest.near) - cap),
        look_again=digest.look_again[:cap],
        look_again_more=digest.look_again_more + max(0, len(digest.look_again) - cap),
        topics=tuple(
            replace(one, stories=one.stories[:cap], more=one.more + max(0, len(one.stories) - cap))
            for one in digest.topics
        ),
        sources=digest.sources[: cap * 5],
    )


def _fewer(section: Section, cap: int) -> Section:
    rest = section.items[cap:]
    return replace(
        section,
        items=tuple(replace(item, more=()) for item in section.items[:cap]) if cap < _CAPS[0] else section.items[:cap],
        over_cap=section.over_cap + len(rest),
        left_out=(*section.left_out, *(finding for item in rest for finding in item.findings)),
    )
