"""Stories: one change, however many report it. Origins: one voice, however many carry it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.articles import origin, stories
from pipeline.articles.stories import Report, Story
from pipeline.model.alert import Publisher, StoryKey

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)
KEY = StoryKey(claim="jets", relation="changes", slot="value", value="1.6e9 USD")


def story(name: str, *, value: str = KEY.value, day: float = 0) -> Story:
    at = NOW + day * DAY
    key = replace(KEY, value=value)
    return Story(id=name, key=key, first_at=at, last_at=at)


def report(*, value: str = KEY.value, day: float = 0, **more: str) -> Report:
    return Report(key=replace(KEY, value=value, **more), at=NOW + day * DAY)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1.6e9 USD", "1.6e9 USD", True),
        ("1.6e9 USD", "1.62e9 USD", True),
        ("1.6e9 USD", "1.6e9 EUR", False),
        ("1.6e9 USD", "2.6e9 USD", False),
        ("40", "41", True),
        ("40", "48", False),
        (">=20", "20", False),
        ("2024", "2025", False),
        ("2024-07", "2024-08", False),
        ("signed", "signed", True),
        ("signed", "planned", False),
        ("300..400", "300..410", False),
        ("0", "0.0", True),
        ("1e999999999", "2", False),
    ],
)
def test_values_are_one_within_tolerance(one: str, other: str, same: bool) -> None:
    assert stories.close(one, other) is same
    assert stories.close(other, one) is same


def test_a_first_report_makes_a_story() -> None:
    placed = stories.place(report(), [])
    assert (placed.story, placed.merged) == ("", ())
    assert placed.steps


def test_a_report_of_the_same_change_joins() -> None:
    placed = stories.place(report(value="1.62e9 USD", day=5), [story("a")])
    assert placed.story == "a"
    assert "1.6e9 USD" in placed.steps[0]


@pytest.mark.parametrize(
    "other",
    [
        report(value="4e9 USD"),
        report(day=8),
        report(day=-8),
        report(claim="ships"),
        report(relation="denies"),
        report(slot="quantity"),
    ],
)
def test_a_report_of_something_else_does_not(other: Report) -> None:
    assert stories.place(other, [story("a")]).story == ""


def test_a_report_that_fits_two_stories_makes_them_one_under_the_older() -> None:
    placed = stories.place(report(day=6), [story("b", day=12), story("a")])
    assert (placed.story, placed.merged) == ("a", ("b",))


def test_stories_taken_apart_by_a_person_stay_apart() -> None:
    apart = frozenset({frozenset({"a", "b"})})
    placed = stories.place(report(day=6), [story("b", day=12), story("a")], apart=apart)
    assert (placed.story, placed.merged) == ("a", ())
    assert any("person" in step for step in placed.steps)


def publisher(source: str, *, family: str = "", agency: str = "", hour: int = 0) -> Publisher:
    at = NOW + timedelta(hours=hour)
    return Publisher(source=source, name=source.upper(), family=family, agency=agency, published=at)


def test_publishers_of_one_family_are_one_voice() -> None:
    groups = {"1": [publisher("a-en", family="a")], "2": [publisher("a-tr", family="a")], "3": [publisher("b")]}
    assert [(one.id, one.kind) for one in origin.origins(groups)] == [("a", "publisher"), ("b", "publisher")]


def test_an_agency_that_many_carry_is_one_voice() -> None:
    groups = {
        "1": [publisher("a", agency="wire"), publisher("b", hour=1)],
        "2": [publisher("c", agency="wire", hour=2)],
        "3": [publisher("d", hour=3)],
    }
    found = origin.origins(groups)
    assert [(one.id, one.kind, len(one.publishers)) for one in found] == [("wire", "agency", 3), ("d", "publisher", 1)]


def test_the_agencys_own_site_is_the_same_voice() -> None:
    groups = {"1": [publisher("wire-en", family="Wire")], "2": [publisher("a", agency="wire", hour=1)]}
    assert len(origin.origins(groups)) == 2
    assert len(origin.origins(groups, families={"wire": "Wire"})) == 1


def test_whoever_carries_a_copied_text_adds_no_voice() -> None:
    groups = {"1": [publisher("b", hour=2), publisher("a", hour=1)]}
    (voice,) = origin.origins(groups)
    assert voice.id == "a"
    assert [one.source for one in voice.publishers] == ["a", "b"]


def test_no_group_no_voice() -> None:
    assert origin.origins({}) == ()
    assert origin.origins({"1": []}) == ()
