"""No secret of an address is shown."""

from __future__ import annotations

import pytest

from pipeline.fetch.mask import mask, mask_text


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://outlet.example/rss?page=2&q=gas", "https://outlet.example/rss?page=2&q=gas"),
        ("https://name:word@outlet.example/rss", "https://***@outlet.example/rss"),
        ("https://name@outlet.example/rss", "https://***@outlet.example/rss"),
        ("https://outlet.example/rss?token=abc&page=2", "https://outlet.example/rss?token=***&page=2"),
        ("https://outlet.example/rss?api_key=abc", "https://outlet.example/rss?api_key=***"),
        ("https://outlet.example/rss?apiKey=abc", "https://outlet.example/rss?apiKey=***"),
        ("https://outlet.example/rss?accessToken=abc", "https://outlet.example/rss?accessToken=***"),
        ("https://outlet.example/rss?X-Sig=abc", "https://outlet.example/rss?X-Sig=***"),
        ("https://outlet.example/rss?user=anna", "https://outlet.example/rss?user=***"),
        ("https://outlet.example/rss?keyword=gas", "https://outlet.example/rss?keyword=gas"),
        ("https://outlet.example/rss?x=0123456789abcdef0123456789abcdef", "https://outlet.example/rss?x=***"),
        ("https://outlet.example/rss?token=", "https://outlet.example/rss?token="),
        ("https://outlet.example/a#token=abc", "https://outlet.example/a#token=***"),
        ("http://[::1", "http://[::1"),
        ("http://name:word@[::1", "http://***@[::1"),
        ("", ""),
    ],
)
def test_secrets_are_masked_and_nothing_else(address: str, shown: str) -> None:
    assert mask(address) == shown
    assert mask(shown) == shown


def test_addresses_within_a_text_are_masked() -> None:
    text = "cannot read https://a:b@outlet.example/?token=x today"
    assert mask_text(text) == "cannot read https://***@outlet.example/?token=*** today"
