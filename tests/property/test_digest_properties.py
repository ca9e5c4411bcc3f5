"""What must hold for any coverage."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from html.parser import HTMLParser

from examples import many
from hypothesis import given, settings
from hypothesis import strategies as st
from newsroom import CLAIMS, DAWN, JANG, NOW, PLAN, TREND, candidate, change, day, seen

from pipeline.alert import once
from pipeline.digest import build, period, record, render
from pipeline.digest.facts import Accepted, Covered, Facts, Near, SourceFact
from pipeline.model.alert import Candidate
from pipeline.model.finding import RELATIONS
from pipeline.model.rules import DigestPlan

SENTENCE = "It was signed for $3 billion in June after talks."
ZONES = ["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns", "Pacific/Apia", "Australia/Lord_Howe"]

plans = st.builds(
    DigestPlan,
    id=st.just("p"),
    every=st.sampled_from(["day", "weekday", "week"]),
    at=st.times(),
    zone=st.sampled_from(ZONES),
    weekday=st.integers(0, 6),
    cap=st.integers(1, 4),
    floor=st.sampled_from([0.0, 2.0, 5.0]),
)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))


@st.composite
def candidates(draw: st.DrawFn, within: timedelta = timedelta(days=12)) -> Candidate:
    story = draw(st.sampled_from(["s1", "s2"]))
    made = candidate(
        draw(st.sampled_from([*sorted(CLAIMS), "no-longer-configured"])),
        draw(st.sampled_from(RELATIONS)),
        sentence=SENTENCE,
        changes=draw(
            st.sampled_from(
                [
                    (),
                    (change("stage", "stage", "planned", "signed", SENTENCE, "signed"),),
                    (change("value", "money", None, "3e9 USD", SENTENCE, "$3 billion"),),
                ]
            )
        ),
        publishers=[draw(st.sampled_from([seen(DAWN, "1"), seen(TREND, "2"), seen(JANG, "3")]))],
        story=story,
        finding=draw(st.uuids()).hex,
        found_at=NOW + draw(st.timedeltas(timedelta(0), within)),
    )
    return replace(made, id=f"{story} {once.of(made)}")


@given(plans, st.lists(candidates(), max_size=25, unique_by=lambda c: c.finding))
@settings(deadline=None, max_examples=many(80))
def test_each_finding_stands_in_exactly_one_digest(plan: DigestPlan, found: list[Candidate]) -> None:
    facts = Facts(candidates=tuple(found), claims=CLAIMS)
    last: period.Period | None = None
    told: list[str] = []
    keys: set[str] = set()
    # The service comes round at odd times, with a standstill of days in between; the rules of time change once.
    for hours in (0, 3, 26, 27, 120, 200, 230, 700):
        now = NOW + timedelta(hours=hours)
        for one in period.due(plan, now, last):
            assert one.key not in keys
            assert one.start < one.end <= now
            keys.add(one.key)
            told += build.build(plan, one, facts, now).findings()
            last = one
        if hours == 120:
            plan = replace(plan, at=time((plan.at.hour + 5) % 24), zone="Asia/Tokyo")
    assert len(told) == len(set(told))
    assert last is not None
    first = period.due(replace(plan), NOW, None)
    assert set(told) <= {c.finding for c in found}
    assert set(told) >= {c.finding for c in found if first[0].end <= NOW <= c.found_at < last.end}


@given(plans, moments)
@settings(deadline=None, max_examples=many(150))
def test_periods_touch_and_never_overlap(plan: DigestPlan, now: datetime) -> None:
    done, next_ = period.latest(plan, now), period.upcoming(plan, now)
    assert done.end <= now < next_.end
    assert done.end == next_.start
    assert done.start < done.end
    assert period.due(plan, next_.end, done) == (next_,)
    assert period.due(plan, now, done) == ()


@given(st.lists(candidates(timedelta(days=1)), max_size=12, unique_by=lambda c: c.finding), st.randoms())
@settings(deadline=None, max_examples=many(40))
def test_a_digest_survives_json_and_does_not_depend_on_order(found: list[Candidate], random) -> None:
    span = period.Period(plan="p", key="p-2025-06-06", start=NOW, end=NOW + timedelta(days=1))
    got = build.build(PLAN, span, Facts(candidates=tuple(found), claims=CLAIMS), NOW)
    random.shuffle(found)
    assert build.build(PLAN, span, Facts(candidates=tuple(found), claims=CLAIMS), NOW) == got
    assert record.load(record.dump(got)) == got


HOSTILE = st.text(max_size=200) | st.sampled_from(
    [
        "<script>alert(1)</script>",
        '"><img src=https://evil.example/x.png onerror=x>',
        "</style><style>*{background:url(https://evil.example)}",
        "[click](https://evil.example) ![x](https://evil.example/y.png)",
        "| a | b |\n| --- | --- |",
        "# heading\n- list\n> quote",
        "\u202e\u2066gnp.exe\u0000",
        "javascript:alert(1)",
        "{{ 7 * 7 }}{% raw %}",
        "x" * 10_000,
        "<!-- --><!--[if mso]>",
    ]
)


class Tags(HTMLParser):
    """Collects what could do something."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links |= {value or "" for name, value in attrs if name in {"href", "src", "background", "action"}}


@given(HOSTILE, HOSTILE, HOSTILE, st.booleans())
@settings(deadline=None, max_examples=many(60))
def test_nothing_from_outside_is_markup_or_a_link(sentence: str, title: str, name: str, mail: bool) -> None:
    publisher = replace(seen(DAWN, "1", title, name=name, agency=title), url="https://ok.example/1")
    bad = replace(publisher, source="bad", url="javascript:alert(1)")
    one = candidate(
        sentence=sentence,
        publishers=(publisher, bad),
        attribution=name,
        found_at=NOW - timedelta(hours=3),
        redline=(("-", sentence), ("+", title)),
    )
    facts = replace(
        day(),
        candidates=(one, replace(one, finding="f2", publishers=(bad, publisher))),
        covered=tuple(
            Covered(article=p.source, topics=("energy",), title=title, publisher=p) for p in (publisher, bad)
        ),
        look_again=(Accepted(claim="x", slot="place", type="place", value=sentence, on=NOW.date(), by=title),),
        near=(Near(article="n", claim="x", score=0.4, failed="no cue", evidence=sentence, publisher=bad),),
        sources=(SourceFact(source="s", name="S", before="ok", after="failing", reason="dns", detail=sentence),),
    )
    got = build.build(PLAN, period.on(PLAN, date(2025, 6, 5)), facts, NOW)
    html = render.html(got, public_url="https://watch.example", mail=mail)
    tags = Tags()
    tags.feed(html)
    assert not tags.tags & {"script", "img", "iframe", "object", "embed", "form", "input", "base", "link"}
    assert not {one for one in tags.attributes if one.startswith("on")}
    assert all(link.startswith(("https://ok.example/", "https://watch.example/")) for link in tags.links)
    for text in (html, render.markdown(got), render.text(got)):
        assert "evil.example" not in text
        assert not any(0x202A <= ord(c) <= 0x202E or 0x2066 <= ord(c) <= 0x2069 or ord(c) < 9 for c in text)
    assert "](javascript" not in render.markdown(got)
    if mail:
        assert len(html.encode()) <= 100_000
