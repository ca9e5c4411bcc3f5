"""How many examples a property is tried with: in proportion to the profile that Hypothesis has loaded (conftest.py)."""

from __future__ import annotations

from hypothesis import settings

THOROUGH, MODERATE = 100, 50  # examples of a property that says no number
FEWEST = 50  # what a property that asks for so many is always tried with


def register() -> None:
    """`moderate`, which is loaded unless `--hypothesis-profile thorough` asks for the whole, as .ci/run does."""
    settings.register_profile("thorough", max_examples=THOROUGH)
    settings.register_profile("moderate", max_examples=MODERATE)
    settings.load_profile("moderate")


def many(number: int) -> int:
    """So many in the thorough profile, and their share in a lesser one."""
    return max(min(number, FEWEST), number * settings().max_examples // THOROUGH)
