"""The review pages over a desk with real findings: every page answers, and what is decided is done, told and undone."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import desk_sample
import pytest
from desk_browser import Browser

from pipeline.service import daily
from pipeline.service.desk import claims
from pipeline.service.wiring import Desk
from pipeline.storage import findings, people, schema
from pipeline.storage.session import Store, open_store
from pipeline.web.app import create_app
from pipeline.web.serve import serving


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = desk_sample.copied(tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def browser(desk: Desk) -> Iterator[Browser]:
    with serving(create_app(desk), "127.0.0.1", 0) as port:
        yield Browser(port)


@pytest.fixture
def bare(sqlite_store: Store) -> Iterator[Browser]:
    """The pages over a store that holds nothing."""
    with serving(create_app(desk_sample.empty_desk(sqlite_store)), "127.0.0.1", 0) as port:
        yield Browser(port)


def form(page: str, finding: int) -> dict[str, str]:
    """The hidden fields of a finding's form."""
    card = page[page.index(f'id="finding-{finding}"') :]
    card = card[card.index('class="decide"') : card.index("</article>")]
    names = dict(re.findall(r'name="(csrf|revision)" value="([^"]*)"', card))
    return {**names, "take": re.findall(r'name="take" value="([^"]*)"', card)}


def first(browser: Browser, relation: str = "changes") -> int:
    found = re.search(rf'class="item {relation}" id="finding-(\d+)"', browser.get("/").text)
    assert found is not None
    return int(found.group(1))


def paths_of(desk: Desk) -> list[str]:
    with desk.store.read() as tx:
        one = findings.select(tx, findings.Filter(), limit=1)[0]
    claim = one.finding.claim
    return [
        "/",
        f"/?topic={one.topic}",
        "/?everything=true",
        f"/findings/{one.id}",
        "/claims",
        "/claims?show=waiting&q=jf",
        f"/claims/{claim}",
        f"/claims/{claim}?as_of=2026-01-31",
        "/topics",
        f"/topics/{one.topic}",
        f"/topics/{one.topic}/try",
        "/stories",
        "/stories/1",
        "/articles/1",
        f"/articles/{one.article_id}",
        "/sources",
        f"/sources/{one.source}",
        "/alerts",
        "/alerts/1",
        "/search",
        "/search?q=jf-17",
        "/search?q=jf-17&kind=finding&lang=tr&since=2026-01-01&until=2027-01-01&order=best",
        "/try",
        "/log",
        "/verdicts",
        f"/feeds/claims/{claim}.atom",
        f"/feeds/topics/{one.topic}.json",
        "/livez",
        "/readyz",
        "/static/app.css",
    ]


@pytest.mark.postgres
def test_postgres_answers_the_same(postgres_url: str, desk: Desk) -> None:
    """Every page, a decision and its undo on PostgreSQL."""
    schema.upgrade(postgres_url, desk_sample.ROOT / "migrations")
    store = open_store(postgres_url)
    made = desk_sample.desk(store)
    with serving(create_app(made), "127.0.0.1", 0) as port:
        browser = Browser(port)
        test_every_page_answers(browser, made)
        test_an_accepted_change_is_what_the_next_article_is_compared_with(browser, made)
        test_stories_are_split_merged_and_put_back(browser)
    store.close()


def test_every_page_answers(browser: Browser, desk: Desk) -> None:
    for path in paths_of(desk):
        answer = browser.get(path)
        assert answer.status == 200, path
        if answer.headers["content-type"].startswith("text/html"):
            assert "<h1" in answer.text, path
            assert "style=" not in answer.text, path
            assert "javascript:" not in answer.text, path
            assert answer.headers["cache-control"] == "no-store", path


