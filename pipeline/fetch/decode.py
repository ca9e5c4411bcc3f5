"""Compressed bodies, unpacked a piece at a time and never beyond a limit. The only file that knows brotli and zstd."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterator
from typing import Protocol

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ACCEPTED = "gzip, deflate, br, zstd"
_PIECE = 65_536  # bytes unpacked at a time: the most that is held beyond the limit
_GZIP = 16 + zlib.MAX_WBITS
_LAYERS = 3  # encodings stacked on one body; more are an attack


class Broken(ValueError):
    """The body does not unpack as its encoding says."""


class Unpacker(Protocol):
    """A decoder that gives at most `_PIECE` bytes at a time."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What these bytes unpack to, piece by piece."""

    def end(self) -> None:
        """Raises Broken when the stream stopped in the middle."""


class _Plain:
    def feed(self, data: bytes) -> Iterator[bytes]:
        yield data

    def end(self) -> None:
        return


class _Zlib:
    """gzip (also of several members) and deflate (with the zlib header, and raw as some servers send it)."""

    def __init__(self, *, gzip: bool) -> None:
        self._gzip = gzip
        self._stream = zlib.decompressobj(_GZIP) if gzip else None
        self._started = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        try:
            while data:
                stream = self._open(data)
                if stream.eof:
                    if not self._gzip or not data.startswith(b"\x1f\x8b"):
                        return  # padding after the end
                    stream = self._stream = zlib.decompressobj(_GZIP)
                piece = stream.decompress(data, _PIECE)
                data = stream.unused_data if stream.eof else stream.unconsumed_tail
                self._started = True
                yield piece
                while not stream.eof and not data and len(piece) == _PIECE:
                    piece = stream.decompress(b"", _PIECE)
                    yield piece
        except zlib.error as error:
            raise Broken(str(error)) from None

    def _open(self, data: bytes) -> zlib._Decompress:
        if self._stream is None:
            header = len(data) > 1 and data[0] & 0x0F == zlib.DEFLATED and (data[0] * 256 + data[1]) % 31 == 0
            self._stream = zlib.decompressobj(zlib.MAX_WBITS if header else -zlib.MAX_WBITS)
        return self._stream

    def end(self) -> None:
        if self._started and self._stream is not None and not self._stream.eof:
            raise Broken("the compressed body stops in the middle")


class _Brotli:
    def __init__(self) -> None:
        self._stream = brotli.Decompressor()
        self._started = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._stream.is_finished():
            return
        try:
            self._started = True
            piece = self._stream.process(data, output_buffer_limit=_PIECE)
            while piece:  # it says that it can accept more while output is still held back
                yield piece
                piece = b"" if self._stream.is_finished() else self._stream.process(b"", output_buffer_limit=_PIECE)
        except brotli.error as error:
            raise Broken(str(error) or "broken brotli stream") from None

    def end(self) -> None:
        if self._started and not self._stream.is_finished():
            raise Broken("the compressed body stops in the middle")


class _Zstd:
    # RFC 9659: a receiver need not hold a window of more than 8 MB.
    _WINDOW_LOG = 23

    def __init__(self) -> None:
        self._stream = self._fresh()
        self._started = False

    def _fresh(self) -> zstd.ZstdDecompressor:
        return zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: self._WINDOW_LOG})

    def feed(self, data: bytes) -> Iterator[bytes]:
        try:
            while data:
                self._started = True
                yield self._stream.decompress(data, _PIECE)
                while not self._stream.eof and not self._stream.needs_input:
                    yield self._stream.decompress(b"", _PIECE)
                data = self._stream.unused_data if self._stream.eof else b""
                if data:
                    self._stream = self._fresh()
        except zstd.ZstdError as error:
            raise Broken(str(error)) from None

    def end(self) -> None:
        if self._started and not self._stream.eof:
            raise Broken("the compressed body stops in the middle")


class _Stack:
    """Encodings applied one after the other are taken off in the reverse order (RFC 9110, section 8.4)."""

    def __init__(self, outer: Unpacker, inner: Unpacker) -> None:
        self._outer, self._inner = outer, inner

    def feed(self, data: bytes) -> Iterator[bytes]:
        for piece in self._outer.feed(data):
            yield from self._inner.feed(piece)

    def end(self) -> None:
        self._outer.end()
        self._inner.end()


def unpacker(content_encoding: str) -> Unpacker:
    """A decoder for a `Content-Encoding` header. Raises Broken for one we never asked for."""
    names = [name.strip().lower() for name in content_encoding.split(",")]
    names = [name for name in names if name not in ("", "identity")]
    if len(names) > _LAYERS:
        raise Broken(f"{len(names)} encodings on one body")
    stack: Unpacker = _Plain()
    for name in names:
        one = _one(name)
        stack = one if isinstance(stack, _Plain) else _Stack(one, stack)
    return stack


def _one(name: str) -> Unpacker:
    if name in ("gzip", "x-gzip"):
        return _Zlib(gzip=True)
    if name == "deflate":
        return _Zlib(gzip=False)
    if name == "br":
        return _Brotli()
    if name == "zstd":
        return _Zstd()
    raise Broken(f"unknown encoding {name[:40]!r}")
