"""WARC files (ISO 28500), plain, gzip or zstd: one response after another, within limits, past what is broken.

Our own reader, since an archive is read once, forwards, and a broken record must cost that record only. In gzip files
each record is a member of its own: after a broken one the next member's head is looked for.
"""

from __future__ import annotations

import contextlib
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, BinaryIO

from pipeline.fetch import decode

if TYPE_CHECKING:
    from typing_extensions import Buffer

_CHUNK = 1 << 16
_LINE = 16_384  # bytes of one header line
_HEAD = 65_536  # bytes of all headers of a record, or of a response
_GZIP = b"\x1f\x8b\x08"
_ZSTD = b"\x28\xb5\x2f\xfd"
RECORD_BYTES = 20_000_000  # of a record after decompression that is worth reading: pages are far smaller


class Bad(ValueError):
    """A record that cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A response of a WARC file."""

    id: str
    url: str
    at: datetime | None
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Fault:
    """A record that was passed over, and why."""

    where: str
    why: str


def responses(raw: BinaryIO, *, page_bytes: int) -> Iterator[Answered | Fault | None]:
    """Every record in order: a page, a fault, or None for what is no page (a request, an image, another status).

    `raw` is the file from its start. Raises OSError when it cannot be read.
    """
    head = raw.read(len(_ZSTD))
    raw.seek(0)
    if head.startswith(_GZIP[:2]):
        yield from _members(raw, page_bytes)
    elif head == _ZSTD:
        yield from _records(io.BufferedReader(_Zstd(raw), _CHUNK), page_bytes)
    else:
        yield from _records(raw, page_bytes)


def _members(raw: BinaryIO, page_bytes: int) -> Iterator[Answered | Fault | None]:
    members = _Gzip(raw)
    number = 0
    while members.begin():
        number += 1
        try:
            body = members.whole(RECORD_BYTES)
        except Bad as error:
            yield Fault(f"record {number}", str(error))
            continue
        for read in _records(io.BytesIO(body), page_bytes):
            yield Fault(f"record {number}", read.why) if isinstance(read, Fault) else read


class _Gzip:
    """Members of a gzip file, one by one."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        self._buffer = b""

    def begin(self) -> bool:
        """Go to the head of the next member; False at the end of the file."""
        while True:
            at = self._buffer.find(_GZIP)
            if at >= 0:
                self._buffer = self._buffer[at:]
                return True
            more = self._raw.read(_CHUNK)
            if not more:
                return False
            self._buffer = self._buffer[-2:] + more

    def whole(self, most: int) -> bytes:
        """The member, decompressed. Raises Bad; the next `begin` then looks for a head after this one."""
        unzip = zlib.decompressobj(31)
        out, size, data = [], 0, self._buffer
        try:
            while not unzip.eof:
                piece = unzip.decompress(data, _CHUNK)
                data = unzip.unconsumed_tail
                size += len(piece)
                if size > most:
                    raise Bad(f"is larger than {most / 1e6:.0f} MB")
                out.append(piece)
                if not data and not unzip.eof:
                    data = self._raw.read(_CHUNK)
                    if not data:
                        raise Bad("stops in the middle")
        except zlib.error as error:
            self._buffer = self._buffer[2:]
            raise Bad(f"is not whole: {error}") from error
        except Bad:
            self._skip(unzip, data)
            raise
        self._buffer = unzip.unused_data
        return b"".join(out)

    def _skip(self, unzip: zlib._Decompress, data: bytes) -> None:
        """Read on to the end of a member that is too large, keeping nothing."""
        try:
            while data and not unzip.eof:
                unzip.decompress(data, _CHUNK)
                data = unzip.unconsumed_tail or self._raw.read(_CHUNK)
        except zlib.error:
            pass  # then the next head is looked for in what is left
        self._buffer = unzip.unused_data if unzip.eof else b""


class _Zstd(io.RawIOBase):
    """A zstd file as a stream. Raises Bad where it is broken."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        self._unpack = decode.unpacker("zstd")
        self._ready: Iterator[bytes] = iter(())
        self._left = b""

    def readable(self) -> bool:
        """As io wants it."""
        return True

    def readinto(self, buffer: Buffer) -> int:
        """As io wants it."""
        view = memoryview(buffer)
        try:
            while not self._left:
                piece = next(self._ready, None)
                if piece is not None:
                    self._left = piece
                    continue
                data = self._raw.read(_CHUNK)
                if not data:
                    self._unpack.end()
                    return 0
                self._ready = self._unpack.feed(data)
        except decode.Broken as error:
            raise Bad(f"the compressed file is not whole: {error}") from error
        piece, self._left = self._left[: len(view)], self._left[len(view) :]
        view[: len(piece)] = piece
        return len(piece)


class _Lines:
    """A stream whose last line can be put back."""

    def __init__(self, stream: BinaryIO | io.BufferedReader) -> None:
        self._stream = stream
        self._back = b""

    def read(self, size: int) -> bytes:
        """Bytes; only after a line was read that was not put back."""
        return self._stream.read(size)

    def line(self) -> bytes:
        """The next line with its end, b"" at the end of the stream."""
        line, self._back = self._back, b""
        return line or self._stream.readline(_LINE)

    def back(self, line: bytes) -> None:
        """The next line is this one."""
        self._back = line


