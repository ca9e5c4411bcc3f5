"""The one entry: relations, slots with their evidence, the ledger overlay, explanations."""

from __future__ import annotations

import pickle
from dataclasses import replace

from sample_watch import WATCH, article

from pipeline.analyse import analyse
from pipeline.model.finding import Finding


def finding(text: str, claim: str, title: str = "", lang: str = "en", known: dict[str, str] | None = None) -> Finding:
    """The finding of a claim; fails where there is none."""
    watch = replace(WATCH, known={claim: known}, version=f"known {known}") if known else WATCH
    return next(f for f in analyse(article(text, title, lang), watch).findings if f.claim == claim)


def said(found: Finding) -> dict[str, tuple[str | None, str]]:
    return {c.slot: (c.old, c.new) for c in found.changes}


def test_a_value_within_tolerance_repeats() -> None:
    assert finding("Ruritania's military budget is $4.1 billion.", "budget").relation == "repeats"


def test_another_value_changes() -> None:
    found = finding("Ruritania's military budget will be $5 billion, up from $4 billion.", "budget")
    assert found.relation == "changes"
    assert said(found) == {"value": ("4e9 USD", "5e9 USD")}


def test_another_party_has_its_own_value() -> None:
    text = "Ruritania's military budget is $4 billion. Syldavia's military budget is $9 billion."
    assert finding(text, "budget").relation == "repeats"


def test_an_open_slot_is_filled() -> None:
    found = finding(
        "Graustark is likely to sell 40 Falcon-9 jets to Ruritania in a deal worth $2 billion.", "falcon-sale"
    )
    assert found.relation == "adds"
    assert said(found) == {"quantity": (None, "40"), "value": (None, "2e9 USD")}


def test_a_later_stage_changes_and_lists_what_it_fills() -> None:
    found = finding("Graustark signed a contract to sell 40 Falcon-9 jets to Ruritania.", "falcon-sale")
    assert found.relation == "changes"
    assert said(found) == {"stage": ("planned", "signed"), "quantity": (None, "40")}


def test_a_cancellation_denies_with_its_stage() -> None:
    found = finding("Graustark cancelled the sale of the Falcon-9 to Ruritania.", "falcon-sale")
    assert found.relation == "denies"
    assert said(found) == {"stage": ("planned", "cancelled")}


def test_the_ledger_overlays_what_is_known() -> None:
    text = "Graustark signed a contract to sell Falcon-9 jets to Ruritania."
    assert finding(text, "falcon-sale", known={"stage": "signed"}).relation == "repeats"


def test_a_refutation_in_the_lead_denies_and_its_number_fills_nothing() -> None:
    text = "Graustark categorically denied that 500 of its soldiers fought in the island war."
    found = finding(text, "soldiers")
    assert found.relation == "denies"
    assert said(found) == {"certainty": ("reported", "denied")}


def test_a_denial_that_is_conceded_is_not_the_last_word() -> None:
    text = "Despite its denials, soldiers of Graustark fought in the island war, officers say."
    assert finding(text, "soldiers").relation != "denies"


def test_what_is_confirmed_is_surer() -> None:
    found = finding("Graustark has confirmed that its soldiers fought in the island war.", "soldiers")
    assert said(found) == {"certainty": ("reported", "confirmed")}


def test_support_that_is_refused_turns_the_stance() -> None:
    found = finding("Ruritania does not support Graustark on the island.", "backing")
    assert found.relation == "denies"
    assert said(found) == {"stance": ("supports", "neutral")}


def test_support_that_is_restated_repeats() -> None:
    assert finding("Ruritania backed Graustark on the island again.", "backing").relation == "repeats"


def test_a_sale_to_another_buyer_is_another_subject() -> None:
    analysis = analyse(article("Graustark sold 12 Falcon-9 jets to Syldavia.", lang="en"), WATCH)
    assert analysis.findings == ()


def test_a_finding_explains_itself() -> None:
    found = finding("Graustark signed a contract to sell 40 Falcon-9 jets to Ruritania.", "falcon-sale")
    assert {"group", "stage", "value", "relation"} <= {step.rule for step in found.steps}
    assert found.evidence[0].text.startswith("Graustark signed")
    assert "".join(t for op, t in found.redline if op in "=+") == found.evidence[0].text
    assert 0 < found.confidence < 1


def test_near_misses_say_what_failed() -> None:
    analysis = analyse(article("The military budget of the kingdom was read.", "Ruritania", "en"), WATCH)
    text = "Ruritania spoke.\n\nIt rained.\n\nA day passed.\n\nNobody came.\n\nThe military budget was read."
    analysis = analyse(article(text, lang="en"), WATCH)
    assert [miss.claim for miss in analysis.near_misses] == ["budget"]
    assert analysis.near_misses[0].failed


def test_a_found_claim_brings_its_topic() -> None:
    analysis = analyse(article("Ruritania's military budget is $4.1 billion.", lang="en"), WATCH)
    assert [hit.topic for hit in analysis.topics] == ["arms"]
    assert analysis.topics[0].steps[0].rule == "claim"


def test_a_silent_edit_is_marked() -> None:
    new = "Ruritania's military budget is $5 billion."
    old = "Ruritania's military budget is $4 billion."
    edited = replace(article(new, lang="en"), previous=f"It rained in Ruritania.\n\n{old}")
    [found] = analyse(edited, WATCH).findings
    assert found.edited
    assert (found.before, found.evidence[0].text) == (old, new)
    assert analyse(article(new, lang="en"), WATCH).findings[0].before == ""
    assert not analyse(article(new, lang="en"), WATCH).findings[0].edited


def test_it_travels_between_processes() -> None:
    analysis = analyse(article("Ruritania's military budget is $5 billion.", lang="en"), WATCH)
    assert pickle.loads(pickle.dumps((analysis, WATCH)))[0] == analysis


def test_quotation_is_attributed() -> None:
    found = finding("Ruritania's military budget is $5 billion, the minister said.", "budget")
    assert "the minister said" in found.attribution
