"""No address inside is ever connected to: in any notation, by any name, on any way."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Iterator
from itertools import chain, repeat

import pytest
from servers.misbehaving import Misbehaving, Page

from pipeline.errors import FetchError
from pipeline.fetch import guard
from pipeline.fetch.client import Fetcher
from pipeline.fetch.policy import Policy
from pipeline.fetch.wire import CheckedResolver, Lookup
from pipeline.model.article import Response
from pipeline.model.outcome import Reason


@pytest.fixture(scope="module")
def server() -> Iterator[Misbehaving]:
    with Misbehaving() as running:
        yield running


def get(url: str, *, allow: frozenset[tuple[str, int]] = frozenset(), lookup: Lookup | None = None) -> Response:
    async def ask() -> Response:
        rules = Policy(allow=allow, host_delay_s=0.0, connect_s=1.0, read_s=1.0, total_s=3.0, robots=False)
        async with Fetcher(rules, lookup=lookup) as fetcher:
            return await fetcher.get(url)

    return asyncio.run(ask())


def refused(url: str, *, allow: frozenset[tuple[str, int]] = frozenset(), lookup: Lookup | None = None) -> Reason:
    with pytest.raises(FetchError) as caught:
        get(url, allow=allow, lookup=lookup)
    return caught.value.reason


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001",
     "127.0.0.1.", "0", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
     "100.64.0.1",
     "100.100.100.200", "192.0.0.192", "168.63.129.16", "198.18.0.1", "224.0.0.1", "255.255.255.255", "240.0.0.1",
     "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::127.0.0.1]",
     "[64:ff9b:1::a00:1]", "[2002:7f00:1::]", "[2001:0:7f00:1::]", "[fe80::1]", "[fc00::1]", "[fd00:ec2::254]",
     "[ff02::1]", "[fec0::1]", "[2001:db8::1]", "[fe80::5efe:10.0.0.1]", "[2600::5efe:10.0.0.1]",
     "１２７.0.0.1", "127。0。0。1", "localhost"],
)  # fmt: skip
def test_no_inner_address_in_any_notation(server: Misbehaving, host: str) -> None:
    before = len(server.asked)
    assert refused(f"http://{host}:{server.port}/ok") is Reason.PRIVATE_ADDRESS
    assert len(server.asked) == before


@pytest.mark.parametrize("address", ["93.184.216.34", "1.1.1.1", "2606:4700:4700::1111", "2001:4860:4860::8888"])
def test_addresses_of_the_open_internet_pass(address: str) -> None:
    found = guard.literal(address)
    assert found is not None
    assert guard.public(found)


@pytest.mark.parametrize("host", ["1.2.3.4.5", "300.1.1.1", "0x1ffffffff", "09.1.1.1", "1.2.3.0x"])
def test_a_host_that_ends_in_a_number_and_is_no_address(host: str) -> None:
    assert refused(f"http://{host}/") in (Reason.BAD_ADDRESS, Reason.PRIVATE_ADDRESS)


def test_names_that_lead_inside(server: Misbehaving) -> None:
    url = server.url("/ok", host="inner.example")
    assert refused(url, lookup=lambda host, port: ["127.0.0.1"]) is Reason.PRIVATE_ADDRESS
    assert refused(url, lookup=lambda host, port: ["::1", "fe80::1%eth0"]) is Reason.PRIVATE_ADDRESS


def resolved(resolver: CheckedResolver) -> list[str]:
    async def ask() -> list[str]:
        return [answer["host"] for answer in await resolver.resolve("rebind.example", 80)]

    return asyncio.run(ask())


def test_what_was_checked_is_what_is_connected_to() -> None:
    """A name that leads outside the first time and inside the next gains nothing: each answer is checked, then used."""
    answers = chain(["93.184.216.34"], repeat("127.0.0.1"))
    resolver = CheckedResolver(lambda host, port: [next(answers)], frozenset(), 1.0)
    assert resolved(resolver) == ["93.184.216.34"]
    with pytest.raises(FetchError) as caught:
        resolved(resolver)
    assert caught.value.reason is Reason.PRIVATE_ADDRESS


def test_of_a_mixed_answer_only_the_outer_addresses_are_used() -> None:
    resolver = CheckedResolver(lambda host, port: ["127.0.0.1", "93.184.216.34", "::1"], frozenset(), 1.0)
    assert resolved(resolver) == ["93.184.216.34"]


def test_a_name_server_that_does_not_answer_is_given_up() -> None:
    silence = threading.Event()

    def asked(host: str, port: int) -> list[str]:
        silence.wait(5)
        return []

    assert refused("http://lost.example/", lookup=asked) is Reason.DNS
    silence.set()


@pytest.mark.parametrize(
    "inside", ["http://127.0.0.1:1/", "http://2130706433/", "http://[::1]/", "//169.254.169.254/latest", "http://inner.example/"]
)  # fmt: skip
def test_a_redirect_inside_is_not_followed(server: Misbehaving, inside: str) -> None:
    server.pages["/inside"] = Page(status=302, headers={"Location": inside})
    reason = refused(server.url("/inside"), allow=server.allow(), lookup=lambda host, port: ["10.0.0.1"])
    assert reason is Reason.PRIVATE_ADDRESS


@pytest.mark.parametrize(
    "elsewhere", ["file:///etc/passwd", "ftp://a.example/", "javascript:alert(1)", "gopher://a.example/"]
)
def test_a_redirect_out_of_the_web_is_not_followed(server: Misbehaving, elsewhere: str) -> None:
    server.pages["/elsewhere"] = Page(status=302, headers={"Location": elsewhere})
    assert refused(server.url("/elsewhere"), allow=server.allow()) is Reason.BAD_ADDRESS


def test_the_allow_list_opens_one_host_and_port_and_no_other(server: Misbehaving) -> None:
    assert get(server.url("/ok"), allow=server.allow()).status == 200
    with Misbehaving() as other:
        assert refused(other.url("/ok"), allow=server.allow()) is Reason.PRIVATE_ADDRESS
        assert other.asked == []
    assert refused(server.url("/ok", host="[::1]"), allow=server.allow()) is Reason.PRIVATE_ADDRESS


def test_an_allowed_name_may_lead_inside(server: Misbehaving) -> None:
    url = server.url("/ok", host="intranet.example")
    assert get(url, allow=server.allow("intranet.example"), lookup=lambda host, port: ["127.0.0.1"]).status == 200


def test_proxies_of_the_environment_are_not_trusted(server: Misbehaving) -> None:
    with Misbehaving() as proxy:
        kept = {name: os.environ.get(name) for name in ("http_proxy", "HTTP_PROXY", "all_proxy")}
        os.environ.update(dict.fromkeys(kept, proxy.url("/")))
        try:
            assert get(server.url("/ok"), allow=server.allow() | proxy.allow()).status == 200
        finally:
            for name, value in kept.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value
        assert proxy.asked == []
