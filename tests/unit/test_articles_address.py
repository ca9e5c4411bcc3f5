"""One address for one article."""

from __future__ import annotations

import pytest

from pipeline.articles import address

PLAIN = "https://outlet.example/news/gas-deal-123"


@pytest.mark.parametrize(
    "written",
    [
        PLAIN,
        "http://outlet.example/news/gas-deal-123",
        "https://www.outlet.example/news/gas-deal-123/",
        "HTTPS://WWW.Outlet.Example:443/news/gas-deal-123#comments",
        "https://outlet.example//news/./x/../gas-deal-123",
        "https://m.outlet.example/news/gas-deal-123",
        "https://mobile.outlet.example/news/gas-deal-123?m=1",
        "https://amp.outlet.example/news/gas-deal-123",
        "https://outlet.example/amp/news/gas-deal-123",
        "https://outlet.example/news/gas-deal-123/amp/",
        "https://outlet.example/news/gas-deal-123.amp.html",
        "https://outlet.example/news/gas-deal-123?outputType=amp",
        "https://outlet.example/news/gas-deal-123?utm_source=rss&utm_medium=feed",
        "https://outlet.example/news/gas-deal-123?fbclid=abc&gclid=def&ref=home",
        "https://search.example/amp/s/www.outlet.example/news/gas-deal-123/amp",
        "https://outlet-example.cache.example/c/s/outlet.example/news/gas-deal-123",
        "https://outlet.example/news/gas%2Ddeal%2d123",
        "  https://outlet.example/news/gas-deal-123  ",
    ],
)
def test_the_forms_of_one_address_are_one(written: str) -> None:
    assert address.canonical(written) == PLAIN


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://outlet.example/a", "https://outlet.example/b"),
        ("https://outlet.example/a?id=1", "https://outlet.example/a?id=2"),
        ("https://outlet.example/A", "https://outlet.example/a"),
        ("https://outlet.example/a", "https://outlet.example:8443/a"),
        ("https://outlet.example/a", "https://sport.outlet.example/a"),
        ("https://outlet.example/a%2Fb", "https://outlet.example/a/b"),
        ("https://outlet.example/a?q=x%26y", "https://outlet.example/a?q=x&y="),
    ],
)
def test_different_addresses_stay_different(one: str, other: str) -> None:
    assert address.canonical(one) != address.canonical(other)


def test_the_order_of_a_query_does_not_matter() -> None:
    assert address.canonical("https://a.example/?b=2&a=1") == address.canonical("https://a.example/?a=1&b=2")


def test_a_port_of_its_own_keeps_its_scheme() -> None:
    assert address.canonical("http://127.0.0.1:8080/a/") == "http://127.0.0.1:8080/a"


def test_names_in_other_scripts_have_one_form() -> None:
    assert address.canonical("https://bücher.example/ä") == address.canonical("https://xn--bcher-kva.example/%C3%A4")


@pytest.mark.parametrize(
    "written", ["", "mailto:a@b.example", "nothing", "http://", "http://[::1", "http://a:b/", "ftp://a.example/"]
)
def test_what_is_no_web_address_comes_back_as_it_is(written: str) -> None:
    assert address.canonical(written) == written


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://www.outlet.example/a", "https://outlet.example/b", True),
        ("https://m.outlet.example/a", "https://en.outlet.example/b", True),
        ("https://one.host.example/", "https://two.host.example/", False),
        ("https://outlet.example/", "https://notoutlet.example/", False),
        ("https://outlet.example/", "", False),
    ],
)
def test_a_site_is_a_host_and_what_lies_below_it(one: str, other: str, same: bool) -> None:
    assert address.same_site(one, other) is same


@pytest.mark.parametrize(
    ("claimed", "trusted"),
    [
        ("https://outlet.example/a", "https://outlet.example/a"),
        ("https://www.outlet.example/real?utm_source=x", "https://outlet.example/real"),
        ("https://evil.example/a", "https://outlet.example/a"),
        ("https://outlet.example/", "https://outlet.example/a"),
        ("/relative", "https://outlet.example/a"),
        ("", "https://outlet.example/a"),
    ],
)
def test_a_claim_is_trusted_for_its_own_site_only(claimed: str, trusted: str) -> None:
    assert address.trusted("https://m.outlet.example/a?fbclid=1", claimed) == trusted


@pytest.mark.parametrize(
    ("given", "link"),
    [
        ("http://www.example.org/a?utm_source=rss&id=7#top", "http://www.example.org/a?id=7"),
        ("https://m.example.org/a/amp", "https://m.example.org/a/amp"),
        ("https://example.org/a?b=2&a=1", "https://example.org/a?b=2&a=1"),
        ("no address", "no address"),
    ],
)
def test_a_link_stays_as_the_site_writes_it(given: str, link: str) -> None:
    assert address.undecorated(given) == link
