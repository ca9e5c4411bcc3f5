"""Bytes of a page as text, whatever encoding they claim."""

from __future__ import annotations

import codecs
import re

_HEAD = 4_096  # bytes; HTML asks for the declaration within the first 1,024, and some outlets are late
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_IN_HEADER = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_IN_PAGE = re.compile(
    rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})|<\?xml[^>]{0,200}?encoding=[\"']([\w.:-]{1,40})",
    re.IGNORECASE,
)
# What a label really means (WHATWG Encoding): old names cover the supersets that browsers read.
_MEANT = {
    "iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "ascii": "cp1252", "us-ascii": "cp1252",
    "iso-8859-9": "cp1254", "latin5": "cp1254", "gb2312": "gb18030", "gbk": "gb18030", "unicode": "utf-16",
}  # fmt: skip
# Python codecs that are no encodings of text.
_TEXTLESS = frozenset({
    "base64", "bz2", "hex", "quopri", "rot13", "rot_13", "uu", "zlib", "idna", "punycode", "undefined",
    "unicode_escape", "raw_unicode_escape", "mbcs", "oem",
})  # fmt: skip


def text(body: bytes, content_type: str = "") -> str:
    """The page as text without NUL characters: by byte order mark, else the first that fits of UTF-8, what the header
    names and what the page names; bytes that no encoding reads become replacement characters. Never raises.

    UTF-8 goes first because bytes of another encoding are next to never valid UTF-8, while labels are often wrong.
    """
    for mark, name in _MARKS:
        if body.startswith(mark):
            return _clean(body.decode(name, "replace"))
    try:
        return body.decode("utf-8").replace("\0", "") if not _wide(body) else _labelled(body, content_type)
    except UnicodeError:
        return _labelled(body, content_type)


def utf8(body: bytes, content_type: str = "") -> bytes:
    """The page as UTF-8 without NUL characters: the bytes themselves where they are that, as on most pages."""
    try:
        if b"\0" not in body and not body.startswith(_MARKS[0][0]):
            body.decode("utf-8")
            return body
    except UnicodeError:
        pass
    return text(body, content_type).encode("utf-8", "replace")


def _wide(body: bytes) -> bool:
    """Whether the bytes may be of an encoding with two or four of them a character: only those have NULs in markup."""
    return b"\0" in body[:_HEAD]


def _labelled(body: bytes, content_type: str) -> str:
    names = [found[1] for found in (_IN_HEADER.search(content_type),) if found]
    names += [(found[1] or found[2]).decode("ascii") for found in (_IN_PAGE.search(body[:_HEAD]),) if found]
    known = [name for name in (_known(name) for name in names) if name]
    wide = [name for name in known if name.startswith(("utf-16", "utf-32"))]
    if wide and _wide(body):
        return _clean(body.decode(wide[0], "replace"))
    for name in ["utf-8", *(name for name in known if name not in wide)]:
        try:
            return _clean(body.decode(name))
        except (UnicodeError, ValueError):
            continue
    best = next((name for name in known if name not in wide), "utf-8")
    return _clean(body.decode(best, "replace"))


def _known(name: str) -> str:
    """A codec for a label, or "" when it is none for text."""
    meant = _MEANT.get(name.lower(), name.lower())
    try:
        found = codecs.lookup(meant).name
    except (LookupError, ValueError):
        return ""
    return "" if found.replace("-", "_") in _TEXTLESS else found


def _clean(page: str) -> str:
    return page.replace("\0", "").removeprefix("\ufeff").encode("utf-8", "replace").decode("utf-8")
