"""A changed rule file, tried on what was found."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

from newsroom import NOW, candidate, signed

from pipeline.alert.rehearse import rehearse
from pipeline.model.rules import AlertRules, Channel, CoolDown, QuietHours, Rate, Rule, When

LOG = Channel(id="log", kind="stdout")
OLD = AlertRules(channels=(LOG,), rules=(Rule(id="all", channels=("log",), when=When(relations=("changes",))),))


def found() -> list:
    denial = candidate("paf-trains-turkish-pilots", "denies", finding="f3", alert="a3", story="s3")
    return [
        denial,
        signed(finding="f2", found_at=NOW + timedelta(hours=1)),  # the same alert again
        signed(finding="f1"),
        replace(signed(finding="f4", found_at=NOW + timedelta(hours=2)), id="a4", story="s4"),
    ]


def test_what_would_be_gained_and_lost() -> None:
    new = AlertRules(channels=(LOG,), rules=(Rule(id="denials", channels=("log",), when=When(relations=("denies",))),))
    got = rehearse(found(), OLD, new)
    assert got.candidates == 4
    assert [(h.alert, h.relation, h.decision.rule) for h in got.gained] == [("a3", "denies", "denials")]
    assert [(h.alert, h.channel) for h in got.lost] == [("a1", "log"), ("a4", "log")]
    assert got.kept == 0


def test_cool_downs_are_played_in_the_order_of_time() -> None:
    cool = replace(OLD.rules[0], cool_down=CoolDown(claim=timedelta(hours=6), unless=()))
    got = rehearse(found(), OLD, replace(OLD, rules=(cool,)))
    assert [h.alert for h in got.lost] == ["a4"]
    assert got.kept == 1


def test_an_alert_is_not_told_again_after_every_window_has_passed() -> None:
    late = [signed(finding="f1"), signed(finding="f2", found_at=NOW + timedelta(days=30))]
    got = rehearse(late, OLD, OLD)
    assert (got.kept, got.gained, got.lost) == (1, (), ())


def test_what_would_be_held_is_shown_as_moved() -> None:
    night = replace(LOG, quiet=(QuietHours(start=time(14), end=time(15)),), rate=Rate(messages=9, per=timedelta(1)))
    got = rehearse(found(), OLD, replace(OLD, channels=(night,)))
    assert [(h.alert, h.action) for h in got.moved] == [("a1", "hold")]
