"""What holds for every text: spans, lengths, notation, and time linear in length."""

from __future__ import annotations

import itertools
import time
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from examples import many
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.text.dates import read as read_dates
from pipeline.text.fold import clean, fold
from pipeline.text.language import LANGUAGES, detect
from pipeline.text.quantities import read, read_with_dates
from pipeline.text.sentences import split

PUBLISHED = datetime(2025, 5, 28, tzinfo=UTC)

# Any code point, surrogates and control characters too.
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=200)
_WORDS = (
    "40 1.6 1,6 2,500 2025 28 may May 12. $ € Rs ₹ % - – ' , . : / ( ) bn milyar млрд ارب करोड़ thousand hundred two "
    "twenty üç on сорок двести چالیس ساڑھے डेढ़ quarante Milliarden half a and to between from at least more than "
    "up year years day days percent first second third last next ago by since until jets uçak самолётов طیارے "
    "JF-17 F-16s Block III TB2 \n \u06d4 \u0964 \u0589 \ud800 \x00 \u200c \u0640 \u093c ۴۰ ٪ 3-1 2020-24 18:20"
)
PIECES = st.sampled_from(_WORDS.split(" "))
MIXED = st.lists(PIECES, max_size=40).map(" ".join) | st.lists(PIECES, max_size=30).map("".join)
TEXTS = ANY_TEXT | MIXED
LANGS = st.sampled_from((*LANGUAGES, "", "xx"))


@settings(deadline=None, max_examples=many(300))
@given(TEXTS)
def test_fold_keeps_length_and_is_idempotent(text: str) -> None:
    folded = fold(text)
    assert len(folded) == len(text)
    assert fold(folded) == folded
    assert [fold(char) for char in text] == list(folded) or "Σ" in text or "σ" in folded


@settings(deadline=None, max_examples=many(200))
@given(TEXTS)
def test_clean_maps_back(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned.text).text == cleaned.text
    for at, char in enumerate(cleaned.text):
        assert text[cleaned.offset(at)] == char
        assert text[cleaned.offset(at + 1, end=True) - 1] == char


@settings(deadline=None, max_examples=many(300))
@given(TEXTS, LANGS)
def test_sentences_cover_the_text_in_order(text: str, lang: str) -> None:
    last, paragraph = 0, 0
    for s in split(text, lang):
        assert last <= s.start < s.end <= len(text)
        assert not text[last : s.start].strip()
        assert s.paragraph in (paragraph, paragraph + 1) or not last
        assert text[s.start : s.end] == text[s.start : s.end].strip()
        last, paragraph = s.end, s.paragraph
    assert not text[last:].strip()


@settings(deadline=None, max_examples=many(500))
@given(TEXTS, LANGS)
def test_spans_equal_the_text_and_do_not_overlap(text: str, lang: str) -> None:
    quantities, mentions = read_with_dates(text, lang, published=PUBLISHED, country_currency=lambda at, among: among[0])
    for q in quantities:
        assert text[q.start : q.end] == q.text
        assert q.start < q.end
        assert q.start <= q.noun_start <= q.noun_end <= len(text)
        assert q.canonical()
        if q.low is not None and q.high is not None:
            assert q.low <= q.high
    for m in mentions:
        assert text[m.start : m.end] == m.text
        assert m.start < m.end
        assert m.canonical[:4].isdigit()
    assert all(a.end <= b.start for a, b in itertools.pairwise(quantities))


@settings(deadline=None, max_examples=many(100))
@given(TEXTS, st.sampled_from(("", *LANGUAGES)))
def test_detect_never_raises(text: str, hint: str) -> None:
    assert detect(text, hint) in ("", *LANGUAGES)


@settings(deadline=None, max_examples=many(200))
@given(TEXTS, LANGS)
def test_reading_is_deterministic_and_the_folded_text_may_be_given(text: str, lang: str) -> None:
    assert read(text, lang) == read(text, lang, folded=fold(text))
    assert read_dates(text, lang, published=PUBLISHED) == read_with_dates(text, lang, published=PUBLISHED)[1]


