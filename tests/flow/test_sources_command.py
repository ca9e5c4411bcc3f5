"""`claimwatch sources`: a site's feeds are found, asked, taken in and given out, from the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from servers.misbehaving import FEED, Misbehaving, Page

from pipeline.cli.main import root
from pipeline.settings.load import load
from pipeline.sources import opml

SITEMAP = b"<urlset><url><loc>/news/one</loc></url></urlset>"


@pytest.fixture
def server() -> Iterator[Misbehaving]:
    with Misbehaving() as running:
        running.pages["/robots.txt"] = Page(status=404)
        yield running


@pytest.fixture
def folder(tmp_path: Path, server: Misbehaving) -> Path:
    """A configuration that may ask the server, and watches nothing yet."""
    made = tmp_path / "config"
    made.mkdir()
    settings = f'fetch: {{allow_private: ["127.0.0.1:{server.port}"], host_delay: 0s}}\n'
    (made / "settings.yaml").write_text(settings, encoding="utf-8")
    return made


def ran(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(root, ["--config", str(folder), "sources", *words])


def added(folder: Path, server: Misbehaving, home: bytes) -> list[tuple[str, str, str]]:
    """What is watched once the site was added by its home page."""
    server.pages["/"] = Page(home, headers={"Content-Type": "text/html"})
    done = ran(folder, "add", server.url("/"), "--write")
    assert done.exit_code == 0, done.output
    return [(one.url, one.kind, one.name) for one in load(folder, env={}).sources]


def test_a_feed_that_the_home_page_announces_is_added(folder: Path, server: Misbehaving) -> None:
    server.pages["/news.rss"] = Page(FEED)
    home = b"<link rel=alternate type=application/rss+xml href=/gone.rss><a href=/news.rss>News feed</a>"
    assert added(folder, server, home) == [(server.url("/news.rss"), "feed", "Outlet")]
    checked = ran(folder, "check")
    assert (checked.exit_code, "1 of 1 are feeds" in checked.output) == (0, True), checked.output


def test_a_sitemap_that_only_robots_txt_names_is_added(folder: Path, server: Misbehaving) -> None:
    server.pages["/robots.txt"] = Page(f"User-agent: *\nSitemap: {server.url('/map-7.xml')}\n".encode())
    server.pages["/map-7.xml"] = Page(SITEMAP)
    assert added(folder, server, b"<p>Welcome</p>") == [(server.url("/map-7.xml"), "sitemap", "")]


def test_a_site_without_feeds_says_so_and_changes_nothing(folder: Path, server: Misbehaving) -> None:
    server.pages["/"] = Page(b"<p>Welcome</p>", headers={"Content-Type": "text/html"})
    server.pages |= {"/rss": Page(status=404), "/feed": Page(status=404)}
    done = ran(folder, "add", server.url("/"), "--write")
    assert done.exit_code != 0
    assert "no feed was found there" in str(done.exception)
    assert not (folder / "sources.yaml").exists()


def test_lists_of_other_readers_come_in_and_go_out_without_secrets(folder: Path, tmp_path: Path) -> None:
    given = b"""<opml version="1.0"><body><outline text="News">
      <outline type="rss" text="Paper &amp;amp; Co" xmlUrl="https://paper.example/rss?token=abc123"/></outline>
      <outline type="rss" text="Outlet" xmlUrl="https://anna:word9@outlet.example/rss"/></body></opml>"""
    (tmp_path / "readers.opml").write_bytes(given)
    assert ran(folder, "import", str(tmp_path / "readers.opml"), "--write").exit_code == 0
    again = ran(folder, "import", str(tmp_path / "readers.opml"), "--write")
    assert "0 new of 2" in again.output
    watched = load(folder, env={}).sources
    assert [(one.name, one.url) for one in watched] == [
        ("Paper & Co", "https://paper.example/rss?token=abc123"),
        ("Outlet", "https://anna:word9@outlet.example/rss"),
    ]
    assert ran(folder, "export", str(tmp_path / "ours.opml")).exit_code == 0
    written = (tmp_path / "ours.opml").read_bytes()
    assert [one.id for one in opml.read(written)] == [one.id for one in watched]
    assert [one.folder for one in opml.read(written)] == [one.folder for one in watched] == [("News",), ()]
    shown = written.decode() + ran(folder, "list").output + ran(folder, "list", "--json").output
    for secret in ("abc123", "anna", "word9"):
        assert secret not in shown


def test_what_we_exported_is_imported_as_it_was(folder: Path, tmp_path: Path) -> None:
    sources = """sources:
  - {id: paper, url: "https://paper.example/map.xml", name: "A: Paper", kind: sitemap, lang: tr, country: TR, family: g,
     state: true, tier: 3, enabled: false, folder: [News, "Ports: a"]}
  - {id: outlet, url: "https://outlet.example/rss", state: false}
"""
    (folder / "sources.yaml").write_text(sources, encoding="utf-8")
    before = load(folder, env={}).sources
    assert ran(folder, "export", str(tmp_path / "ours.opml")).exit_code == 0
    (folder / "sources.yaml").unlink()
    assert ran(folder, "import", str(tmp_path / "ours.opml"), "--write").exit_code == 0
    assert load(folder, env={}).sources == before
