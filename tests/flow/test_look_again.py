"""Who accepts a value may say when to look at it again: from that day on it is listed, until it is accepted anew."""

from __future__ import annotations

import html
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path

import desk_sample
import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from desk_browser import Browser
from desk_sample import NOW

from pipeline.cli.main import root
from pipeline.digest import record, render
from pipeline.digest.record import Digest
from pipeline.model.rules import AlertRules, DigestPlan
from pipeline.service import daily, review, undo
from pipeline.service.desk import claims, entry
from pipeline.service.wiring import Desk
from pipeline.storage import schema
from pipeline.storage.session import Store, open_store
from pipeline.web.app import create_app
from pipeline.web.serve import serving

TODAY = NOW.date()
DAY = timedelta(days=1)
SALE = "jf17-azerbaijan"
PLAN = DigestPlan(id="morning", every="day", at=time(7), zone="Europe/Berlin", title="Morning")
URL = "https://watch.example"


@pytest.fixture
def desk(store: Store) -> Desk:
    made = desk_sample.empty_desk(store)
    made.configuration = replace(made.configuration, alerts=AlertRules(digests=(PLAN,)), sources=())
    return made


@pytest.fixture
def browser(desk: Desk) -> Iterator[Browser]:
    with serving(create_app(desk), "127.0.0.1", 0) as port:
        yield Browser(port)


def accepted(desk: Desk, value: str, on: date | None, *, slot: str = "quantity", claim: str = SALE) -> int:
    return review.accept_value(desk, "vera", claim, slot, value, look_again_at=on).change


def morning(desk: Desk, days: int = 0) -> Digest:
    """The digest of so many days after today."""
    desk.clock = desk_sample.Fixed(at=NOW + days * DAY)
    [digest] = daily.daily(desk)
    return digest


def listed(digest: Digest) -> list[tuple[str, str, str | None]]:
    return [(one.claim, one.slot, one.value) for one in digest.look_again]


# --- the digest


def test_a_value_stands_in_every_digest_from_its_day_on(desk: Desk) -> None:
    accepted(desk, "40", TODAY + DAY)
    assert morning(desk).look_again == ()
    digest = morning(desk, 1)
    assert listed(digest) == [(SALE, "quantity", "40")]
    assert digest.quiet  # it is no news
    assert listed(morning(desk, 2)) == [(SALE, "quantity", "40")]
    forms = (
        render.html(digest, public_url=URL),
        render.html(digest, public_url=URL, mail=True),
        render.markdown(digest, public_url=URL),
        render.text(digest, public_url=URL),
    )
    for form in forms:
        plain = html.unescape(re.sub(r"<[^>]*>|\\", "", form)).lower()
        assert "to look at again" in plain
        assert "quantity" in plain
        assert "look again on 23 november 2026" in plain
        assert "accepted by vera" in plain
        assert f"{URL}/claims/{SALE}" in form
    [told] = json.loads(render.json(digest))["look_again"]
    assert (told["slot"], told["value"], told["on"], told["accepted_by"]) == ("quantity", "40", "2026-11-23", "vera")


def test_the_day_is_that_of_the_plans_zone(desk: Desk) -> None:
    early = replace(PLAN, id="early", at=time(2), zone="Asia/Karachi")  # 21:00 UTC of the day before
    desk.configuration = replace(desk.configuration, alerts=AlertRules(digests=(early,)))
    accepted(desk, "40", TODAY)
    assert listed(morning(desk)) == [(SALE, "quantity", "40")]
    midnight = replace(PLAN, id="late", at=time(0), zone="Asia/Karachi")  # the day that begins is the next digest's
    desk.configuration = replace(desk.configuration, alerts=AlertRules(digests=(midnight,)))
    assert listed(morning(desk)) == []


def test_accepted_again_it_is_off_the_list_and_taken_back_on_it_again(desk: Desk) -> None:
    accepted(desk, "40", TODAY)
    assert listed(morning(desk)) == [(SALE, "quantity", "40")]
    again = accepted(desk, "40", None)
    assert listed(morning(desk, 1)) == []
    undo.undo(desk, "vera", again)
    assert listed(morning(desk, 2)) == [(SALE, "quantity", "40")]


def test_an_acceptance_that_is_taken_back_is_off_the_list(desk: Desk) -> None:
    change = accepted(desk, "40", TODAY)
    undo.undo(desk, "vera", change)
    assert listed(morning(desk)) == []


