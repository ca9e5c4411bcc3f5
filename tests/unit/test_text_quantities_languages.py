"""Quantities in ten more languages: every notation and scale word, spelled numbers, counts with their noun."""

from __future__ import annotations

import pytest

from pipeline.text.quantities import read

CASES: dict[str, list[tuple[str, str]]] = {
    "tr": [
        ("1,6 milyar dolarlık anlaşma", "money 1.6e9 USD"),
        ("1.600 milyon dolar", "money 1.6e9 USD"),
        ("2,5 milyar avro", "money 2.5e9 EUR"),
        ("bir buçuk milyar dolar", "money 1.5e9 USD"),
        ("yarım milyar dolar", "money 5e8 USD"),
        ("5 milyar TL", "money 5e9 TRY"),
        ("100 milyon Türk lirası", "money 1e8 TRY"),
        ("20 milyar doları aştı", "money 2e10 USD"),
        ("5 milyar doların üzerinde", "money >=5e9 USD"),
        ("3 milyar manat", "money 3e9 AZN"),
        ("16 adet uçak", "count 16"),
        ("40 JF-17 savaş uçağı", "count 40"),
        ("240.000 Hintli turist", "count 240000"),
        ("2 bin 352 belge", "count 2352"),
        ("17 bin tonluk gemi", "count 17000"),
        ("yirmi beş uçak", "count 25"),
        ("yirmibeş uçak", "count 25"),
        ("en az 20 uçak", "count >=20"),
        ("20'den fazla uçak", "count >=20"),
        ("3 bine kadar asker", "count <=3000"),
        ("600 kadar asker", "count 600"),
        ("300 ila 400 drone", "count 300..400"),
        ("%10", "percent 10"),
        ("yüzde 10'u", "percent 10"),
        ("üçte biri", "percent 33.33"),
        ("ticaret iki katına çıktı", "multiple 2"),
        ("sekiz gün süren", "duration P8D"),
        ("44 günlük savaş", "duration P44D"),
        ("otuz yıl", "duration P30Y"),
        ("17. zirve", "ordinal 17"),
        ("ikinci buluşma", "ordinal 2"),
        ("ön anlaşma, uç nokta, 5. nesil, 370. madde, 1701 sayılı karar, saat 14.30'da, 45 yaşındaki", ""),
    ],
    "az": [
        ("1,6 milyard dollar", "money 1.6e9 USD"),
        ("8,7 mlrd. manat", "money 8.7e9 AZN"),
        ("2 milyard ABŞ dolları", "money 2e9 USD"),
        ("bir yarım milyard avro", "money 1.5e9 EUR"),
        ("40 ədəd təyyarə", "count 40"),
        ("qırx döyüş təyyarəsi", "count 40"),
        ("iki yüz qırx min hindistanlı", "count 240000"),
        ("20-dən çox təyyarə", "count >=20"),
        ("ən azı 20 təyyarə", "count >=20"),
        ("3 minə qədər əsgər", "count <=3000"),
        ("600 qədər əsgər", "count 600"),
        ("30-40 təyyarə", "count 30..40"),
        ("10 faiz", "percent 10"),
        ("69 faizini", "percent 69"),
        ("üçdə ikisi", "percent 66.67"),
        ("ticarət iki dəfə artıb", "multiple 2"),
        ("44 günlük müharibə", "duration P44D"),
        ("otuz il", "duration P30Y"),
        ("ikinci görüş", "ordinal 2"),
        ("17-ci sammit", "ordinal 17"),
        ("ön razılaşma, F-16, MiQ-29, 45 yaşlı", ""),
    ],
    "ru": [
        ("1,6 млрд долларов", "money 1.6e9 USD"),
        ("3.5 млрд долл. США", "money 3.5e9 USD"),
        ("8,7 миллиарда манатов", "money 8.7e9 AZN"),
        ("два с половиной миллиарда евро", "money 2.5e9 EUR"),
        ("полтора миллиарда рублей", "money 1.5e9 RUB"),
        ("полмиллиарда рублей", "money 5e8 RUB"),
        ("2,5–3 миллиарда долларов", "money 2.5e9..3e9 USD"),
        ("40 самолётов", "count 40"),
        ("сорок боевых самолётов", "count 40"),
        ("15 372 туриста", "count 15372"),
        ("двести сорок тысяч индийцев", "count 240000"),
        ("около 730 тысяч россиян", "count 730000"),
        ("более 20 машин", "count >=20"),
        ("не менее двадцати машин", "count >=20"),
        ("до 250 машин", "count <=250"),
        ("от восьми до двенадцати машин", "count 8..12"),
        ("две дюжины машин", "count 24"),
        ("10 процентов", "percent 10"),
        ("десятая часть экспорта", "percent 10"),
        ("почти на треть", "percent 33.33"),
        ("один из десяти", "percent 10"),
        ("вырос впятеро", "multiple 5"),
        ("в пять раз", "multiple 5"),
        ("44-дневная война", "duration P44D"),
        ("восьмидневные учения", "duration P8D"),
        ("тридцать лет", "duration P30Y"),
        ("17-й саммит", "ordinal 17"),
        ("второй саммит", "ordinal 2"),
        ("МиГ-29, Су-30МК, С-400, статья 370, 45-летний мужчина, в 18:20", ""),
    ],
    "ur": [
        ("ایک اعشاریہ چھ ارب ڈالر", "money 1.6e9 USD"),
        ("1.6 ارب ڈالر", "money 1.6e9 USD"),
        ("۱.۶ ارب ڈالر", "money 1.6e9 USD"),
        ("ڈیڑھ ارب ڈالر", "money 1.5e9 USD"),
        ("ڈھائی ارب روپے", "money 2.5e9 PKR"),
        ("ساڑھے چار ارب ڈالر", "money 4.5e9 USD"),
        ("ساڑھے تین سو ڈرون", "count 350"),
        ("پونے تین کروڑ روپے", "money 2.75e7 PKR"),
        ("چالیس لڑاکا طیاروں", "count 40"),
        ("40 طیارے", "count 40"),
        ("40 جے ایف 17 تھنڈر طیارے", "count 40"),
        ("دو لاکھ چالیس ہزار بھارتی", "count 240000"),
        ("20 سے زائد طیارے", "count >=20"),
        ("کم از کم 20 طیارے", "count >=20"),
        ("3 ہزار تک فوجی", "count <=3000"),
        ("300 سے 400 ڈرون", "count 300..400"),
        ("ایک درجن کارگو", "count 12"),
        ("10 فیصد", "percent 10"),
        ("ایک تہائی", "percent 33.33"),
        ("دس میں سے ایک", "percent 10"),
        ("پانچ گنا", "multiple 5"),
        ("آٹھ روزہ مشقیں", "duration P8D"),
        ("تین سالہ معاہدہ", "duration P3Y"),
        ("تین دہائیوں", "duration P30Y"),
        ("17ویں سربراہی اجلاس", "ordinal 17"),
        ("دوسرا اجلاس", "ordinal 2"),
        ("ایف 16، جے ایف 17، آرٹیکل 370، 45 سالہ شخص", ""),
    ],
    "hi": [
        ("एक दशमलव छह अरब डॉलर", "money 1.6e9 USD"),
        ("डेढ़ अरब डॉलर", "money 1.5e9 USD"),
        ("डेढ\u093c लाख करोड\u093c रुपये", "money 1.5e12 PKR"),
        ("₹21,772 करोड़", "money 2.1772e11 INR"),
        ("साढ़े चार अरब डॉलर", "money 4.5e9 USD"),
        ("साढ़े तीन सौ ड्रोन", "count 350"),
        ("४० विमान", "count 40"),
        ("40 लड़ाकू विमान", "count 40"),
        ("दो लाख चालीस हज़ार भारतीय", "count 240000"),
        ("53 हज़ार से अधिक लोग", "count >=53000"),
        ("300 से 400 ड्रोन", "count 300..400"),
        ("56 प्रतिशत", "percent 56"),
        ("एक तिहाई", "percent 33.33"),
        ("दोगुना", "multiple 2"),
        ("आठ दिवसीय अभ्यास", "duration P8D"),
        ("तीन दशक", "duration P30Y"),
        ("दूसरा सम्मेलन", "ordinal 2"),
        ("अनुच्छेद 370, एफ-16, 6.1 तीव्रता", ""),
    ],
    "fa": [
        ("یک میلیارد و ششصد میلیون دلار", "money 1.6e9 USD"),
        ("۱٫۶ میلیارد دلار", "money 1.6e9 USD"),
        ("۱/۶ میلیارد دلار", "money 1.6e9 USD"),
        ("یک و نیم میلیارد دلار", "money 1.5e9 USD"),
        ("۵۰۰ هزار میلیارد تومان", "money 5e15 IRR"),
        ("۴۰ فروند جنگنده", "count 40"),
        ("بیست و پنج هواپیما", "count 25"),
        ("بیش از ۲۰ جنگنده", "count >=20"),
        ("۳۰ تا ۴۰ جنگنده", "count 30..40"),
        ("۱۰ درصد", "percent 10"),
        ("یک دهم", "percent 10"),
        ("دو برابر", "multiple 2"),
        ("هشت روزه", "duration P8D"),
        ("بیش از سی سال", "duration >=P30Y"),
        ("دومین نشست", "ordinal 2"),
        ("اف-۱۶، ماده ۳۷۰", ""),
    ],
    "ar": [
        ("1.6 مليار دولار", "money 1.6e9 USD"),
        ("١٫٦ مليار دولار", "money 1.6e9 USD"),
        ("مليار ونصف المليار دولار", "money 1.5e9 USD"),
        ("ملياري دولار", "money 2e9 USD"),
        ("٤٠ طائرة مقاتلة", "count 40"),
        ("خمسة وعشرون طائرة", "count 25"),
        ("240 ألف هندي", "count 240000"),
        ("أكثر من 20 طائرة", "count >=20"),
        ("بين 30 و40 طائرة", "count 30..40"),
        ("10 في المئة", "percent 10"),
        ("خمسة أضعاف", "multiple 5"),
        ("ثمانية أيام", "duration P8D"),
        ("ثلاثة عقود", "duration P30Y"),
        ("عامين", "duration P2Y"),
        ("المادة 370، إف-16", ""),
    ],
    "hy": [
        ("1,6 միլիարդ դոլար", "money 1.6e9 USD"),
        ("մեկուկես միլիարդ դոլար", "money 1.5e9 USD"),
        ("40 ինքնաթիռ", "count 40"),
        ("քառասուն ինքնաթիռ", "count 40"),
        ("240 000 հնդիկ", "count 240000"),
        ("ավելի քան 20 ինքնաթիռ", "count >=20"),
        ("մինչև 3000 զինվոր", "count <=3000"),
        ("10 տոկոս", "percent 10"),
        ("44-օրյա պատերազմ", "duration P44D"),
        ("երեք տասնամյակ", "duration P30Y"),
        ("17-րդ գագաթնաժողով", "ordinal 17"),
        ("երկրորդ գագաթնաժողով", "ordinal 2"),
    ],
    "de": [
        ("€1,2 Mrd.", "money 1.2e9 EUR"),
        ("1,6 Milliarden Dollar", "money 1.6e9 USD"),
        ("eine halbe Milliarde Euro", "money 5e8 EUR"),
        ("anderthalb Milliarden Euro", "money 1.5e9 EUR"),
        ("ein 2-Milliarden-Dollar-Paket", "money 2e9 USD"),
        ("40 Kampfflugzeuge", "count 40"),
        ("fünfundzwanzig Kampfflugzeuge", "count 25"),
        ("240.000 Inder", "count 240000"),
        ("zweihunderttausend Inder", "count 200000"),
        ("mehr als 20 Jets", "count >=20"),
        ("zwischen 30 und 40 Jets", "count 30..40"),
        ("10 Prozent", "percent 10"),
        ("ein Zehntel", "percent 10"),
        ("hat sich verdoppelt", "multiple 2"),
        ("achttägige Übung", "duration P8D"),
        ("44-tägiger Krieg", "duration P44D"),
        ("der 17. Gipfel", "ordinal 17"),
        ("Artikel 370, ein 45-jähriger Mann, um 18 Uhr", ""),
    ],
    "fr": [
        ("1,6 milliard de dollars", "money 1.6e9 USD"),
        ("1,2 Md€", "money 1.2e9 EUR"),
        ("500 M€", "money 5e8 EUR"),
        ("un demi-milliard d'euros", "money 5e8 EUR"),
        ("un milliard et demi de dollars", "money 1.5e9 USD"),
        ("quatre-vingt-dix-sept avions", "count 97"),
        ("soixante-dix chasseurs", "count 70"),
        ("240 000 Indiens", "count 240000"),
        ("une douzaine de cargaisons", "count 12"),
        ("entre 30 et 40 avions", "count 30..40"),
        ("10 %", "percent 10"),
        ("un dixième du budget", "percent 10"),
        ("cinq fois plus", "multiple 5"),
        ("huit jours", "duration P8D"),
        ("le 17e sommet", "ordinal 17"),
        ("l'article 370, âgé de 45 ans", ""),
    ],
}


