"""Reading a page only as far as anything watched may be found on it: cheap looks first, extraction last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.extract import decoding, markup
from pipeline.extract.page import extract
from pipeline.extract.union import nearer, union
from pipeline.match.reach import compile_reach
from pipeline.model.article import Extracted
from pipeline.model.outcome import Outcome, Reason, Skipped
from pipeline.model.source import Entry
from pipeline.model.watch import Watch

PUT_OFF = Skipped(Reason.PUT_OFF, "no topic and no claim can be reached from its words")


def read_page(
    body: bytes,
    watch: Watch,
    *,
    url: str,
    entry: Entry | None = None,
    content_type: str = "",
    country: str = "",
    agencies: Mapping[str, Sequence[str]] | None = None,
) -> Outcome[Extracted]:
    """The article of a page, or why it is none; Skipped with PUT_OFF where it could be about nothing watched.

    Looked at are all words of the page, then those that an article may be made of. `country` is that of the outlet,
    which its reports need not name.
    """
    reach = compile_reach(watch)
    words = union(body, entry=entry, content_type=content_type)
    if words is not None and not reach.can_touch(words, country=country):
        return PUT_OFF
    page = decoding.text(body, content_type)
    told = markup.read(page)
    if words is not None:
        words = nearer(told, entry=entry)
        if words is not None and not reach.can_touch(words, country=country):
            return PUT_OFF
    return extract(page, url=url, entry=entry, content_type=content_type, agencies=agencies, told=told)