def _records(stream: BinaryIO | io.BufferedReader, page_bytes: int) -> Iterator[Answered | Fault | None]:
    """Records of a plain stream."""
    lines = _Lines(stream)
    number = 0
    while True:
        number += 1
        where = f"record {number}"
        try:
            headers = _begin(lines)
            if headers is None:
                return
            length = _length(headers)
            content = lines.read(length) if length <= RECORD_BYTES else _skipped(lines, length)
            if len(content) < length:
                raise Bad("stops in the middle")
            yield _answered(headers, content, page_bytes)
        except Bad as error:
            yield Fault(where, str(error))
            if not _resync(lines):
                return


def _skipped(stream: _Lines, length: int) -> bytes:
    left = length
    while left:
        piece = stream.read(min(left, _CHUNK))
        if not piece:
            break
        left -= len(piece)
    raise Bad(f"is larger than {RECORD_BYTES / 1e6:.0f} MB")


def _begin(stream: _Lines) -> dict[str, str] | None:
    """The headers of the next record, None at the end."""
    line = b"\r\n"
    while line in (b"\r\n", b"\n"):
        line = stream.line()
    if not line:
        return None
    if not line.startswith(b"WARC/"):
        raise Bad(f"begins with {line[:40]!r} in place of a WARC head")
    return _headers(stream)


def _headers(stream: _Lines) -> dict[str, str]:
    headers: dict[str, str] = {}
    size, name = 0, ""
    while True:
        line = stream.line()
        size += len(line)
        if not line or size > _HEAD:
            raise Bad("has a head without an end")
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        if not text:
            return headers
        if text[0] in " \t" and name:
            headers[name] += " " + text.strip()
            continue
        name, _, value = text.partition(":")
        name = name.strip().lower()
        headers.setdefault(name, value.strip())


def _length(headers: dict[str, str]) -> int:
    length = headers.get("content-length", "")
    if not length.isdigit():
        raise Bad("names no length")
    return int(length)


def _resync(stream: _Lines) -> bool:
    """Go on to the next line that begins a record; False when there is none."""
    with contextlib.suppress(Bad):
        while line := stream.line():
            if line.startswith(b"WARC/"):
                stream.back(line)
                return True
    return False


def _answered(headers: dict[str, str], content: bytes, page_bytes: int) -> Answered | None:
    """The page of a response record; None for every other record and for what is no page."""
    kind = headers.get("warc-type", "")
    if kind not in ("response", "resource"):
        return None
    content_type = headers.get("content-type", "")
    body = content
    if kind == "response":
        status, http, body = _http(content)
        content_type = http.get("content-type", "")
        if status != 200:
            return None
    if "html" not in content_type.lower():
        return None
    if kind == "response":
        body = _decoded(http, body, page_bytes)
    if len(body) > page_bytes:
        raise Bad(f"is larger than {page_bytes / 1e6:.0f} MB")
    return Answered(
        id=headers.get("warc-record-id", "").strip("<>"),
        url=headers.get("warc-target-uri", "").strip("<>"),
        at=_moment(headers.get("warc-date", "")),
        content_type=content_type,
        body=body,
    )


def _http(content: bytes) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of an HTTP response as it came over the wire."""
    whole = io.BytesIO(content)
    stream = _Lines(whole)
    first = stream.line().split(None, 2)
    if len(first) < 2 or not first[0].startswith(b"HTTP/") or not first[1].isdigit():
        raise Bad("holds no HTTP response")
    headers = _headers(stream)
    return int(first[1]), headers, whole.read()


def _decoded(http: dict[str, str], body: bytes, most: int) -> bytes:
    """The body without chunks and compression, as far as the crawler has left them."""
    if "chunked" in http.get("transfer-encoding", "").lower():
        body = _unchunked(body)
    encoding = http.get("content-encoding", "")
    if not encoding:
        return body
    out, size = [], 0
    try:
        unpack = decode.unpacker(encoding)
        for piece in unpack.feed(body):
            size += len(piece)
            if size > most:
                raise Bad(f"is larger than {most / 1e6:.0f} MB")
            out.append(piece)
        unpack.end()
    except decode.Broken as error:
        if body.lstrip()[:1] == b"<":
            return body  # the crawler decompressed it and left the header
        raise Bad(str(error)) from error
    return b"".join(out)


def _unchunked(body: bytes) -> bytes:
    """A chunked body put together; as it is when it is not chunked any more."""
    out: list[bytes] = []
    at = 0
    while True:
        end = body.find(b"\r\n", at, at + 64)
        if end < 0:
            return body
        try:
            size = int(body[at:end].split(b";")[0], 16)
        except ValueError:
            return body
        if size == 0:
            return b"".join(out)
        out.append(body[end + 2 : end + 2 + size])
        at = end + 2 + size + 2


def _moment(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