@pytest.mark.parametrize(
    ("lang", "text", "expected"), [(lang, *case) for lang, cases in CASES.items() for case in cases]
)
def test_reads(lang: str, text: str, expected: str) -> None:
    found = read(text, lang, country_currency=lambda at, among: among[0])
    assert [f"{q.kind} {q.canonical()}" for q in found] == ([expected] if expected else [])
    assert all(text[q.start : q.end] == q.text for q in found)


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("tr", "sipariş 16'dan 40'a çıktı"),
        ("az", "sifariş 16-dan 40-a qaldırılıb"),
        ("ru", "заказ вырос с 16 до 40"),
        ("ur", "آرڈر 16 سے بڑھا کر 40 کر دیا"),
        ("hi", "ऑर्डर 16 से बढ़ाकर 40 किया"),
        ("fa", "سفارش از ۱۶ به ۴۰ رسید"),
        ("ar", "ارتفع العدد من 16 إلى 40"),
        ("de", "von 16 auf 40 erhöht"),
        ("fr", "passé de 16 à 40"),
    ],
)
def test_a_change_has_roles(lang: str, text: str) -> None:
    assert [(q.canonical(), q.role) for q in read(text, lang)] == [("16", "from"), ("40", "to")]


@pytest.mark.parametrize(
    ("lang", "text", "phrase"),
    [
        ("tr", "40 JF-17 savaş uçağı verecek", "JF-17 savaş uçağı"),
        ("tr", "16 adet uçak", "uçak"),
        ("ru", "16 истребителей JF-17 Block III", "истребителей JF-17 Block III"),
        ("ru", "сорок новых боевых самолётов", "боевых самолётов"),
        ("ur", "40 جے ایف 17 تھنڈر طیارے خریدے", "جے ایف 17 تھنڈر طیارے"),
        ("ur", "29 ایل این جی کارگو مؤخر", "ایل این جی کارگو"),
        ("hi", "40 जेएफ-17 लड़ाकू विमान खरीदेगा", "जेएफ-17 लड़ाकू विमान"),
        ("fa", "۴۰ فروند جنگنده", "جنگنده"),
        ("de", "40 moderne Kampfflugzeuge", "moderne Kampfflugzeuge"),
        ("fr", "40 avions de combat", "avions"),
    ],
)
def test_the_noun_phrase(lang: str, text: str, phrase: str) -> None:
    (q,) = read(text, lang)
    assert text[q.noun_start : q.noun_end] == phrase


