"""Folding keeps the length and equates what readers take for the same letters."""

import pytest

from pipeline.text.fold import clean, fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("TÜRKİYE Iğdır İlham Əliyev", "turkiye igdir ilham eliyev"),
        ("ISPARTA ısparta İSTANBUL", "isparta isparta istanbul"),
        ("Ёлка ёж", "елка еж"),
        ("Йод й", "йод й"),
        ("STRASSE Straße ΣΙΓΜΑΣ", "strasse strase σιγμασ"),
        ("Հայաստան ԵՐԵՎԱՆ", "հայաստան երեվան"),
        ("۱۲۳ ٤٥٦ ७८९ 123", "123 456 789 123"),
        ("كيف یک ہے هے", "کیف یک ہے ہے"),
        ("آذر أإٱ ؤ ئ ة ى", "اذر ااا و ی ہ ی"),
        ("\u0958िला डॉलर चाँद", "किला डालर चांद"),
        ("Azerbaycan’ın ‘a’ “b” «c»", 'azerbaycan\'in \'a\' "b" "c"'),
        ("JF‑17 2020–24 a—b", "jf-17 2020-24 a—b"),
        ("می\u200cشود 10\u00a0000", "می شود 10 000"),
        ("Ｆ－１６ ＄４", "f-16 $4"),
        ("\ufe91\ufb58", "بپ"),
        ("۱۰٪ ،؟", "10% ,?"),
    ],
)
def test_folds(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert len(fold(text)) == len(text)


def test_loose_marks_keep_their_place() -> None:
    assert len(fold("باکـــو مُحَمَّد e\u0301")) == len("باکـــو مُحَمَّد e\u0301")
    assert fold("½ m² ﷲ") == "½ m² ﷲ"  # no one-to-one form: left alone


def test_clean_gives_back_offsets() -> None:
    text = "باکـــو مُحَمَّد اور क़लम caf\u00ade\u0301!"
    cleaned = clean(text)
    assert "ـ" not in cleaned.text
    start = cleaned.text.index("محمد")
    given = text[cleaned.offset(start) : cleaned.offset(start + 4, end=True)]
    assert clean(given).text == "محمد"
    assert given.startswith("م")
    assert text[cleaned.offset(0) : cleaned.offset(4, end=True)] == "باکـــو"
    end = len(cleaned.text)
    assert text[cleaned.offset(end - 1) : cleaned.offset(end, end=True)] == "!"


def test_clean_leaves_most_texts_alone() -> None:
    assert clean("Plain text") == clean("Plain text")
    assert clean("Müqavilə 40 təyyarə").text == "Müqavilə 40 təyyarə"
    assert clean("abc").offset(2) == 2
