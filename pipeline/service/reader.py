"""A page of an archive, read where the engine runs: put off when no topic can be reached, else analysed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pipeline.analyse import analyse
from pipeline.extract import decoding
from pipeline.extract.page import extract
from pipeline.extract.union import union
from pipeline.match.reach import compile_reach
from pipeline.model.article import Article, Extracted
from pipeline.model.finding import Analysis
from pipeline.model.outcome import Done, Outcome, Reason, Skipped
from pipeline.model.watch import Watch


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page as an archive holds it."""

    id: str
    url: str
    body: bytes
    content_type: str = ""
    published: datetime | None = None  # when it was crawled, for pages that give no date
    lang: str = ""
    country: str = ""
    source: str = ""
    agencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """An article of an archive and what it says."""

    extracted: Extracted
    analysis: Analysis


def read_page(page: Page, watch: Watch) -> Outcome[Read]:
    """The page's article, analysed.

    Skipped(put-off) when no topic can be reached, whatever of the page is the article: it was not extracted then.
    Else Skipped as extraction says.
    """
    html = decoding.text(page.body, page.content_type)
    words = union(html, content_type=page.content_type)
    if words is not None and not compile_reach(watch).can_touch(words, country=page.country):
        return Skipped(Reason.PUT_OFF, "no topic can be reached")
    came = extract(html, url=page.url, content_type=page.content_type, agencies=page.agencies)
    if not isinstance(came, Done):
        return came
    found = came.value
    article = Article(
        id=page.id,
        text=found.text,
        title=found.title,
        url=page.url,
        lang=found.lang or page.lang,
        published=found.published or page.published,
        country=page.country,
        source=page.source,
        author=found.author,
        site=found.site,
    )
    return Done(Read(extracted=found, analysis=analyse(article, watch)))