RANKED = [
    ("ar", "القمة الثلاثية الثالثة في المدينة", "3 القمة الثلاثية"),
    ("fa", "نشست سوم سران", "3 نشست"),
    ("fa", "برگزاری سومین نشست", "3 نشست"),
]


@pytest.mark.parametrize(("lang", "text", "expected"), RANKED)
def test_what_is_ranked_may_stand_before_its_ordinal(lang: str, text: str, expected: str) -> None:
    (q,) = read(text, lang)
    assert f"{q.canonical()} {text[q.noun_start : q.noun_end]}" == expected


COUNTED = [
    ("en", "a quartet of corvettes for the navy", ["4 corvettes"]),
    ("en", "half of the decade", []),
    ("tr", "ilk beşi geçen sonbaharda geldi", ["5"]),
    ("az", "ilk üçü ötən il noyabrda göründü", ["3"]),
    ("ur", "تینوں میں سے دو آبدوزیں", ["3 آبدوزیں", "2 آبدوزیں"]),
    ("hi", "चार में से दो जहाजों", ["4 जहाजों", "2 जहाजों"]),
    ("az", "qırxı isə sifarişdədir", ["40"]),
    ("tr", "beşi geldi", ["5"]),
    ("fr", "les cinq premiers ont été remis", ["5"]),
    ("ar", "تسلمت البحرية سفينتين من أصل أربع", ["2", "4"]),
    ("ur", "اس جون میں صرف چوبیس ہزار آئے", ["24000"]),
]