def test_a_claim_that_is_watched_no_more_asks_for_nothing(desk: Desk, browser: Browser) -> None:
    accepted(desk, "40", TODAY)
    rest = tuple(one for one in desk.configuration.watch.claims if one.id != SALE)
    desk.configuration = replace(desk.configuration, watch=replace(desk.configuration.watch, claims=rest))
    desk.refresh_known()
    assert listed(morning(desk)) == []
    assert "looked at again" not in browser.get("/").text


def test_what_does_not_fit_is_counted_with_a_link_to_the_page(desk: Desk) -> None:
    wanted = [(claim.id, slot) for claim in desk.watch.claims for slot in claim.slots if slot.type == "count"][:15]
    for claim, slot in wanted:
        accepted(desk, "7", TODAY, slot=slot.name, claim=claim)
    digest = morning(desk)
    assert len(digest.look_again) == 12
    assert digest.look_again_more == 3
    for form in (render.html, render.markdown, render.text):
        assert "and 3 more" in form(digest, public_url=URL)
        assert f"{URL}/claims?show=due" in form(digest, public_url=URL)


def test_an_open_value_is_called_open(desk: Desk) -> None:
    review.accept_value(desk, "vera", SALE, "stage", None, look_again_at=TODAY)
    assert "stage: open" in render.text(morning(desk))


def test_a_digest_of_before_is_read_still(desk: Desk) -> None:
    digest = morning(desk)
    stored = json.loads(record.dump(digest))
    del stored["look_again"], stored["look_again_more"]
    assert record.load(json.dumps(stored)) == digest


# --- the pages


def test_the_list_of_claims_shows_those_that_are_due(desk: Desk, browser: Browser) -> None:
    assert "No claim fits." in browser.get("/claims?show=due").text
    assert "looked at again" not in browser.get("/").text
    accepted(desk, "40", TODAY)
    accepted(desk, "signed", TODAY + DAY, slot="stage")
    page = browser.get("/claims?show=due").text
    assert "1 of " in page
    assert f'href="/claims/{SALE}"' in page
    assert '<option value="due" selected>To look at again</option>' in page
    assert page.count(">look again</") == 1
    work = browser.get("/").text
    assert '<a href="/claims?show=due">1 value is to be looked at again</a>' in work
    desk.clock = desk_sample.Fixed(at=NOW + DAY)
    assert "2 values are to be looked at again" in browser.get("/").text
    assert "1 of " in browser.get("/claims?show=due").text


def test_accepting_again_takes_it_off_the_pages(desk: Desk, browser: Browser) -> None:
    accepted(desk, "40", TODAY)
    assert ">look again</" in browser.get("/claims").text
    accepted(desk, "48", TODAY + 30 * DAY)
    assert ">look again</" not in browser.get("/claims").text
    assert "looked at again" not in browser.get("/").text


def test_a_list_of_claims_asks_no_more_statements_for_it(desk: Desk) -> None:
    def statements() -> int:
        asked: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
            asked.append(statement)

        sa.event.listen(desk.store.engine, "before_cursor_execute", note)
        claims.lines(desk)
        sa.event.remove(desk.store.engine, "before_cursor_execute", note)
        return sum("ledger" in one for one in asked)

    accepted(desk, "40", TODAY)
    assert statements() == 1


def test_what_is_still_so_is_said_on_the_claims_page(desk: Desk, browser: Browser) -> None:
    review.accept_value(
        desk, "vera", SALE, "quantity", "40", valid_from="2026-10", on_whose_word="a minister", look_again_at=TODAY
    )
    accepted(desk, "signed", TODAY + DAY, slot="stage")
    page = browser.get(f"/claims/{SALE}").text
    [form] = re.findall(rf'<form method="post" action="(/claims/{SALE}/still-so)"(.*?)</form>', page, re.S)
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form[1]))
    assert fields["slot"] == "quantity"
    assert browser.post(form[0], {**fields, "csrf": "x"}).status == 403
    assert browser.post(form[0], {**fields, "look_again": "2027-01-31"}).headers["location"] == f"/claims/{SALE}"
    page = browser.get(f"/claims/{SALE}").text
    assert "accepted by local" in page
    assert "on the word of <bdi>a minister</bdi>; so since October 2026; look again on 31 January 2027" in page
    assert "still-so" not in page
    assert listed(morning(desk)) == []
    late = browser.post(form[0], fields)
    assert late.status == 409
    assert "local changed it meanwhile" in late.text
    changes = re.findall(r'name="change" value="(\d+)"', browser.get("/log").text)
    assert browser.post("/undo", {"csrf": fields["csrf"], "change": changes[0]}).status == 303
    assert browser.post(form[0], {**fields, "look_again": ""}).status == 303  # and nothing more to look at
    assert "No claim fits." in browser.get("/claims?show=due").text


