"""Reading dates and periods in prose, at the precision stated."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from pipeline.text.date_forms import Form
from pipeline.text.date_meaning import Teller
from pipeline.text.date_phrases import PhraseReader
from pipeline.text.date_words import date_words
from pipeline.text.fold import fold
from pipeline.text.lexicons import number_words
from pipeline.text.records import DateMention
from pipeline.text.tokens import Tokens, blocks

__all__ = ["DateMention", "in_block", "read", "spans"]

# Where a date stands that is nothing else besides, and what it says if that can be told.
Found = tuple[tuple[int, int], DateMention | None]


def read(
    text: str, lang: str, *, published: datetime | None = None, folded: str | None = None
) -> tuple[DateMention, ...]:
    """The dates that `text` states, in order; what needs the publication date is left out when `published` is None."""
    base = published.date() if published is not None else None
    return tuple(mention for _, mention in _find(text, lang, base, folded) if mention is not None)


def spans(text: str, lang: str, *, folded: str | None = None) -> tuple[tuple[int, int], ...]:
    """Where dates stand in `text`, those too that need the publication date to be told."""
    return tuple(span for span, _ in _find(text, lang, None, folded))


def _find(text: str, lang: str, base: date | None, folded: str | None) -> Iterator[Found]:
    folded = fold(text) if folded is None else folded
    for tokens in blocks(text, folded, lang=lang, spaced=number_words(lang).spaced):
        yield from in_block(tokens, base)


def in_block(tokens: Tokens, base: date | None) -> Iterator[Found]:
    """The dates of one block of tokens, in order; `base` is the day of publication."""
    words = date_words(tokens.lang)
    reader = PhraseReader(tokens, words, number_words(tokens.lang))
    teller = Teller(tokens, words, base)
    free = 0
    for at in words.anchors.among(tokens.words):
        form = reader.read(at, free) if at >= free else None
        if form is not None:
            form = reader.ranged(form)
            free = form.last
            yield _handed_out(tokens, form, teller)


def _handed_out(tokens: Tokens, form: Form, teller: Teller) -> Found:
    """The span with its qualifier, and the mention with the relation that stands before or after it."""
    words = date_words(tokens.lang)
    last = form.last
    qualifier = words.qualifiers.before(tokens.words, form.first)
    first = form.first - (qualifier[1] if qualifier else 0)
    before = words.relation_before.before(tokens.words, first)
    after = words.relation_after.at(tokens.words, last)
    if after is not None:
        last += after[1]
    relation = (after or before or ("", 0))[0]
    start, end = tokens.starts[first], tokens.ends[last - 1]
    relation = "by" if form.term else relation
    ahead = {"by": True, "since": False}.get(relation)
    if before is not None and words.start_of.before(tokens.words, first) is not None:
        ahead = None  # "from" looks either way
    period, relative = teller.tell(form, ahead=ahead)
    covered = (start, start if form.term else end)  # a term is a duration too, and stays readable as one
    if period is None or not period.known:
        return covered, None
    return covered, DateMention(
        canonical=period.canonical(),
        relation="" if form.paired and relation != "in" else relation,
        start=start,
        end=end,
        text=tokens.text[start:end],
        relative=relative,
    )
