"""WARC files: every page of them, within limits, and past whatever is broken."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable

import pytest
from examples import many
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.fetch import decode
from pipeline.service.warc import Answered, Fault, responses

PAGES = [f"<!doctype html><html><body><p>Page {n} of seven.</p></body></html>".encode() for n in range(7)]


def record(number: int, body: bytes, *, gz: bool, status: str = "200 OK", kind: str = "response", **more: str) -> bytes:
    """One record as crawlers write it; further headers of the response by their names with underscores."""
    shown = {"Content-Type": "text/html; charset=utf-8"} | {k.replace("_", "-"): v for k, v in more.items()}
    http = f"HTTP/1.1 {status}\r\n" + "".join(f"{k}: {v}\r\n" for k, v in shown.items()) + "\r\n"
    block = http.encode() + body
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{number}>\r\n"
        f"WARC-Target-URI: https://example.org/{number}\r\nWARC-Date: 2026-05-01T07:00:00Z\r\n"
        f"Content-Type: application/http; msgtype={kind}\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    whole = head.encode() + block + b"\r\n\r\n"
    return gzip.compress(whole) if gz else whole


def zstd(data: bytes) -> bytes:
    from backports import zstd as library

    packed: bytes = library.compress(data)
    return packed


def read(data: bytes, page_bytes: int = 100_000) -> list[Answered | Fault | None]:
    return list(responses(io.BytesIO(data), page_bytes=page_bytes))


def bodies(found: list[Answered | Fault | None]) -> list[bytes]:
    return [one.body for one in found if isinstance(one, Answered)]


@pytest.mark.parametrize("gz", [True, False])
def test_every_page_in_order(gz: bool) -> None:
    found = read(b"".join(record(n, body, gz=gz) for n, body in enumerate(PAGES)))
    assert bodies(found) == PAGES
    first = found[0]
    assert isinstance(first, Answered)
    assert first.url == "https://example.org/0"
    assert first.at is not None
    assert first.content_type.startswith("text/html")


def test_zstd_too() -> None:
    assert bodies(read(zstd(b"".join(record(n, body, gz=False) for n, body in enumerate(PAGES))))) == PAGES


@pytest.mark.parametrize(
    ("encoding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress), ("zstd", zstd), ("identity", bytes)]
)
def test_bodies_as_they_came_over_the_wire(encoding: str, pack: Callable[[bytes], bytes]) -> None:
    body = pack(PAGES[0])
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    assert bodies(read(record(1, body, gz=True, Content_Encoding=encoding))) == [PAGES[0]]
    assert bodies(read(record(1, chunked, gz=True, Content_Encoding=encoding, Transfer_Encoding="chunked"))) == [
        PAGES[0]
    ]


def test_a_body_that_the_crawler_has_decoded_but_left_the_header() -> None:
    found = read(record(1, PAGES[0], gz=True, Content_Encoding="gzip", Transfer_Encoding="chunked"))
    assert bodies(found) == [PAGES[0]]


@pytest.mark.parametrize("at", range(7))
def test_a_broken_member_costs_that_record_only(at: int) -> None:
    members = [record(n, body, gz=True) for n, body in enumerate(PAGES)]
    broken = bytearray(members[at])
    broken[20:40] = b"\x00" * 20
    members[at] = bytes(broken)
    found = read(b"".join(members))
    assert bodies(found) == PAGES[:at] + PAGES[at + 1 :]
    assert sum(isinstance(one, Fault) for one in found) == 1


def test_a_file_that_stops_in_the_middle() -> None:
    data = b"".join(record(n, body, gz=True) for n, body in enumerate(PAGES))
    found = read(data[:-30])
    assert bodies(found) == PAGES[:-1]
    assert isinstance(found[-1], Fault)
    assert "middle" in found[-1].why


def test_rubbish_between_plain_records_is_passed_over() -> None:
    data = record(0, PAGES[0], gz=False) + b"rubbish\r\nmore of it\r\n" + record(1, PAGES[1], gz=False)
    found = read(data)
    assert bodies(found) == PAGES[:2]
    assert sum(isinstance(one, Fault) for one in found) == 1


def test_a_page_beyond_the_limit_is_named_and_never_unpacked_whole() -> None:
    bomb = gzip.compress(b"<html>" + b" " * 50_000_000)
    found = read(record(0, bomb, gz=True, Content_Encoding="gzip") + record(1, PAGES[1], gz=True))
    assert isinstance(found[0], Fault)
    assert "larger" in found[0].why
    assert bodies(found) == [PAGES[1]]


def test_a_record_beyond_the_limit_is_passed_over() -> None:
    found = read(record(0, b"<html>" + b"a" * 25_000_000, gz=True) + record(1, PAGES[1], gz=True))
    assert isinstance(found[0], Fault)
    assert bodies(found) == [PAGES[1]]


@pytest.mark.parametrize(
    "other",
    [
        record(9, b"gone", gz=True, status="404 Not Found"),
        record(9, b"", gz=True, kind="request"),
        record(9, b"{}", gz=True, Content_Type="application/json"),
    ],
)
def test_what_is_no_page_is_none(other: bytes) -> None:
    found = read(other + record(1, PAGES[1], gz=True))
    assert bodies(found)[-1] == PAGES[1]
    assert not any(isinstance(one, Fault) for one in found)


@given(st.binary(max_size=3_000), st.booleans())
@settings(max_examples=many(150), deadline=None)
def test_no_bytes_whatever_raise(data: bytes, gz: bool) -> None:
    read(data)
    read(record(0, PAGES[0], gz=gz) + data + record(1, PAGES[1], gz=gz))
    read(data[: len(data) // 2].join([b"WARC/1.0\r\nContent-Length: 10\r\n\r\n"] * 2))


def test_the_encodings_are_those_of_the_fetcher() -> None:
    assert "zstd" in decode.ACCEPTED
