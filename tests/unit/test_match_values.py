"""Quantities and dates are read once, and only where something asks for them."""

from __future__ import annotations

from pipeline.text.document import ByLine, Line, Values


def test_values_are_read_when_first_asked_for_and_once() -> None:
    asked = []

    def read() -> ByLine:
        asked.append(1)
        return {}

    values = Values(read)
    first, second = Line(0, 4, -1, values=values), Line(6, 9, 0, values=values)
    assert asked == []
    assert first.quantities == second.quantities == first.dates == []
    assert asked == [1]
