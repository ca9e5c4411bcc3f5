"""Alerts as feed files, Atom (RFC 4287) or JSON Feed 1.1, newest first, with ids that never change.

The entries are kept in JSON: the JSON Feed itself, or a file beside the Atom feed. A reader never sees half a file.
"""

from __future__ import annotations

import fcntl
import json
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from pipeline.model.alert import Message
from pipeline.model.rules import Channel
from pipeline.notify.masking import failure, plain
from pipeline.notify.parcel import Parcel
from pipeline.text import display

KEEP = 200  # entries kept unless the channel says otherwise


def entry(message: Message, now: datetime) -> dict[str, object]:
    """A message as an item of JSON Feed 1.1; its id is the same whenever and wherever it is made."""
    stamp = now.astimezone(UTC).isoformat(timespec="seconds")
    found = message.data.get("found_at")
    made: dict[str, object] = {
        "id": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'urn:claimwatch:{message.id}')}",
        "title": display.clean(message.subject, 300),
        "content_text": "\n".join(display.clean(line) for line in message.text.splitlines()),
        "date_published": found if isinstance(found, str) else stamp,
        "date_modified": stamp,
    }
    address = display.safe_link(str(message.data.get("review_url", "")))
    return {**made, "url": address} if address else made


def to_json_feed(parcel: Parcel) -> None:
    """Puts the message into the JSON Feed file. Raises NotifyError, temporary, when the file cannot be written."""
    channel, message, now = parcel.channel, parcel.message, parcel.now
    path = Path(plain(channel.address))
    with _held(channel, path):
        entries = _added(_read(path), entry(message, now), channel)
        _replace(path, _json_feed(channel, entries))


def to_atom(parcel: Parcel) -> None:
    """Puts the message into the Atom file. Raises NotifyError, temporary, when the file cannot be written."""
    channel, message, now = parcel.channel, parcel.message, parcel.now
    path = Path(plain(channel.address))
    kept = path.with_name(path.name + ".entries.json")
    with _held(channel, path):
        entries = _added(_read(kept), entry(message, now), channel)
        _replace(kept, _json_feed(channel, entries))
        _replace(path, _atom(channel, entries, now))


@contextmanager
def _held(channel: Channel, path: Path) -> Iterator[None]:
    """One writer at a time, also among processes; errors of the file system become ours."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path.with_name(path.name + ".lock"), "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except OSError as error:
        raise failure(
            channel, f"{path} cannot be written: {error.strerror or error}", permanent=False, hint="it is tried again"
        ) from error


def _read(path: Path) -> list[dict[str, object]]:
    """The entries so far; a file that is missing, or that somebody broke, starts anew."""
    try:
        items = json.loads(path.read_text("utf-8")).get("items", [])
    except (FileNotFoundError, ValueError, AttributeError):
        return []
    return [item for item in items if isinstance(item, dict) and isinstance(item.get("id"), str)]


def _added(entries: list[dict[str, object]], new: dict[str, object], channel: Channel) -> list[dict[str, object]]:
    """The new entry first; one of the same id is replaced where it stands and keeps its first date."""
    keep = int(str(channel.options.get("keep", KEEP)))
    for at, old in enumerate(entries):
        if old["id"] == new["id"]:
            new = {**new, "date_published": old.get("date_published", new["date_published"])}
            return [*entries[:at], new, *entries[at + 1 :]][:keep]
    return [new, *entries][:keep]


def _json_feed(channel: Channel, entries: list[dict[str, object]]) -> str:
    feed: dict[str, object] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _title(channel),
        "language": "en",
        "items": entries,
    }
    link = display.safe_link(str(channel.options.get("link", "")))
    if link:
        feed["home_page_url"] = link
    return json.dumps(feed, ensure_ascii=False, indent=1) + "\n"


def _title(channel: Channel) -> str:
    return str(channel.options.get("title", "Alerts"))


def _atom(channel: Channel, entries: list[dict[str, object]], now: datetime) -> str:
    link = display.safe_link(str(channel.options.get("link", "")))
    name = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'urn:claimwatch:feed:{channel.id}')}"
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">',
        f"<title>{escape(_title(channel))}</title>",
        f"<id>{name}</id>",
        f"<updated>{now.astimezone(UTC).isoformat(timespec='seconds')}</updated>",
        "<author><name>claimwatch</name></author>",
    ]
    lines += [f'<link rel="alternate" href={quoteattr(link)}/>'] if link else []
    for one in entries:
        address = display.safe_link(str(one.get("url", "")))
        lines += [
            "<entry>",
            f"<id>{escape(str(one['id']))}</id>",
            f"<title>{escape(str(one.get('title', '')))}</title>",
            f"<published>{escape(str(one.get('date_published', '')))}</published>",
            f"<updated>{escape(str(one.get('date_modified', '')))}</updated>",
        ]
        lines += [f'<link rel="alternate" href={quoteattr(address)}/>'] if address else []
        lines += [f'<content type="text">{escape(str(one.get("content_text", "")))}</content>', "</entry>"]
    return "\n".join([*lines, "</feed>", ""])


def _replace(path: Path, text: str) -> None:
    """Writes beside the file, then puts it in its place."""
    beside = path.with_name(path.name + ".new")
    with beside.open("w", encoding="utf-8", errors="replace") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    beside.replace(path)
