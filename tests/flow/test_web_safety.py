"""What the pages must withstand: strangers, forged requests, texts that attack, and addresses that lead inside."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import desk_sample
import pytest
from desk_browser import Browser

from pipeline.errors import ConfigError
from pipeline.service.desk import entry
from pipeline.service.wiring import Desk
from pipeline.storage import findings, people, sources
from pipeline.web.app import create_app
from pipeline.web.serve import serving

PASSWORD = desk_sample.PASSWORD
USERS = (("rita", "reader"), ("vera", "reviewer"))
ATTACK = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg/onload=alert(3)>{{7*7}}"


@pytest.fixture
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    made = desk_sample.copied(tmp_path, *(USERS if "port" in request.fixturenames else ()))
    yield made
    made.store.close()


@pytest.fixture
def open_port(desk: Desk) -> Iterator[int]:
    """Pages that nobody signs in to."""
    with serving(create_app(desk, metrics=lambda: (b"numbers 1\n", "text/plain")), "127.0.0.1", 0) as port:
        yield port


@pytest.fixture
def port(desk: Desk) -> Iterator[int]:
    """Pages with a reader and a reviewer."""
    with serving(create_app(desk, metrics=lambda: (b"numbers 1\n", "text/plain")), "127.0.0.1", 0) as port:
        yield port


def signed_in(port: int, name: str) -> Browser:
    browser = Browser(port)
    assert browser.post("/sign-in", {"name": name, "password": PASSWORD}).status == 303
    return browser


def waiting(desk: Desk) -> findings.SavedFinding:
    with desk.store.read() as tx:
        return findings.select(tx, findings.Filter(relations=("changes",), verdict=""), limit=1)[0]


def test_a_foreign_host_is_refused_on_loopback_too(open_port: int) -> None:
    browser = Browser(open_port)
    for host in ("evil.example", "evil.example:80", "127.0.0.1.evil.example", "", "127.0.0.1@evil.example"):
        assert browser.get("/", Host=host).status in {400, 421}, host
    assert browser.get("/", Host=f"localhost:{open_port}").status == 200
    assert browser.get("/livez", Host="evil.example").status == 421


def test_a_change_needs_our_origin_and_our_token(open_port: int, desk: Desk) -> None:
    browser = Browser(open_port)
    row = waiting(desk)
    path, csrf = f"/findings/{row.id}/confirm", browser.csrf()
    fields = {"csrf": csrf, "revision": row.revision}
    for origin in ("https://evil.example", "null", "", f"http://127.0.0.1:{open_port + 1}", f"{browser.origin}/x"):
        assert browser.post(path, fields, Origin=origin).status == 403, origin
    assert browser.post(path, {"revision": row.revision}).status == 403
    assert browser.post(path, {**fields, "csrf": "x" * len(csrf)}).status == 403
    assert browser.get(path).status == 405
    assert waiting(desk).verdict == ""
    assert browser.post(path, fields).status == 303


def test_the_interface_takes_no_forged_change_either(open_port: int, desk: Desk) -> None:
    browser = Browser(open_port)
    row = waiting(desk)
    path, body = f"/api/v1/findings/{row.id}/confirm", b'{"revision": 1}'
    plain = {"Origin": browser.origin, "Content-Type": "text/plain"}
    assert browser.ask("POST", path, body, {"Content-Type": "application/json"}).status == 403
    assert browser.ask("POST", path, body, plain).status == 403
    json_only = {"Origin": browser.origin, "Content-Type": "application/json"}
    assert browser.ask("POST", path, body, json_only).status == 403
    assert browser.ask("POST", path, body, {**json_only, "X-CSRF-Token": browser.csrf()}).status == 200


def test_every_answer_carries_the_headers(open_port: int) -> None:
    browser = Browser(open_port)
    for path in ("/", "/no-such", "/static/app.css", "/api/v1/claims", "/livez"):
        headers = browser.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "same-origin"
        assert "server" not in headers


def test_a_stranger_sees_nothing(port: int, desk: Desk) -> None:
    browser = Browser(port)
    row = waiting(desk)
    for path in ("/", "/claims", "/log", "/findings/1", "/search?q=x", "/feeds/claims/x.atom", "/try"):
        answer = browser.get(path)
        assert answer.status == 303, path
        assert answer.headers["location"].startswith("/sign-in?next=/")
    for path in ("/api/v1/findings", "/api/v1/export/findings.csv", "/metrics"):
        assert browser.get(path).status == 401, path
    assert browser.post(f"/findings/{row.id}/confirm", {"revision": row.revision}).status == 303
    assert waiting(desk).verdict == ""
    assert browser.get("/livez").body == b"alive\n"
    assert browser.get("/readyz").body == b"ready\n"


def test_signing_in_and_out(port: int) -> None:
    browser = Browser(port)
    answer = browser.post("/sign-in", {"name": "Vera", "password": PASSWORD, "next": "/claims?q=x"})
    assert (answer.status, answer.headers["location"]) == (303, "/claims?q=x")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert browser.get("/").status == 200
    assert PASSWORD not in browser.get("/log").text
    kept = dict(browser.cookies)
    assert browser.post("/sign-out").status == 403
    assert browser.post("/sign-out", {"csrf": browser.csrf()}).status == 303
    browser.cookies = kept
    assert browser.get("/").status == 303


def test_a_session_ends(port: int, desk: Desk) -> None:
    browser = signed_in(port, "vera")
    assert browser.get("/").status == 200
    desk.clock = desk_sample.Fixed(ahead=desk.settings.web.session + timedelta(seconds=1))
    assert browser.get("/").status == 303


def test_a_removed_user_is_out_at_once(port: int, desk: Desk) -> None:
    browser = signed_in(port, "rita")
    entry.remove_user(desk, "rita")
    assert browser.get("/").status == 303


def test_wrong_passwords_are_slowed_down(port: int, desk: Desk) -> None:
    browser = Browser(port)
    tries = [browser.post("/sign-in", {"name": "vera", "password": "wrong"}).status for _ in range(entry.MOST_BY_NAME)]
    assert set(tries) == {401}
    late = browser.post("/sign-in", {"name": "vera", "password": PASSWORD})
    assert late.status == 429
    assert int(late.headers["retry-after"]) > 0
    desk.clock = desk_sample.Fixed(ahead=entry.WINDOW + timedelta(seconds=1))
    assert browser.post("/sign-in", {"name": "vera", "password": PASSWORD}).status == 303


def test_signing_in_from_another_page_is_refused(port: int) -> None:
    fields = {"name": "vera", "password": PASSWORD}
    assert Browser(port).post("/sign-in", fields, Origin="https://evil.example").status == 403


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/x\r\nSet-Cookie: a=b",
        "/\t/evil.example",
        "",
    ],
)
def test_nobody_is_led_away(port: int, target: str) -> None:
    answer = Browser(port).post("/sign-in", {"name": "vera", "password": PASSWORD, "next": target})
    assert answer.status == 303
    assert answer.headers["location"] == "/"
    assert "a=b" not in answer.headers["set-cookie"]


def test_a_reader_looks_and_does_not_decide(port: int, desk: Desk) -> None:
    browser = signed_in(port, "rita")
    row = waiting(desk)
    page = browser.get("/").text
    assert 'class="decide"' not in page
    csrf = browser.csrf()
    fields = {"csrf": csrf, "revision": row.revision, "reason": "old-news", "days": 1, "note": "x", "change": 1}
    for path in (
        f"/findings/{row.id}/confirm",
        f"/findings/{row.id}/dismiss",
        f"/findings/{row.id}/accept",
        f"/findings/{row.id}/snooze",
        f"/findings/{row.id}/note",
        "/undo",
        f"/sources/{row.source}/pause",
        "/alerts/1/acknowledge",
        "/stories/1/merge",
        "/stories/1/split",
    ):
        assert browser.post(path, {**fields, "into": 2, "members": 1}).status == 403, path
    assert browser.get("/log").status == 403
    assert waiting(desk).revision == row.revision


def test_one_reviewers_token_is_not_good_for_another(port: int, desk: Desk) -> None:
    entry.add_user(desk, "otto", PASSWORD, "reviewer")
    vera, otto = signed_in(port, "vera"), signed_in(port, "otto")
    row = waiting(desk)
    fields = {"csrf": vera.csrf(), "revision": row.revision}
    assert otto.post(f"/findings/{row.id}/confirm", fields).status == 403
    assert vera.post(f"/findings/{row.id}/confirm", fields).status == 303
    with desk.store.read() as tx:
        assert people.changes(tx, thing_kind="finding", thing=str(row.id))[0].who == "vera"


def test_what_is_decided_along_must_be_of_the_same_story(port: int, desk: Desk) -> None:
    browser = signed_in(port, "vera")
    row = waiting(desk)
    with desk.store.read() as tx:
        every = findings.select(tx, findings.Filter(verdict=""), limit=100)
    others = [one for one in every if one.finding.claim != row.finding.claim]
    fields = {"csrf": browser.csrf(), "revision": row.revision, "others": [one.id for one in others]}
    assert browser.post(f"/findings/{row.id}/confirm", fields).status == 303
    with desk.store.read() as tx:
        assert all((found := findings.load(tx, one.id)) is not None and not found.verdict for one in others)


def test_tokens_do_what_their_scopes_say(port: int, desk: Desk) -> None:
    row = waiting(desk)
    confirm = f"/api/v1/findings/{row.id}/confirm"

    def key(*scopes: str, owner: str = "vera") -> Browser:
        return Browser(port, token=entry.add_token(desk, "test", owner=owner, scopes=scopes, expires_at=None))

    reads, counts = key("read"), key("metrics")
    assert reads.get("/api/v1/findings").status == 200
    assert reads.send(confirm, {"revision": row.revision}).status == 403
    assert reads.get("/metrics").status == 401
    assert counts.get("/metrics").body == b"numbers 1\n"
    assert counts.get("/api/v1/findings").status == 403
    assert key("read", "review", owner="rita").send(confirm, {"revision": row.revision}).status == 403
    assert Browser(port, token="x" * 43).get("/api/v1/findings").status == 401
    done = key("read", "review").send(confirm, {"revision": row.revision})
    assert done.status == 200
    assert reads.get(f"/api/v1/findings/{row.id}").json()["verdict_by"] == "vera"


def test_a_revoked_or_old_token_is_nobody(port: int, desk: Desk) -> None:
    soon = desk.clock.now() + timedelta(hours=1)
    browser = Browser(port, token=entry.add_token(desk, "soon", owner="vera", scopes=("read",), expires_at=soon))
    other = Browser(port, token=entry.add_token(desk, "other", owner="vera", scopes=("read",), expires_at=None))
    assert browser.get("/api/v1/claims").status == 200
    desk.clock = desk_sample.Fixed(ahead=timedelta(hours=2))
    assert browser.get("/api/v1/claims").status == 401
    assert entry.revoke_token(desk, entry.all_tokens(desk)[-1].id)
    assert other.get("/api/v1/claims").status == 401


def test_a_wrong_token_is_not_rescued_by_a_cookie(port: int) -> None:
    browser = signed_in(port, "vera")
    assert browser.get("/api/v1/claims", Authorization="Bearer nonsense").status == 401
    assert browser.get("/api/v1/claims", Authorization="Basic dmVyYTp4").status == 401


def test_numbers_are_free_only_where_nobody_signs_in(open_port: int) -> None:
    assert Browser(open_port).get("/metrics").body == b"numbers 1\n"


def test_beyond_loopback_there_must_be_users(desk: Desk) -> None:
    desk.configuration = desk_sample.configuration(host="0.0.0.0")
    with pytest.raises(ConfigError, match="there are no users"):
        create_app(desk)
    entry.add_user(desk, "vera", PASSWORD, "reviewer")
    create_app(desk)


def test_a_body_that_is_too_large_is_refused(open_port: int) -> None:
    browser = Browser(open_port)
    large = b"x" * 1_100_000
    declared = {"Origin": browser.origin, "Content-Length": str(len(large))}
    assert browser.ask("POST", "/try", b"", declared).status == 413
    assert browser.ask("POST", "/try", b"", {"Origin": browser.origin, "Content-Length": "-1"}).status in {400, 413}
    chunk = b"%x\r\n%s\r\n" % (len(large), large)
    chunked = {
        "Origin": browser.origin,
        "Transfer-Encoding": "chunked",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    assert browser.ask("POST", "/try", chunk + b"0\r\n\r\n", chunked).status == 413


def test_a_text_of_an_outlet_never_becomes_markup(desk: Desk) -> None:
    source, texts = desk_sample.outlets()[1]
    model = max(texts, key=lambda one: len(one.text))
    with desk.store.read() as tx:
        row = findings.select(tx, findings.Filter(relations=("changes",)), limit=1)[0]
        version = row.finding.evidence[0].text
    text = desk_sample.Text(
        source=source.id,
        slug="attack?x=<script>",
        title=f"{ATTACK} {version}",
        text=f"{version} {ATTACK}\n\n{model.text}",
        age=timedelta(hours=1),
        author=ATTACK,
        revised=f"{version} {ATTACK} again\n\n{model.text}",
    )
    desk_sample.add(desk, [text])
    with desk.store.read() as tx:
        article = max(one.article_id for one in findings.select(tx, findings.Filter(), limit=100))
    paths = ["/", "/stories", "/alerts", "/search?q=script", f"/articles/{article}", f"/articles/{article}/compare"]
    with desk.store.read() as tx:
        found = findings.select(tx, findings.Filter(article_id=article, current=False), limit=20)
    paths += [f"/findings/{one.id}" for one in found] + [f"/claims/{one.finding.claim}" for one in found]
    paths += [f"/feeds/claims/{one.finding.claim}.atom" for one in found]
    with serving(create_app(desk), "127.0.0.1", 0) as port:
        browser = Browser(port)
        seen = ""
        for path in paths:
            answer = browser.get(path)
            assert answer.status == 200, path
            seen += answer.text
            for bad in ("<script>alert", "<img src=x", "<svg/onload", "onerror=alert(2)>", ">49"):
                assert bad not in answer.text, (path, bad)
        assert "&lt;script&gt;alert(1)" in seen
        tried = browser.post("/try", {"csrf": browser.csrf(), "text": ATTACK, "title": ATTACK, "url": ATTACK})
        assert "<script>alert" not in tried.text
        echoed = browser.get("/search?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&source=%22%3E%3Cscript%3E")
        assert "<script>alert" not in echoed.text
        assert "<script>" not in re.sub(r'<script src="[^"]+" defer>', "", echoed.text)


def test_links_of_outlets_that_are_no_web_addresses_are_text(desk: Desk) -> None:
    with desk.store.transaction() as tx:
        row = findings.select(tx, findings.Filter(), limit=1)[0]
        import sqlalchemy as sa

        tx.execute(
            sa.text("UPDATE articles SET url = 'javascript:alert(1)' WHERE id = :id").bindparams(id=row.article_id)
        )
    with serving(create_app(desk), "127.0.0.1", 0) as port:
        page = Browser(port).get(f"/articles/{row.article_id}").text
    assert 'href="javascript' not in page


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/",
        "http://localhost/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://0.0.0.0/",
        "http://2130706433/",
        "http://10.0.0.1/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "http://user@127.0.0.1/",
    ],
)
def test_try_reads_no_address_of_the_inside(open_port: int, url: str) -> None:
    browser = Browser(open_port)
    answer = browser.post("/try", {"csrf": browser.csrf(), "url": url})
    assert answer.status == 422, answer.text
    assert 'role="alert"' in answer.text
    assert "root:" not in answer.text
    headers = {"Origin": browser.origin, "Content-Type": "application/json", "X-CSRF-Token": browser.csrf()}
    told = browser.ask("POST", "/api/v1/try", json.dumps({"url": url}).encode(), headers).json()
    assert told["fault"]
    assert (told["title"], told["topics"], told["claims"]) == ("", [], [])
    assert "root:" not in told["fault"]


def test_a_reader_tries_and_a_token_that_may_only_read_does_not(port: int, desk: Desk) -> None:
    def key(owner: str, *scopes: str) -> Browser:
        return Browser(port, token=entry.add_token(desk, "test", owner=owner, scopes=scopes, expires_at=None))

    topic = desk.watch.topics[0].id
    trials = [("/api/v1/try", {"text": "A text."}), (f"/api/v1/topics/{topic}/try", {"rule": "id: x"})]
    for path, body in trials:
        assert key("vera", "read").send(path, body).status == 403, path
        assert key("vera", "metrics").send(path, body).status == 403, path
        assert key("rita", "read", "review").send(path, body).status == 200, path
        assert Browser(port).send(path, body).status == 401, path
    assert key("rita", "read").get(f"/api/v1/topics/{topic}/rule").status == 200


def test_the_log_is_for_reviewers_on_the_interface_too(port: int, desk: Desk) -> None:
    def key(owner: str, *scopes: str) -> Browser:
        return Browser(port, token=entry.add_token(desk, "test", owner=owner, scopes=scopes, expires_at=None))

    for path in ("/api/v1/changes", "/api/v1/changes/1"):
        assert key("rita", "read", "review").get(path).status == 403, path
        assert key("vera", "metrics").get(path).status == 403, path
        assert Browser(port).get(path).status == 401, path
        assert key("vera", "read").get(path).status == 200, path


def test_a_strangers_try_is_refused(port: int) -> None:
    assert Browser(port).post("/try", {"url": "http://127.0.0.1/"}).status == 303


def test_cells_that_a_spreadsheet_would_run_are_quoted(desk: Desk) -> None:
    row = waiting(desk)
    from pipeline.service import review

    review.note(desk, "local", row.id, "x")
    review.confirm(desk, "local", row.id, revision=row.revision, note='=HYPERLINK("http://evil.example")')
    with serving(create_app(desk), "127.0.0.1", 0) as port:
        text = Browser(port).get("/api/v1/export/findings.csv").text
    assert "'=HYPERLINK" in text
    assert ',"=HYPERLINK' not in text


def test_no_secret_stands_in_a_page(port: int, desk: Desk) -> None:
    browser = signed_in(port, "vera")
    with desk.store.read() as tx:
        stored = people.user(tx, "vera")
    assert stored is not None
    cookie = next(iter(browser.cookies.values()))
    for path in ("/", "/log", "/verdicts", "/api/v1/claims"):
        text = browser.get(path).text
        assert stored.password_hash not in text
        assert cookie not in text


def test_a_sources_secrets_stand_in_no_page_and_no_answer(desk: Desk) -> None:
    given = desk.configuration.sources[0]
    secret = replace(given, url="https://anna:word9@outlet.example/rss?token=abc123&topic=gas")
    desk.configuration = replace(desk.configuration, sources=(secret, *desk.configuration.sources[1:]))
    with desk.store.transaction() as tx:
        state = sources.load(tx, given.id)
        assert state is not None
        sources.save(tx, replace(state, url=secret.url), now=desk.clock.now())
        sources.save(tx, replace(state, url=f"{secret.url}&moved=1"), now=desk.clock.now())
    with serving(create_app(desk), "127.0.0.1", 0) as port:
        browser = Browser(port)
        whole = browser.get(f"/sources/{given.id}").text
        seen = whole + browser.get("/sources").text + browser.get("/api/v1/sources").text
    assert "https://***@outlet.example/rss?token=***&amp;topic=gas" in whole
    assert "moved" in whole
    for hidden in ("anna", "word9", "abc123"):
        assert hidden not in seen
