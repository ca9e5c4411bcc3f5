"""What other parsers were measured to get wrong, and what bit earlier readers of ours."""

from __future__ import annotations

import pytest

from pipeline.text.dates import read as read_dates
from pipeline.text.fold import fold
from pipeline.text.quantities import read_with_dates
from pipeline.text.sentences import split

# The phrases on which the measured libraries failed or lost the scale, in a carrier sentence.
TABLE = [
    ("en", "$1.6 billion", ["money 1.6e9 USD"]),
    ("tr", "1,6 milyar dolar", ["money 1.6e9 USD"]),
    ("en", "USD 2bn", ["money 2e9 USD"]),
    ("en", "$2 billion", ["money 2e9 USD"]),
    ("en", "$3bn", ["money 3e9 USD"]),
    ("en", "10 percent", ["percent 10"]),
    ("en", "17,000-tonne", ["count 17000 tonne"]),
    ("en", "240,000 Indians", ["count 240000 indians"]),
    ("en", "by 2023", ["date 2023"]),
    ("en", "four-day", ["duration P4D"]),
    ("en", "eight jets", ["count 8 jets"]),
    ("en", "EUR 1.5bn", ["money 1.5e9 EUR"]),
    ("en", "Rs 400 billion", ["money 4e11 PKR"]),
    ("en", "1.5 lakh crore", ["count 1500000000000"]),
    ("en", "Rs 20,000 crore", ["money 2e11 PKR"]),
    ("en", "Tk 5,000 crore", ["money 5e10 BDT"]),
    ("en", "₹ 21,772 crore", ["money 2.1772e11 INR"]),
    ("de", "€1,2 Mrd.", ["money 1.2e9 EUR"]),
    ("ru", "3.5 млрд долларов", ["money 3.5e9 USD"]),
    ("en", "between 30 and 40", ["count 30..40"]),
    ("en", "a third of", ["percent 33.33"]),
    ("en", "10% of its arms exports in 2020-2024", ["percent 10", "date 2020/2024"]),
    ("en", "2020-2024", ["date 2020/2024"]),
    ("en", "$2.5 billion, not $25 billion", ["money 2.5e9 USD", "money 2.5e10 USD"]),
    ("en", "10% of, not 10 of", ["percent 10", "count 10"]),
]


@pytest.mark.parametrize(("lang", "phrase", "expected"), TABLE)
@pytest.mark.parametrize("carrier", ["{}", "He spoke of {} .", "({})", "They said “{}” again"])
def test_phrases_that_others_misread(lang: str, phrase: str, expected: list[str], carrier: str) -> None:
    quantities, dates = read_with_dates(carrier.format(phrase), lang, country_currency=lambda at, among: among[0])
    found = [(q.start, f"{q.kind} {q.canonical()} {'' if q.kind != 'count' else q.unit}".strip()) for q in quantities]
    found += [(d.start, f"date {d.canonical}") for d in dates]
    assert [said for _, said in sorted(found)] == expected


def test_may_sell_is_no_month_and_the_day_comes_first() -> None:
    assert read_dates("Pakistan may sell jets", "en") == ()
    assert [d.canonical for d in read_dates("signed on 10.11.2026", "en")] == ["2026-11-10"]
    assert [d.canonical for d in read_dates("in May 2025", "en")] == ["2025-05"]  # no invented day


@pytest.mark.parametrize(("lang", "text", "canonical"), [
    ("en", "by 2023", "2023"),
    ("tr", "28 Mayıs 2025", "2025-05-28"),
    ("en", "Q3 2025", "2025-07/2025-09"),
])  # fmt: skip
def test_dates_that_others_miss(lang: str, text: str, canonical: str) -> None:
    assert [d.canonical for d in read_dates(text, lang)] == [canonical]


def test_turkish_capitals() -> None:
    assert fold("İSTANBUL ISPARTA Iğdır") == fold("istanbul ısparta IĞDIR") == "istanbul isparta igdir"


def test_money_and_ranks_do_not_end_a_sentence() -> None:
    text = "It paid $1.6 bn. for jets, Lt. Gen. Shah said."
    assert len(split(text, "en")) == 1
    assert [q.canonical() for q in read_with_dates(text, "en")[0]] == ["1.6e9 USD"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\n\n",
        "\x00\x01\x02",
        "\ud800",
        "\udfff\ud800",
        "\u202e40 jets\u202c",
        "﷽",
        "½",
        "$",
        "%",
        "-",
        "40" * 40,
    ],
)
@pytest.mark.parametrize("lang", ["en", "tr", "ur", "hi", "ar", ""])
def test_odd_input_is_read_without_complaint(text: str, lang: str) -> None:
    quantities, dates = read_with_dates(text, lang)
    assert all(text[q.start : q.end] == q.text for q in (*quantities, *dates))
