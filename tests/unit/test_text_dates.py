"""Dates and periods at the precision stated, absolute and relative to publication, in eleven languages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.text.dates import DateMention, read, spans
from pipeline.text.quantities import read_with_dates

PUBLISHED = datetime(2025, 5, 28, 12, tzinfo=UTC)  # a Wednesday


def told(text: str, lang: str = "en", published: datetime | None = PUBLISHED) -> list[DateMention]:
    mentions = list(read(text, lang, published=published))
    for m in mentions:
        assert text[m.start : m.end] == m.text
    return mentions


def said(text: str, lang: str = "en", published: datetime | None = PUBLISHED) -> list[str]:
    return [f"{m.relation} {m.canonical}".strip() for m in told(text, lang, published)]


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("in July 2024", "in 2024-07"),
        ("on 28 May 2025", "in 2025-05-28"),
        ("on May 28, 2025", "in 2025-05-28"),
        ("the 28th of May 2025", "2025-05-28"),
        ("2025-05-28", "2025-05-28"),
        ("28.05.2025", "2025-05-28"),
        ("28/05/2025", "2025-05-28"),
        ("in 2020", "in 2020"),
        ("the 2020 war", "2020"),
        ("Three Brothers 2021", "2021"),
        ("by 2028", "by 2028"),
        ("by the end of 2026", "by 2026"),
        ("since 2016", "since 2016"),
        ("until September 2023", "until 2023-09"),
        ("between 2020 and 2024", "2020/2024"),
        ("from 2016 to 2020", "2016/2020"),
        ("in 2020-2024", "in 2020/2024"),
        ("in 2015–19", "in 2015/2019"),
        ("in the first half of 2026", "in 2026-01/2026-06"),
        ("in the second quarter of 2025", "in 2025-04/2025-06"),
        ("Q3 2025", "2025-07/2025-09"),
        ("the first 11 months of 2025", "2025-01/2025-11"),
        ("in the 1970s", "in 1970"),
        ("since the late 1980s", "since 1980"),
        ("between May and August 2025", "2025-05/2025-08"),
        ("between April 2024 and February 2025", "2024-04/2025-02"),
        ("6-10 May 2025", "2025-05-06/2025-05-10"),
        ("from September 12 to 20, 2021", "2021-09-12/2021-09-20"),
        ("in autumn 2020", "in 2020-09/2020-11"),
        ("Wednesday, 28 May 2025", "2025-05-28"),
    ],
)
def test_absolute(text: str, canonical: str) -> None:
    assert said(text, published=None) == [canonical]
    assert not told(text, published=None)[0].relative


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("last month", "2025-04"),
        ("this month", "2025-05"),
        ("next year", "2026"),
        ("a year ago", "2024"),
        ("two years ago", "2023"),
        ("three months ago", "2025-02"),
        ("a decade ago", "2015"),
        ("yesterday", "2025-05-27"),
        ("two days ago", "2025-05-26"),
        ("last week", "2025-05-19/2025-05-25"),
        ("this summer", "2025-06/2025-08"),
        ("last autumn", "2024-09/2024-11"),
        ("last winter", "2024-12/2025-02"),
        ("next April", "2026-04"),
        ("last July", "2024-07"),
        ("this May", "2025-05"),
        ("in July of last year", "in 2024-07"),
        ("from June to December last year", "2024-06/2024-12"),
        ("in the first four months of this year", "in 2025-01/2025-04"),
        ("said on Wednesday", "in 2025-05-28"),
        ("said on Friday", "in 2025-05-23"),
        ("will arrive on Friday", "in 2025-05-30"),
        ("the treaty will be signed on Monday", "in 2025-06-02"),
        ("last Wednesday", "2025-05-21"),
        ("on May 25", "in 2025-05-25"),
        ("6-10 May", "2025-05-06/2025-05-10"),
        ("it was signed in July", "in 2024-07"),
        ("it will be signed in July", "in 2025-07"),
        ("ties since October", "since 2024-10"),
        ("early next year", "2026"),
    ],
)
def test_relative_to_publication(text: str, canonical: str) -> None:
    assert said(text) == [canonical]
    assert told(text)[0].relative
    assert said(text, published=None) == []
    assert len(spans(text, "en")) == 1  # known to be a date, so that nothing counts it


def test_a_day_takes_the_year_of_its_sentence() -> None:
    text = "The war that began on September 27, 2020 ended on November 10. It was autumn. On 9 May he came."
    assert said(text) == ["in 2020-09-27", "in 2020-11-10", "in 2025-05-09"]


@pytest.mark.parametrize(
    "text",
    [
        "He may sell them",
        "The march went on",
        "2,024 people",
        "2000 troops",
        "more than 2000 jets",
        "$2020 a day",
        "10/11/2026",  # day and month cannot be told
        "31.02.2025",
        "JF-17",
        "phone 2024-55-1234",
        "at 20:20",
        "an act of 1991-style reform"[:0],
        "5 percent",
        "two days earlier",
        "every Monday"[:0],
    ],
)
def test_no_date(text: str) -> None:
    assert said(text) == []


CASES: dict[str, list[tuple[str, str]]] = {
    "tr": [
        ("Temmuz 2024'te", "2024-07"),
        ("28 Mayıs 2025'te", "2025-05-28"),
        ("28 Mayıs'ta buluştular", "2025-05-28"),
        ("geçen yıl temmuzda", "2024-07"),
        ("mayısta", "2025-05"),
        ("ekim ayından bu yana", "since 2024-10"),
        ("geçen ay", "2025-04"),
        ("geçen hafta", "2025-05-19/2025-05-25"),
        ("iki yıl önce", "2023"),
        ("2028 yılına kadar", "by 2028"),
        ("2016'dan bu yana", "since 2016"),
        ("2025'in ilk yarısında", "2025-01/2025-06"),
        ("yılın ilk 4 ayında", "2025-01/2025-04"),
        ("2019-2023 döneminde", "2019/2023"),
        ("1970'lerde", "1970"),
        ("12-20 Eylül 2021 tarihleri arasında", "in 2021-09-12/2021-09-20"),
        ("geçen sonbaharda", "2024-09/2024-11"),
    ],
    "az": [
        ("2024-cü ilin iyulunda", "2024-07"),
        ("mayın 25-də", "2025-05-25"),
        ("2020-ci ilin payızında", "2020-09/2020-11"),
        ("keçən ay", "2025-04"),
        ("bu ilin aprelində", "2025-04"),
        ("ötən il", "2024"),
        ("2016-2020-ci illərdə", "2016/2020"),
        ("2028-ci ilə qədər", "by 2028"),
        ("2026-cı ilin birinci yarısında", "2026-01/2026-06"),
        ("üç il əvvəl", "2022"),
        ("1970-ci illərdə", "1970"),
    ],
    "ru": [
        ("в июле 2024 года", "in 2024-07"),
        ("12 сентября 2021 г.", "2021-09-12"),
        ("в прошлом месяце", "2025-04"),
        ("прошлой осенью", "2024-09/2024-11"),
        ("к 2028 году", "by 2028"),
        ("до 2031 года", "until 2031"),
        ("с 2016 года", "since 2016"),
        ("в 2016–2020 годах", "in 2016/2020"),
        ("с января по апрель 2025 года", "2025-01/2025-04"),
        ("в первом полугодии 2026 года", "in 2026-01/2026-06"),
        ("в 1970-х годах", "in 1970"),
        ("два года назад", "2023"),
        ("учения завершатся 20 сентября", "2025-09-20"),
        ("в мае", "in 2025-05"),
        ("на прошлой неделе", "2025-05-19/2025-05-25"),
    ],
    "ur": [
        ("28 مئی 2025ء", "2025-05-28"),
        ("31 دسمبر تک", "by 2025-12-31"),
        ("گزشتہ ماہ", "2025-04"),
        ("رواں سال", "2025"),
        ("2031 تک", "by 2031"),
        ("2016 سے", "since 2016"),
        ("2020 سے 2024 تک", "2020/2024"),
        ("2026 کی پہلی ششماہی میں", "in 2026-01/2026-06"),
        ("1970 کی دہائی میں", "in 1970"),
        ("دو سال پہلے", "2023"),
        ("اتوار کو", "2025-05-25"),
    ],
    "hi": [
        ("28 मई 2025 को", "in 2025-05-28"),
        ("मई से अगस्त 2025 के बीच", "in 2025-05/2025-08"),
        ("पिछले महीने", "2025-04"),
        ("2028 तक", "by 2028"),
        ("2026 की पहली छमाही में", "in 2026-01/2026-06"),
        ("फ़रवरी 2023", "2023-02"),
        ("1970 के दशक में", "in 1970"),
    ],
    "fa": [
        ("۲۸ مه ۲۰۲۵", "2025-05-28"),
        ("۳۱ اوت", "2024-08-31"),
        ("ماه گذشته", "2025-04"),
        ("تا سال ۲۰۲۸", "by 2028"),
        ("از سال ۲۰۱۶", "since 2016"),
        ("در نیمه نخست ۲۰۲۶", "in 2026-01/2026-06"),
        ("۹ شهریور ۱۴۰۴", "2025-08-31"),
        ("سال ۱۴۰۳", "2024-03-20/2025-03-20"),
        ("مهر ۱۴۰۳", "2024-09-22/2024-10-21"),
    ],
    "ar": [
        ("في يوليو/تموز 2024", "in 2024-07"),
        ("28 مايو 2025", "2025-05-28"),
        ("الشهر الماضي", "2025-04"),
        ("بحلول عام 2028", "by 2028"),
        ("منذ عام 2016", "since 2016"),
        ("قبل ثلاث سنوات", "2022"),
        ("بين 2020 و2024", "2020/2024"),
        ("النصف الأول من عام 2026", "2026-01/2026-06"),
    ],
    "hy": [
        ("2024 թվականի հուլիսին", "2024-07"),
        ("2025 թ. մայիսի 28-ին", "2025-05-28"),
        ("մայիսի 28-ին", "2025-05-28"),
        ("անցյալ ամիս", "2025-04"),
        ("մինչև 2028 թվականը", "by 2028"),
        ("2020-2024 թթ.", "2020/2024"),
        ("1970-ական թվականներին", "1970"),
    ],
    "de": [
        ("im Juli 2024", "in 2024-07"),
        ("am 28. Mai 2025", "in 2025-05-28"),
        ("im vergangenen Monat", "in 2025-04"),
        ("bis 2028", "by 2028"),
        ("seit 2016", "since 2016"),
        ("im ersten Halbjahr 2026", "in 2026-01/2026-06"),
        ("in den 1970er Jahren", "in 1970"),
        ("vor zwei Jahren", "2023"),
        ("zwischen 2020 und 2024", "2020/2024"),
        ("Anfang Mai", "2025-05"),
    ],
    "fr": [
        ("en juillet 2024", "in 2024-07"),
        ("le 28 mai 2025", "in 2025-05-28"),
        ("le 1er mai 2025", "in 2025-05-01"),
        ("le mois dernier", "2025-04"),
        ("d'ici 2028", "by 2028"),
        ("depuis 2016", "since 2016"),
        ("au premier semestre 2026", "in 2026-01/2026-06"),
        ("il y a deux ans", "2023"),
        ("entre 2020 et 2024", "2020/2024"),
    ],
}


@pytest.mark.parametrize(
    ("lang", "text", "expected"), [(lang, *case) for lang, cases in CASES.items() for case in cases]
)
def test_languages(lang: str, text: str, expected: str) -> None:
    assert said(text, lang) == [expected]


@pytest.mark.parametrize(("lang", "text"), [(lang, text) for lang, cases in CASES.items() for text, _ in cases])
def test_a_date_is_no_count(lang: str, text: str) -> None:
    assert [q for q in read_with_dates(text, lang)[0] if q.kind == "count"] == []


def test_leap_days_and_ends() -> None:
    assert said("on 29 February 2024", published=None) == ["in 2024-02-29"]
    assert said("on 29 February 2025", published=None) == []
    assert said("100000 years ago") == []
    assert said("tomorrow", published=datetime(9999, 12, 31, tzinfo=UTC)) == []


@pytest.mark.parametrize("before", ["Up and down.\n\n", "What was it?\n", ""])
def test_a_year_may_open_a_paragraph(before: str) -> None:
    assert said(before + "2020 was the year.") == ["2020"]
    assert read_with_dates(before + "2020 was the year.", "en")[0] == ()


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "it began in the seventies"),
        ("en", "it began in the '70s"),
        ("tr", "yetmişli yıllarda başladı"),
        ("az", "yetmişinci illərdə başladı"),
        ("ru", "началось в семидесятых"),
        ("ur", "یہ ستر کی دہائی میں شروع ہوا"),
        ("hi", "यह सत्तर के दशक में शुरू हुआ"),
        ("ar", "بدأ في السبعينيات"),
        ("hy", "սկսվեց յոթանասունականներին"),
        ("de", "es begann in den siebziger Jahren"),
        ("fr", "c'était dans les années soixante-dix"),
    ],
)
def test_a_decade_is_a_date_and_no_count(lang: str, text: str) -> None:
    quantities, mentions = read_with_dates(text, lang)
    assert [m.canonical for m in mentions] == ["1970"]
    assert quantities == ()


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "in the five years to 2023"),
        ("en", "over five years ending in 2023"),
        ("de", "in den fünf Jahren bis 2023"),
        ("fr", "sur les cinq ans jusqu'en 2023"),
        ("ru", "за пять лет по 2023 год"),
    ],
)
def test_years_up_to_one(lang: str, text: str) -> None:
    assert [m.canonical for m in told(text, lang)] == ["2019/2023"]


def test_a_colon_after_a_year_parts_it_from_what_follows() -> None:
    quantities, mentions = read_with_dates("worked on since 2025: 1.15 billion dollars", "en")
    assert [m.canonical for m in mentions] == ["2025"]
    assert [q.canonical() for q in quantities] == ["1.15e9 USD"]
    assert read_with_dates("at 18:20 sharp", "en")[0] == ()


def test_months_after_a_relative_year_may_be_several() -> None:
    assert [m.canonical for m in told("इस साल जनवरी से जुलाई तक", "hi")] == ["2025-01/2025-07"]


def test_an_age_is_no_decade() -> None:
    assert said("a man in his 70s") == []


def test_a_day_takes_its_year_from_this_year_before_it() -> None:
    assert said(
        "اجلاس جولائی 2024 میں ہوا اور اس سال 28 مئی کو پھر", "ur", published=datetime(2025, 9, 30, tzinfo=UTC)
    ) == [
        "in 2024-07",
        "in 2025-05-28",
    ]


def test_what_is_reported_tells_no_tense_of_the_date() -> None:
    said_so = said("مئی میں انہوں نے کہا کہ کام باقاعدہ ہوں گے", "ur", published=datetime(2025, 9, 30, tzinfo=UTC))
    assert said_so == ["in 2025-05"]


def test_one_pass_gives_what_two_give() -> None:
    text = "In 2024 it bought 40 jets for $4.6 billion; last month eight arrived."
    quantities, mentions = read_with_dates(text, "en", published=PUBLISHED)
    assert mentions == read(text, "en", published=PUBLISHED)
    assert [q.canonical() for q in quantities] == ["40", "4.6e9 USD", "8"]


def test_a_term_ends_on_a_date_and_is_a_duration_too() -> None:
    text = "Trade shall reach $5bn within three years."
    quantities, mentions = read_with_dates(text, "en", published=PUBLISHED)
    assert [(m.relation, m.canonical, m.text) for m in mentions] == [("by", "2028", "within three years")]
    assert [q.canonical() for q in quantities] == ["5e9 USD", "P3Y"]
    assert said("It doubled within three years.") == []
    assert said("son üç yıl içinde artıyor", "tr") == []
    assert said("üç yıl içinde artacak", "tr") == ["by 2028"]