def test_only_what_somebody_accepted_is_still_so(desk: Desk, browser: Browser) -> None:
    fields = {"csrf": browser.csrf(), "slot": "quantity", "expected": "1"}
    for claim, said in ((SALE, "nobody accepted a value of it"), ("no-such", "nobody accepted a value of it")):
        answer = browser.post(f"/claims/{claim}/still-so", fields)
        assert answer.status == 409
        assert said in answer.text
    accepted(desk, "40", TODAY)
    past = browser.get(f"/claims/{SALE}?as_of=2026-11-22").text
    assert "still-so" not in past  # what was believed then is not decided on


# --- the interface and the terminal


def test_the_interface_says_that_it_is_still_so(desk: Desk, browser: Browser) -> None:
    accepted(desk, "40", TODAY)
    entry.add_user(desk, "vera", desk_sample.PASSWORD, "reviewer")
    browser.token = entry.add_token(desk, "test", owner="vera", scopes=("read", "review"), expires_at=None)
    [slot] = [one for one in browser.get(f"/api/v1/claims/{SALE}").json()["slots"] if one["entry"]]
    path, body = f"/api/v1/claims/{SALE}/still-so", {"slot": "quantity", "expected": slot["entry"]}
    done = browser.send(path, {**body, "look_again": "2027-01-31"})
    assert done.status == 200, done.text
    assert browser.get(f"/api/v1/claims/{SALE}").json()["look_again_at"] == {"quantity": "2027-01-31"}
    assert browser.send(path, body).status == 409
    assert browser.send(path, {"slot": "no-such"}).status == 409
    assert browser.send(f"/api/v1/changes/{done.json()['change']}/undo", {}).status == 200
    assert browser.get(f"/api/v1/claims/{SALE}").json()["look_again_at"] == {"quantity": "2026-11-22"}


def test_the_interface_says_when_and_which(desk: Desk, browser: Browser) -> None:
    accepted(desk, "40", TODAY)
    accepted(desk, "signed", TODAY + DAY, slot="stage")
    items = {one["id"]: one for one in browser.get("/api/v1/claims").json()["items"]}
    assert items[SALE]["look_again_at"] == {"quantity": "2026-11-22", "stage": "2026-11-23"}
    assert all(one["look_again_at"] == {} for name, one in items.items() if name != SALE)
    assert [one["id"] for one in browser.get("/api/v1/claims?due=true").json()["items"]] == [SALE]
    desk.clock = desk_sample.Fixed(at=NOW - DAY)
    assert browser.get("/api/v1/claims?due=true").json()["items"] == []
    whole = browser.get(f"/api/v1/claims/{SALE}").json()
    assert {one["slot"]: one["look_again_at"] for one in whole["history"]} == items[SALE]["look_again_at"]


def test_the_terminal_lists_and_counts_what_is_due(tmp_path: Path) -> None:
    folder = tmp_path / "config"
    shutil.copytree(desk_sample.ROOT / "config", folder)
    url = f"sqlite:///{tmp_path / 'claimwatch.db'}"
    schema.upgrade(url, desk_sample.ROOT / "migrations")
    open_store(url).close()

    def run(*words: str) -> str:
        done = CliRunner().invoke(root, ["--config", str(folder), *words])
        assert not isinstance(done.exception, Exception), done.output
        return done.output

    run("claims", "accept", SALE, "quantity", "40", "--look-again", "2026-01-31")
    run("claims", "accept", SALE, "stage", "signed", "--look-again", "2999-01-31")
    assert run("claims", "list").count("look again on") == 2
    due = run("claims", "list", "--due")
    assert [line.split()[0] for line in due.splitlines() if not line.startswith(" ")] == [SALE]
    assert "quantity: 40, look again on 31 January 2026" in due
    [row] = [json.loads(line) for line in run("claims", "list", "--due", "--json").splitlines()]
    assert row["look_again_at"] == {"quantity": "2026-01-31", "stage": "2999-01-31"}
    assert "look again on 31 January 2026" in run("claims", "show", SALE)
    assert "1 value to look at again" in run("status")
    assert json.loads(run("status", "--json"))["to_look_at"] == 1
    run("claims", "accept", SALE, "quantity", "40")
    assert run("claims", "list", "--due") == ""
    assert "to look at again" not in run("status")
