"""Languages are told by script and letters first, then by the bundled model."""

import pytest

from pipeline.text.language import LANGUAGES, detect

SAMPLES = {
    "en": "The two governments signed a contract for forty aircraft on Thursday, officials said.",
    "tr": "İki ülke arasındaki ticaret hacmi bu yıl ilk kez beş milyar doları geçti.",
    "az": "İki ölkə arasında müdafiə sahəsində yeni müqavilə imzalanıb, nazirlik bildirib.",
    "ru": "Стороны подписали контракт на поставку сорока самолётов, сообщило министерство.",
    "ur": "دونوں ملکوں نے چالیس طیاروں کے معاہدے پر دستخط کر دیے ہیں۔",
    "hi": "दोनों देशों ने चालीस विमानों के समझौते पर हस्ताक्षर किए।",
    "fa": "دو کشور قرارداد خرید چهل فروند جنگنده را امضا کردند.",
    "ar": "وقعت الدولتان عقدا لشراء أربعين طائرة مقاتلة يوم الخميس.",
    "hy": "Երկու երկրները պայմանագիր ստորագրեցին քառասուն ինքնաթիռի համար։",
    "de": "Die beiden Regierungen unterzeichneten am Donnerstag einen Vertrag über vierzig Flugzeuge.",
    "fr": "Les deux gouvernements ont signé jeudi un contrat pour quarante avions de combat.",
}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_detects(lang: str) -> None:
    assert detect(SAMPLES[lang]) == lang


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("hint", ["en", "ur", "xx", "tr-TR"])
def test_a_wrong_tag_is_overruled(lang: str, hint: str) -> None:
    assert detect(SAMPLES[lang], hint) == lang


def test_headlines() -> None:
    assert detect("Bakı yeni qırıcılar alır") == "az"
    assert detect("Erdoğan: Zirve düzenli hâle gelecek") == "tr"
    assert detect("قطر سے 29 کارگو مؤخر کرنے کی تجویز") == "ur"


def test_others_and_nothing_abstain() -> None:
    assert detect("") == ""
    assert detect("12345 !!") == ""
    assert detect("12345", "tr") == "tr"
    assert detect("Президент України підписав угоду про співпрацю з їхніми союзниками") == ""
    assert detect("El gobierno firmó ayer un contrato para comprar cuarenta aviones de combate") == ""
    assert detect("ټول ډېر ښه دي چې موږ دلته یو") == ""


def test_hint_decides_where_nothing_else_does() -> None:
    assert detect("OK", "de") in ("de", "en")
    assert detect("\ud800\udfff", "en") == "en"
    assert detect("\x00\x01", "") == ""


def test_only_a_sample_is_looked_at() -> None:
    assert detect(SAMPLES["ru"] * 20_000) == "ru"