@pytest.mark.parametrize(("lang", "text", "expected"), COUNTED)
def test_what_is_counted(lang: str, text: str, expected: list[str]) -> None:
    found = [f"{q.canonical()} {text[q.noun_start : q.noun_end]}".strip() for q in read(text, lang)]
    assert found == expected


PROSE = [
    ("tr", "anlaşma 1,6 milyar dolardı", ["money 1.6e9 USD"]),
    ("tr", "on iki ülke ve 1 milyar 400 milyon dolar", ["count 12", "money 1.4e9 USD"]),
    ("az", "3 minədək hərbçi", ["count <=3000"]),
    ("ru", "выросла с 1,6 млрд до 4,6 млрд долларов", ["count 1600000000", "money 4.6e9 USD"]),
    ("ru", "несколько миллиардов долларов", ["money >=2e9 USD"]),
    ("ru", "в партии 12–16 машин, полторы тысячи человек", ["count 12..16", "count 1500"]),
    ("ur", "ڈھائی سو فوجی، سوا کروڑ روپے، بارہ سو جنگجو", ["count 250", "money 1.25e7 PKR", "count 1200"]),
    ("ur", "ایک ارب ساٹھ کروڑ ڈالر", ["money 1.6e9 USD"]),
    ("ur", "پاکستان کے 40 طیارے", ["count 40"]),
    ("hi", "भारत के 40 विमान, 12 हजार करोड़ रुपये से अधिक", ["count 40", "money >=1.2e11 PKR"]),
    ("ar", "ملايين الدولارات، ثلاثة آلاف جندي", ["money >=2e6 USD", "count 3000"]),
    ("de", "Vertrag über 40 Jets, über 50 Jets", ["count 40", "count >=50"]),
    ("de", "2,5 bis 3 Milliarden Dollar, hunderte Soldaten", ["money 2.5e9..3e9 USD", "count >=200"]),
    ("fr", "trois douzaines de drones, un quart des ventes", ["count 36", "percent 25"]),
    ("hy", "245 մլն դոլար, առնվազն 20 հրանոթ", ["money 2.45e8 USD", "count >=20"]),
]


@pytest.mark.parametrize(("lang", "text", "expected"), PROSE)
def test_prose(lang: str, text: str, expected: list[str]) -> None:
    found = read(text, lang, country_currency=lambda at, among: among[0])
    assert [f"{q.kind} {q.canonical()}" for q in found] == expected
