"""The HTTP interface: pages of a list, tags, problems, exports and feeds; and its own description held against it."""

from __future__ import annotations

import csv
import html
import io
import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import desk_sample
import pytest
from desk_browser import Browser
from servers.misbehaving import Misbehaving, Page

from pipeline.digest import period as periods
from pipeline.digest.record import load
from pipeline.service import daily
from pipeline.service.desk import entry
from pipeline.service.wiring import Desk
from pipeline.web.app import create_app
from pipeline.web.serve import serving


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = desk_sample.copied(tmp_path, ("vera", "reviewer"))
    yield made
    made.store.close()


@pytest.fixture
def browser(desk: Desk) -> Iterator[Browser]:
    key = entry.add_token(desk, "test", owner="vera", scopes=("read", "review"), expires_at=None)
    with serving(create_app(desk), "127.0.0.1", 0) as port:
        yield Browser(port, token=key)


@pytest.mark.parametrize("path", ["/api/v1/findings", "/api/v1/articles"])
def test_a_list_is_read_page_by_page(browser: Browser, path: str) -> None:
    whole = browser.get(f"{path}?limit=200").json()["items"]
    seen, cursor = [], ""
    while True:
        found = browser.get(f"{path}?limit=3{cursor}").json()
        seen += found["items"]
        if found["next"] is None:
            break
        cursor = f"&cursor={found['next']}"
    assert seen == whole
    assert len(seen) > 3


def test_filters_keep_what_fits(browser: Browser) -> None:
    every = browser.get("/api/v1/findings?limit=200").json()["items"]
    one = every[0]
    for name, field in [("claim", "claim"), ("topic", "topic"), ("source", "source"), ("relation", "relation")]:
        found = browser.get(f"/api/v1/findings?limit=200&{name}={one[field]}").json()["items"]
        assert found == [row for row in every if row[field] == one[field]]
    assert browser.get("/api/v1/findings?verdict=confirmed").json()["items"] == []
    at = one["found_at"]
    assert all(row["found_at"] < at for row in browser.get(f"/api/v1/findings?until={at}").json()["items"])


def test_offsets_of_evidence_are_those_of_the_article(browser: Browser) -> None:
    for row in browser.get("/api/v1/findings?limit=200").json()["items"]:
        article = browser.get(f"/api/v1/articles/{row['article']}").json()
        if len(article["history"]) > 1:
            continue
        for span in (*row["evidence"], *(change["evidence"] for change in row["changes"])):
            assert article[span["in"]][span["start"] : span["end"]] == span["text"]


