"""An article against the index: one pass, then sentences with their terms, cues, values and carried subjects."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from functools import partial

from pipeline.match.carry import carry
from pipeline.match.index import CUE, LATER, LISTED, Found, Index
from pipeline.model.article import Article
from pipeline.text import cues, language, quantities, sentences
from pipeline.text.document import ByLine, Document, Line, Mention, Signal, Values
from pipeline.text.fold import clean, fold
from pipeline.text.records import CountryCurrency, DateMention, Quantity

_BROKEN = re.compile("[\ud800-\udfff]")
_QUOTES = re.compile('[“”«»„‟"]')
SAID = frozenset({"stage", "drop", "denial"})  # cues whose phrases hold words that are names elsewhere
SAME_PLACE = 4  # names of one term that may begin at one place
LONGEST_QUOTE = 1200  # code points; a mark left open ends there at the latest


def read(article: Article, index: Index) -> Document:
    """The article, read. Never raises on any text; time is linear in its length."""
    title = clean(_BROKEN.sub("\ufffd", article.title))
    body = clean(_BROKEN.sub("\ufffd", article.text))
    text = f"{title.text}\n\n{body.text}"
    folded = fold(text)
    lang = language.detect(text, article.lang)
    lines = _lines(title.text, body.text, lang)
    doc = Document(
        article.title,
        article.text,
        title,
        body,
        text,
        folded,
        lang,
        lines,
        article.published,
        _home(article, lang, index),
        quotes=_quotes(text),
    )
    later = _place(doc, index.scan(text, folded, lang), index)
    starts = [line.start for line in lines]
    currency = _currency_of(doc, article, index)  # of countries as they are named, before subjects are carried
    values = Values(partial(_values, text, folded, lang, starts, article, currency))
    for line in lines:
        line.values = values
    carry(doc, later, index)
    doc.where = _where(doc.lines)
    return doc


def _lines(title: str, body: str, lang: str) -> list[Line]:
    lines = [Line(0, len(title), -1)]
    shift = len(title) + 2
    lines += [Line(s.start + shift, s.end + shift, s.paragraph) for s in sentences.split(body, lang)]
    return lines


def _home(article: Article, lang: str, index: Index) -> str:
    """The country that the outlet need not name: its own, else the one whose language the text is in."""
    iso = article.country.upper()
    if iso:
        return index.states[iso].id if iso in index.states else ""
    return index.homes.get(lang, "")


def _where(lines: list[Line]) -> dict[str, list[int]]:
    where: dict[str, list[int]] = defaultdict(list)
    for number, line in enumerate(lines):
        for term in {**line.terms, **dict.fromkeys(line.carried)}:
            where[term].append(number)
    return dict(where)


def _quotes(text: str) -> list[tuple[int, int]]:
    spans = []
    opened = -1
    for match in _QUOTES.finditer(text):
        at, sign = match.start(), match.group()
        if opened >= 0 and at - opened > LONGEST_QUOTE:
            opened = -1
        if sign in "«„" or opened < 0:
            opened = at
        else:
            spans.append((opened, match.end()))
            opened = -1
    return spans


def line_of(starts: list[int], at: int) -> int:
    """The number of the line in which a place lies."""
    return max(0, bisect_right(starts, at) - 1)


def _place(doc: Document, found: Iterable[Found], index: Index) -> list[tuple[int, Found]]:
    """Puts names and cues into their lines; gives back the short names, still to be understood."""
    starts = [line.start for line in doc.lines]
    names, later = [], []
    signals: dict[str, list[Found]] = defaultdict(list)
    for f in found:
        if f.entry.sort == LISTED:
            _add(doc.lines[line_of(starts, f.start)], f.entry.target, f)
        elif f.entry.sort == CUE:
            signals[f.entry.target].append(f)
        elif f.entry.sort == LATER:
            later.append(f)
        else:
            names.append(f)
    phrases = [(f.start, f.end) for some in signals.values() for f in some if f.entry.target in SAID]
    names = _not_within(names, phrases)
    for f in _outermost(names):
        _add(doc.lines[line_of(starts, f.start)], f.entry.target, f)
        country = index.concepts[f.entry.target].country
        if country:
            _add(doc.lines[line_of(starts, f.start)], country, f)
    for kind, some in signals.items():
        for f in _outermost(some):
            if f.entry.value != cues.IDIOM:
                doc.lines[line_of(starts, f.start)].signals.append(Signal(kind, f.entry.value, f.start, f.end))
    for line in doc.lines:
        line.signals.sort(key=lambda s: (s.start, s.end))
    named = [(f.start, f.end) for f in _outermost(names)]
    return [(line_of(starts, f.start), f) for f in _outside(_outermost(later), named)]


def _add(line: Line, term: str, f: Found) -> None:
    """Adds a mention, once per place; names at one place come one after another."""
    known = line.terms.setdefault(term, [])
    if not any(m.start == f.start for m in known[-SAME_PLACE:]):
        known.append(Mention(term, f.start, f.end))


def _outermost(found: list[Found]) -> list[Found]:
    """Without those that lie inside a longer one of their kind; equal spans all stay."""
    kept: list[Found] = []
    for f in sorted(found, key=lambda f: (f.start, -f.end)):
        if kept and f.end <= kept[-1].end and (f.start, f.end) != (kept[-1].start, kept[-1].end):
            continue
        kept.append(f)
    return kept


def _not_within(found: list[Found], phrases: list[tuple[int, int]]) -> list[Found]:
    """Without those that are only a word of a longer phrase: "ترک کر" is "give up", and no Turk."""
    longest: dict[int, int] = {}
    for start, end in phrases:
        longest[start] = max(longest.get(start, 0), end)
    return [f for f in found if f.end >= longest.get(f.start, 0)]


def _outside(found: list[Found], spans: list[tuple[int, int]]) -> list[Found]:
    starts = [a for a, _ in spans]
    kept = []
    for f in found:
        place = bisect_right(starts, f.start) - 1
        if place < 0 or spans[place][1] <= f.start:
            kept.append(f)
    return kept


def _values(
    text: str, folded: str, lang: str, starts: list[int], article: Article, currency: CountryCurrency
) -> ByLine:
    found: dict[int, tuple[list[Quantity], list[DateMention]]] = defaultdict(lambda: ([], []))
    values, dates = quantities.read_with_dates(
        text, lang, published=article.published, folded=folded, country_currency=currency
    )
    for quantity in values:
        found[starts[line_of(starts, quantity.start)]][0].append(quantity)
    for date in dates:
        found[starts[line_of(starts, date.start)]][1].append(date)
    return dict(found)


def _currency_of(doc: Document, article: Article, index: Index) -> CountryCurrency:
    """Which currency an ambiguous sign means at a place: of the country named nearest before, then the outlet's."""
    places = sorted(
        (m.start, c.currency)
        for line in doc.lines
        for term, mentions in line.terms.items()
        if (c := index.concepts.get(term)) and c.currency
        for m in mentions
    )
    starts = [p[0] for p in places]
    state = index.states.get(article.country.upper())
    home = state.currency if state else ""

    def nearest(at: int, among: tuple[str, ...]) -> str:
        place = bisect_right(starts, at) - 1
        while place >= 0:
            if places[place][1] in among:
                return places[place][1]
            place -= 1
        return home if home in among else ""

    return nearest
