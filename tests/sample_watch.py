"""A small watch of an invented subject, for tests of matching and comparing: two countries, a fighter, a summit."""

from __future__ import annotations

from dataclasses import replace

from pipeline.model.article import Article
from pipeline.model.watch import Claim, Concept, Group, Rates, Slot, Topic, Watch

RURITANIA = Concept(
    id="ruritania",
    kind="country",
    label="Ruritania",
    iso="RU",
    currency="EUR",
    names={
        "en": ("Ruritania", "Ruritanian"),
        "tr": ("Ruritanya",),
        "az": ("Ruritaniya",),
        "ru": ("Руритания", "руританский"),
        "ur": ("روریتانیا",),
        "ar": ("روريتانيا",),
    },
)
GRAUSTARK = Concept(
    id="graustark",
    kind="country",
    label="Graustark",
    names={"en": ("Graustark",), "tr": ("Graustark",), "az": ("Qraustark",), "ru": ("Грауштарк",), "ur": ("گراسٹارک",)},
)
SYLDAVIA = Concept(id="syldavia", kind="country", label="Syldavia", names={"en": ("Syldavia", "Syldavian")})
STRELSAU = Concept(
    id="strelsau", kind="place", label="Strelsau", country="ruritania", names={"en": ("Strelsau",), "tr": ("Strelsau",)}
)
FALCON = Concept(
    id="falcon-9",
    kind="weapon",
    label="Falcon-9",
    names={"en": ("Falcon-9",), "tr": ("Falcon-9",), "az": ("Falcon-9",), "ru": ("Falcon-9",), "ur": ("فالکن 9",)},
    later={"en": ("jets", "aircraft"), "tr": ("uçak*",)},
)
LEAGUE = Concept(id="league", kind="organisation", label="LNG League", names={}, exact=("LNG",))

WORDS = {
    "sale": {
        "en": ("sell*", "sale", "sold", "buy*", "bought", "order*", "deliver*", "contract*", "deal"),
        "tr": ("sat*", "sözleşme*", "teslim*"),
        "az": ("sat*", "müqavilə*"),
        "ru": ("прода*", "контракт*", "постав*"),
        "ur": ("فروخت*", "معاہد*"),
    },
    "deal": {"en": ("deal", "contract*", "agreement"), "tr": ("sözleşme*",), "ru": ("контракт*",)},
    "jets": {"en": ("jet", "jets", "aircraft", "fighters"), "tr": ("uçak*", "savaş uça*"), "ru": ("истребител*",)},
    "budget": {"en": ("military budget", "defence budget"), "tr": ("savunma bütçe*",)},
    "support": {"en": ("support*", "back", "backs", "backed", "sided with"), "tr": ("destek*",), "ru": ("поддерж*",)},
    "island": {"en": ("island", "islands"), "tr": ("ada", "adalar*"), "ru": ("остров*",)},
    "soldiers": {"en": ("soldiers", "troops"), "ru": ("солдат*",)},
    "island-war": {"en": ("island war",), "ru": ("островн* войн*",)},
    "fight": {"en": ("fought", "fight*"), "ru": ("сража*",)},
}

SALE = Claim(
    id="falcon-sale",
    topic="arms",
    statement="Graustark is likely to sell Falcon-9 jets to Ruritania.",
    about=(Group(all=("falcon-9", "ruritania", "sale"), within="2"),),
    rivals=("syldavia",),
    slots=(
        Slot(name="stage", type="stage", known="planned", of=("falcon-9", "sale", "deal")),
        Slot(name="quantity", type="count", of=("falcon-9", "jets"), least=2),
        Slot(name="value", type="money", of=("deal", "falcon-9", "sale"), least=1e6),
    ),
    cues={"own": ("ruritania",), "subject": ("falcon-9",), "undeniable": ()},
)
BUDGET = Claim(
    id="budget",
    topic="arms",
    statement="Ruritania's military budget is about 4 billion dollars.",
    about=(Group(all=("ruritania", "budget"), within="1"),),
    rivals=("syldavia",),
    slots=(Slot(name="value", type="money", known="4e9 USD", of=("budget",), least=1e8),),
    cues={"own": ("ruritania",)},
)
BACKING = Claim(
    id="backing",
    topic="island",
    statement="Ruritania supports Graustark on the island.",
    about=(Group(all=("support", "ruritania", "island"), within="1"),),
    slots=(Slot(name="stance", type="stance", known="supports"),),
    cues={"verb": ("support",)},
)
SOLDIERS = Claim(
    id="soldiers",
    topic="island",
    statement="Graustark's soldiers reportedly fought in the island war.",
    about=(Group(all=("graustark", "soldiers", "island-war"), within="2"),),
    slots=(
        Slot(name="certainty", type="certainty", known="reported"),
        Slot(name="troops", type="count", of=("soldiers",), least=2),
    ),
)

ARMS = Topic(id="arms", title="Arms", groups=(Group(all=("falcon-9", "sale"), within="sentence"),))
ISLAND = Topic(
    id="island", title="The island", groups=(Group(all=("island",), any=("graustark", "ruritania"), within="2"),)
)

WATCH = Watch(
    concepts=(RURITANIA, GRAUSTARK, SYLDAVIA, STRELSAU, FALCON, LEAGUE),
    topics=(ARMS, ISLAND),
    claims=(SALE, BUDGET, BACKING, SOLDIERS),
    words=WORDS,
    rates=Rates(per_base={"EUR": 0.9}),
    rules_hash="sample",
    version="sample",
)


def with_claims(*claims: Claim, version: str) -> Watch:
    """The sample with other claims; `version` must be new, since what is compiled is kept by it."""
    return replace(WATCH, claims=claims, version=version)


def article(text: str, title: str = "", lang: str = "") -> Article:
    """An article of nothing but text."""
    return Article(id="a", text=text, title=title, lang=lang)
