"""Sentence ends of eleven languages, abbreviations and paragraphs."""

import pytest

from pipeline.text.sentences import split


def texts(text: str, lang: str) -> list[str]:
    return [text[s.start : s.end] for s in split(text, lang)]


@pytest.mark.parametrize(
    ("lang", "sentences"),
    [
        (
            "en",
            [
                "The deal was worth $1.6 bn. and more.",
                "Lt. Gen. Shah spoke.",
                "He left the U.S.",
                "The next day he rested.",
            ],
        ),
        (
            "en",
            [
                "U.S. President Smith came.",
                "Order No. 5 is ready.",
                "Prices rose 3.5 percent.",
                "It cost Rs. 400 billion.",
            ],
        ),
        ("en", ["J. K. Smith of Acme Inc. said so.", "At 5 p.m. the U.N. Council met.", "Why?", "Nobody knows!"]),
        ("en", [*['"What?" he asked.', '"Stop." Then he left.'][:1], '"Stop."', "Then he left."]),
        ("en", ["It grew to $1.6 bn.", "Pakistan welcomed it.", "Wait... there is more."]),
        ("en", ["Visit example.org for more.", "The end."]),
        ("tr", ["17 sayılı vb. kararlar alındı.", "28. madde böyle.", "Prof. Dr. Yılmaz konuştu.", "Bu iyi."]),
        ("tr", ["İstanbul 40. Ağır Ceza Mahkemesi karar verdi.", "Dosya kapandı."]),
        ("az", ["Müqavilə 2024-cü ildə bağlanıb.", "Məbləğ 1,6 mlrd. dollardır.", "Hər şey aydındır?", "Bəli."]),
        (
            "ru",
            ["В 2024 г. Армения, т.е. республика, купила их.", "И. И. Иванов сказал это.", "Сумма 5 млн. долларов."],
        ),
        ("ru", ["Это стоило 3 млрд руб.", "Однако цена выросла."]),
        ("ur", ["معاہدہ ہو گیا۔", "اس کی مالیت 1.6 ارب ڈالر ہے۔", "کیا یہ سچ ہے؟", "جی ہاں۔"]),
        ("hi", ["समझौता हो गया।", "इसकी कीमत 1.6 अरब डॉलर है।", "क्यों?", "पता नहीं।"]),
        ("fa", ["قرارداد امضا شد.", "ارزش آن ۱٫۶ میلیارد دلار است.", "چرا؟"]),
        ("ar", ["تم التوقيع.", "بلغت القيمة 1.6 مليار دولار.", "لماذا؟"]),
        ("hy", ["Պայմանագիրը ստորագրվեց։", "Նա 2024 թ. եկավ:", "Այո։"]),
        ("de", ["Am 28. Mai kam Dr. Weber.", "Er zahlte 1,2 Mrd. Euro, z.B. für Schiffe.", "Das war alles."]),
        ("fr", ["M. Dupont est venu.", "Il a payé 1,2 Md€.", "Pourquoi ?"]),
    ],
)
def test_splits(lang: str, sentences: list[str]) -> None:
    assert texts(" ".join(sentences), lang) == sentences


def test_caseless_stops_need_no_space() -> None:
    assert texts("معاہدہ ہو گیا۔اس کی مالیت 1۔6 ارب ہے۔", "ur") == ["معاہدہ ہو گیا۔", "اس کی مالیت 1۔6 ارب ہے۔"]
    assert texts("He agreed.The rest did not.", "en") == ["He agreed.", "The rest did not."]


def test_paragraphs_and_wrapped_lines() -> None:
    text = "A headline without a stop\n\nFirst paragraph goes\non in lower case. Second.\r\n\r\n  Third"
    found = split(text, "en")
    assert [(text[s.start : s.end], s.paragraph) for s in found] == [
        ("A headline without a stop", 0),
        ("First paragraph goes\non in lower case.", 1),
        ("Second.", 1),
        ("Third", 2),
    ]


def test_lists_keep_their_number() -> None:
    assert texts("1. The first story is told. 2. The other one.", "en")[0] == "1. The first story is told."


def test_empty_and_odd() -> None:
    assert split("", "en") == ()
    assert split(" \n\n ", "en") == ()
    assert texts("...", "en") == ["..."]
    assert texts("No end \ud800 here", "") == ["No end \ud800 here"]
    assert len(split("a" * 200_000, "xx")) == 1
