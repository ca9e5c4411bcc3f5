"""Quantities in English prose, and what must not be taken for one."""

from __future__ import annotations

import pytest

from pipeline.text.quantities import Quantity, read


def found(text: str, lang: str = "en", currency: str = "PKR") -> list[Quantity]:
    def settle(at: int, among: tuple[str, ...]) -> str:
        assert 0 <= at < len(text)
        return currency if currency in among else ""

    quantities = list(read(text, lang, country_currency=settle))
    for q in quantities:
        assert text[q.start : q.end] == q.text
        assert 0 <= q.start < q.end <= len(text)
        assert q.noun_start <= q.noun_end <= len(text)
    return quantities


def said(text: str, lang: str = "en", currency: str = "PKR") -> list[str]:
    return [f"{q.kind} {q.canonical()}" for q in found(text, lang, currency)]


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("a deal worth $1.6bn", "1.6e9 USD"),
        ("$1.6 billion", "1.6e9 USD"),
        ("USD 1.6 billion", "1.6e9 USD"),
        ("US$1.6 billion", "1.6e9 USD"),
        ("$ 1,600 million", "1.6e9 USD"),
        ("1.6 billion US dollars", "1.6e9 USD"),
        ("one point six billion dollars", "1.6e9 USD"),
        ("$1,600,000,000", "1.6e9 USD"),
        ("1.6bn USD", "1.6e9 USD"),
        ("EUR 1.5bn", "1.5e9 EUR"),
        ("€40m", "4e7 EUR"),
        ("8.7bn manats", "8.7e9 AZN"),
        ("Rs 400 billion", "4e11 PKR"),
        ("Rs. 400 billion", "4e11 PKR"),
        ("Rs20,000 crore", "2e11 PKR"),
        ("₹21,772 crore", "2.1772e11 INR"),
        ("Tk 5,000 crore", "5e10 BDT"),
        ("1.5 lakh crore rupees", "1.5e12 PKR"),
        ("12 lakh Indian rupees", "1.2e6 INR"),
        ("five billion liras", "5e9 TRY"),
        ("3 million roubles", "3e6 RUB"),
        ("40 billion drams", "4e10 AMD"),
        ("a million dollars", "1e6 USD"),
        ("half a billion dollars", "5e8 USD"),
        ("four and a half billion dollars", "4.5e9 USD"),
        ("a billion and a half dollars", "1.5e9 USD"),
        ("a quarter of a million pounds", "250000 GBP"),
        ("a $2 billion package", "2e9 USD"),
        ("a two-billion-dollar deal", "2e9 USD"),
        ("tens of millions of dollars", ">=2e7 USD"),
        ("more than $20 billion", ">=2e10 USD"),
        ("five billion dollars or more", ">=5e9 USD"),
        ("up to €3bn", "<=3e9 EUR"),
        ("below $100 million", "<=1e8 USD"),
        ("about $5 billion", "5e9 USD"),
        ("$2.5-3 billion", "2.5e9..3e9 USD"),
        ("between $2 billion and $3 billion", "2e9..3e9 USD"),
        ("$300 million to $400 million", "3e8..4e8 USD"),
        ("$1,500 a month", "1500 USD"),
        ("$1.71 a pound", "1.71 USD"),
    ],
)
def test_money(text: str, canonical: str) -> None:
    assert said(text) == [f"money {canonical}"]


def test_two_currencies_of_one_sum_are_both_read() -> None:
    assert said("Rs 400 billion ($1.4 billion)") == ["money 4e11 PKR", "money 1.4e9 USD"]
    assert said("319 million manats ($188 million)") == ["money 3.19e8 AZN", "money 1.88e8 USD"]


def test_a_shared_sign_abstains_until_it_is_settled() -> None:
    assert read("worth Rs 400 billion", "en") == ()
    assert said("worth Rs 400 billion", currency="") == []
    assert said("worth Rs 400 billion", currency="INR") == ["money 4e11 INR"]
    assert read("400 billion Pakistani rupees", "en")[0].unit == "PKR"


