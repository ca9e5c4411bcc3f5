"""The quick reader of RSS 2.0 and Atom answers what feedparser answers, to the letter, or nothing at all."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipeline.model.source import Source
from pipeline.sources import byrules, feed

SOURCE = Source(id="outlet", url="https://outlet.example/rss")
NOW = datetime(2026, 11, 22, tzinfo=UTC)
NAMESPACES = {
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "atom": "http://www.w3.org/2005/Atom",
    "media": "http://search.yahoo.com/mrss/",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "wfw": "http://wellformedweb.org/CommentAPI/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "odd": "https://odd.example/",
}
WORDS = st.sampled_from([
    "Talks go on", " Anlaşma &amp; görüşme ", "Договор", "دو روز", "<b>bold</b> & more", "a < b", "cafÃ©", "é", "\x85",
    "", " ", "&lt;p&gt;", "&nbsp;", "x\n\ny", "]]", "\x99", "Â«quotedÂ»", "1 &#38; 2", "😀", "\u00a0",
])  # fmt: skip
DATES = st.sampled_from(["Sun, 22 Nov 2026 10:00:00 +0400", "2026-11-22T10:00:00Z", "22.11.2026 10:00", "soon", ""])
LINKS = st.sampled_from([
    "https://outlet.example/a?x=1&y=2", "https://outlet.example/b?copy=1&copy;=2", "/relative", "https:///three.example/",
    "https://ünlü.example/", "http://outlet.example:80/ü", "", "mailto:a@b.example", "https://outlet.example/a b",
    "https://outlet.example", "https://outlet.example/?q=%C3%BC#part", "https://outlet.example/c?u=a&amp;v=b",
])  # fmt: skip
PLAIN = ["https://outlet.example/a?x=1&y=2", "https://outlet.example/1", "https://outlet.example/?q=%C3%BC#part"]
GUIDS = st.sampled_from(["1", "https://outlet.example/a", "urn:x:1", "tag:outlet.example,2026:1", "x:///y", " 7 ", ""])


Way = st.SearchStrategy[str]


@st.composite
def element(draw: st.DrawFn, name: str, texts: Way, *attributes: str, odd: bool = False) -> str:
    """An element as some outlet might write it: escaped, in CDATA, empty, with a comment; an odd one with markup."""
    text = draw(texts)
    said = "".join(
        f' {one}="{escape(draw(KINDS if one == "type" else WORDS))}"' for one in attributes if draw(st.booleans())
    )
    ways = ["escaped", "cdata", "comment", "empty", *(["inside", "lang"] if odd else [])]
    way = draw(st.sampled_from(ways))
    if way == "cdata" and "]]" not in text:
        return f"<{name}{said}><![CDATA[{text}]]></{name}>"
    if way == "comment":
        return f"<{name}{said}>{escape(text[:2])}<!-- {name} -->{escape(text[2:])}</{name}>"
    if way == "empty":
        return f"<{name}{said}/>"
    if way == "inside":
        return f"<{name}{said}><p>{escape(text)}</p></{name}>"
    if way == "lang":
        said += ' xml:lang="tr"'
    return f"<{name}{said}>{escape(text)}</{name}>"


KINDS = st.sampled_from(["text", "html", "html", "text", "text/plain", "xhtml", "HTML", "image/png"])
LINK = st.sampled_from(PLAIN).map(lambda link: f"<link>{escape(link)}</link>")
GUID = st.tuples(st.sampled_from([' isPermaLink="false"', ' isPermaLink="true"', ""]), GUIDS)
ITEM: dict[str, tuple[Way, tuple[str, ...]]] = {
    "title": (WORDS, ()), "description": (WORDS, ()), "content:encoded": (WORDS, ()), "pubDate": (DATES, ()),
    "dc:date": (DATES, ()), "author": (WORDS, ()), "dc:creator": (WORDS, ()), "category": (WORDS, ("domain",)),
    "comments": (LINKS, ()), "source": (WORDS, ("url",)), "enclosure": (WORDS, ("url", "type")),
    "media:content": (WORDS, ("url",)), "media:thumbnail": (WORDS, ("url",)), "slash:comments": (WORDS, ()),
    "wfw:commentRss": (LINKS, ()), "dc:subject": (WORDS, ()),
}  # fmt: skip
ODD: dict[str, tuple[Way, tuple[str, ...]]] = {
    "media:title": (WORDS, ()), "itunes:author": (WORDS, ()), "odd:thing": (WORDS, ()), "dc:title": (WORDS, ()),
    "atom:link": (LINKS, ("href", "rel")), "updated": (DATES, ()), "Title": (WORDS, ()), "image": (WORDS, ()),
    "dc:language": (WORDS, ()), "media:description": (WORDS, ()), "summary": (WORDS, ()), "link": (LINKS, ("href",)),
    "id": (WORDS, ()), "content": (WORDS, ("type",)),
}  # fmt: skip
CHANNEL: dict[str, tuple[Way, tuple[str, ...]]] = {
    "title": (WORDS, ()), "description": (WORDS, ()), "language": (st.sampled_from(["tr", "en-GB", ""]), ()),
    "ttl": (st.sampled_from(["5", "x", ""]), ()), "sy:updatePeriod": (st.sampled_from(["hourly", "x"]), ()),
    "sy:updateFrequency": (st.sampled_from(["2", ""]), ()), "lastBuildDate": (DATES, ()), "generator": (WORDS, ()),
    "copyright": (WORDS, ()), "managingEditor": (WORDS, ()), "webMaster": (WORDS, ()), "docs": (LINKS, ()),
}  # fmt: skip
FIXED = st.sampled_from([
    '<atom:link href="https://outlet.example/rss" rel="self" type="application/rss+xml"/>',
    "<image><url>https://outlet.example/i</url><title>Image</title><link>https://outlet.example/</link></image>",
    "<skipHours><hour>1</hour><hour>2</hour></skipHours>", "<skipDays><day>Sunday</day></skipDays>",
])  # fmt: skip


@st.composite
def parts(draw: st.DrawFn, named: dict[str, tuple[Way, tuple[str, ...]]], *, odd: bool) -> list[str]:
    """Elements in any order, each once; twice and of other kinds too where that is odd."""
    named = named | ODD if odd else named
    chosen = draw(st.lists(st.sampled_from(sorted(named)), max_size=8, unique=not odd))
    return [draw(element(name, named[name][0], *named[name][1], odd=odd)) for name in chosen]


@st.composite
def rss(draw: st.DrawFn) -> bytes:
    """A feed, most often by the rules; or with one thing about it that is odd, or all over."""
    where = draw(st.sampled_from(["", "", "", "head", "channel", "item"]))
    items = []
    for _ in range(draw(st.integers(0, 3))):
        inside = [
            *draw(parts(ITEM, odd=where == "item")),
            *([draw(LINK)] if where != "item" or draw(st.booleans()) else []),
        ]
        if draw(st.booleans()):
            said, guid = draw(GUID)
            inside.append(f"<guid{said}>{escape(guid)}</guid>")
        items.append(f"<item>{''.join(draw(st.permutations(inside)))}</item>")
    around = [
        *draw(parts(CHANNEL, odd=where == "channel")),
        *draw(st.lists(FIXED, max_size=2)),
        *draw(st.lists(LINK, max_size=1)),
    ]
    channel = "\n".join(draw(st.permutations(around + items)))
    declared = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
    head, version, more = '<?xml version="1.0" encoding="utf-8"?>', "2.0", ""
    if where == "head":
        version = draw(st.sampled_from(["2.0", "2.0.1", "0.92", ""]))
        more = draw(
            st.sampled_from(["", ' xmlns:old="http://purl.org/rss/1.0/"', ' xml:lang="tr"', ' xmlns="http://a.b/"'])
        )
        head = draw(st.sampled_from([
            "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n", '<?xml version="1.0"?>', "", "\n\n",
            '<?xml version="1.0" encoding="windows-1254"?>', "<!-- hello --><!DOCTYPE rss>", "\ufeff", "<!-- <rss> -->",
            '<?xml version="1.0" encoding="utf-8"?><?xml-stylesheet href="x"?>', "noise <?xml version='1.0'?>",
        ]))  # fmt: skip
    return f'{head}<rss version="{version}"{declared}{more}><channel>{channel}</channel></rss>'.encode()


ENTRY: dict[str, tuple[Way, tuple[str, ...]]] = {
    "title": (WORDS, ("type",)), "summary": (WORDS, ("type",)), "content": (WORDS, ("type",)), "updated": (DATES, ()),
    "published": (DATES, ()), "category": (WORDS, ("term",)), "rights": (WORDS, ("type",)), "id": (GUIDS, ()),
}  # fmt: skip
FEED: dict[str, tuple[Way, tuple[str, ...]]] = {
    "title": (WORDS, ("type",)), "subtitle": (WORDS, ("type",)), "updated": (DATES, ()), "generator": (WORDS, ("uri",)),
    "icon": (LINKS, ()), "logo": (LINKS, ()), "rights": (WORDS, ()), "category": (WORDS, ("term",)), "id": (GUIDS, ()),
}  # fmt: skip
HREFS = st.tuples(
    st.sampled_from(["", ' rel="alternate"', ' rel="self"', ' rel="alternate" type="text/html"', ' rel="enclosure"']),
    st.sampled_from(PLAIN) | LINKS,
).map(lambda pair: f'<link{pair[0]} href="{escape(pair[1])}"/>')
HREF = st.sampled_from(PLAIN).map(lambda link: f'<link href="{escape(link)}"/>')


@st.composite
def author(draw: st.DrawFn) -> str:
    """An author with any of what Atom lets one have."""
    mails = st.sampled_from(["a@b.example", ""])
    named = st.fixed_dictionaries({}, optional={"name": WORDS, "email": mails, "uri": LINKS})
    said = draw(st.permutations(list(draw(named).items())))
    return f"<author>{''.join(f'<{name}>{escape(text)}</{name}>' for name, text in said)}</author>"


@st.composite
def atom(draw: st.DrawFn) -> bytes:
    """A feed of the other format, most often by its rules."""
    where = draw(st.sampled_from(["", "", "", "head", "feed", "entry"]))
    entries = []
    for _ in range(draw(st.integers(0, 3))):
        inside = draw(parts(ENTRY, odd=where == "entry"))
        inside += [*draw(st.lists(author(), max_size=1)), draw(HREFS if where == "entry" else HREF)]
        inside += draw(st.lists(HREFS, max_size=1))
        entries.append(f"<entry>{''.join(draw(st.permutations(inside)))}</entry>")
    around = [*draw(parts(FEED, odd=where == "feed")), *draw(st.lists(author(), max_size=1))]
    around += draw(st.lists(HREF, max_size=1)) + draw(st.lists(HREFS, max_size=1))
    declared = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
    more = draw(st.sampled_from(["", "", ' xml:lang="en_GB"']))
    uri = NAMESPACES["atom"]
    if where == "head":
        more = draw(st.sampled_from([' xml:base="https://a.b/"', ' xmlns:old="http://purl.org/rss/1.0/"']))
        uri = draw(st.sampled_from(["http://purl.org/atom/ns#", "HTTP://www.w3.org/2005/Atom"]))
    said = "\n".join(draw(st.permutations(around + entries)))
    return f'<?xml version="1.0" encoding="utf-8"?><feed xmlns="{uri}"{declared}{more}>{said}</feed>'.encode()


TYPES = st.sampled_from([
    "application/rss+xml", "text/xml", "text/xml; charset=UTF-8", "application/xml;charset=utf-8", "text/html", "",
    "text/xml; charset=iso-8859-9", "text/plain; charset=utf-8",
])  # fmt: skip


@given(rss() | atom(), TYPES)
@settings(deadline=None, max_examples=500, suppress_health_check=[HealthCheck.too_slow])
@example(
    b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="https://a.example/"/><content>x</content>'
    b"<author><email>a@b.example</email><name>A</name></author><summary>y</summary></entry></feed>",
    "",
)
@example(b'<rss version="2.0"><channel><item><guid>1</guid><link>https://a.example/</link></item></channel></rss>', "")
def test_what_it_reads_is_what_feedparser_reads(body: bytes, content_type: str) -> None:
    quick = byrules.read(body, content_type=content_type)
    if quick is not None:
        assert quick == feed._by_feedparser(body, source=SOURCE, content_type=content_type, base=SOURCE.url)


ORDINARY = (
    '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"'
    + "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
    + '><channel><title>Ünlü</title><atom:link href="https://outlet.example/feed/" rel="self"/>'
    "<link>https://outlet.example</link><description>d</description><lastBuildDate>Sun, 22 Nov 2026 10:00:00 +0000"
    "</lastBuildDate><language>tr-TR</language><sy:updatePeriod>hourly</sy:updatePeriod>"
    "<sy:updateFrequency>1</sy:updateFrequency><item><title>A &amp; B</title><link>https://outlet.example/a/</link>"
    "<dc:creator><![CDATA[Editör]]></dc:creator><pubDate>Sun, 22 Nov 2026 10:00:00 +0000</pubDate>"
    '<category><![CDATA[News]]></category><guid isPermaLink="false">https://outlet.example/?p=1</guid>'
    "<description><![CDATA[<p>Short</p>]]></description><content:encoded><![CDATA[<p>Long</p>]]></content:encoded>"
    "<wfw:commentRss>https://outlet.example/a/feed/</wfw:commentRss><slash:comments>0</slash:comments></item>"
    "</channel></rss>"
)


def test_an_ordinary_feed_is_read_by_the_rules() -> None:
    quick = byrules.read(ORDINARY.encode(), content_type="application/rss+xml; charset=UTF-8")
    assert quick is not None
    assert quick == feed._by_feedparser(
        ORDINARY.encode(), source=SOURCE, content_type="application/rss+xml; charset=UTF-8", base=SOURCE.url
    )
    assert [item.author for item in quick.items] == ["Editör"]


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE rss [<!ENTITY a "x">]>', "<!DOCTYPE rss SYSTEM 'http://outlet.example/x.dtd'>", '<!ENTITY a "x">',
    ],
)  # fmt: skip
def test_what_declares_anything_is_not_parsed(declared: str) -> None:
    body = ORDINARY.replace("?><rss", f"?>{declared}<rss").encode()
    assert byrules.read(body, content_type="application/rss+xml") is None
