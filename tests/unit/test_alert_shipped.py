"""The rules that are shipped: news is told to channels that need no account, and the examples in comments are valid."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from newsroom import NOW, candidate, signed

from pipeline.alert import policy
from pipeline.model.alert import History
from pipeline.settings.load import load
from pipeline.settings.shipped import path

CONFIG = path("config")


@pytest.fixture(scope="module")
def rules():
    return load(CONFIG, env={}).alerts


@pytest.mark.parametrize("relation", ["denies", "changes", "adds"])
def test_news_is_told_on_the_terminal_and_in_a_file(rules, relation: str) -> None:
    got = policy.decide(signed(relation=relation), rules, History(), NOW)
    sent = [decision for decision in got if decision.action == "send"]
    assert [decision.channels for decision in sent] == [("console", "log")]
    assert {channel.kind for channel in rules.channels} == {"stdout", "file"}


def test_what_is_doubtful_or_known_is_not_told(rules) -> None:
    for one in (signed(confidence=0.3), candidate(relation="repeats", changes=())):
        assert not {got.action for got in policy.decide(one, rules, History(), NOW)} & {"send", "hold"}


def test_a_denial_is_of_high_severity(rules) -> None:
    got = policy.decide(replace(signed(severity="low"), relation="denies"), rules, History(), NOW)
    assert {decision.severity for decision in got if decision.action == "send"} == {"high"}


def test_the_examples_in_comments_can_be_used_as_they_stand(tmp_path: Path) -> None:
    folder = tmp_path / "config"
    shutil.copytree(CONFIG, folder)
    lines = (folder / "alerts.yaml").read_text("utf-8").splitlines()
    # An example is a comment that holds YAML: it opens with a key, an item or deeper blanks.
    used = [re.sub(r"^( *)# (?=( *- |  +|mutes:|[a-z-]+: *(\{|$)))", r"\1", line) for line in lines]
    (folder / "alerts.yaml").write_text("\n".join(used) + "\n", "utf-8")
    secrets = dict.fromkeys(
        ("CLAIMWATCH_MAIL_PASSWORD", "CLAIMWATCH_CHAT", "CLAIMWATCH_HOOK_SECRET"), "json://127.0.0.1/x"
    )
    got = load(folder, env=secrets).alerts
    assert {channel.kind for channel in got.channels} >= {"mail", "apprise", "webhook", "atom", "json-feed"}
    assert {rule.id for rule in got.rules} == {"denied", "changed", "added", "sure"}
    assert [mute.id for mute in got.mutes] == ["budget-season"]
