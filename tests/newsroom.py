"""Sample coverage for the tests of alerts and digests: a few claims, publishers, and findings about them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from pipeline.digest.facts import CanaryFact, Coverage, Covered, DayCount, Facts, Near, SourceFact
from pipeline.model.alert import Candidate, Publisher
from pipeline.model.finding import Change, Span
from pipeline.model.rules import DigestPlan
from pipeline.model.watch import Claim, Expectation

NOW = datetime(2025, 6, 5, 14, 20, tzinfo=UTC)

CLAIMS = {
    claim.id: claim
    for claim in (
        Claim(
            id="jf17-azerbaijan",
            topic="arms-transfers",
            title="JF-17 sale to Azerbaijan",
            statement="Pakistan is likely to sell JF-17 fighters to Azerbaijan.",
            document="strategic-partnerships-2025",
            section="arsenal",
            severity="high",
        ),
        Claim(
            id="joint-investment-portfolio",
            topic="trade-investment",
            title="Joint investment portfolio",
            statement="A joint investment portfolio of about $2 billion is planned with Azerbaijan.",
            document="strategic-partnerships-2025",
            section="economy",
        ),
        Claim(
            id="paf-trains-turkish-pilots",
            topic="exercises",
            title="Pakistan trains Turkish pilots",
            statement="Pakistan's air force reportedly trains Turkish pilots.",
            document="strategic-partnerships-2025",
            section="technology",
        ),
        Claim(
            id="lng-framework-extension",
            topic="energy",
            title="LNG framework agreement",
            statement="SOCAR and its Pakistani counterpart extend their LNG framework agreement.",
            document="arc-of-brotherhood",
            section="¶6",
            expect=Expectation(by=date(2025, 5, 28), grace=timedelta(days=7)),
        ),
        Claim(
            id="ataturk-exercise",
            topic="exercises",
            title="Atatürk exercises",
            statement="In 2023 Azerbaijan and Turkey held exercises named after Atatürk with up to 3,000 troops.",
        ),
        Claim(
            id="armenia-not-recognised", topic="armenia-recognition", statement="Pakistan does not recognise Armenia."
        ),
    )
}

TOPICS = {
    "arms-transfers": "Arms transfers",
    "trade-investment": "Trade and investment",
    "exercises": "Joint exercises",
    "energy": "Energy",
    "armenia-recognition": "Recognition of Armenia",
}

DAWN = Publisher(source="dawn", name="Dawn", family="dawn", country="PK", state=False, tier=1, lang="en")
APP = Publisher(source="app", name="APP", family="app", country="PK", state=True, tier=1, lang="en")
TREND = Publisher(source="trend-en", name="Trend", family="trend", country="AZ", state=None, tier=2, lang="en")
AZERTAC = Publisher(source="azertac-en", name="AZERTAC", family="azertac", country="AZ", state=True, tier=1, lang="en")
JANG = Publisher(source="jang-ur", name="Jang", family="jang", country="PK", state=False, tier=2, lang="ur")


def seen(publisher: Publisher, path: str, title: str = "", hours: float = 1, **more: object) -> Publisher:
    """The publisher of one article."""
    address = f"https://{publisher.source}.example/{path}"
    made = replace(publisher, url=address, title=title, published=NOW - timedelta(hours=hours))
    return replace(made, **more)


def change(slot: str, kind: str, old: str | None, new: str, sentence: str, words: str, at: int = 0) -> Change:
    """A change whose evidence are `words` in a sentence that starts at offset `at` of the text."""
    start = at + sentence.index(words)
    return Change(
        slot=slot,
        type=kind,
        old=old,
        new=new,
        evidence=Span(field="text", start=start, end=start + len(words), text=words),
    )


def candidate(
    claim: str = "jf17-azerbaijan",
    relation: str = "changes",
    *,
    sentence: str = "Pakistan has signed a $1.6 billion contract to supply Azerbaijan with JF-17 fighters.",
    changes: Iterable[Change] = (),
    publishers: Iterable[Publisher] = (),
    finding: str = "f1",
    alert: str = "a1",
    story: str = "s1",
    found_at: datetime = NOW,
    at: int = 0,
    **more: object,
) -> Candidate:
    """A finding in its story."""
    made = Candidate(
        id=alert,
        finding=finding,
        story=story,
        claim=claim,
        topic=CLAIMS[claim].topic if claim in CLAIMS else "exercises",
        relation=relation,
        publishers=tuple(publishers) or (seen(DAWN, "1", "Islamabad and Baku sign fighter deal"),),
        found_at=found_at,
        changes=tuple(changes),
        evidence=(Span(field="text", start=at, end=at + len(sentence), text=sentence),),
        severity=(CLAIMS[claim].severity if claim in CLAIMS else "") or "normal",
        confidence=0.8,
        lang="en",
        article=f"article-{finding}",
    )
    return replace(made, **more)


def signed(**more: object) -> Candidate:
    """The change that the examples of the documentation show."""
    sentence = (
        "Pakistan has signed a $1.6 billion contract to supply Azerbaijan with 40 JF-17 fighters, officials said."
    )
    return candidate(
        sentence=sentence,
        changes=(
            change("stage", "stage", "planned", "signed", sentence, "signed"),
            change("value", "money", None, "1.6e9 USD", sentence, "$1.6 billion"),
        ),
        redline=(
            ("=", "Pakistan"),
            ("-", "is likely to sell"),
            ("+", "has signed a $1.6 billion contract to supply Azerbaijan with 40"),
            ("=", "JF-17 fighters"),
            ("-", "to Azerbaijan"),
        ),
        **more,
    )


PLAN = DigestPlan(id="morning", every="day", at=time(18), zone="Asia/Baku", title="Morning digest")


def day() -> Facts:
    """One full day of coverage with something in every section, ending on 5 June 2025, 18:00 in Baku."""
    at = NOW - timedelta(hours=2)
    urdu = "پاکستان نے آذربائیجان کو 40 جے ایف-17 طیاروں کی فروخت کے معاہدے پر دستخط کر دیے۔"
    portfolio = (
        "The joint investment portfolio will grow from $2 billion to $3 billion, the economy minister said in Baku."
    )
    denial = "The Turkish defence ministry denied that its pilots are being trained by the Pakistan Air Force."
    drill = "Some 4,500 troops took part in this year's edition, according to the ministry."
    news = (
        signed(finding="f1", found_at=at, publishers=(seen(DAWN, "1", "Islamabad and Baku sign fighter deal"),)),
        candidate(
            finding="f2",
            found_at=at,
            sentence=urdu,
            changes=(change("quantity", "count", None, "40", urdu, "40"),),
            publishers=(seen(JANG, "2", "جے ایف-17 طیاروں کا معاہدہ", 2), seen(AZERTAC, "3", hours=3)),
            lang="ur",
            confidence=0.7,
        ),
        candidate(
            "joint-investment-portfolio",
            finding="f3",
            alert="a2",
            story="s2",
            found_at=at,
            sentence=portfolio,
            changes=(change("value", "money", "2e9 USD", "3e9 USD", portfolio, "$3 billion"),),
            publishers=(seen(AZERTAC, "4", "Joint portfolio to reach $3 billion, minister says"),),
            attribution="the economy minister",
        ),
        candidate(
            "paf-trains-turkish-pilots",
            "denies",
            finding="f4",
            alert="a3",
            story="s3",
            found_at=at,
            sentence=denial,
            changes=(change("certainty", "certainty", "reported", "denied", denial, "denied"),),
            publishers=(seen(TREND, "5", "Ankara denies pilot training claim", agency="Anadolu"),),
            certainty="denied",
        ),
        candidate(
            "ataturk-exercise",
            "adds",
            finding="f5",
            alert="a4",
            story="s4",
            found_at=at,
            sentence=drill,
            changes=(change("troops", "count", None, "4500", drill, "4,500 troops"),),
            publishers=(seen(TREND, "6", "Drills end"),),
            edited=True,
        ),
    )
    repeats = tuple(
        candidate(
            "armenia-not-recognised",
            "repeats",
            finding=f"r{n}",
            alert=f"ar{n}",
            story=f"sr{n}",
            found_at=at,
            publishers=(seen(p, f"r{n}"),),
        )
        for n, p in enumerate((DAWN, APP, TREND, JANG))
    )
    return Facts(
        candidates=(*news, *repeats),
        claims=CLAIMS,
        topics=TOPICS,
        covered=_covered(),
        volumes=_volumes(),
        counted_since=date(2025, 3, 1),
        near=(
            Near(
                article="n1",
                claim="lng-framework-extension",
                score=0.75,
                failed="no cue of an agreement",
                evidence="The two companies will look again at spot cargoes in the autumn.",
                publisher=seen(TREND, "7", "Gas talks in Baku"),
                lang="en",
            ),
        ),
        sources=(
            SourceFact(
                source="haqqin",
                name="Haqqin",
                before="ok",
                after="failing",
                reason="connect-timeout",
                since=NOW - timedelta(hours=30),
            ),
            SourceFact(source="minval", name="Minval", before="ok", after="silent", since=NOW - timedelta(days=3)),
            SourceFact(source="hetq", name="Hetq", before="failing", after="ok", since=NOW - timedelta(days=1)),
        ),
        coverage=Coverage(
            sources=55,
            sources_ok=53,
            entries=812,
            fetched=640,
            extracted=611,
            analysed=611,
            matched=41,
            findings=9,
            alerts_sent=4,
            kept_back=2,
            put_off=170,
            failed=2,
            oldest_data=NOW - timedelta(hours=30),
            reasons={"paywall": 17, "listing": 9, "connect-timeout": 2},
        ),
        canary=CanaryFact(found=True, last_found=NOW),
        last_news={"lng-framework-extension": datetime(2025, 4, 2, tzinfo=UTC)},
        alerted=frozenset({"a1", "a2", "a3"}),
        watch_version="5f0c1e9ab2d4",
    )


def _covered() -> tuple[Covered, ...]:
    wire = [
        Covered(
            article=f"w{n}",
            topics=("arms-transfers",),
            title="Pakistan, Azerbaijan sign JF-17 contract",
            publisher=seen(p, f"w{n}", group="g1", agency="Reuters"),
            lang="en",
        )
        for n, p in enumerate((DAWN, APP, TREND))
    ]
    own = [
        Covered(
            article="o1",
            topics=("arms-transfers",),
            title="What the fighter deal means for the region",
            publisher=seen(DAWN, "o1"),
            lang="en",
        ),
        Covered(
            article="o2",
            topics=("energy", "trade-investment"),
            title="Gas talks in Baku end without a date",
            publisher=seen(TREND, "o2"),
            lang="en",
        ),
        Covered(
            article="o3",
            topics=("arms-transfers",),
            title="جے ایف-17 طیاروں کا معاہدہ",
            publisher=seen(JANG, "o3"),
            lang="ur",
        ),
    ]
    return (*wire, *own)


def _volumes() -> tuple[DayCount, ...]:
    last = date(2025, 6, 5)
    found = []
    for back in range(57):
        day_ = last - timedelta(days=back)
        found.append(DayCount(topic="arms-transfers", day=day_, articles=21 if back == 0 else 5 + day_.day % 4))
        found.append(DayCount(topic="energy", day=day_, articles=6 + day_.day % 3))
        found.append(DayCount(topic="exercises", day=day_, articles=3 if back % 7 else 8))
    return tuple(found)