@pytest.mark.parametrize(
    "path", ["/", "/claims", "/topics", "/stories", "/sources", "/alerts", "/search?q=nothing", "/log", "/verdicts"]
)
def test_an_empty_store_has_pages_too(bare: Browser, path: str) -> None:
    assert bare.get(path).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/findings/99999",
        "/findings/0",
        "/findings/99999999999999999999",
        "/findings/x",
        "/claims/no-such",
        "/topics/no-such",
        "/topics/no-such/try",
        "/stories/99999",
        "/articles/99999",
        "/articles/1/compare",
        "/sources/no-such",
        "/alerts/99999",
        "/digests/none-2026-01-01",
        "/digests/x",
        "/feeds/claims/no-such.atom",
        "/feeds/claims/x.exe",
        "/static/../app.py",
        "/static/..%2f..%2fapp.py",
        "/static/%2e%2e%2fapp.py",
        "/no-such-page",
    ],
)
def test_what_is_not_there_is_told_as_a_page(bare: Browser, path: str) -> None:
    answer = bare.get(path)
    assert answer.status in {404, 422}
    assert "<h1>" in answer.text


def test_confirm_is_stored_told_and_undone(browser: Browser, desk: Desk) -> None:
    number = first(browser)
    fields = form(browser.get("/").text, number)
    answer = browser.post(f"/findings/{number}/confirm", fields, HX_Request="true")
    assert answer.status == 200
    assert "Confirmed." in answer.text
    with desk.store.read() as tx:
        row = findings.load(tx, number)
        assert row is not None
        assert (row.verdict, row.verdict_by) == ("confirmed", "local")
        assert people.changes(tx, thing_kind="finding", thing=str(number))[0].action == "confirm"
    assert f'id="finding-{number}"' not in browser.get("/").text
    change = re.search(r'name="change" value="(\d+)"', answer.text)
    assert change is not None
    back = browser.post("/undo", {"csrf": fields["csrf"], "change": change.group(1)}, HX_Request="true")
    assert back.status == 200
    assert f'id="finding-{number}"' in browser.get("/").text


def test_without_a_script_a_decision_leads_to_its_page(browser: Browser) -> None:
    number = first(browser)
    answer = browser.post(f"/findings/{number}/confirm", form(browser.get("/").text, number))
    assert answer.status == 303
    assert answer.headers["location"] == f"/findings/{number}"
    assert "Confirmed by local" in browser.get(f"/findings/{number}").text


def test_the_second_of_two_reviewers_is_told(browser: Browser) -> None:
    number = first(browser)
    seen = form(browser.get("/").text, number)
    assert browser.post(f"/findings/{number}/confirm", seen, HX_Request="true").status == 200
    late = browser.post(f"/findings/{number}/dismiss", {**seen, "reason": "old-news"}, HX_Request="true")
    assert late.status == 409
    assert "was changed meanwhile by local" in late.text
    plain = browser.post(f"/findings/{number}/dismiss", {**seen, "reason": "old-news"})
    assert plain.status == 409
    assert "was changed meanwhile by local" in plain.text


def test_an_accepted_change_is_what_the_next_article_is_compared_with(browser: Browser, desk: Desk) -> None:
    number = first(browser)
    with desk.store.read() as tx:
        row = findings.load(tx, number)
    assert row is not None
    before = desk.watch.version
    fields = form(browser.get(f"/findings/{number}").text, number)
    answer = browser.post(f"/findings/{number}/accept", {**fields, "valid_from": "2026-11"}, HX_Request="true")
    assert answer.status == 200, answer.text
    assert desk.watch.version != before
    for change in row.finding.changes:
        assert desk.watch.known[row.finding.claim][change.slot] == change.new
    page = browser.get(f"/claims/{row.finding.claim}").text
    assert "accepted by local" in page
    past = browser.get(f"/claims/{row.finding.claim}?as_of=2026-01-31").text
    assert "accepted by local" not in past


def test_a_snooze_takes_a_finding_off_the_list(browser: Browser) -> None:
    number = first(browser)
    fields = form(browser.get("/").text, number)
    answer = browser.post(f"/findings/{number}/snooze", {**fields, "days": "3"}, HX_Request="true")
    assert answer.status == 200
    page = browser.get("/").text
    assert f'id="finding-{number}"' not in page
    assert "put off" in page