@pytest.mark.parametrize(
    ("text", "value", "head", "phrase"),
    [
        ("40 JF-17 Block III fighter jets for the force", "40", "jets", "JF-17 Block III fighter jets"),
        ("eight jets with ammunition", "8", "jets", "jets"),
        ("16 aircraft", "16", "aircraft", "aircraft"),
        ("hand over 40 of the aircraft", "40", "aircraft", "aircraft"),
        ("30 F-16s", "30", "f-16s", "F-16s"),
        ("240,000 Indians travelled", "240000", "indians", "Indians"),
        ("1.5 lakh tourists", "150000", "tourists", "tourists"),
        ("1,50,000 visitors", "150000", "visitors", "visitors"),
        ("two hundred and forty thousand visitors", "240000", "visitors", "visitors"),
        ("a pair of single-seat fighters", "2", "fighters", "single-seat fighters"),
        ("a dozen cargoes over one year", "12", "cargoes", "cargoes"),
        ("half a dozen round trips", "6", "trips", "round trips"),
        ("two dozen accords", "24", "accords", "accords"),
        ("two score jets", "40", "jets", "jets"),
        ("twenty-four documents", "24", "documents", "documents"),
        ("one warship", "1", "warship", "warship"),
        ("17,000-tonne fleet tankers", "17000", "tonne", "tonne"),
        ("up to 3,600 kg of weapons", "<=3600", "kg", "kg"),
        ("at least 20 jets", ">=20", "jets", "jets"),
        ("more than 20 jets", ">=20", "jets", "jets"),
        ("no fewer than twenty jets", ">=20", "jets", "jets"),
        ("up to 3,000 troops", "<=3000", "troops", "troops"),
        ("fewer than 20 jets", "<=20", "jets", "jets"),
        ("40+ jets", ">=40", "jets", "jets"),
        ("300 to 400 drones", "300..400", "drones", "drones"),
        ("between 30 and 40 jets", "30..40", "jets", "jets"),
        ("30-40 jets", "30..40", "jets", "jets"),
        ("30–40 thousand people", "30000..40000", "people", "people"),
        ("three to five kilometres", "3..5", "kilometres", "kilometres"),
        ("hundreds of thousands of people", ">=200000", "people", "people"),
        ("dozens of drones", ">=24", "drones", "drones"),
        ("5m people", "5000000", "people", "people"),
        ("2000 troops in the field", "2000", "troops", "troops"),
    ],
)
def test_counts_with_their_noun(text: str, value: str, head: str, phrase: str) -> None:
    (q,) = [q for q in found(text) if q.kind == "count"]
    assert (q.canonical(), q.unit, text[q.noun_start : q.noun_end]) == (value, head, phrase)


def test_a_change_is_two_counts_with_their_roles() -> None:
    text = "The order was raised from 16 to 40, the government said."
    assert [(q.canonical(), q.role) for q in found(text)] == [("16", "from"), ("40", "to")]
    text = "Turnover rose from $2 billion last year to $5 billion."
    assert [(q.canonical(), q.role) for q in found(text)] == [("2e9 USD", "from"), ("5e9 USD", "to")]
    assert [q.role for q in found("Visitors came from 40 countries.")] == [""]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10 percent of the exports", "10"),
        ("10% of the exports", "10"),
        ("ten per cent", "10"),
        ("a tenth of the budget", "10"),
        ("one tenth of it", "10"),
        ("seven tenths of its arms", "70"),
        ("one in ten Indians", "10"),
        ("nine out of ten", "90"),
        ("a third fewer guests", "33.33"),
        ("two-thirds of its arms", "66.67"),
        ("half of the fleet", "50"),
        ("three quarters of the fleet", "75"),
        ("nearly a third", ""),
        ("at least 70 percent", ">=70"),
        ("10 to 15 percent", "10..15"),
        ("about 3.8 percent", "3.8"),
    ],
)
def test_shares(text: str, value: str) -> None:
    assert said(text) == ([f"percent {value}"] if value else [])


def test_percentage_points_are_marked() -> None:
    assert [q.unit for q in found("up 3 percentage points to 10 percent")] == ["pp", "%"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a fivefold rise", "5"),
        ("trade doubled", "2"),
        ("exports tripled", "3"),
        ("three times as many", "3"),
        ("twice the sum", "2"),
        ("10 times higher", "10"),
    ],
)
def test_multiples(text: str, value: str) -> None:
    assert said(text) == [f"multiple {value}"]


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("an eight-day drill", "P8D"),
        ("the 44-day war", "P44D"),
        ("a two-year extension", "P2Y"),
        ("three decades", "P30Y"),
        ("for another year", "P1Y"),
        ("after a fortnight", "P14D"),
        ("two weeks", "P14D"),
        ("about twelve months", "P12M"),
        ("a dozen cargoes over one year", "P1Y"),
        ("for over five years", ">=P5Y"),
        ("up to 99 years", "<=P99Y"),
        ("three to five days", "P3D..P5D"),
        ("24 hours", "PT24H"),
        ("1.5 years", "P18M"),
        ("14.6 seconds", "PT14.6S"),
    ],
)
def test_durations(text: str, canonical: str) -> None:
    assert [q.canonical() for q in found(text) if q.kind == "duration"] == [canonical]


