"""Identity and versions of a text, and when to look again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.articles import identity, revisit, version
from pipeline.articles.version import Verdict, Version
from pipeline.model.outcome import Reason

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TEXT = "The ministry confirmed the deal.\n\nIt is worth $1.6 billion.\n\nDelivery begins in 2027."


def of(title: str, text: str) -> Version:
    return Version(fingerprint=identity.fingerprint(title, text), title=title, text=text)


def decide(history: list[Version], title: str, text: str) -> Verdict:
    return version.decide(history, identity.fingerprint(title, text), title=title, text=text)


@pytest.mark.parametrize(
    "other",
    [
        "The ministry confirmed the deal.\nIt is worth $1.6 billion.  \n\n\nDelivery begins in 2027.",
        TEXT.replace("confirmed", "con\u00adfirmed"),
        "\ufeff" + TEXT,
    ],
)
def test_white_space_and_typography_are_no_change(other: str) -> None:
    assert identity.fingerprint("T", TEXT).digest == identity.fingerprint("T", other).digest


@pytest.mark.parametrize(
    "other", [TEXT.replace("1.6", "16"), TEXT.replace("1.6", "1,6"), TEXT.replace(".", ""), TEXT.upper()]
)
def test_signs_and_case_are_a_change(other: str) -> None:
    assert identity.fingerprint("T", TEXT).digest != identity.fingerprint("T", other).digest


def test_quotes_in_another_style_are_no_change() -> None:
    assert identity.fingerprint("“A” – b", "x").digest == identity.fingerprint('"A" - b', "x").digest


def test_a_first_text_is_new_and_the_same_one_is_the_same() -> None:
    assert decide([], "T", TEXT).kind == "new"
    again = decide([of("T", TEXT)], "T", TEXT + "\n")
    assert (again.kind, again.reason, again.is_version) == ("same", Reason.SAME_TEXT, False)


def test_a_changed_value_or_headline_is_a_version() -> None:
    assert decide([of("T", TEXT)], "T", TEXT.replace("1.6", "2.6")).is_version
    assert decide([of("T", TEXT)], "Another headline", TEXT).is_version


def test_the_same_paragraphs_in_another_order_are_no_version() -> None:
    turned = "\n\n".join(reversed(TEXT.split("\n\n")))
    assert decide([of("T", TEXT)], "T", turned).kind == "same"


def test_a_page_with_a_clock_stops_making_versions() -> None:
    history = [of("T", f"{TEXT}\n\nIt is {minute} minutes past ten.") for minute in range(3)]
    verdict = decide(history, "T", f"{TEXT}\n\nIt is 9 minutes past ten.")
    assert (verdict.kind, verdict.reason, verdict.is_version) == ("flapping", Reason.FLAPPING, False)
    assert "9 minutes" in verdict.detail


def test_a_page_that_shows_two_texts_in_turn_stops_making_versions() -> None:
    one, two = of("T", f"{TEXT}\n\nBuy this."), of("T", f"{TEXT}\n\nBuy that.")
    assert decide([one, two, one], "T", two.text).kind == "flapping"


def test_an_edit_is_a_version_on_a_restless_page_too() -> None:
    history = [of("T", f"{TEXT}\n\nIt is {minute} minutes past ten.") for minute in range(4)]
    assert decide(history, "T", f"{TEXT.replace('1.6', '4.6')}\n\nIt is 9 minutes past ten.").kind == "changed"
    added = f"{TEXT}\n\nThe ministry denied it later.\n\nIt is 9 minutes past ten."
    assert decide(history, "T", added).kind == "changed"


def test_a_correction_that_is_taken_back_is_a_version() -> None:
    assert decide([of("T", TEXT), of("T", TEXT.replace("1.6", "2.6"))], "T", TEXT).kind == "changed"


def waits(changed: bool = False) -> list[timedelta]:
    found, now, visits = [], NOW, 1
    while (at := revisit.next_visit(first_seen=NOW, now=now, visits=visits, changed=changed, jitter=0)) is not None:
        found.append(at - now)
        now, visits = at, visits + 1
    return found


def test_an_article_is_looked_at_ever_later_and_then_no_more() -> None:
    found = waits()
    assert found[0] == timedelta(minutes=45)
    assert found[:-1] == sorted(found[:-1])  # the last ends with the week
    assert sum(found, timedelta()) == timedelta(days=7)
    assert len(found) < 15


def test_after_a_change_the_wait_does_not_grow() -> None:
    plain = revisit.next_visit(first_seen=NOW, now=NOW, visits=3, changed=False, jitter=0)
    edited = revisit.next_visit(first_seen=NOW, now=NOW, visits=3, changed=True, jitter=0)
    assert plain is not None
    assert edited is not None
    assert edited < plain


def test_an_old_article_is_left_alone() -> None:
    assert revisit.next_visit(first_seen=NOW - timedelta(days=8), now=NOW, visits=1, changed=True, jitter=0) is None
