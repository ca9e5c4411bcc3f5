"""Dates of feeds in every dialect met."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.sources import dates

TEN = datetime(2026, 11, 22, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "hour"),
    [
        ("Sun, 22 Nov 2026 10:00:00 GMT", 10),
        ("Sun, 22 Nov 2026 10:00:00 +0400", 6),
        ("Sun, 22 Nov 2026 10:00:00 -0300", 13),
        ("22 Nov 2026 10:00 +0500", 5),
        ("Sun, 22 Nov 26 10:00:00 GMT", 10),
        ("Sun, 22 Nov 2026 10:00:00 PKT", 5),
        ("Sun, 22 Nov 2026 10:00:00 MSK", 7),
        ("Sun, 22 Nov 2026 10:00:00 EST", 15),
        ("Sun, 22 Nov 2026 10:00:00 GMT+4", 6),
        ("Sun, 22 Nov 2026 10:00:00", 10),
        ("2026-11-22T10:00:00Z", 10),
        ("2026-11-22T10:00:00+04:00", 6),
        ("2026-11-22T10:00:00.123+0400", 6),
        ("2026-11-22 10:00:00", 10),
        ("2026-11-22 10:00:00 +0530", 4.5),
        ("2026-11-22T10:00+03", 7),
        ("20261122T100000Z", 10),
        ("2026/11/22 10:00", 10),
        ("22.11.2026 10:00", 10),
        ("22/11/2026 10:00:00 +04:00", 6),
        ("  2026-11-22T10:00:00Z \n", 10),
    ],
)
def test_a_date_is_read_with_its_zone(raw: str, hour: float) -> None:
    found = dates.read(raw)
    assert found is not None
    assert found.tzinfo is UTC
    assert (found.replace(microsecond=0) - TEN.replace(hour=0)).total_seconds() == hour * 3600


@pytest.mark.parametrize("raw", ["2026-11-22", "Sun, 22 Nov 2026", "22.11.2026"])
def test_a_day_alone_is_its_midnight(raw: str) -> None:
    assert dates.read(raw) == datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    "raw",
    ["", "yesterday", "0000-00-00 00:00:00", "2026-13-45", "31 Feb 2026 10:00 GMT", "99.99.9999", "2026", "1", "-",
     "x" * 500, "٢٠٢٦-١١-٢٢", "Sun, 22 Nov 99999 10:00:00 GMT", "0001-01-01T00:00:00+14:00",
     "9999-12-31T23:59:59-14:00"],
)  # fmt: skip
def test_what_is_no_date_is_none(raw: str) -> None:
    assert dates.read(raw) is None
