"""Decisions: who hears of it, now, later or not, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from newsroom import APP, AZERTAC, DAWN, NOW, TREND, candidate, change, seen, signed

from pipeline.alert import cooldown, once, policy, quiet
from pipeline.model.alert import Candidate, Decision, History, Snooze, Told
from pipeline.model.rules import AlertRules, Channel, CoolDown, Mute, QuietHours, Rate, Rule, When

HOUR = timedelta(hours=1)


def rules(*given: Rule, channels: tuple[Channel, ...] = (), mutes: tuple[Mute, ...] = ()) -> AlertRules:
    there = {c.id for c in channels}
    named = {name for rule in given for name in rule.channels} - there
    more = tuple(Channel(id=name, kind="stdout") for name in sorted(named))
    return AlertRules(channels=(*channels, *more), rules=given, mutes=mutes)


def rule(name: str = "any", *channels: str, **more: object) -> Rule:
    return Rule(id=name, channels=channels or ("log",), **more)


def told(one: Candidate, at: datetime, channel: str = "log", **more: object) -> Told:
    made = Told(alert=one.id, channel=channel, claim=one.claim, story=one.story, at=at, keys=once.of(one))
    return replace(made, **more)


def only(decisions: tuple[Decision, ...]) -> Decision:
    assert len(decisions) == 1
    return decisions[0]


def test_a_change_is_sent_to_the_channels_of_the_rule() -> None:
    got = only(policy.decide(signed(), rules(rule("any", "log", "chat")), History(), NOW))
    assert (got.rule, got.action, got.channels, got.severity) == ("any", "send", ("chat", "log"), "high")
    assert got.reason == "all conditions are met"


@pytest.mark.parametrize("relation", ["repeats", "mentions"])
def test_what_is_no_news_is_kept_back(relation: str) -> None:
    got = only(policy.decide(signed(relation=relation), rules(rule()), History(), NOW))
    assert got.action == "keep-back"
    assert "no news" in got.reason


def test_the_canary_is_never_alerted() -> None:
    assert only(policy.decide(signed(canary=True), rules(rule()), History(), NOW)).action == "keep-back"


def test_the_first_run_of_a_source_floods_nobody() -> None:
    got = only(policy.decide(signed(first_run=True), rules(rule()), History(), NOW))
    assert got.action == "keep-back"
    assert "first run" in got.reason


def test_without_rules_the_reason_says_so() -> None:
    assert only(policy.decide(signed(), AlertRules(), History(), NOW)).reason == "there are no rules"


def test_a_rule_that_does_not_match_says_which_condition_failed() -> None:
    got = only(policy.decide(signed(), rules(rule(when=When(relations=("denies",)))), History(), NOW))
    assert (got.action, got.channels) == ("no-match", ())
    assert got.reason == "relation changes, wanted denies"


def test_an_alert_is_told_once_a_channel() -> None:
    history = History(told=(told(signed(), NOW - HOUR),))
    got = only(policy.decide(signed(), rules(rule()), history, NOW))
    assert got.action == "keep-back"
    assert got.reason == "already told on 2025-06-05 13:20 UTC; the publisher is added to it"
    other = policy.decide(signed(), rules(rule("any", "log", "chat")), history, NOW)
    assert {(d.action, d.channels) for d in other} == {("send", ("chat",)), ("keep-back", ("log",))}


def test_two_rules_with_one_channel_tell_it_once() -> None:
    loud = rule("loud", severity="high")
    got = policy.decide(signed(severity="low"), rules(rule("calm"), loud), History(), NOW)
    assert {(d.rule, d.action, d.channels) for d in got} == {("calm", "send", ("log",)), ("loud", "covered", ())}
    assert {d.severity for d in got} == {"high"}


def test_one_rule_that_sends_outranks_one_that_cools_down() -> None:
    earlier = replace(signed(), id="a0", story="s0")
    cooling = rule("cooling", cool_down=CoolDown(claim=6 * HOUR, unless=()))
    got = policy.decide(signed(), rules(cooling, rule("eager")), History(told=(told(earlier, NOW - HOUR),)), NOW)
    assert {(d.rule, d.action) for d in got} == {("cooling", "covered"), ("eager", "send")}


@pytest.mark.parametrize(
    ("mute", "muted"),
    [
        (Mute(id="m", when=When(claims=("jf17-azerbaijan",))), True),
        (Mute(id="m", when=When(claims=("jf17-azerbaijan",)), until=NOW + HOUR), True),
        (Mute(id="m", when=When(claims=("jf17-azerbaijan",)), until=NOW), False),
        (Mute(id="m", when=When(claims=("another",))), False),
    ],
)
def test_a_mute_outranks_every_rule_until_it_ends(mute: Mute, muted: bool) -> None:
    got = only(policy.decide(signed(), rules(rule(), mutes=(mute,)), History(), NOW))
    assert (got.action == "mute") is muted


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("alert", "a1"),
        ("story", "s1"),
        ("claim", "jf17-azerbaijan"),
        ("topic", "arms-transfers"),
        ("source", "dawn"),
    ],
)
def test_a_snooze_holds_for_its_thing_and_its_time(kind: str, name: str) -> None:
    snooze = Snooze(kind=kind, id=name, until=NOW + HOUR, by="ada")
    got = only(policy.decide(signed(), rules(rule()), History(snoozes=(snooze,)), NOW))
    assert (got.action, got.until) == ("mute", NOW + HOUR)
    assert got.reason == f"{kind} {name} is snoozed by ada"
    assert only(policy.decide(signed(), rules(rule()), History(snoozes=(snooze,)), NOW + HOUR)).action == "send"


# --- cool-down


def cooled(one: Candidate, before: Candidate, unless: tuple[str, ...], ago: timedelta = HOUR) -> Decision:
    cool = CoolDown(claim=6 * HOUR, unless=unless)
    return only(policy.decide(one, rules(rule(cool_down=cool)), History(told=(told(before, NOW - ago),)), NOW))


BEFORE = replace(signed(), id="a0", story="s0")


def test_a_claim_cools_down_and_says_until_when() -> None:
    got = cooled(signed(), BEFORE, ())
    assert (got.action, got.channels) == ("keep-back", ("log",))
    assert got.reason == "cool-down of the claim until 2025-06-05 19:20 UTC"
    assert cooled(signed(), BEFORE, (), ago=6 * HOUR).action == "send"


def test_a_story_has_a_cool_down_of_its_own() -> None:
    before = replace(signed(), id="a0", claim="joint-investment-portfolio")
    cool = CoolDown(story=2 * HOUR, unless=())
    history = History(told=(told(before, NOW - HOUR),))
    assert only(policy.decide(signed(), rules(rule(cool_down=cool)), history, NOW)).action == "keep-back"
    elsewhere = replace(signed(), story="s9")
    assert only(policy.decide(elsewhere, rules(rule(cool_down=cool)), history, NOW)).action == "send"


def test_a_message_to_another_channel_cools_nothing_down() -> None:
    cool = CoolDown(claim=6 * HOUR, unless=())
    history = History(told=(told(BEFORE, NOW - HOUR, channel="chat"),))
    assert only(policy.decide(signed(), rules(rule(cool_down=cool)), history, NOW)).action == "send"


def test_another_new_value_breaks_a_cool_down_and_the_same_value_does_not() -> None:
    sentence = "The contract is worth $4.6 billion."
    larger = candidate(
        sentence=sentence, changes=(change("value", "money", None, "4.6e9 USD", sentence, "$4.6 billion"),)
    )
    got = cooled(larger, BEFORE, ("new-value",))
    assert (got.action, got.reason) == ("send", "cool-down broken by new-value")
    assert cooled(signed(), BEFORE, ("new-value",)).action == "keep-back"


def test_a_denial_breaks_a_cool_down_once() -> None:
    denial = candidate(relation="denies", sentence="Islamabad denies any sale.")
    assert cooled(denial, BEFORE, ("denial",)).action == "send"
    assert cooled(denial, replace(denial, id="a0", story="s0"), ("denial",)).action == "keep-back"


def test_a_second_independent_publisher_breaks_a_cool_down_and_a_copy_does_not() -> None:
    two = signed(publishers=(seen(DAWN, "1"), seen(TREND, "2")))
    copies = signed(publishers=(seen(DAWN, "1", group="g"), seen(TREND, "2", group="g")))
    assert cooled(two, BEFORE, ("second-publisher",)).action == "send"
    assert cooled(copies, BEFORE, ("second-publisher",)).action == "keep-back"


def test_a_higher_stage_breaks_a_cool_down_and_a_lower_one_does_not() -> None:
    sentence = "The first jets were delivered on Monday after being agreed."
    up = candidate(
        sentence=sentence, changes=(change("stage", "stage", "planned", "delivered", sentence, "delivered"),)
    )
    down = candidate(sentence=sentence, changes=(change("stage", "stage", "planned", "agreed", sentence, "agreed"),))
    assert cooled(up, BEFORE, ("higher-stage",)).action == "send"
    assert cooled(down, BEFORE, ("higher-stage",)).action == "keep-back"


# --- quiet hours and rates

NIGHT = QuietHours(start=time(22), end=time(7), zone="Europe/Istanbul", let_through=("high",))


def test_quiet_hours_hold_until_they_end() -> None:
    night = datetime(2025, 6, 5, 23, 30, tzinfo=UTC)  # 02:30 in Istanbul
    channel = Channel(id="log", kind="stdout", quiet=(NIGHT,))
    got = only(policy.decide(signed(severity="normal"), rules(rule(), channels=(channel,)), History(), night))
    assert (got.action, got.until) == ("hold", datetime(2025, 6, 6, 4, 0, tzinfo=UTC))
    loud = only(policy.decide(signed(), rules(rule(), channels=(channel,)), History(), night))
    assert loud.action == "send"


@pytest.mark.parametrize(
    ("local", "ends"),
    [
        ("2025-03-29T22:30", "2025-03-30T07:00"),  # the clock skips an hour in this night
        ("2025-10-25T23:30", "2025-10-26T07:00"),  # and repeats one in this
        ("2025-06-01T21:59", None),
        ("2025-06-02T07:00", None),
    ],
)
def test_quiet_hours_follow_the_clock_of_their_zone(local: str, ends: str | None) -> None:
    zone = ZoneInfo("Europe/Berlin")
    hours = QuietHours(start=time(22), end=time(7), zone="Europe/Berlin")
    got = quiet.until((hours,), "normal", datetime.fromisoformat(local).replace(tzinfo=zone))
    assert got == (datetime.fromisoformat(ends).replace(tzinfo=zone) if ends else None)


def test_quiet_hours_that_touch_are_one_and_days_count_where_they_begin() -> None:
    evening = QuietHours(start=time(18), end=time(22))
    night = QuietHours(start=time(22), end=time(6), days=(4,))  # begins on Fridays
    friday = datetime(2025, 6, 6, 19, tzinfo=UTC)
    assert quiet.until((night, evening), "low", friday) == datetime(2025, 6, 7, 6, tzinfo=UTC)
    assert quiet.until((night, evening), "low", friday - timedelta(days=1)) == datetime(2025, 6, 5, 22, tzinfo=UTC)


def test_a_rate_limit_holds_until_there_is_room_and_held_messages_do_not_count() -> None:
    channel = Channel(id="log", kind="stdout", rate=Rate(messages=2, per=HOUR))
    sent = [told(replace(signed(), id=f"b{n}"), NOW - timedelta(minutes=m)) for n, m in enumerate((50, 30, 10))]
    got = only(policy.decide(signed(), rules(rule(), channels=(channel,)), History(told=tuple(sent)), NOW))
    assert (got.action, got.until) == ("hold", NOW + timedelta(minutes=30))
    assert got.reason == "rate limit of log: 2 messages in 1:00:00"
    held = tuple(replace(one, batched=True) for one in sent)
    assert only(policy.decide(signed(), rules(rule(), channels=(channel,)), History(told=held), NOW)).action == "send"


def test_told_gives_a_row_for_each_channel_that_will_hear() -> None:
    night = datetime(2025, 6, 5, 23, 30, tzinfo=UTC)
    channel = Channel(id="phone", kind="stdout", quiet=(NIGHT,))
    one = signed(severity="normal")
    made = rules(rule("any", "phone", "log"), channels=(channel,))
    rows = policy.told(one, policy.decide(one, made, History(), night), night)
    assert {(row.channel, row.batched, row.held_until is None) for row in rows} == {
        ("log", False, True),
        ("phone", True, False),
    }
    assert policy.told(one, policy.decide(one, made, History(told=rows), night), night) == ()


def test_rate_free_looks_only_at_its_window() -> None:
    rows = [told(replace(signed(), id=f"b{n}"), NOW - n * HOUR) for n in range(1, 4)]
    assert cooldown.rate_free(Rate(messages=1, per=HOUR), rows, NOW) is None
    assert cooldown.rate_free(None, rows, NOW) is None


# --- conditions


@pytest.mark.parametrize(
    ("when", "reason"),
    [
        (When(claims=("other",)), "claim jf17-azerbaijan, wanted other"),
        (When(topics=("energy",)), "topic arms-transfers, wanted energy"),
        (When(slots=("quantity",)), "slot stage, value, wanted quantity"),
        (When(min_confidence=0.9), "confidence 0.80, wanted 0.90 or more"),
        (When(min_certainty="confirmed"), "certainty reported, wanted confirmed or more"),
        (When(edited=True), "no silent edit"),
        (When(countries=("AZ", "TR")), "country PK, wanted AZ or TR"),
        (When(not_countries=("PK",)), "only published in PK"),
        (When(languages=("ur",)), "language en, wanted ur"),
        (When(sources=("trend-en",)), "source dawn, wanted trend-en"),
        (When(min_publishers=2), "1 independent publishers, wanted 2 or more"),
        (When(one_sided=True), "not only one country's state media say so"),
        (When(), ""),
        (When(relations=("changes",), max_tier=1, min_severity="high", one_sided=False, min_steps=2), ""),
    ],
)
def test_conditions_say_what_they_miss(when: When, reason: str) -> None:
    got = only(policy.decide(signed(), rules(rule(when=when)), History(), NOW))
    assert got.reason == (reason or "all conditions are met")


def test_a_weak_source_and_a_low_severity_are_named() -> None:
    weak = signed(publishers=(seen(DAWN, "1", tier=3),), severity="low")
    assert "source tier 3" in only(policy.decide(weak, rules(rule(when=When(max_tier=2))), History(), NOW)).reason
    got = only(policy.decide(weak, rules(rule(when=When(min_severity="normal"))), History(), NOW))
    assert got.reason == "severity low, wanted normal or more"


def test_one_sided_state_media_can_be_kept_back() -> None:
    state = signed(publishers=(seen(AZERTAC, "1"),))
    got = only(policy.decide(state, rules(rule(when=When(one_sided=False))), History(), NOW))
    assert got.reason == "only one country's state media say so"
    both = signed(publishers=(seen(AZERTAC, "1"), seen(APP, "2")))
    assert only(policy.decide(both, rules(rule(when=When(one_sided=False))), History(), NOW)).action == "send"


@pytest.mark.parametrize(
    ("slot", "kind", "old", "new", "when", "met"),
    [
        ("value", "money", "2e9 USD", "2.1e9 USD", When(min_change=0.1), False),
        ("value", "money", "2e9 USD", "3e9 USD", When(min_change=0.1), True),
        ("value", "money", "2e9 USD", "2.1e9 EUR", When(min_change=0.1), True),  # cannot be measured: not small
        ("value", "money", None, "1 USD", When(min_change=0.1), True),
        ("stage", "stage", "agreed", "signed", When(min_steps=2), False),
        ("stage", "stage", "planned", "cancelled", When(min_steps=2), True),
        ("date", "date", "2025-06-01", "2025-06-04", When(min_days=7), False),
        ("date", "date", "2025-06", "2025-09", When(min_days=7), True),
    ],
)
def test_the_size_of_a_change(slot: str, kind: str, old: str | None, new: str, when: When, met: bool) -> None:
    one = candidate(sentence="It is so.", changes=(change(slot, kind, old, new, "It is so.", "so"),))
    assert (only(policy.decide(one, rules(rule(when=when)), History(), NOW)).action == "send") is met


# --- once


def test_the_key_of_a_story_joins_outlets_and_languages_and_parts_values() -> None:
    one, other = signed(finding="f1"), signed(finding="f2", lang="ur")
    keys = once.of(one)
    assert once.of(other) == keys
    assert [(k.slot, k.value) for k in keys] == [("stage", "signed"), ("value", "1.6e9 USD")]


def test_a_denial_without_a_slot_has_a_key_of_its_own() -> None:
    assert [(key.slot, key.value) for key in once.keys("c", "denies", ())] == [("", "")]


def test_a_parked_message_cools_nothing_down_and_takes_no_room() -> None:
    parked = Told(alert="other", channel="log", claim=signed().claim, story=signed().story, at=NOW, parked=True)
    cool = rule(cool_down=CoolDown(claim=timedelta(days=1), story=timedelta(days=1), unless=()))
    assert only(policy.decide(signed(), rules(cool), History(told=(parked,)), NOW)).action == "send"
    taken = replace(parked, parked=False)
    assert only(policy.decide(signed(), rules(cool), History(told=(taken,)), NOW)).action == "keep-back"
