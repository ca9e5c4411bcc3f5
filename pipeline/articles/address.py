"""One address for one article, however outlets, feeds and readers decorate it. For identity, not for fetching."""

from __future__ import annotations

import posixpath
import re
from urllib.parse import SplitResult, parse_qsl, quote, unquote_to_bytes, urlencode, urlsplit, urlunsplit

# Query keys that say how a reader came, never what is read. Prefixes end in "_".
_TRACKING_PREFIXES = ("utm_", "at_", "pk_", "mtm_", "hsa_", "ga_", "oly_", "vero_", "wt_", "itm_", "ns_", "mc_", "_hs")
_TRACKING = frozenset({
    "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "ysclid", "igshid", "igsh", "twclid",
    "ttclid", "li_fat_id", "mkt_tok", "cmpid", "cmp", "icid", "ncid", "ocid", "ito", "ref", "ref_src", "ref_url",
    "referrer", "referer", "spm", "smid", "smtyp", "sr_share", "s_cid", "trk", "trackingid", "xtor",
    "rss", "from_rss", "fromrss", "partner", "wprov", "guccounter", "guce_referrer", "guce_referrer_sig",
    "_ga", "_gl", "_openstat", "__twitter_impression", "usqp", "cn-reloaded", "nocache", "timestamp", "srsltid",
})  # fmt: skip
_AMP_KEYS = frozenset({"amp", "outputtype", "amp_js_v", "amp_gsa", "isamp", "m", "mobile", "view"})
_AMP_VALUES = frozenset({"", "1", "true", "amp", "mobile", "yes"})
_VARIANT_HOSTS = ("www", "m", "mobile", "amp", "wap", "touch", "www2", "www3")
_CACHED = re.compile(r"^/(?:amp|c|v|i|a)(?:/[sc])?/(?=[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/|$))", re.IGNORECASE)
_AMP_PATH = re.compile(r"(?:/amp(?:/|\.html?)?|\.amp(?:\.html?)?)$", re.IGNORECASE)
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?)$", re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}
_UNRESERVED = "-._~!$&'()*+,;=:@"  # what a part of a path may hold unescaped (RFC 3986)
_FEWEST = 2  # labels of a host that is left when a variant's name is cut off


def canonical(url: str) -> str:
    """The address that stands for an article: the same for its decorated, mobile and AMP forms. Idempotent.

    Scheme https unless there is a port, host without `www.` and the like, no fragment, no tracking parameters, the rest
    of the query sorted, escapes in one form. What is no web address comes back as it is. Never raises.
    """
    text = url.strip()
    before = ""
    while text != before:  # a cached AMP page holds an address in its path, which is brought into form itself
        before, text = text, _once(text)
    return text


def undecorated(url: str) -> str:
    """The address as the site writes it, good for fetching and for links, without fragment and tracking parameters."""
    parts = _split(url.strip())
    if parts is None:
        return url.strip()
    try:
        pairs = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=200)
    except ValueError:
        return url.strip()
    kept = [(key, value) for key, value in pairs if not _tracking(key.lower())]
    query = parts.query if len(kept) == len(pairs) else urlencode(kept)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def same_site(one: str, other: str) -> bool:
    """Whether two addresses are of one site: equal hosts, or one below the other, mobile variants aside.

    Stricter than registrable domains on purpose: neighbours on a shared host are strangers.
    """
    first, second = _host(one), _host(other)
    return bool(first and second) and (first == second or first.endswith("." + second) or second.endswith("." + first))


def trusted(final_url: str, claimed: str) -> str:
    """The canonical address of a page that was read at `final_url` and claims another (`rel=canonical`).

    The claim counts for the same site only, and never when it is the front page: many templates claim that everywhere.
    """
    wanted = canonical(claimed) if claimed else ""
    if not wanted or not same_site(final_url, wanted):
        return canonical(final_url)
    parts = _split(wanted)
    front = parts is None or (parts.path in ("", "/") and not parts.query)
    return canonical(final_url) if front else wanted


def _once(url: str) -> str:
    parts = _split(url)
    if parts is None:
        return url
    cached = _CACHED.match(parts.path)
    if cached:
        query = f"?{parts.query}" if parts.query else ""
        return f"https://{parts.path[cached.end() :]}{query}"
    host, port = _variant_free(parts.hostname or ""), parts.port
    port = None if port == _PORTS[parts.scheme] else port
    scheme = parts.scheme if port else "https"
    netloc = f"[{host}]" if ":" in host else host
    if port:
        netloc = f"{netloc}:{port}"
    return urlunsplit((scheme, netloc, _path(parts.path), _query(parts.query), ""))


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port
        host = parts.hostname
    except ValueError:
        return None
    return parts if parts.scheme in _PORTS and host and not re.search(r"[\s%\\]", host) else None


def _host(url: str) -> str:
    parts = _split(url)
    return _variant_free(parts.hostname or "") if parts else ""


def _variant_free(host: str) -> str:
    """The host in ASCII and lower case, without the labels of mobile and AMP variants in front."""
    name = host.rstrip(".").lower()
    try:
        name = name.encode("idna").decode("ascii") if not name.isascii() else name
    except UnicodeError:
        return name
    labels = name.split(".")
    while len(labels) > _FEWEST and labels[0] in _VARIANT_HOSTS:
        labels = labels[1:]
    return ".".join(labels)


def _path(path: str) -> str:
    segments = (quote(unquote_to_bytes(segment), safe=_UNRESERVED) for segment in path.split("/"))
    decoded = posixpath.normpath(re.sub(r"/{2,}", "/", "/" + "/".join(segments)))
    before = ""
    while before != decoded:
        before = decoded
        decoded = _INDEX.sub("", _AMP_PATH.sub("", decoded)).rstrip("/")
        if decoded.lower().startswith("/amp/"):
            decoded = decoded[len("/amp") :]
    return decoded or "/"


def _query(query: str) -> str:
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=200)
    except ValueError:
        return query
    kept = [(key, value) for key, value in pairs if not _decoration(key.lower(), value.lower())]
    return urlencode(sorted(kept))


def _decoration(key: str, value: str) -> bool:
    return _tracking(key) or (key in _AMP_KEYS and value in _AMP_VALUES)


def _tracking(key: str) -> bool:
    return key in _TRACKING or key.startswith(_TRACKING_PREFIXES)
