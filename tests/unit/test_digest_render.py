"""The forms of a digest: page, mail, Markdown, text, message."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from newsroom import DAWN, NOW, PLAN, TREND, candidate, change, day, seen, signed

from pipeline.digest import build, page, period, render
from pipeline.digest.facts import CanaryFact, Coverage, Covered, Facts
from pipeline.digest.record import Digest

PERIOD = period.on(PLAN, date(2025, 6, 5))
URL = "https://watch.example"


def made(facts: Facts) -> Digest:
    return build.build(PLAN, PERIOD, facts, NOW)


def crowded(number: int) -> Digest:
    sentence = "Zwölf " * 60 + "signed."
    found = tuple(
        candidate(
            sentence=sentence,
            changes=(change("stage", "stage", "planned", "signed", sentence, "signed"),),
            finding=f"f{n}",
            alert=f"a{n}",
            found_at=NOW - timedelta(hours=2),
            publishers=(seen(DAWN, str(n), "title " * 40),),
            redline=(("-", sentence), ("+", sentence)),
        )
        for n in range(number)
    )
    return build.build(replace(PLAN, cap=number), PERIOD, replace(day(), candidates=found), NOW)


def test_the_hero_of_a_page_is_from_and_to() -> None:
    html = render.html(made(day()), public_url=URL)
    assert '<bdi>planned</bdi></span> <span class="arrow changes">→</span> <span class="new"><bdi>signed</bdi>' in html
    assert "<mark>signed</mark>" in html
    assert '<p class="said rtl" dir="rtl" lang="ur">' in html
    assert 'href="https://watch.example/alerts/a1"' in html
    assert "<del>is likely to sell</del>" in html
    assert "Only state media of AZ say so" in html


def test_a_finding_without_an_alert_is_an_item_of_its_own_and_leads_to_its_own_page() -> None:
    found = (
        signed(id="", finding="7", story="s7"),
        candidate("paf-trains-turkish-pilots", "adds", alert="", finding="8", story="s8"),
        candidate("paf-trains-turkish-pilots", "adds", alert="", finding="9", story="s8"),
        signed(id="", finding="10", story="s10", relation="adds"),
    )
    found = tuple(replace(one, found_at=NOW - timedelta(hours=2)) for one in found)
    digest = made(replace(day(), candidates=found))
    items = [*digest.changed.items, *digest.added.items]
    assert sorted(item.findings for item in items) == [("10",), ("7",), ("8", "9")]
    for text in (
        render.html(digest, public_url=URL),
        render.text(digest, public_url=URL),
        render.markdown(digest, public_url=URL),
    ):
        assert f"{URL}/findings/7" in text
        assert f"{URL}/findings/8" in text
        assert not re.search(rf"{URL}/alerts/(?![\w])", text)


def test_a_page_has_charts_with_words_and_a_mail_has_bars() -> None:
    digest = made(day())
    html, mail = render.html(digest), render.html(digest, mail=True)
    assert html.count("<svg") == 3
    assert 'role="img" aria-label="Articles a day in the last 28 days: ' in html
    assert "<svg" not in mail
    assert re.search(r'<div class="bar spike" style="[^"]*background: ?#c9822b', mail)


def test_a_mail_has_its_styles_in_place_and_keeps_dark_mode() -> None:
    mail = render.html(made(day()), mail=True)
    assert '<body style="' in mail
    assert "prefers-color-scheme" in mail
    assert "max-width" in mail
    assert "<link" not in mail
    assert "http://" not in mail.replace("http://www.w3.org", "")
    assert len(mail.encode()) < page.MAIL_BYTES


def test_a_mail_too_large_shows_fewer_and_says_how_many_are_missing() -> None:
    digest = crowded(60)
    assert len(render.html(digest).encode()) > page.MAIL_BYTES
    mail = render.html(digest, public_url=URL, mail=True)
    assert len(mail.encode()) <= page.MAIL_BYTES
    shown = mail.count("JF-17 sale to Azerbaijan")
    assert 0 < shown < 60
    assert f"{60 - shown} more" in mail


def test_a_quiet_day_and_a_lost_canary_are_said_in_every_form() -> None:
    facts = Facts(coverage=Coverage(sources=3, sources_ok=3), canary=CanaryFact(found=False))
    digest = made(facts)
    for form in (render.html(digest), render.html(digest, mail=True), render.markdown(digest), render.text(digest)):
        assert "A quiet period" in form
        assert "The canary article was not found" in form


def test_an_empty_digest_has_no_empty_sections() -> None:
    html = render.html(made(Facts()))
    for name in ("Top stories", "Volume", "Repeated", "Expected", "To look at again", "Near misses", ">Sources<"):
        assert name not in html
    assert "What was looked at" in html


def test_without_review_pages_there_are_no_links_to_them() -> None:
    html = render.html(made(day()))
    assert "alerts/a1" not in html
    assert all(link.startswith("https://") and ".example/" in link for link in re.findall('href="([^"]*)"', html))


def test_text_and_markdown_say_the_same() -> None:
    digest = made(day())
    text, markdown = render.text(digest, public_url=URL), render.markdown(digest, public_url=URL)
    assert text.splitlines()[:4] == [
        "Morning digest: Thursday, 5 June 2025",
        "=" * 37,
        "",
        digest.summary,
    ]
    assert "  stage: planned -> signed\n  value: new: 1.6 billion USD\n  quantity: new: 40\n" in text
    assert "- stage: planned → **signed**\n- value: new → **1.6 billion USD**\n" in markdown
    assert "> Pakistan has **signed** a **\\$1.6 billion** contract" in markdown
    assert "Pakistan ~~is likely to sell~~ **has signed" in markdown
    assert "https://watch.example/alerts/a1" in text
    assert "[JF-17 sale to Azerbaijan](<https://watch.example/alerts/a1>)" in markdown
    assert "| Arms transfers | 21 | far more than the usual 6 |" in markdown
    assert "\n\n\n" not in text


def test_a_denial_without_a_slot_still_has_its_word() -> None:
    bare = candidate(relation="denies", sentence="Islamabad denies it.", found_at=NOW - timedelta(hours=2))
    digest = made(replace(day(), candidates=(bare,)))
    assert '<span class="new denies">denied</span>' in render.html(digest)
    assert "\n- **denied**\n" in render.markdown(digest)
    assert "\n  denied\n" in render.text(digest)


def test_what_does_not_fit_is_counted_with_a_link() -> None:
    weak = tuple(
        candidate("ataturk-exercise", "adds", finding=f"f{n}", alert=f"a{n}", found_at=NOW - timedelta(hours=2))
        for n in range(3)
    )
    repeats = tuple(
        candidate(f"claim-{n}", "repeats", finding=f"r{n}", found_at=NOW - timedelta(hours=2)) for n in range(40)
    )
    near = tuple(replace(day().near[0], claim=f"claim-{n}") for n in range(11))
    covered = tuple(
        Covered(article=f"c{n}", topics=("energy",), title=f"t{n}", publisher=seen(TREND, f"c{n}")) for n in range(9)
    )
    facts = replace(day(), candidates=(*weak, *repeats), near=near, covered=covered)
    digest = build.build(replace(PLAN, cap=1), PERIOD, facts, NOW)
    for form in (render.html(digest, public_url=URL), render.markdown(digest, public_url=URL), render.text(digest)):
        assert "2 more" in form
        assert "and 10 more" in form
        assert "and 4 more" in form
        assert "and 5 more" in form
    assert "https://watch.example/topics/energy" in render.text(digest, public_url=URL)


def test_a_long_quote_is_cut_around_its_marked_words() -> None:
    sentence = "before " * 200 + "signed" + " after" * 200
    one = candidate(
        sentence=sentence,
        changes=(change("stage", "stage", "planned", "signed", sentence, "signed"),),
        found_at=NOW - timedelta(hours=2),
    )
    html = render.html(made(replace(day(), candidates=(one,))))
    assert re.search(r">… before .* <mark>signed</mark> after .* after…<", html)


def test_the_message_of_a_digest_is_one_for_its_period() -> None:
    digest = made(day())
    first, again = render.message(digest, public_url=URL), render.message(digest, public_url=URL)
    assert first == again
    assert (first.id, first.thread) == ("digest-morning-2025-06-05", "digest-morning")
    assert first.subject.startswith("Morning digest, Thursday, 5 June 2025: 1 claim denied, 2 changed, 1 added to.")
    assert first.data["counts"] == {"denied": 1, "changed": 2, "added": 1}
    assert first.data["review_url"] == "https://watch.example/digests/morning-2025-06-05"


def test_json_is_the_record() -> None:
    assert '"key":"morning-2025-06-05"' in render.json(made(day()))


@pytest.mark.parametrize("certainty", ["alleged", "confirmed"])
def test_certainty_is_said(certainty: str) -> None:
    one = signed(certainty=certainty, found_at=NOW - timedelta(hours=2))
    assert certainty in render.html(made(replace(day(), candidates=(one,)))).lower()
