"""Values beside what is known: tolerance, bounds, currencies, dates, durations."""

from __future__ import annotations

import pytest

from pipeline.diff.values import days, later_stage, parse_number, same_value, stage_rank, surer
from pipeline.model.watch import Rates

RATES = Rates(per_base={"EUR": 0.9, "AZN": 1.7})


@pytest.mark.parametrize(
    ("kind", "known", "said", "same"),
    [
        ("money", "4e9 USD", "4.2e9 USD", True),
        ("money", "4e9 USD", "4.4e9 USD", False),
        ("money", "4e9 USD", "6.8e9 AZN", True),
        ("money", "4e9 USD", "8.1e9 AZN", False),
        ("money", "4e9 USD", "4e9 XXX", False),
        ("count", "240000", "250000", True),
        ("count", "240000", "44000", False),
        ("count", "<=3000", "<=3000", True),
        ("count", "<=3000", "3000", True),
        ("count", "<=3000", ">=3000", False),
        ("count", "300..400", "300..400", True),
        ("percent", "10", "11", True),
        ("percent", "70", "60", False),
        ("ordinal", "1", "2", False),
        ("duration", "P8D", "P8D", True),
        ("duration", "P1Y", "P12M", True),
        ("duration", "P8D", "P14D", False),
        ("date", "2024-07", "2024-07-04", True),
        ("date", "2023", "2025", False),
        ("date", "2020/2024", "2020/2024", True),
        ("date", "2020/2024", "2019/2023", False),
        ("date", "2024", "2025-05/2025-08", False),
        ("place", "Baku", "baku", True),
    ],
)
def test_whether_a_value_repeats_the_known_one(kind: str, known: str, said: str, same: bool) -> None:
    assert same_value(kind, known, said, RATES) is same


def test_numbers_are_read_with_bound_and_unit() -> None:
    number = parse_number(">=1.6e9 USD")
    assert number is not None
    assert (number.low, number.bound, number.unit) == (1.6e9, ">=", "USD")
    assert parse_number("many") is None


def test_stages_move_forward_and_certainty_up() -> None:
    assert later_stage("planned", "signed")
    assert not later_stage("signed", "planned")
    assert stage_rank("cancelled") == -1
    assert surer("reported", "confirmed")
    assert not surer("reported", "alleged")
    assert days("P1M") == pytest.approx(30.4)
    assert days("soon") is None