NOTATIONS = [
    ("en", "${m}bn"),
    ("en", "${m} billion"),
    ("en", "USD {m}bn"),
    ("en", "US${m} billion"),
    ("en", "{m} billion dollars"),
    ("en", "{m} billion US dollars"),
    ("en", "${millions} million"),
    ("en", "${units}"),
    ("en", "a {m}-billion-dollar deal"),
    ("tr", "{c} milyar dolar"),
    ("tr", "{c} milyar dolarlık"),
    ("tr", "{dots} dolar"),
    ("az", "{c} milyard dollar"),
    ("az", "{c} mlrd. ABŞ dolları"),
    ("ru", "{c} млрд долларов"),
    ("ru", "{c} миллиарда долларов США"),
    ("ru", "{spaces} долларов"),
    ("ur", "{m} ارب ڈالر"),
    ("hi", "{m} अरब डॉलर"),
    ("fa", "{m} میلیارد دلار"),
    ("ar", "{m} مليار دولار"),
    ("hy", "{c} միլիարդ դոլար"),
    ("de", "{c} Milliarden Dollar"),
    ("de", "{c} Mrd. Dollar"),
    ("fr", "{c} milliards de dollars"),
]


@settings(deadline=None, max_examples=many(300))
@given(st.integers(11, 9999).filter(lambda n: n % 10), st.sampled_from(NOTATIONS))
def test_scale_notation_never_changes_a_value(tenths: int, notation: tuple[str, str]) -> None:
    lang, form = notation
    units = tenths * 100_000_000
    text = form.format(
        m=f"{tenths // 10}.{tenths % 10}",
        c=f"{tenths // 10},{tenths % 10}",
        millions=f"{tenths * 100:,}",
        units=f"{units:,}",
        dots=f"{units:,}".replace(",", "."),
        spaces=f"{units:,}".replace(",", " "),
    )
    (q,) = read(f"x: {text}.", lang)
    assert (q.kind, q.unit, q.value) == ("money", "USD", Decimal(units))


@settings(deadline=None, max_examples=many(100))
@given(st.integers(1, 99_999), st.sampled_from(["٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९", "０１２３４５６７８９"]))
def test_digits_of_every_script_are_the_same_number(number: int, digits: str) -> None:
    written = "".join(digits[int(d)] for d in str(number))
    text = f"bought {written} ships"
    found = read(text, "en")
    assert found == read(text, "en")
    if not 1900 <= number <= 2100:
        assert [(q.value, q.text) for q in found] == [(number, written)]


@settings(deadline=None, max_examples=many(100))
@given(st.integers(2, 999))
def test_german_words_and_digits_agree(number: int) -> None:
    from pipeline.text.compounds import german

    for form in german()[str(number)]:
        (q,) = read(f"{form} Flugzeuge", "de")
        assert q.value == number


WORST = [
    "1 ", "1.", "1,", "1-", "$", "two ", "hundred ", "thousand million ", "may ", "between 3 and ", "2020-", "tens of ",
    '"40" ', "JF-17 ", "JF 17 ", "x-", ". ", "\n", "a", "half a ", "last ", "U.S. ", "\ud800", "(", "and a half ",
]  # fmt: skip


@pytest.mark.parametrize("piece", WORST)
def test_time_grows_with_the_length_alone(piece: str) -> None:
    def seconds(times: int) -> float:
        text = piece * times
        best = 1e9
        for _ in range(2):
            begin = time.process_time()
            split(text, "en")
            read_with_dates(text, "en", published=PUBLISHED)
            best = min(best, time.process_time() - begin)
        return best

    small, large = seconds(250), seconds(2_000)
    assert large < 8 * 3 * small + 0.05  # eight times the text; three times that allows for a busy machine


def test_one_sentence_of_200_000_characters() -> None:
    text = "the forty jets worth $1.6 billion that were bought in May 2025 and " * 3_000
    begin = time.process_time()
    assert len(split(text, "en")) == 1
    quantities, mentions = read_with_dates(text, "en")
    assert time.process_time() - begin < 10
    assert len(quantities) == 6_000
    assert len(mentions) == 3_000
