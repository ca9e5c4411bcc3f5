"""What must hold for any candidate and any rules."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import time, timedelta

from examples import many
from hypothesis import given, settings
from hypothesis import strategies as st
from newsroom import CLAIMS, DAWN, JANG, NOW, TREND, candidate, change, seen

from pipeline.alert import message, once, policy, rehearse
from pipeline.model.alert import Candidate, History, Told
from pipeline.model.finding import RELATIONS
from pipeline.model.rules import BREAKS, SEVERITIES, AlertRules, Channel, CoolDown, QuietHours, Rate, Rule, When
from pipeline.model.vantage import vantage
from pipeline.notify.split import LEAST, pieces
from pipeline.text import display

SENTENCE = "It was signed for $3 billion in June after talks."
HOURS = st.integers(0, 48).map(lambda n: timedelta(hours=n))
CHANNELS = ("log", "chat", "phone")

changes = st.sampled_from(
    [
        change("stage", "stage", "planned", "signed", SENTENCE, "signed"),
        change("stage", "stage", "planned", "agreed", SENTENCE, "signed"),
        change("value", "money", "2e9 USD", "3e9 USD", SENTENCE, "$3 billion"),
        change("date", "date", None, "2025-06", SENTENCE, "June"),
    ]
)
publishers = st.lists(st.sampled_from([seen(DAWN, "1"), seen(TREND, "2"), seen(JANG, "3")]), min_size=1, max_size=3)


@st.composite
def candidates(draw: st.DrawFn) -> Candidate:
    story = draw(st.sampled_from(["s1", "s2", "s3"]))
    made = candidate(
        draw(st.sampled_from(sorted(CLAIMS))),
        draw(st.sampled_from(RELATIONS)),
        sentence=SENTENCE,
        changes=draw(st.lists(changes, max_size=2)),
        publishers=draw(publishers),
        story=story,
        finding=draw(st.uuids()).hex,
        found_at=NOW + draw(HOURS),
        severity=draw(st.sampled_from(SEVERITIES)),
        confidence=draw(st.floats(0, 1)),
        first_run=draw(st.integers(0, 9)) == 0,
    )
    return replace(made, id=f"{story} {once.of(made)}")


@st.composite
def rule_sets(draw: st.DrawFn) -> AlertRules:
    quiet = QuietHours(start=time(22), end=time(6), zone="Asia/Karachi", let_through=("high",))
    channels = tuple(
        Channel(
            id=name,
            kind="stdout",
            quiet=(quiet,) if draw(st.booleans()) else (),
            rate=Rate(messages=draw(st.integers(1, 3)), per=timedelta(hours=6)) if draw(st.booleans()) else None,
        )
        for name in CHANNELS
    )
    names = draw(st.lists(st.sampled_from(["a", "b", "c", "d"]), unique=True, max_size=4))
    rules = tuple(
        Rule(
            id=name,
            channels=tuple(draw(st.lists(st.sampled_from(CHANNELS), min_size=1, max_size=3, unique=True))),
            when=When(
                relations=tuple(draw(st.lists(st.sampled_from(RELATIONS), max_size=2, unique=True))),
                min_publishers=draw(st.sampled_from([None, 1, 2])),
                min_confidence=draw(st.sampled_from([None, 0.5])),
                min_change=draw(st.sampled_from([None, 0.1, 0.9])),
            ),
            severity=draw(st.sampled_from(["", *SEVERITIES])),
            cool_down=CoolDown(
                claim=draw(HOURS), story=draw(HOURS), unless=tuple(draw(st.lists(st.sampled_from(BREAKS), unique=True)))
            ),
        )
        for name in names
    )
    return AlertRules(channels=channels, rules=rules)


def history(earlier: list[Candidate]) -> History:
    return History(
        told=tuple(
            Told(alert=c.id, channel="log", claim=c.claim, story=c.story, at=c.found_at - timedelta(hours=24),
                 keys=once.of(c))
            for c in earlier
        )
    )  # fmt: skip


@given(candidates(), rule_sets(), st.lists(candidates(), max_size=3), st.randoms())
@settings(deadline=None, max_examples=many(150))
def test_the_order_of_rules_does_not_matter(one, rules, earlier, random) -> None:
    turned = list(rules.rules)
    random.shuffle(turned)
    past = history(earlier)
    at = one.found_at
    shuffled = replace(rules, rules=tuple(turned), channels=rules.channels[::-1])
    assert policy.decide(one, rules, past, at) == policy.decide(one, shuffled, past, at)


@given(candidates(), rule_sets(), st.lists(candidates(), max_size=3))
@settings(deadline=None, max_examples=many(150))
def test_no_channel_is_both_told_and_kept_from_and_every_rule_has_its_reason(
    one: Candidate, rules: AlertRules, earlier: list[Candidate]
) -> None:
    got = policy.decide(one, rules, history(earlier), one.found_at)
    assert got
    named = Counter(name for decision in got for name in decision.channels)
    assert all(count == 1 for count in named.values())
    assert all(decision.reason for decision in got)
    assert all((decision.until is not None) for decision in got if decision.action == "hold")
    if not any(decision.rule == "" for decision in got):
        assert {decision.rule for decision in got} == {rule.id for rule in rules.rules}
    rows = policy.told(one, got, one.found_at)
    assert {row.channel for row in rows} == {
        name for decision in got if decision.action in {"send", "hold"} for name in decision.channels
    }


@given(st.lists(candidates(), max_size=12), rule_sets())
@settings(deadline=None, max_examples=many(60))
def test_a_channel_hears_of_an_alert_once_and_a_rehearsal_with_the_same_rules_changes_nothing(
    found: list[Candidate], rules: AlertRules
) -> None:
    ordered = sorted(found, key=lambda c: (c.found_at, c.finding))
    past: tuple[Told, ...] = ()
    for one in ordered:
        past += policy.told(one, policy.decide(one, rules, History(told=past), one.found_at), one.found_at)
    heard = Counter((row.alert, row.channel) for row in past)
    assert all(count == 1 for count in heard.values())
    same = rehearse.rehearse(found, rules, rules)
    assert (same.gained, same.lost, same.moved) == ((), (), ())
    assert same.kept == len(heard)


@given(st.lists(candidates(), max_size=10), rule_sets(), rule_sets())
@settings(deadline=None, max_examples=many(60))
def test_gained_and_lost_are_mirror_images(found: list[Candidate], old: AlertRules, new: AlertRules) -> None:
    there, back = rehearse.rehearse(found, old, new), rehearse.rehearse(found, new, old)
    assert [(h.alert, h.channel) for h in there.gained] == [(h.alert, h.channel) for h in back.lost]
    assert there.kept == back.kept


@given(publishers, st.randoms())
@settings(deadline=None, max_examples=many(60))
def test_vantage_does_not_depend_on_order_or_repetition(given_, random) -> None:
    turned = list(given_) * 2
    random.shuffle(turned)
    assert vantage(turned) == vantage(given_)


HOSTILE = st.text(max_size=300) | st.sampled_from(
    [
        "<script>alert(1)</script>",
        "<img src='https://evil.example/x.png'>",
        "\r\nBcc: x@evil.example",
        "[click](javascript:alert(1))",
        "\u202egnp.exe",
        "https://evil.example/?q=@everyone",
        "![x](https://evil.example/y.png)",
        "</title></style><svg/onload=x>",
        "{{ 7 * 7 }}",
    ]
)


@given(HOSTILE, HOSTILE, HOSTILE)
@settings(deadline=None, max_examples=many(150))
def test_text_of_others_writes_no_markup_and_no_links(sentence: str, title: str, name: str) -> None:
    publisher = seen(DAWN, "1", title, name=name, agency=name)
    one = candidate(sentence=sentence, publishers=(publisher,), attribution=name)
    made = message.render(one, CLAIMS["jf17-azerbaijan"], public_url="https://watch.example")
    for text in (made.html, made.text, made.subject):
        assert "://evil" not in text
        assert not any(0x202A <= ord(c) <= 0x202E or ord(c) == 0x1B for c in text)
    lowered = made.html.lower()
    assert lowered.count("<script") == lowered.count("<img") == lowered.count("<svg") == 0
    assert lowered.count("<a ") == 2  # the article and the review page
    assert "@" not in made.html.replace("@media", "")
    assert "\n" not in made.subject


@given(st.text(max_size=400), st.integers(0, 300))
@settings(deadline=None, max_examples=many(200))
def test_clean_inert_and_cut_are_stable(text: str, limit: int) -> None:
    clean = display.clean(text)
    assert display.clean(clean) == clean
    assert display.inert(display.inert(clean)) == display.inert(clean)
    assert len(display.clean(text, limit)) <= limit
    assert display.clean(text, len(clean)) == clean


@given(st.text(max_size=80), st.lists(st.tuples(st.integers(-5, 90), st.integers(-5, 90)), max_size=6))
@settings(deadline=None, max_examples=many(200))
def test_segments_joined_are_the_text(text: str, marks: list[tuple[int, int]]) -> None:
    found = display.segments(text, marks)
    assert "".join(piece for _, piece in found) == text
    marked = {i for start, end in marks for i in range(max(0, start), min(len(text), end))}
    at = 0
    for is_marked, piece in found:
        assert all((i in marked) is is_marked for i in range(at, at + len(piece)))
        at += len(piece)


@given(st.text(alphabet=st.sampled_from("ab .\n"), max_size=900), st.integers(0, 200))
@settings(deadline=None, max_examples=many(200))
def test_splitting_loses_nothing(text: str, limit: int) -> None:
    found = pieces(text, limit)
    assert all(len(piece) <= max(limit, LEAST) for piece in found)
    bare = [piece.rpartition(" (")[0] if len(found) > 1 else piece for piece in found]
    assert "".join("".join(bare).split()) == "".join(text.split())
