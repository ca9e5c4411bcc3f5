"""The words of an alert."""

from __future__ import annotations

import json
from dataclasses import replace

from newsroom import AZERTAC, CLAIMS, DAWN, JANG, TREND, candidate, change, seen, signed

from pipeline.alert import message
from pipeline.model.vantage import origins, vantage

JF17 = CLAIMS["jf17-azerbaijan"]
URL = "https://watch.example"


def test_one_line_says_what_changed() -> None:
    one = signed()
    assert message.headline(JF17, one.relation, one.changes) == (
        "JF-17 sale to Azerbaijan: stage planned -> signed; value new: 1.6 billion USD"
    )


def test_a_denial_says_so() -> None:
    claim = CLAIMS["armenia-not-recognised"]
    assert message.headline(claim, "denies", ()) == "Pakistan does not recognise Armenia: denied"
    sentence = "The ministry denied it; the sale would be worth $2 billion."
    denied = change("certainty", "certainty", "reported", "denied", sentence, "denied")
    value = change("value", "money", None, "2e9 USD", sentence, "$2 billion")
    assert message.headline(JF17, "denies", (denied,)).endswith(": certainty reported -> denied")
    assert message.headline(JF17, "denies", (value,)).endswith(": denied; value new: 2 billion USD")


def test_the_text_holds_everything_that_a_reader_acts_on() -> None:
    one = signed(
        publishers=(
            seen(DAWN, "1", "Islamabad and Baku sign fighter deal"),
            seen(JANG, "2"),
            seen(TREND, "3", group="g"),
        ),
        attribution="officials",
        edited=True,
        before="Pakistan is in talks about 40 JF-17 fighters, officials said.",
    )
    assert message.render(one, JF17, public_url=URL + "/").text == (
        "JF-17 sale to Azerbaijan: stage planned -> signed; value new: 1.6 billion USD\n"
        "\n"
        '"Pakistan has *signed* a *$1.6 billion* contract to supply Azerbaijan with 40 JF-17 fighters, officials'
        ' said."\n'
        "Dawn · 5 June 2025, 13:20 UTC · as told: officials\n"
        "Islamabad and Baku sign fighter deal\n"
        "https://dawn.example/1\n"
        "\n"
        "Known: Pakistan is likely to sell JF-17 fighters to Azerbaijan. (strategic-partnerships-2025, arsenal)\n"
        "Independent publishers: 3 (Dawn, Jang, Trend); press of AZ, PK\n"
        'The article was edited without notice; before, it said: "Pakistan is in talks about 40 JF-17 fighters,'
        ' officials said."\n'
        "\n"
        "Review: https://watch.example/alerts/a1"
    )


def test_without_review_pages_the_command_is_named() -> None:
    assert message.render(signed(), JF17).text.endswith("Review: claimwatch alerts show a1")


def test_a_message_is_the_same_each_time_and_threads_by_claim() -> None:
    first, again = message.render(signed(), JF17), message.render(signed(), JF17)
    assert first == again
    assert (first.id, first.thread) == ("alert-a1", "claim-jf17-azerbaijan")


def test_the_data_is_json_and_keeps_the_text_as_it_was_found() -> None:
    hostile = "He said <b>“signed”</b> @all https://evil.example."
    one = candidate(sentence=hostile, changes=(change("stage", "stage", "planned", "signed", hostile, "signed"),))
    data = json.loads(json.dumps(message.render(one, JF17, severity="high").data))
    assert data["evidence"]["text"] == hostile
    assert data["changes"] == [{"slot": "stage", "type": "stage", "from": "planned", "to": "signed", "text": "signed"}]
    assert data["severity"] == "high"


def test_marks_follow_the_evidence_wherever_the_sentence_stands() -> None:
    sentence = "It was signed on Monday."
    one = candidate(
        sentence=sentence, at=500, changes=(change("stage", "stage", "planned", "signed", sentence, "signed", at=500),)
    )
    assert '"It was *signed* on Monday."' in message.render(one, JF17).text


def test_a_change_proven_in_the_title_leaves_the_sentence_unmarked() -> None:
    one = signed()
    moved = tuple(replace(c, evidence=replace(c.evidence, field="title")) for c in one.changes)
    assert "*" not in message.render(replace(one, changes=moved), JF17).text


def test_only_state_media_is_a_warning() -> None:
    alone = signed(publishers=(seen(AZERTAC, "1"),))
    assert "Only state media of AZ say so." in message.render(alone, JF17).text
    elsewhere = signed(publishers=(seen(AZERTAC, "1"), seen(DAWN, "2", state=True)))
    assert "Only state media say so." in message.render(elsewhere, JF17).text