@pytest.mark.parametrize(
    ("text", "value", "noun"),
    [
        ("the second gathering of its kind", "2", "gathering"),
        ("the 17th summit", "17", "summit"),
        ("the 3rd meeting", "3", "meeting"),
        ("its first joint drill of the year", "1", "drill"),
        ("the twenty-first festival", "21", "festival"),
    ],
)
def test_ordinals(text: str, value: str, noun: str) -> None:
    assert [(q.canonical(), q.unit) for q in found(text) if q.kind == "ordinal"] == [(value, noun)]


@pytest.mark.parametrize(
    "text",
    [
        "JF-17 and F-16 and Mi-17 and Su-57",
        "F-16s and TB2s and A400M",
        "TB2 drones",
        "the Agosta 90B submarine",
        "Block III and Block 52",
        "a 5th generation fighter",
        "fifth-generation jets",
        "G20 and COP29 and 5G",
        "JF 17 and F 16",
        "resolution 1701 and Resolution No. 47",
        "Article 370 was scrapped",
        "Flight 8243 crashed",
        "Pakistan won 3-1",
        "at 18:20 on the day",
        "at 7:53 pm",
        "call +994 12 493 00 00",
        "call 555-12-34",
        "open 24/7",
        "aged 45",
        "a 45-year-old man",
        "81 years old",
        "in 2020",
        "on 28 May 2025",
        "10.11.2026",
        "the 2020 war",
        "in 2020-2024",
        "the 1990s",
        "magnitude 6.1",
        "Mach 1.6",
        "the third-largest buyer",
        "version 2.0.1",
        "three-way talks",
        "no one came",
        "at first sight",
        "a second thought crossed him, a third did not",
        "Turn 5",
    ],
)
def test_abstains(text: str) -> None:
    assert [q for q in found(text) if q.kind != "count" or q.unit or q.canonical() not in ("5",)] == []


def test_a_verb_is_no_currency() -> None:
    assert [q.kind for q in found("they try 40 times; TRY 40")] == ["money"]


def test_covers_ten_is_not_rupees() -> None:
    assert [(q.kind, q.canonical()) for q in found("the plan covers 10 projects")] == [("count", "10")]


def test_a_bare_number_is_a_count_without_noun() -> None:
    (q,) = found("They have 13.")
    assert (q.kind, q.canonical(), q.unit, q.noun_start) == ("count", "13", "", q.noun_end)


def test_unknown_language_reads_signs_and_digits_alone() -> None:
    assert said("$1.6 ja 40", "") == ["money 1.6 USD", "count 40"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("put at anywhere from $1.6 to $4.6 billion", ["money 1.6e9..4.6e9 USD"]),
        ("from $1.6 to $4.6 billion", ["money 1.6e9 USD", "money 4.6e9 USD"]),
        ("3 of 4 corvettes were delivered", ["count 3", "count 4"]),
        ("several hundred troops", ["count >=200"]),
        ("20-plus nations", ["count >=20"]),
        ("a 10-member delegation", ["count 10"]),
        ("Up to 3,000 Turkish and Azerbaijani soldiers", ["count <=3000"]),
        ("The leader, 45, and Captain Ali, 32, met", []),
        ("resolutions 47 and 91", []),
        ("at 10 Downing Street", []),
        ("the 20 Mirage 2000 jets", []),
        ("155mm shells and 7.62mm rounds", []),
        ("1. The first story", []),
        ("PAKISTAN SIGNS $4.6 BILLION DEAL FOR 40 JETS", ["money 4.6e9 USD", "count 40"]),
    ],
)
def test_prose(text: str, expected: list[str]) -> None:
    assert [s for s in said(text) if not s.startswith("ordinal")] == expected
