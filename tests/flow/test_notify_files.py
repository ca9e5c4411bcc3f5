"""Feeds, files and standard output on a real file system."""

from __future__ import annotations

import json
import os
import sys
import threading
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import feedparser
import pytest
from newsroom import CLAIMS, NOW, signed

from pipeline import notify
from pipeline.alert import message
from pipeline.errors import NotifyError
from pipeline.model.rules import Channel

ALERT = message.render(signed(), CLAIMS["jf17-azerbaijan"], public_url="https://watch.example")


def alert(number: int, subject: str = "") -> object:
    return replace(ALERT, id=f"alert-{number}", subject=subject or f"alert {number}")


def channel(kind: str, path: Path, **options: object) -> Channel:
    return Channel(id="out", kind=kind, address=str(path), options=options)


def test_a_file_gets_each_message_at_its_end(tmp_path: Path) -> None:
    path = tmp_path / "new" / "alerts.log"
    notify.send(channel("file", path), ALERT, now=NOW)
    notify.send(channel("file", path), alert(2), now=NOW)
    text = path.read_text("utf-8")
    assert text.startswith(f"--- 2025-06-05T14:20:00+00:00 alert-a1\n{ALERT.text}\n\n--- 2025-06-05T14:20:00+00:00 ")


def test_json_lines(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    out = channel("file", path, format="jsonl")
    notify.send(out, ALERT, now=NOW)
    notify.send(out, replace(ALERT, data={}, text="two\nlines"), now=NOW)
    first, second = (json.loads(line) for line in path.read_text("utf-8").splitlines())
    assert (first["id"], first["headline"]) == ("alert-a1", ALERT.subject)
    assert second["text"] == "two\nlines"


def test_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    notify.send(Channel(id="console", kind="stdout"), ALERT, now=NOW)
    assert ALERT.subject in capsys.readouterr().out


def test_nobody_reads_standard_output_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    with open(os.devnull) as unwritable:
        monkeypatch.setattr(sys, "stdout", unwritable)
        with pytest.raises(NotifyError, match="takes nothing") as caught:
            notify.send(Channel(id="console", kind="stdout"), ALERT, now=NOW)
    assert caught.value.permanent is False


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_a_full_disk_is_temporary() -> None:
    with pytest.raises(NotifyError, match="No space left") as caught:
        notify.send(Channel(id="out", kind="file", address="/dev/full"), ALERT, now=NOW)
    assert caught.value.permanent is False


@pytest.mark.parametrize("kind", ["file", "atom", "json-feed"])
def test_a_place_that_cannot_be_written_is_temporary(kind: str, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, no folder")
    with pytest.raises(NotifyError, match="cannot be written") as caught:
        notify.send(channel(kind, tmp_path / "taken" / "x"), ALERT, now=NOW)
    assert caught.value.permanent is False


@pytest.mark.parametrize("kind", ["atom", "json-feed"])
def test_a_feed_has_stable_ids_the_newest_first_and_a_limit(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "alerts.feed"
    out = channel(kind, path, keep=3, title="Alerts & more", link="https://watch.example/alerts")
    for number in range(5):
        notify.send(out, alert(number), now=NOW + timedelta(hours=number))
    before = entries(kind, path)
    assert [title for _, title in before] == ["alert 4", "alert 3", "alert 2"]
    notify.send(out, alert(3, "alert 3 again"), now=NOW + timedelta(days=1))
    after = entries(kind, path)
    assert [name for name, _ in after] == [name for name, _ in before]
    assert [title for _, title in after] == ["alert 4", "alert 3 again", "alert 2"]


def entries(kind: str, path: Path) -> list[tuple[str, str]]:
    if kind == "json-feed":
        feed = json.loads(path.read_text("utf-8"))
        assert feed["version"] == "https://jsonfeed.org/version/1.1"
        assert feed["title"] == "Alerts & more"
        assert all(item["url"] == "https://watch.example/alerts/a1" for item in feed["items"])
        return [(item["id"], item["title"]) for item in feed["items"]]
    parsed = feedparser.parse(BytesIO(path.read_bytes()))
    assert parsed.bozo is False
    assert parsed.feed.title == "Alerts & more"
    assert parsed.feed.author == "claimwatch"
    assert all(entry.link == "https://watch.example/alerts/a1" for entry in parsed.entries)
    return [(entry.id, entry.title) for entry in parsed.entries]


def test_a_hostile_message_stays_text_in_a_feed(tmp_path: Path) -> None:
    bad = "</title><script>alert(1)</script>\x00\x1b&\ud800 ]]>"
    data = {**ALERT.data, "review_url": "javascript:alert(1)"}
    for kind in ("atom", "json-feed"):
        path = tmp_path / kind
        notify.send(channel(kind, path), replace(ALERT, subject=bad, text=bad, data=data), now=NOW)
        assert "javascript" not in path.read_text("utf-8")
    parsed = feedparser.parse(BytesIO((tmp_path / "atom").read_bytes()))
    assert parsed.bozo is False
    assert "<script" not in (tmp_path / "atom").read_text("utf-8")


def test_a_feed_that_somebody_broke_starts_anew(tmp_path: Path) -> None:
    path = tmp_path / "alerts.json"
    path.write_text("[not a feed")
    notify.send(channel("json-feed", path), ALERT, now=NOW)
    assert len(json.loads(path.read_text("utf-8"))["items"]) == 1


def test_many_writers_lose_no_entry(tmp_path: Path) -> None:
    out = channel("atom", tmp_path / "alerts.atom")
    writers = [
        threading.Thread(target=notify.send, args=(out, alert(number)), kwargs={"now": NOW}) for number in range(12)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    parsed = feedparser.parse(BytesIO((tmp_path / "alerts.atom").read_bytes()))
    assert len({entry.id for entry in parsed.entries}) == 12