def test_a_note_stays_and_can_be_taken_back(browser: Browser) -> None:
    number = first(browser)
    fields = form(browser.get("/").text, number)
    said = browser.post(f"/findings/{number}/note", {**fields, "note": "asked the desk"}, HX_Request="true")
    assert "asked the desk" in said.text
    change = re.search(r'name="change" value="(\d+)"', said.text)
    assert change is not None
    back = browser.post("/undo", {"csrf": fields["csrf"], "change": change.group(1)}, HX_Request="true")
    assert "asked the desk" not in back.text
    twice = browser.post("/undo", {"csrf": fields["csrf"], "change": change.group(1)})
    assert twice.status == 409


def test_a_dismissal_needs_one_of_the_reasons(browser: Browser) -> None:
    number = first(browser)
    fields = form(browser.get("/").text, number)
    assert browser.post(f"/findings/{number}/dismiss", {**fields, "reason": "because"}).status == 409
    assert browser.post(f"/findings/{number}/dismiss", {**fields, "reason": "old-news"}).status == 303


def test_sources_are_paused_resumed_and_looked_at(browser: Browser, desk: Desk) -> None:
    name = desk.configuration.sources[0].id
    csrf = browser.csrf()
    assert browser.post(f"/sources/{name}/pause", {"csrf": csrf}).status == 303
    assert "paused" in browser.get(f"/sources/{name}").text
    assert browser.post(f"/sources/{name}/resume", {"csrf": csrf}).status == 303
    assert browser.post(f"/sources/{name}/look", {"csrf": csrf}).status == 303
    assert browser.post(f"/sources/{name}/burn", {"csrf": csrf}).status == 404
    assert browser.post("/sources/no-such/pause", {"csrf": csrf}).status == 404


def test_an_alert_is_acknowledged_snoozed_and_opened(browser: Browser) -> None:
    csrf = browser.csrf()
    for action, word in [("acknowledge", "acknowledged"), ("snooze", "snoozed"), ("open", "open")]:
        assert browser.post(f"/alerts/1/{action}", {"csrf": csrf, "days": "3"}).status == 303
        assert f"· {word}" in browser.get("/alerts/1").text
    assert browser.post("/alerts/1/burn", {"csrf": csrf}).status == 404


def test_stories_are_split_merged_and_put_back(browser: Browser) -> None:
    csrf = browser.csrf()
    numbers = [int(n) for n in re.findall(r'href="/stories/(\d+)"', browser.get("/stories").text)]
    number = max(numbers, key=lambda n: browser.get(f"/stories/{n}").text.count('name="members"'))
    members = re.findall(r'name="members" value="(\d+)"', browser.get(f"/stories/{number}").text)
    assert len(members) > 1
    assert browser.post(f"/stories/{number}/split", {"csrf": csrf, "members": members}).status == 409
    assert (
        browser.post(f"/stories/{number}/split", {"csrf": csrf, "members": members[:1], "why": "apart"}).status == 303
    )
    new = max(int(n) for n in re.findall(r'href="/stories/(\d+)"', browser.get("/stories").text))
    assert new not in numbers
    assert browser.post(f"/stories/{new}/merge", {"csrf": csrf, "into": str(number)}).status == 303
    assert len(re.findall(r'name="members"', browser.get(f"/stories/{number}").text)) == len(members)
    changes = re.findall(r'name="change" value="(\d+)"', browser.get("/log").text)
    assert browser.post("/undo", {"csrf": csrf, "change": changes[0], "back": "/log"}).status == 303
    assert len(re.findall(r'name="members"', browser.get(f"/stories/{number}").text)) == len(members) - 1


def test_a_digest_is_shown_as_it_was_sent(browser: Browser, desk: Desk) -> None:
    made = daily.daily(desk)
    assert made
    for one in made:
        page = browser.get(f"/digests/{one.key}")
        assert page.status == 200
        assert f"<h1>{one.title}</h1>" in page.text
    assert f'href="/digests/{made[0].key}"' in browser.get("/alerts").text
    assert "/digests/" in browser.get("/").text
    assert {row["key"] for row in browser.get("/api/v1/digests").json()["items"]} == {one.key for one in made}


