"""A page of an archive, read where the engine runs: put off when no topic can be reached, else analysed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pipeline.analyse import analyse
from pipeline.model.article import Article, Extracted
from pipeline.model.finding import Analysis
from pipeline.model.outcome import Done, Outcome
from pipeline.model.watch import Watch
from pipeline.service import sift


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

    def read(self, watch: Watch) -> Outcome[Read]:
        """The page's article, analysed.

        Skipped(put-off) when no topic can be reached, whatever of the page is the article.
        Else Skipped as extraction says.
        """
        came = sift.read_page(
            self.body,
            watch,
            url=self.url,
            content_type=self.content_type,
            country=self.country,
            agencies=self.agencies,
        )
        if not isinstance(came, Done):
            return came
        found = came.value
        article = Article(
            id=self.id,
            text=found.text,
            title=found.title,
            url=self.url,
            lang=found.lang or self.lang,
            published=found.published or self.published,
            country=self.country,
            source=self.source,
            author=found.author,
            site=found.site,
        )
        return Done(Read(extracted=found, analysis=analyse(article, watch)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """An article of an archive and what it says."""

    extracted: Extracted
    analysis: Analysis
