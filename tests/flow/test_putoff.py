"""Pages that can reach nothing watched: kept unread, counted, and read once rules change; findings are the same."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import cast

import desk_sample
import pytest

from pipeline.fetch.client import Fetcher
from pipeline.model.article import Response
from pipeline.model.outcome import Reason
from pipeline.model.source import Entry, Source
from pipeline.model.watch import Group, Topic
from pipeline.service import pages, takeup
from pipeline.service.desk import trial
from pipeline.service.wiring import Desk, desk
from pipeline.settings.load import Configuration
from pipeline.storage import articles, entries
from pipeline.storage import pages as kept
from pipeline.storage import sources as source_rows
from pipeline.storage.session import Store

SOURCE = Source(id="wire", url="https://wire.example/feed", country="GB", family="wire")
PROSE = "The match ended level after a long evening of rain and the crowd went home by tram. " * 6
PAGES = {
    "https://wire.example/football": f"<html><body><article><h1>A draw</h1><p>{PROSE}</p><p>{PROSE}</p></article>",
    "https://wire.example/jets": "<html><body><article><h1>Jets for Azerbaijan</h1>"
    f"<p>Pakistan has signed a contract to sell JF-17 fighter jets to Azerbaijan.</p><p>{PROSE}</p></article>",
}


class Shelf:
    """A client whose pages lie at hand."""

    async def get(self, url: str, **_: object) -> Response:
        return Response(
            url=url, final_url=url, headers=(("content-type", "text/html"),), body=PAGES[url].encode("utf-8")
        )


@pytest.fixture
def built(store: Store) -> Iterator[Desk]:
    with desk(replace(desk_sample.shipped(), sources=(SOURCE,)), store=store) as one:
        now = one.clock.now()
        with store.transaction() as tx:
            source_rows.sync(tx, [SOURCE], now=now)
            added = [Entry(source="wire", key=url, url=url, title="", published=now) for url in PAGES]
            entries.add(tx, added, now=now)
        yield one


def work(built: Desk) -> pages.Worked:
    return asyncio.run(pages.work(built, cast(Fetcher, Shelf())))  # of a client only `get` is asked here


def with_rule(configuration: Configuration) -> Configuration:
    """The same with one more topic, which a word of the football page meets."""
    topic = Topic(id="trams", title="Trams", groups=(Group(all=("tram-word",)),))
    watch = configuration.watch
    words = {**watch.words, "tram-word": {"en": ("tram",)}}
    changed = replace(
        watch, topics=(*watch.topics, topic), words=words, rules_hash="changed", version=f"{watch.version}+"
    )
    return replace(configuration, watch=changed)


def test_a_page_that_reaches_nothing_is_kept_unread_and_counted(built: Desk) -> None:
    worked = work(built)
    assert worked.outcomes == {"done": 1, "put-off": 1}
    with built.store.read() as tx:
        assert [row.url for row in articles.recent(tx, limit=9)] == ["https://wire.example/jets"]
        [page] = kept.put_off(tx, limit=9)
        assert page.body.decode() == PAGES["https://wire.example/football"]
        now = built.clock.now()
        assert entries.outcomes(tx, since=now - timedelta(hours=1))[("skipped", Reason.PUT_OFF)] == 1


@pytest.mark.parametrize(
    "beside",
    [
        "<ul><li><a href='/1'>Pakistan has signed a contract to sell JF-17 jets to Azerbaijan</a></li></ul>",
        "<aside><p>Pakistan has signed a contract to sell JF-17 fighter jets to Azerbaijan.</p></aside>",
    ],
)
def test_what_only_stands_beside_the_article_is_not_read(
    built: Desk, beside: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = PAGES["https://wire.example/football"]
    monkeypatch.setitem(PAGES, "https://wire.example/football", f"{page}</article>{beside}")
    assert work(built).outcomes == {"done": 1, "put-off": 1}


def test_changed_rules_read_what_was_put_off_once(built: Desk) -> None:
    work(built)
    assert takeup.take_up(built) == 0
    built.reconfigure(with_rule(built.configuration))
    assert takeup.take_up(built) == 1
    assert takeup.take_up(built) == 0
    with built.store.read() as tx:
        assert {row.url for row in articles.recent(tx, limit=9)} == set(PAGES)
        assert kept.put_off(tx, limit=9) == ()


def test_the_setting_reads_everything(built: Desk) -> None:
    settings = built.settings
    reading = settings.articles.model_copy(update={"put_off": False})
    built.configuration = replace(built.configuration, settings=settings.model_copy(update={"articles": reading}))
    assert work(built).outcomes == {"done": 2}


def test_a_rule_is_tried_on_what_was_put_off_too(built: Desk) -> None:
    work(built)
    built.reconfigure(with_rule(built.configuration))
    rule = "id: trams\ntitle: Trams\ntrigger: true\ngroups:\n  - {all: [tram-word]}\n"
    other = "id: other\ntitle: Other\ntrigger: true\ngroups:\n  - {all: [tram-word]}\n"
    tried = trial.rule(built, other)
    assert (tried.looked_at, tried.unread, tried.gained_count) == (1, 1, 2)
    read, unread = tried.gained
    assert read.article.id is not None
    assert (unread.article.id, unread.article.url) == (None, "https://wire.example/football")
    assert "tram" in unread.spans[0].text
    assert trial.rule(built, rule).kept == 2  # the rule in force will meet it as well, once the page is taken up
    with built.store.read() as tx:
        assert len(kept.put_off(tx, limit=9)) == 1  # a trial keeps nothing