def test_a_text_is_tried_and_nothing_is_kept(browser: Browser, desk: Desk) -> None:
    with desk.store.read() as tx:
        before = findings.count(tx, findings.Filter(current=False))
    source, texts = desk_sample.outlets()[1]
    text = max(texts, key=lambda one: len(one.text))
    answer = browser.post("/try", {"csrf": browser.csrf(), "text": text.text, "title": text.title, "lang": source.lang})
    assert answer.status == 200
    assert "What was found" in answer.text
    with desk.store.read() as tx:
        assert findings.count(tx, findings.Filter(current=False)) == before
    assert browser.post("/try", {"csrf": browser.csrf(), "text": " "}).status == 422


def test_a_rule_is_tried_on_stored_articles(browser: Browser, desk: Desk) -> None:
    topic = desk.watch.topics[0].id
    page = browser.get(f"/topics/{topic}/try").text
    assert f"id: {topic}" in page
    same = browser.post(
        f"/topics/{topic}/try", {"csrf": browser.csrf(), "rule": "id: other\ngroups: [{any: [no-such]}]"}
    )
    assert same.status == 422
    assert "unknown concept or word list" in same.text
    first_concept = desk.watch.concepts[0].id
    wide = f"id: {topic}\ntrigger: true\ngroups:\n  - {{any: [{first_concept}], within: article}}\n"
    tried = browser.post(f"/topics/{topic}/try", {"csrf": browser.csrf(), "rule": wide})
    assert tried.status == 200
    assert re.search(r"[1-9]\d* gained", tried.text)


def sale(built: Desk, outlet: int, aircraft: int, hours: int) -> desk_sample.Text:
    """A report of that outlet that the sale is of so many aircraft."""
    text = f"Pakistan will sell {aircraft} JF-17 fighter jets to Azerbaijan, officials said on Thursday, room {outlet}."
    source = built.configuration.sources[outlet].id
    return desk_sample.Text(source=source, slug=f"sale-{outlet}", title="Talks", text=text, age=timedelta(hours=hours))


def test_values_that_compete_stand_side_by_side_with_their_outlets(sqlite_store: Store) -> None:
    made = desk_sample.empty_desk(sqlite_store)
    desk_sample.add(made, [sale(made, n, 60 if n == 3 else 40, hours=9 - n) for n in range(4)])
    names = [one.name for one in made.configuration.sources[:4]]
    whole = claims.whole(made, "jf17-azerbaijan")
    assert whole is not None
    [quantity] = [one for one in whole.line.known if one.name == "quantity"]
    assert [(one.value, one.outlets) for one in quantity.rivals] == [("40", tuple(names[:3])), ("60", (names[3],))]
    assert {(one.value, one.outlet) for one in whole.points if one.slot == "quantity"} == {
        *(("40", name) for name in names[:3]),
        ("60", names[3]),
    }
    with serving(create_app(made), "127.0.0.1", 0) as port:
        page = Browser(port).get("/claims/jf17-azerbaijan").text
    assert all(html.escape(name) in page for name in names)


def test_any_two_versions_of_an_article_are_compared(browser: Browser, desk: Desk) -> None:
    told = sale(desk, 0, 40, hours=3)
    texts = [told.text.replace("40", number) for number in ("40", "50", "60")]
    article = 0
    for number, text in enumerate(texts):
        before = texts[number - 1] if number else ""
        at = desk.clock.now() + timedelta(minutes=number)
        article = desk_sample.put(desk, told, text, at, before=before).article_id
    for asked, gone, new in [("", "50", "60"), ("?old=1&new=3", "40", "60"), ("?old=3&new=1", "60", "40")]:
        page = browser.get(f"/articles/{article}/compare{asked}").text
        assert f"<del>{gone}</del><ins>{new}</ins>" in page, asked
    assert "The two say the same." in browser.get(f"/articles/{article}/compare?old=2&new=2").text
    assert browser.get(f"/articles/{article}/compare?old=1&new=4").status == 404
