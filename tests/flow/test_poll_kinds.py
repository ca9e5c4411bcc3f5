"""What sources bring that are no plain feed: indexes of sitemaps, feeds with flaws, items without an address."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from servers.misbehaving import Misbehaving, Page

from pipeline.model.source import Source, SourceState
from pipeline.service.clock import Clock
from pipeline.service.cycle import Summary, cycle
from pipeline.service.wiring import Desk, desk, fetcher, with_sources
from pipeline.settings.load import load
from pipeline.storage import articles, entries, sources
from pipeline.storage.session import Store

TEXT = " ".join(f"Sentence {number} of the briefing tells what was said at the port." for number in range(30))


@pytest.fixture
def server() -> Iterator[Misbehaving]:
    with Misbehaving() as running:
        yield running


@pytest.fixture
def watching(store: Store, server: Misbehaving, tmp_path: Path) -> Iterator[Callable[[Source], Desk]]:
    """Builds a desk that watches one source; of a feed it takes three entries at most."""
    (tmp_path / "config").mkdir()
    with ExitStack() as built:

        def build(source: Source) -> Desk:
            configuration = with_sources(
                load(tmp_path / "config", env={}),
                (source,),
                allow_private=(f"127.0.0.1:{server.port}",),
                host_delay=timedelta(),
                robots=False,
                entries=3,
            )
            return built.enter_context(desk(replace(configuration, data=tmp_path), store=store))

        yield build


def run(at_desk: Desk, ahead: timedelta = timedelta()) -> Summary:
    at_desk.clock = Clock(ahead)

    async def once() -> Summary:
        async with fetcher(at_desk.settings) as client:
            return await cycle(at_desk, client)

    return asyncio.run(once())


def state(at_desk: Desk) -> SourceState:
    found = at_desk.read_now(lambda tx: sources.load(tx, "outlet"))
    assert found is not None
    return found


def listed(server: Misbehaving, *names: str) -> Page:
    pages = "".join(f"<url><loc>{server.url(f'/{name}')}</loc></url>" for name in names)
    return Page(f"<urlset>{pages}</urlset>".encode())


@pytest.fixture
def index(server: Misbehaving) -> Source:
    """A site whose index never changes while its sitemap does."""
    child = server.url("/news.xml")
    server.pages["/map.xml"] = Page(
        f"<sitemapindex><sitemap><loc>{child}</loc></sitemap></sitemapindex>".encode(), headers={"ETag": '"same"'}
    )
    server.pages["/news.xml"] = listed(server, "one")
    return Source(id="outlet", url=server.url("/map.xml"), kind="sitemap")


def test_sitemaps_are_read_again_though_their_index_is_the_same(
    watching: Callable[[Source], Desk], server: Misbehaving, index: Source
) -> None:
    at_desk = watching(index)
    assert run(at_desk).polled.new_entries == 1
    server.pages["/news.xml"] = listed(server, "one", "two")
    assert run(at_desk, timedelta(hours=7)).polled.new_entries == 1


def test_an_index_whose_sitemaps_cannot_be_had_has_failed(
    watching: Callable[[Source], Desk], server: Misbehaving, index: Source
) -> None:
    server.pages["/news.xml"] = Page(status=500)
    at_desk = watching(index)
    assert run(at_desk).polled.answered == 0
    assert (state(at_desk).last_reason, state(at_desk).failures) == ("server-error", 1)
    server.pages["/news.xml"] = listed(server, "one")
    assert run(at_desk, timedelta(hours=7)).polled.new_entries == 1
    assert state(at_desk).failures == 0


def test_one_sitemap_of_several_that_fails_is_kept_with_its_reason_and_the_rest_is_read(
    watching: Callable[[Source], Desk], server: Misbehaving, index: Source
) -> None:
    both = "".join(f"<sitemap><loc>{server.url(path)}</loc></sitemap>" for path in ("/gone.xml", "/news.xml"))
    server.pages["/map.xml"] = Page(f"<sitemapindex>{both}</sitemapindex>".encode())
    server.pages["/gone.xml"] = Page(status=404)
    at_desk = watching(index)
    summary = run(at_desk)
    assert (summary.polled.answered, summary.polled.new_entries) == (1, 1)
    seen = state(at_desk)
    assert (seen.last_reason, seen.failures, seen.health) == ("part-failed", 0, "ok")
    assert seen.last_detail.startswith(f"1 of 2 sitemaps: not-found {server.url('/gone.xml')}")
    server.pages["/gone.xml"] = listed(server, "two")
    assert run(at_desk, timedelta(hours=7)).polled.new_entries == 1
    assert (state(at_desk).last_reason, state(at_desk).last_detail) == ("", "")


def test_a_search_is_asked_with_its_query_and_its_links_lead_to_the_publisher(
    watching: Callable[[Source], Desk], server: Misbehaving
) -> None:
    hidden = "https://search.example/rss/articles/CBMiAbc"
    items = f"<item><guid>1</guid><title>At the port</title><link>{server.url('/port')}</link></item>"
    items += f"<item><guid>2</guid><title>Behind the search</title><link>{hidden}</link></item>"
    query = "/search?q=%22port+authority%22+OR+harbour&hl=en&output=rss"
    server.pages["/search"] = Page(f"<rss version='2.0'><channel>{items}</channel></rss>".encode())
    server.pages["/port"] = page_of("At the port")
    at_desk = watching(Source(id="outlet", url=server.url(query), kind="search"))
    changed = {
        "fetch": at_desk.settings.fetch.model_copy(update={"aggregators": ("search.example",)}),
        "articles": at_desk.settings.articles.model_copy(update={"put_off": False}),
    }
    at_desk.configuration = replace(at_desk.configuration, settings=at_desk.settings.model_copy(update=changed))
    summary = run(at_desk)
    assert (summary.polled.answered, summary.polled.new_entries) == (1, 2)
    assert query in [one.path for one in server.asked]
    (article,) = at_desk.read_now(lambda tx: articles.recent(tx, limit=10))
    assert article.url == server.url("/port")
    ended = at_desk.read_now(lambda tx: entries.recent(tx, "outlet"))
    assert {(one.stage, one.reason) for one in ended} == {("done", "no-topic"), ("skipped", "aggregator-link")}
    assert run(at_desk, timedelta(hours=7)).polled.new_entries == 0


@pytest.mark.parametrize(
    ("body", "reason", "brought"),
    [
        (b"<rss><channel><item><title>A & B</title><link>http://a.example/1</link></item>", "malformed-feed", 1),
        (b'<rss version="2.0"><channel><title>t</title></channel></rss>', "empty-feed", 0),
        (b"<rss><channel>%s</channel></rss>" % b"".join(b"<item><guid>%d</guid></item>" % n for n in range(4)),
         "over-entry-limit", 3),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_feed_that_was_read_is_stored(
    watching: Callable[[Source], Desk], server: Misbehaving, body: bytes, reason: str, brought: int
) -> None:
    server.pages["/flawed"] = Page(body)
    at_desk = watching(Source(id="outlet", url=server.url("/flawed")))
    summary = run(at_desk)
    assert (summary.polled.answered, summary.polled.new_entries) == (1, brought)
    assert (state(at_desk).last_reason, state(at_desk).failures, state(at_desk).health) == (reason, 0, "ok")


def test_an_item_that_is_all_there_is_gets_an_address_without_secrets(
    watching: Callable[[Source], Desk], server: Misbehaving
) -> None:
    item = f"<item><guid isPermaLink='false'>1</guid><title>Briefing</title><description>{TEXT}</description></item>"
    server.pages["/private"] = Page(f"<rss version='2.0'><channel>{item}</channel></rss>".encode())
    address = server.url("/private?token=abc123").replace("//", "//anna:word9@")
    at_desk = watching(Source(id="outlet", url=address))
    run(at_desk)
    (article,) = at_desk.read_now(lambda tx: articles.recent(tx, limit=10))
    assert article.url.startswith(f"http://***@127.0.0.1:{server.port}/private?token=***#")


def page_of(headline: str) -> Page:
    text = "".join(f"<p>{part}.</p>" for part in TEXT.split(". "))
    page = f"<!doctype html><html lang='en'><title>{headline}</title><article><h1>{headline}</h1>{text}</article>"
    return Page(page.encode(), headers={"Content-Type": "text/html; charset=utf-8", "ETag": '"same"'})


def feed_of(headline: str) -> Page:
    item = f"<item><guid>1</guid><link>/port</link><title>{headline}</title></item>"
    return Page(f"<rss version='2.0'><channel>{item}</channel></rss>".encode())


def test_an_edited_headline_is_a_version(watching: Callable[[Source], Desk], server: Misbehaving) -> None:
    server.pages |= {"/port": page_of("Port to open in May"), "/rss": feed_of("Port to open in May")}
    at_desk = watching(Source(id="outlet", url=server.url("/rss")))
    settings = at_desk.configuration.settings
    everything = settings.model_copy(update={"articles": settings.articles.model_copy(update={"put_off": False})})
    at_desk.configuration = replace(at_desk.configuration, settings=everything)
    assert run(at_desk).worked.articles == 1
    server.pages |= {"/rss": feed_of("Port to open in July")}  # the page answers as before
    assert run(at_desk, timedelta(days=9)).revisited.articles == 1
    (article,) = at_desk.read_now(lambda tx: articles.recent(tx, limit=10))
    told = [one.title for one in at_desk.read_now(lambda tx: articles.versions(tx, article.id))]
    assert told == ["Port to open in May", "Port to open in July"]
    assert run(at_desk, timedelta(days=9, hours=7)).revisited.articles == 0


# --- when to look again, and what is told of a source


def happened(at_desk: Desk) -> list[str]:
    since = at_desk.clock.now() - timedelta(days=30)
    return [one.kind for one in at_desk.read_now(lambda tx: sources.events(tx, since=since))]


def test_a_move_for_good_is_followed_and_told(watching: Callable[[Source], Desk], server: Misbehaving) -> None:
    server.pages |= {"/old": Page(status=301, headers={"Location": "/new"}), "/new": feed_of("One")}
    at_desk = watching(Source(id="outlet", url=server.url("/old")))
    assert run(at_desk).polled.new_entries == 1
    assert (state(at_desk).url, happened(at_desk)) == (server.url("/new"), ["moved"])
    server.asked.clear()
    run(at_desk, timedelta(hours=7))
    assert "/old" not in server.paths()
    assert "/new" in server.paths()


@pytest.mark.parametrize("status", [301, 302])
def test_a_move_for_now_or_to_no_feed_changes_no_address(
    watching: Callable[[Source], Desk], server: Misbehaving, status: int
) -> None:
    there = Page(b"<!doctype html><html>Sign in") if status == 301 else feed_of("One")
    server.pages |= {"/old": Page(status=status, headers={"Location": "/new"}), "/new": there}
    at_desk = watching(Source(id="outlet", url=server.url("/old")))
    run(at_desk)
    assert (state(at_desk).url, happened(at_desk)) == (server.url("/old"), [])


@pytest.mark.parametrize(
    ("page", "least"),
    [
        (Page(status=429, headers={"Retry-After": "7200"}), timedelta(hours=2)),
        (Page(status=503, headers={"Retry-After": "7200"}), timedelta(hours=2)),
        (Page(feed_of("One").body, headers={"Cache-Control": "max-age=3600"}), timedelta(hours=1)),
        (Page(feed_of("One").body.replace(b"<item>", b"<ttl>90</ttl><item>")), timedelta(minutes=90)),
    ],
)
def test_what_server_and_feed_ask_is_waited_for(
    watching: Callable[[Source], Desk], server: Misbehaving, page: Page, least: timedelta
) -> None:
    server.pages["/rss"] = page
    at_desk = watching(Source(id="outlet", url=server.url("/rss")))
    run(at_desk)
    found = state(at_desk)
    assert found.next_poll_at is not None
    assert found.last_polled_at is not None
    assert least <= found.next_poll_at - found.last_polled_at < 2 * least


def test_failures_and_recovery_are_told_once_and_a_304_is_none(
    watching: Callable[[Source], Desk], server: Misbehaving
) -> None:
    server.pages["/rss"] = feed_of("One")
    at_desk = watching(Source(id="outlet", url=server.url("/rss")))
    run(at_desk)
    server.pages["/rss"] = Page(b"<!doctype html><html>Down for maintenance")
    for day in range(1, 5):
        run(at_desk, timedelta(days=day))
    assert (state(at_desk).last_reason, happened(at_desk)) == ("not-a-feed", ["failing"])
    server.pages["/rss"] = Page(status=304)
    run(at_desk, timedelta(days=6))
    assert happened(at_desk) == ["failing"]
    server.pages["/rss"] = feed_of("One")
    run(at_desk, timedelta(days=8))
    assert (state(at_desk).health, happened(at_desk)) == ("ok", ["failing", "recovered"])
