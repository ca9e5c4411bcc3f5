"""Reading quantities in prose: money, counts with their noun, shares, multiples, durations, ordinals.

A reader that is not sure abstains: names with numbers in them, years, ages, clock times, scores, telephone numbers
and numbers of articles or resolutions give nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from pipeline.text import dates
from pipeline.text.fold import fold
from pipeline.text.lexicons import NumberWords, number_words
from pipeline.text.measures import MeasureReader
from pipeline.text.records import CountryCurrency, DateMention, Quantity
from pipeline.text.tokens import Tokens, blocks

_CHANGE_GAP = 40  # code points between the two ends of a change

__all__ = ["CountryCurrency", "Quantity", "read", "read_with_dates"]


def read(
    text: str, lang: str, *, folded: str | None = None, country_currency: CountryCurrency | None = None
) -> tuple[Quantity, ...]:
    """The quantities that `text` states, in order; `folded` spares folding it again.

    `country_currency` settles a sign that several currencies share; without it such an amount is left out.
    """
    return read_with_dates(text, lang, folded=folded, country_currency=country_currency)[0]


def read_with_dates(
    text: str,
    lang: str,
    *,
    published: datetime | None = None,
    folded: str | None = None,
    country_currency: CountryCurrency | None = None,
) -> tuple[tuple[Quantity, ...], tuple[DateMention, ...]]:
    """`read` and `dates.read` in one pass, which costs less than both."""
    folded = fold(text) if folded is None else folded
    words = number_words(lang)
    base = published.date() if published is not None else None
    quantities: list[Quantity] = []
    mentions: list[DateMention] = []
    for tokens in blocks(text, folded, lang=lang, spaced=words.spaced):
        found = list(dates.in_block(tokens, base))
        _read_block(tokens, words, country_currency, [span for span, _ in found], quantities)
        mentions += (mention for _, mention in found if mention is not None)
    if quantities and quantities[-1].role == "from":
        quantities[-1] = replace(quantities[-1], role="")
    return tuple(quantities), tuple(mentions)


def _read_block(
    tokens: Tokens,
    words: NumberWords,
    country_currency: CountryCurrency | None,
    masked: Sequence[tuple[int, int]],
    found: list[Quantity],
) -> None:
    reader = MeasureReader(tokens, words, country_currency)
    free_from = 0
    for at in reader.anchors():
        if at < free_from:
            continue
        inside = _masked_until(masked, tokens.starts[at])
        if inside:
            continue
        quantity, end = reader.read(at, floor=free_from)
        if quantity is not None and not _masked_until(masked, quantity.end - 1):
            found.append(_linked(found, quantity, tokens))
        free_from = max(free_from, end)


def _masked_until(masked: Sequence[tuple[int, int]], at: int) -> int:
    """The end of the date that covers offset `at`, 0 for none."""
    n = bisect_left(masked, (at + 1, 0)) - 1
    return masked[n][1] if n >= 0 and masked[n][1] > at else 0


def _linked(found: list[Quantity], quantity: Quantity, tokens: Tokens) -> Quantity:
    """The second end of a change with its role ("from 16 to 40" is two quantities); a lone first end loses its own."""
    if not found or found[-1].role != "from":
        return quantity
    gap = tokens.folded[max(found[-1].end, found[-1].noun_end) : quantity.start]
    bare = not found[-1].unit and quantity.kind in ("count", "money")
    same = found[-1].kind == quantity.kind or bare
    if same and len(gap) <= _CHANGE_GAP and not any(stop in gap for stop in ".\n;"):
        return (
            replace(quantity, role="to")
            if quantity.bound != "<="
            else replace(quantity, role="to", bound="", low=quantity.high)
        )
    found[-1] = replace(found[-1], role="")
    return quantity
