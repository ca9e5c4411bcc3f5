"""Reading quantities in prose: money, counts with their noun, shares, multiples, durations, ordinals.

A reader that is not sure abstains: names with numbers in them, years, ages, clock times, scores, telephone numbers
and numbers of articles or resolutions give nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from pipeline.text.fold import fold
from pipeline.text.lexicons import NumberWords, number_words
from pipeline.text.measures import MeasureReader
from pipeline.text.records import CountryCurrency, Quantity
from pipeline.text.tokens import Tokens, blocks

_CHANGE_GAP = 40  # code points between the two ends of a change

__all__ = ["CountryCurrency", "Quantity", "read"]


def read(
    text: str,
    lang: str,
    *,
    folded: str | None = None,
    country_currency: CountryCurrency | None = None,
    masked: Sequence[tuple[int, int]] | None = None,
) -> tuple[Quantity, ...]:
    """The quantities that `text` states, in order; `folded` spares folding it again.

    `country_currency` settles a sign that several currencies share; without it such an amount is left out. `masked`
    are the spans that `dates.spans` found, in order; without them they are looked for here.
    """
    from pipeline.text import dates

    folded = fold(text) if folded is None else folded
    if masked is None:
        masked = dates.spans(text, lang, folded=folded)
    words = number_words(lang)
    found: list[Quantity] = []
    for tokens in blocks(text, folded, lang=lang, spaced=words.spaced):
        _read_block(tokens, words, country_currency, masked, found)
    if found and found[-1].role == "from":
        found[-1] = replace(found[-1], role="")
    return tuple(found)


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