def test_who_has_it_already_gets_no_body(browser: Browser) -> None:
    first = browser.get("/api/v1/claims")
    again = browser.get("/api/v1/claims", If_None_Match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    row = browser.get("/api/v1/findings?relation=changes").json()["items"][0]
    path = f"/api/v1/findings/{row['id']}"
    tag = browser.get(path).headers["etag"]
    assert browser.send(f"{path}/notes", {"note": "seen"}).status == 200
    assert browser.get(path, If_None_Match=tag).status == 200


def test_faults_are_problems(browser: Browser) -> None:
    for path, status in [
        ("/api/v1/findings/99999", 404),
        ("/api/v1/no-such", 404),
        ("/api/v1/findings?limit=x", 422),
        ("/api/v1/findings?no-such=1", 422),
        ("/api/v1/findings?since=yesterday", 422),
        ("/api/v1/findings?since=0001-01-01T00:00:00%2B14:00", 200),
    ]:
        answer = browser.get(path)
        assert answer.status == status, path
        if status != 200:
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["status"] == status
    row = browser.get("/api/v1/findings?relation=changes").json()["items"][0]
    path = f"/api/v1/findings/{row['id']}/confirm"
    assert browser.send(path, {"revision": row["revision"]}).status == 200
    late = browser.send(path, {"revision": row["revision"]})
    assert late.status == 409
    assert "changed meanwhile by vera" in late.json()["detail"]
    assert browser.send(path, {"revision": "1"}).status == 422
    assert browser.send(path, {"revision": 1, "extra": 1}).status == 422


def test_what_the_pages_do_the_interface_does(browser: Browser, desk: Desk) -> None:
    row = browser.get("/api/v1/findings?relation=changes").json()["items"][0]
    path = f"/api/v1/findings/{row['id']}"

    def revision() -> int:
        return int(browser.get(path).json()["revision"])

    for action, body in [
        ("dismiss", {"reason": "old-news"}),
        ("snooze", {"until": "2026-11-25T00:00:00Z"}),
        ("accept", {"valid_from": "2026", "look_again": "2027-01-01"}),
    ]:
        done = browser.send(f"{path}/{action}", {"revision": revision(), **body})
        assert done.status == 200, done.text
        if action == "accept":
            claim = browser.get(f"/api/v1/claims/{row['claim']}").json()
            assert claim["known"][row["changes"][0]["slot"]] == row["changes"][0]["to"]
            assert claim["history"]
        assert browser.send(f"/api/v1/changes/{done.json()['change']}/undo", {}).status == 200
    source = desk.configuration.sources[0].id
    assert browser.send(f"/api/v1/sources/{source}", {"action": "pause"}).status == 200
    assert browser.get(f"/api/v1/sources/{source}").json()["health"] == "paused"
    assert browser.send("/api/v1/alerts/1", {"state": "acknowledged"}).status == 200
    assert browser.get("/api/v1/alerts/1").json()["state"] == "acknowledged"
    text = max((t for _, texts in desk_sample.outlets() for t in texts), key=lambda t: len(t.text))
    tried = browser.send("/api/v1/try", {"text": text.text, "title": text.title})
    assert tried.json()["lang"]


def test_two_versions_of_an_article_are_compared(browser: Browser, desk: Desk) -> None:
    rows = browser.get("/api/v1/articles?limit=200").json()["items"]
    edited = next(row for row in rows if row["versions"] == 2)
    path = f"/api/v1/articles/{edited['id']}/compare"
    answer = browser.get(path)
    last, back = answer.json(), browser.get(f"{path}?old=2&new=1").json()
    assert (last["old"], last["new"], last["same"]) == (1, 2, False)
    texts = [browser.get(f"/api/v1/articles/{edited['id']}?version={n}").json()["text"] for n in (1, 2)]
    for found, (old, new) in ((last, texts), (back, texts[::-1])):
        assert "".join(text for op, text in found["text"] if op != "+") == old
        assert "".join(text for op, text in found["text"] if op != "-") == new
    assert browser.get(f"{path}?old=2&new=2").json()["same"] is True
    assert browser.get(path, If_None_Match=answer.headers["etag"]).status == 304
    single = next(row for row in rows if row["versions"] == 1)
    for missing in (f"{path}?new=3", f"/api/v1/articles/{single['id']}/compare", "/api/v1/articles/99999/compare"):
        assert browser.get(missing).status == 404, missing


def test_a_digest_is_given_as_it_was_frozen(browser: Browser, desk: Desk) -> None:
    plan = desk.configuration.alerts.digests[0]
    now = desk.clock.now()
    period = replace(periods.upcoming(plan, now), start=now - timedelta(days=3), end=now)
    frozen = daily.freeze(desk, plan, period, now=now, send=False)
    (row,) = browser.get("/api/v1/digests").json()["items"]
    path = f"/api/v1/digests/{row['key']}"
    answer = browser.get(path)
    assert load(answer.text) == frozen
    assert answer.json()["changed"]["items"]
    assert browser.get(path, If_None_Match=answer.headers["etag"]).status == 304
    assert browser.get("/api/v1/digests/morning-1999-01-01").status == 404


def test_the_log_is_read_page_by_page_and_by_what_was_done(browser: Browser) -> None:
    rows = browser.get("/api/v1/findings?relation=changes").json()["items"][:2]
    done = [browser.send(f"/api/v1/findings/{row['id']}/notes", {"note": "seen"}).json()["change"] for row in rows]
    assert browser.send(f"/api/v1/changes/{done[0]}/undo", {}).status == 200
    whole = browser.get("/api/v1/changes").json()["items"]
    assert whole == sorted(whole, key=lambda row: -row["id"])
    noted = [row for row in whole if row["action"] == "note"]
    assert [row["id"] for row in noted] == done[::-1]
    assert (noted[0]["who"], noted[0]["note"], noted[0]["undoable"]) == ("vera", "seen", True)
    first = browser.get("/api/v1/changes?limit=1").json()
    assert browser.get(f"/api/v1/changes?limit=200&cursor={first['next']}").json()["items"] == whole[1:]
    assert browser.get("/api/v1/changes?limit=200").json()["next"] is None
    for asked in ("action=note", f"thing_kind=finding&thing={rows[0]['id']}", "who=vera", "until=2020-01-01T00:00:00Z"):
        found = browser.get(f"/api/v1/changes?{asked}").json()["items"]
        wanted = [pair.split("=") for pair in asked.split("&") if "until" not in pair]
        assert found == [row for row in whole if wanted and all(row[name] == value for name, value in wanted)], asked
    line = browser.get(f"/api/v1/changes/{done[1]}")
    assert line.json() == noted[0]
    assert browser.get(f"/api/v1/changes/{done[1]}", If_None_Match=line.headers["etag"]).status == 304
    assert browser.get("/api/v1/changes/99999").status == 404


def test_verdicts_are_counted_and_messages_told(browser: Browser) -> None:
    row = browser.get("/api/v1/findings?relation=changes").json()["items"][0]
    dismissed = {"revision": row["revision"], "reason": "old-news"}
    assert browser.send(f"/api/v1/findings/{row['id']}/dismiss", dismissed).status == 200
    taught = browser.get("/api/v1/verdicts").json()
    assert taught == {"counts": {"dismissed": 1}, "reasons": {"old-news": 1}, "proposals": []}
    alert = browser.get("/api/v1/alerts/1").json()
    told = {channel for one in alert["decisions"] if one["action"] == "send" for channel in one["channels"]}
    assert told
    assert {one["channel"] for one in alert["messages"]} == told
    assert all(one["state"] == "pending" for one in alert["messages"])


def test_a_rule_is_tried_on_stored_articles(browser: Browser, desk: Desk) -> None:
    topic = next(row["id"] for row in browser.get("/api/v1/topics").json()["items"] if row["week"] > 1)
    path = f"/api/v1/topics/{topic}"
    rule = browser.get(f"{path}/rule").json()["rule"]
    same = browser.send(f"{path}/try", {"rule": rule}).json()
    assert (same["gained_count"], same["lost_count"], same["faults"]) == (0, 0, [])
    assert same["kept"] > 0
    narrow = f"id: {topic}\ntitle: Other\ngroups:\n  - {{all: [drill, kashmir, kaan], within: sentence}}\n"
    lost = browser.send(f"{path}/try", {"rule": narrow, "limit": 200}).json()
    assert (lost["faults"], lost["kept"], lost["gained"]) == ([], 0, []), lost
    assert lost["lost_count"] == same["kept"]
    known = {row["id"] for row in browser.get("/api/v1/articles?limit=200").json()["items"]}
    assert {row["article"] for row in lost["lost"]} <= known
    wrong = browser.send(f"{path}/try", {"rule": "id: x\nno-such: 1\n"})
    assert wrong.status == 200
    assert any("no-such" in fault for fault in wrong.json()["faults"])
    assert browser.send("/api/v1/topics/no-such/try", {"rule": rule}).status == 404
    assert browser.get(f"{path}/rule").json()["rule"] == rule


def test_an_address_is_tried(desk: Desk) -> None:
    text = max((t for _, texts in desk_sample.outlets() for t in texts), key=lambda t: len(t.text))
    body = "".join(f"<p>{html.escape(line)}</p>" for line in text.text.split("\n") if line)
    page = f"<html><head><title>{html.escape(text.title)}</title></head><body><article>{body}</article></body></html>"
    with Misbehaving() as server:
        server.pages["/robots.txt"] = Page(status=404)
        server.pages["/news"] = Page(page.encode(), headers={"Content-Type": "text/html; charset=utf-8"})
        fetch = desk.configuration.settings.fetch.model_copy(
            update={"allow_private": (f"127.0.0.1:{server.port}",), "host_delay": timedelta()}
        )
        settings = desk.configuration.settings.model_copy(update={"fetch": fetch})
        desk.configuration = replace(desk.configuration, settings=settings)
        key = entry.add_token(desk, "try", owner="vera", scopes=("read", "review"), expires_at=None)
        with serving(create_app(desk), "127.0.0.1", 0) as port:
            browser = Browser(port, token=key)
            found = browser.send("/api/v1/try", {"url": server.url("/news")}).json()
            given = browser.send("/api/v1/try", {"text": text.text, "title": text.title}).json()
            gone = browser.send("/api/v1/try", {"url": server.url("/gone")}).json()
            both = browser.send("/api/v1/try", {"url": server.url("/news"), "text": "x"}).json()
    assert found["fault"] == ""
    assert (found["url"], found["title"], found["topics"]) == (server.url("/news"), text.title, given["topics"])
    assert found["topics"]
    assert "404" in gone["fault"] or "not-found" in gone["fault"], gone
    assert "send one of them" in both["fault"]


def test_a_search_finds_articles_and_findings(browser: Browser) -> None:
    found = browser.get("/api/v1/search?q=jf-17").json()
    assert {row["kind"] for row in found["items"]} == {"article", "finding"}
    assert found["count"] == len(found["items"])
    for odd in ("%22", "AND", "a%20OR%20%22", "*", "%00", "NEAR(", "%F0%9F%98%80", "'%3B--"):
        assert browser.get(f"/api/v1/search?q={odd}").status == 200, odd


def test_exports_hold_every_finding(browser: Browser) -> None:
    every = browser.get("/api/v1/findings?limit=200").json()["items"]
    lines = [json.loads(line) for line in browser.get("/api/v1/export/findings.jsonl").text.splitlines()]
    assert lines == every
    table = list(csv.DictReader(io.StringIO(browser.get("/api/v1/export/findings.csv").text)))
    assert {int(row["id"]) for row in table} == {row["id"] for row in every}
    assert len(table) == sum(max(1, len(row["changes"])) for row in every)


def test_feeds_are_well_formed_and_their_ids_stay(browser: Browser) -> None:
    row = browser.get("/api/v1/findings?relation=changes").json()["items"][0]
    for base in (f"/feeds/claims/{row['claim']}", f"/feeds/topics/{row['topic']}"):
        answer = browser.get(f"{base}.atom")
        tree = ET.fromstring(answer.text)
        ids = [one.text for one in tree.iter("{http://www.w3.org/2005/Atom}id")]
        assert len(set(ids)) == len(ids) > 1
        feed = browser.get(f"{base}.json").json()
        assert [one["id"] for one in feed["items"]] == ids[1:]
        assert browser.get(f"{base}.atom", If_None_Match=answer.headers["etag"]).status == 304


def test_the_description_says_what_there_is(browser: Browser) -> None:
    described = browser.get("/api/v1/openapi.json").json()
    assert all(path.startswith("/api/v1/") for path in described["paths"])
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], (method, path)
            assert {"401", "403", "422"} <= operation["responses"].keys(), (method, path)
    examples = [name for name, shape in described["components"]["schemas"].items() if "example" in shape]
    assert len(examples) >= 8


def asked_by_schemathesis(browser: Browser, folder: Path, *words: str) -> None:
    """Schemathesis asks every operation with what fits its description and with what does not: no failure."""
    command = [
        *(str(Path(sys.executable).with_name("schemathesis")), "run", f"{browser.origin}/api/v1/openapi.json"),
        *("-H", f"Authorization: Bearer {browser.token}", "--workers", "2", "--seed", "7", "--no-color", *words),
    ]
    result = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)
    assert result.returncode == 0, result.stdout[-6000:]


def test_the_description_is_kept(browser: Browser, tmp_path: Path) -> None:
    asked_by_schemathesis(browser, tmp_path, "--phases", "examples,fuzzing", "--max-examples", "4")


@pytest.mark.long
@pytest.mark.skipif(os.environ.get("CLAIMWATCH_LONG") != "1", reason="takes a minute; CLAIMWATCH_LONG=1 runs it")
def test_the_description_is_kept_at_every_boundary(browser: Browser, tmp_path: Path) -> None:
    asked_by_schemathesis(browser, tmp_path, "--phases", "examples,coverage,fuzzing", "--max-examples", "20")
