"""What a period brought: grouping, order, caps, counts, and the words of a digest."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from newsroom import (
    AZERTAC,
    CLAIMS,
    DAWN,
    JANG,
    NOW,
    PLAN,
    TOPICS,
    TREND,
    candidate,
    change,
    day,
    seen,
    signed,
)

from pipeline.digest import build, importance, period, record, render, volume
from pipeline.digest.facts import CanaryFact, Coverage, Covered, DayCount, Facts, SourceFact
from pipeline.digest.words import Words
from pipeline.errors import ClaimwatchError
from pipeline.model.rules import DigestPlan

PERIOD = period.on(PLAN, date(2025, 6, 5))
AT = NOW - timedelta(hours=2)


def made(facts: Facts, plan: DigestPlan = PLAN) -> record.Digest:
    return build.build(plan, PERIOD, facts, NOW)


def test_an_agency_is_called_by_its_name() -> None:
    told = signed(publishers=(seen(DAWN, "1", agency="caspian-wire"),), found_at=AT)
    facts = Facts(candidates=(told,), claims=CLAIMS, topics=TOPICS, agencies={"caspian-wire": "Caspian Wire"})
    assert "Dawn (from Caspian Wire)" in render.text(made(facts))


def test_an_edit_shows_what_the_article_said_before() -> None:
    told = signed(edited=True, before="Talks go on.", found_at=AT)
    digest = made(Facts(candidates=(told,), claims=CLAIMS, topics=TOPICS))
    for form in (render.html, render.text, render.markdown):
        assert "edited without notice; before, it said: “Talks go on.”" in form(digest).replace("\\", "")


def test_a_day_in_order() -> None:
    got = made(day())
    assert [item.claim for item in got.denied.items] == ["paf-trains-turkish-pilots"]
    assert [item.claim for item in got.changed.items] == ["jf17-azerbaijan", "joint-investment-portfolio"]
    assert [item.claim for item in got.added.items] == ["ataturk-exercise"]
    assert [(r.claim, r.articles, r.independent, r.only) for r in got.repeated] == [
        ("armenia-not-recognised", 4, 4, True)
    ]
    assert got.summary == (
        "1 claim denied, 2 changed, 1 added to. 41 articles on watched topics, from 53 of 55 sources. "
        "More than usual: Arms transfers."
    )
    assert got.quiet is False


def test_outlets_and_languages_of_one_story_are_one_item() -> None:
    item = made(day()).changed.items[0]
    assert [(s.slot, s.old, s.new) for s in item.shifts] == [
        ("stage", "planned", "signed"),
        ("value", None, "1.6e9 USD"),
        ("quantity", None, "40"),
    ]
    assert item.outlets == ("Dawn", "Jang", "AZERTAC")
    assert (item.independent, item.countries, item.one_sided, item.alerted) == (3, ("AZ", "PK"), False, True)
    assert item.quote is not None
    assert [item.quote.text[s:e] for s, e in item.quote.marks] == ["signed", "$1.6 billion"]
    assert [quote.outlet for quote in item.more] == ["Jang"]
    assert item.findings == ("f1", "f2")


def test_what_falls_outside_of_the_period_is_not_looked_at() -> None:
    edge = [
        signed(finding="before", found_at=PERIOD.start - timedelta(microseconds=1)),
        signed(finding="first", found_at=PERIOD.start),
        signed(finding="after", found_at=PERIOD.end),
    ]
    assert made(Facts(candidates=tuple(edge), claims=CLAIMS)).findings() == ("first",)


def test_the_canary_stands_in_no_digest() -> None:
    assert made(Facts(candidates=(signed(canary=True, found_at=AT),), claims=CLAIMS)).quiet is True


def test_the_first_run_stands_in_the_digest() -> None:
    got = made(Facts(candidates=(signed(first_run=True, found_at=AT),), claims=CLAIMS))
    assert got.changed.items[0].first_run is True
    assert Words(got).caution(got.changed.items[0]) == ("older than the first look at its source",)


def test_a_section_is_capped_and_floored_and_says_so() -> None:
    weak = (seen(TREND, "w", tier=3),)
    many = [
        candidate("ataturk-exercise", "adds", finding=f"f{n}", alert=f"a{n}", found_at=AT, severity="low",
                  publishers=weak if n % 2 else ())
        for n in range(20)
    ]  # fmt: skip
    got = made(Facts(candidates=tuple(many), claims=CLAIMS), replace(PLAN, cap=4, floor=1.5)).added
    assert (len(got.items), got.over_cap, got.below_floor) == (4, 6, 10)
    assert len(got.left_out) == 16
    words = Words(made(Facts()))
    assert words.left_out(got) == "6 more and 10 of little weight"
    assert words.left_out(record.Section()) == ""


def test_the_order_of_the_facts_means_nothing() -> None:
    facts = day()
    turned = replace(
        facts,
        candidates=facts.candidates[::-1],
        covered=facts.covered[::-1],
        volumes=facts.volumes[::-1],
        near=facts.near[::-1],
        sources=facts.sources[::-1],
    )
    assert made(turned) == made(facts)


def test_a_wire_copy_is_one_story() -> None:
    arms = next(topic for topic in made(day()).topics if topic.topic == "arms-transfers")
    first = arms.stories[0]
    assert (first.title, first.articles, first.independent) == ("Pakistan, Azerbaijan sign JF-17 contract", 3, 1)
    assert len(arms.stories) == 3


def test_more_stories_than_fit_are_counted() -> None:
    covered = tuple(
        Covered(article=f"c{n}", topics=("energy",), title=f"t{n}", publisher=seen(TREND, f"c{n}")) for n in range(9)
    )
    energy = made(Facts(covered=covered, topics=TOPICS)).topics[0]
    assert (len(energy.stories), energy.more) == (build.STORIES, 4)


def test_a_claim_with_news_is_not_among_the_only_repeated() -> None:
    repeat = candidate(relation="repeats", finding="f9", found_at=AT)
    got = made(Facts(candidates=(signed(found_at=AT), repeat), claims=CLAIMS))
    assert [(r.claim, r.only) for r in got.repeated] == [("jf17-azerbaijan", False)]


def test_an_expected_event_is_missed_once_after_its_grace() -> None:
    assert [one.claim for one in made(day()).missed] == ["lng-framework-extension"]
    covered = replace(day(), last_news={"lng-framework-extension": datetime(2025, 5, 25, tzinfo=UTC)})
    assert made(covered).missed == ()
    tomorrow = build.build(PLAN, period.on(PLAN, date(2025, 6, 6)), day(), NOW)
    assert tomorrow.missed == ()


def test_sources_that_failed_fell_silent_and_recovered() -> None:
    got = made(day())
    assert [(note.source, note.state) for note in got.sources] == [
        ("haqqin", "failed"),
        ("minval", "silent"),
        ("hetq", "recovered"),
    ]
    words = Words(got)
    assert words.source(got.sources[0]) == "cannot be read; connect timeout; last worked 4 June 2025, 12:20"
    well = SourceFact(source="x", name="", before="ok", after="ok")
    assert made(Facts(sources=(well, replace(well, before="new")))).sources == ()


def test_a_quiet_day_says_so_and_what_was_read() -> None:
    got = made(Facts(coverage=Coverage(sources=55, sources_ok=55, analysed=600, matched=12)))
    assert got.quiet is True
    assert got.summary == (
        "Nothing new: no known claim was changed, denied or added to. 12 articles on watched topics, "
        "from 55 of 55 sources."
    )
    assert Words(got).quiet().endswith("600 articles were analysed, from 55 of 55 sources.")


def test_a_missing_canary_is_a_warning() -> None:
    got = made(Facts(canary=CanaryFact(found=False, last_found=datetime(2025, 6, 3, 4, tzinfo=UTC), detail="extract")))
    assert got.canary == "missing"
    assert got.canary_note == (
        "The canary article was not found in this period, lost at: extract; it was last found on 2025-06-03 04:00 UTC. "
        "Findings may be missing too."
    )
    assert made(Facts(canary=CanaryFact(found=True))).canary == "found"
    assert made(Facts()).canary == ""


def test_a_claim_that_is_no_longer_configured_still_shows() -> None:
    item = made(Facts(candidates=(signed(found_at=AT),))).changed.items[0]
    assert (item.title, item.statement) == ("jf17-azerbaijan", "jf17-azerbaijan")


# --- importance


def test_importance_is_the_sum_of_its_printed_parts() -> None:
    item = made(day()).changed.items[0]
    assert item.importance == pytest.approx(sum(part.points for part in item.parts))
    assert Words(made(day())).weight(item) == (
        "7.58 = 2 changes + 2 high severity + 1 stage by 2 stages + 1.58 3 independent publishers + 1 source of tier 1"
    )


@pytest.mark.parametrize(
    ("kind", "old", "new", "points"),
    [
        ("money", None, "1e9 USD", 0.5),
        ("money", "2e9 USD", "3e9 USD", 1.0),
        ("money", "1 USD", "9e30 USD", 2.0),
        ("stage", "planned", "agreed", 0.5),
        ("stage", "planned", "cancelled", 2.0),
        ("date", "2025-01-01", "2025-04-01", 1.0),
        ("place", "Here", "There", 1.0),
    ],
)
def test_the_points_of_a_size(kind: str, old: str | None, new: str, points: float) -> None:
    one = change("s", kind, old, new, "It is so.", "so")
    _, parts = importance.parts("changes", "normal", (one,), 1, 2)
    assert parts[2].points == points


def test_a_denial_outweighs_an_addition_of_its_kind() -> None:
    denial, _ = importance.parts("denies", "normal", (), 1, 2)
    addition, _ = importance.parts("adds", "normal", (change("s", "count", None, "4", "4 it is", "4"),), 1, 2)
    assert denial > addition
    assert importance.parts("changes", "normal", (), 10_000, 9)[1][3].points == 2.0


# --- volume


def counts(numbers: dict[int, int], topic: str = "energy", last: date = date(2025, 6, 5)) -> tuple[DayCount, ...]:
    return tuple(DayCount(topic=topic, day=last - timedelta(days=back), articles=n) for back, n in numbers.items())


@pytest.mark.parametrize(
    ("today", "before", "verdict", "median"),
    [
        (12, (4, 5, 6), "spike", 5.0),
        (9, (4, 5, 6), "usual", 5.0),  # four more are no spike
        (12, (4, 5), "", None),  # two weeks are too few
        (3, (8, 7, 9, 8), "quiet", 8.0),
        (0, (2, 2, 2), "usual", 2.0),  # so few are never called quiet
        (40, (4, 5, 6, 50, 4, 5, 6, 5), "spike", 5.0),  # one earlier spike does not move the median
    ],
)
def test_a_topic_against_its_own_weekday(
    today: int, before: tuple[int, ...], verdict: str, median: float | None
) -> None:
    rows = counts({0: today, **{7 * (week + 1): n for week, n in enumerate(before)}})
    since = date(2025, 6, 5) - timedelta(weeks=len(before))
    got = volume.measure(rows, {"energy": "Energy"}, date(2025, 6, 5), since)[0]
    assert (got.verdict, got.median, got.weeks) == (verdict, median, len(before))
    assert len(got.days) == volume.CHART_DAYS
    assert got.days[-1] == today


def test_weeks_without_articles_count_once_counting_began_and_empty_topics_do_not_show() -> None:
    rows = counts({0: 6})
    got = volume.measure(rows, {"energy": "Energy", "x": "X"}, date(2025, 6, 5), date(2025, 1, 1))
    assert [(one.topic, one.median, one.verdict) for one in got] == [("energy", 0.0, "spike")]
    assert volume.measure((), {"energy": "Energy"}, date(2025, 6, 5), None) == ()


def test_words_of_a_volume() -> None:
    words = Words(made(Facts()))
    base = volume.measure(counts({0: 9}), {"energy": "Energy"}, date(2025, 6, 5), date(2025, 6, 1))[0]
    assert words.usual(base) == "too early to say (0 of 3 weeks)"
    assert words.usual(replace(base, median=4.0, verdict="quiet")) == "far fewer than the usual 4"


# --- the record


def test_the_record_survives_json() -> None:
    for facts in (day(), Facts()):
        got = made(facts)
        assert record.load(record.dump(got)) == got
    data = json.loads(record.dump(made(day())))
    assert data["format"] == record.FORMAT
    assert data["start"] == "2025-06-04T14:00:00+00:00"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 99}', '{"format": 1, "key": 3}'])
def test_what_is_no_digest_is_refused(text: str) -> None:
    with pytest.raises(ClaimwatchError, match="digest"):
        record.load(text)


def test_times_are_those_of_the_plan() -> None:
    got = made(day())
    words = Words(got)
    assert words.heading() == "Thursday, 5 June 2025"
    assert words.span() == "4 June 2025, 18:00 to 5 June 2025, 18:00 (Asia/Baku)"
    assert got.title == "Morning digest"
    assert made(Facts(), DigestPlan(id="w", every="week", at=time(7))).title == "The week"


def test_further_quotes_come_from_other_voices() -> None:
    copies = tuple(
        signed(finding=f"f{n}", found_at=AT, publishers=(seen(p, str(n), agency="Reuters"),))
        for n, p in enumerate((DAWN, AZERTAC, JANG))
    )
    assert made(Facts(candidates=copies, claims=CLAIMS)).changed.items[0].more == ()


def test_a_finding_without_evidence_is_still_an_item() -> None:
    bare = replace(signed(found_at=AT), evidence=())
    item = made(Facts(candidates=(bare,), claims=CLAIMS)).changed.items[0]
    assert item.quote is None


def test_at_most_two_other_voices_are_quoted() -> None:
    many = tuple(
        signed(finding=f"f{n}", found_at=AT, publishers=(seen(p, str(n)),))
        for n, p in enumerate((DAWN, AZERTAC, JANG, TREND))
    )
    item = made(Facts(candidates=many, claims=CLAIMS)).changed.items[0]
    assert [quote.outlet for quote in (item.quote, *item.more) if quote] == ["Dawn", "AZERTAC", "Jang"]


def test_most_independent_publishers_decide_the_value_and_the_others_are_named() -> None:
    def says(value: str, words: str, **more: object):
        sentence = f"The deal is worth {words}."
        return candidate(
            sentence=sentence,
            changes=(change("value", "money", None, value, sentence, words),),
            found_at=AT,
            **more,
        )

    sure = says("2e9 USD", "$2 billion", finding="f1", publishers=(seen(TREND, "1"),), confidence=0.99)
    two = [
        says("1.6e9 USD", "$1.6 billion", finding=f"f{n}", publishers=(seen(p, "1"),))
        for n, p in ((2, DAWN), (3, JANG))
    ]
    digest = made(Facts(candidates=(sure, *two), claims=CLAIMS))
    item = digest.changed.items[0]
    assert [(s.new, s.also) for s in item.shifts] == [("1.6e9 USD", ("2e9 USD",))]
    assert item.quote is not None
    assert item.quote.outlet == "Dawn"
    assert Words(digest).also(item.shifts[0]) == "2 billion USD"


def test_the_sentence_that_proves_the_change_is_quoted() -> None:
    one = signed(found_at=AT)
    headline = replace(one.evidence[0], field="title", start=0, end=11, text="Fighter deal")
    item = made(Facts(candidates=(replace(one, evidence=(headline, *one.evidence)),), claims=CLAIMS)).changed.items[0]
    assert item.quote is not None
    assert item.quote.text == one.evidence[0].text


def test_a_redline_is_shown_when_it_can_be_read() -> None:
    got = made(day())
    words = Words(got)
    assert words.redline(got.changed.items[0])[0] == ("=", "Pakistan")
    salad = replace(got.changed.items[0], redline=(("-", "quite another sentence"), ("=", "a"), ("+", "thing")))
    assert words.redline(salad) == ()
    confetti = replace(salad, redline=(("=", "many words are kept"), ("+", "x")) * 7)
    assert words.redline(confetti) == ()


def test_a_title_that_is_the_quote_is_not_said_twice() -> None:
    got = made(day())
    quote = got.changed.items[0].quote
    assert quote is not None
    assert Words(got).title(quote) == "Islamabad and Baku sign fighter deal"
    assert Words(got).title(replace(quote, title=quote.text.upper() + " ")) == ""


def test_near_misses_are_one_a_claim() -> None:
    base = day().near[0]
    near = (base, replace(base, article="n2", score=0.8), replace(base, article="n3", claim="jf17-azerbaijan"))
    got = made(replace(day(), near=near))
    assert [(one.claim, one.score, one.articles) for one in got.near] == [
        ("lng-framework-extension", 0.8, 2),
        ("jf17-azerbaijan", 0.75, 1),
    ]
    assert Words(got).near(got.near[0]) == "the best of 2 articles, score 0.80, failed at: no cue of an agreement"


def test_near_misses_that_are_far_off_are_counted() -> None:
    base = day().near[0]
    far = replace(base, article="n2", claim="jf17-azerbaijan", score=build.NEAR_FLOOR - 0.01)
    got = made(replace(day(), near=(base, far, replace(far, article="n3", score=0.1))))
    assert [one.claim for one in got.near] == [base.claim]
    assert got.coverage.far == 1
    line = "Too far off to be shown among the near misses: 1 claim."
    assert line in Words(got).coverage(got.coverage)
    assert line not in Words(made(day())).coverage(made(day()).coverage)


def test_a_digest_of_nothing_read_is_no_quiet_day() -> None:
    plan = DigestPlan(id="morning")
    facts = Facts(coverage=Coverage(sources=55, sources_ok=0))
    digest = build.build(plan, period.on(plan, NOW.date()), facts, NOW)
    assert not digest.quiet
    assert digest.summary.startswith("Nothing could be read")
    for form in (render.html, render.markdown, render.text):
        shown = form(digest)
        assert "No source could be read" in shown
        assert "quiet period" not in shown


def test_sources_that_were_never_read_lead_the_digest() -> None:
    plan = DigestPlan(id="morning")
    source = SourceFact(source="s1", name="The Daily", before="new", after="failing", reason="not-a-feed")
    digest = build.build(
        plan, period.on(plan, NOW.date()), Facts(coverage=Coverage(sources=2, sources_ok=1), sources=(source,)), NOW
    )
    text = render.text(digest)
    assert text.index("1 source could not be read: The Daily") < text.index("quiet period")