def test_bad_input_writes_no_markup_no_link_and_no_line_of_its_own() -> None:
    bad = "<script>alert(1)</script><img src=https://evil.example/p.png>\r\nBcc: x@evil.example \u202etxt"
    publisher = seen(DAWN, '1"><script>', bad, name=bad, agency=bad)
    one = candidate(sentence=bad, publishers=(publisher,), attribution=bad)
    made = message.render(one, JF17, public_url=URL)
    assert "<script" not in made.html
    assert "<img" not in made.html
    assert 'href="https://dawn' not in made.html
    assert made.html.count("href=") == 1  # the review page
    assert "\u202e" not in made.html + made.text
    assert "\nBcc" not in made.text
    assert "://evil" not in made.text + made.html
    assert "@" not in made.text.replace("＠", "")


def test_ten_thousand_characters_stay_a_message() -> None:
    long = "word " * 2000
    one = candidate(sentence=long.strip(), publishers=(seen(DAWN, "1", long),))
    made = message.render(one, JF17)
    assert len(made.text) < 1500
    assert len(made.subject) <= message.HEADLINE_CHARS


def test_right_to_left_evidence_is_set_so() -> None:
    sentence = "پاکستان نے معاہدے پر دستخط کر دیے۔"
    html = message.render(candidate(sentence=sentence, lang="ur", relation="denies"), JF17).html
    assert 'dir="rtl"' in html
    assert 'lang="ur"' in html


def test_an_agency_is_called_by_its_name() -> None:
    one = signed(publishers=(seen(DAWN, "1", agency="caspian-wire"), seen(TREND, "2", agency="other")))
    said = message.render(one, JF17, agencies={"caspian-wire": "Caspian Wire"})
    assert "Dawn (from Caspian Wire) · " in said.text
    assert "(Dawn (from Caspian Wire), Trend (from other))" in said.text
    assert "Dawn (from Caspian Wire)" in said.html
    assert "caspian-wire" not in said.text + said.html


def test_held_alerts_come_as_one_message_that_loses_none() -> None:
    one = message.render(signed(), JF17, public_url=URL)
    many = [
        replace(one, id=f"alert-{n:02}", subject=f"line {n:02}", data={**one.data, "severity": s})
        for n, s in enumerate(["low"] * 21 + ["high"])
    ]
    got = message.collect(many, reason="quiet hours of log", public_url=URL)
    assert got.subject == "line 21 and 21 more"
    assert got.text.startswith("22 alerts were held (quiet hours of log):\n\n- line 21\n- line 00\n")
    assert "\nand 12 more\n" in got.text
    assert got.text.endswith("All of them: https://watch.example/alerts")
    listed = got.data["alerts"]
    assert isinstance(listed, list)
    assert len(listed) == 22
    assert message.collect(many[::-1], reason="quiet hours of log", public_url=URL).id == got.id
    assert message.collect(many[:3], reason="x").id != got.id
    assert "more" not in message.collect(many[:1], reason="x").text


# --- who says so, counted once


def test_copies_of_an_agency_and_papers_of_a_house_are_one_voice() -> None:
    wire = [seen(p, "1", agency="Reuters", group="g") for p in (DAWN, TREND)]
    assert origins(wire) == ("reuters",)
    assert origins([seen(DAWN, "1", group="g"), seen(TREND, "2", group="g", hours=9)]) == ("trend",)  # the earliest
    assert origins([seen(DAWN, "1"), seen(DAWN, "2")]) == ("dawn",)
    assert origins([seen(DAWN, "1", agency="The-Wire"), seen(TREND, "2", family="the wire")]) == ("the wire",)
    assert origins([seen(DAWN, "1", family="")]) == ("dawn",)
    assert origins([]) == ()


def test_vantage_points() -> None:
    assert vantage([seen(AZERTAC, "1"), seen(AZERTAC, "2", state=None)]).state_only is False
    one_sided = vantage([seen(AZERTAC, "1")])
    assert (one_sided.countries, one_sided.one_sided, one_sided.independent) == (("AZ",), True, 1)
    assert vantage([seen(AZERTAC, "1", country="")]).one_sided is False
    assert vantage([]).state_only is False


def test_a_finding_without_evidence_publisher_or_date_is_still_a_message() -> None:
    bare = replace(candidate(relation="denies"), evidence=(), publishers=())
    text = message.render(bare, JF17).text
    assert text.startswith("JF-17 sale to Azerbaijan: denied\n\nKnown: ")
    assert "Independent publishers: 0\n" in text
    undated = candidate(publishers=(replace(seen(DAWN, "1"), published=None),))
    assert "\nDawn\nhttps://dawn.example/1\n" in message.render(undated, JF17).text


def test_the_sentence_that_proves_the_change_is_shown_and_a_title_is_not_said_twice() -> None:
    one = signed(publishers=(seen(DAWN, "1", "Fighter deal"),))
    title = replace(one.evidence[0], field="title", start=0, end=12, text="Fighter deal")
    text = message.render(replace(one, evidence=(title, *one.evidence)), JF17).text
    assert '"Pakistan has *signed*' in text
    assert "\nFighter deal\n" in text
    alone = message.render(replace(one, evidence=(title,), changes=()), JF17)
    assert alone.text.count("Fighter deal") == 1
    assert "Read the article" in alone.html
