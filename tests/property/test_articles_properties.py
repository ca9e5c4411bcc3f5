"""What holds for every address and every text."""

from __future__ import annotations

from examples import many
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.articles import address, copies, identity, sketch, version
from pipeline.articles.version import Version

hosts = st.sampled_from(
    ["outlet.example", "www.outlet.example", "m.outlet.example", "amp.www.outlet.example", "bücher.example",
     "127.0.0.1", "[::1]", "OUTLET.example.", "a"]
)  # fmt: skip
odd = st.sampled_from(["amp", "amp.html", "index.php", "..", ".", "", "a.amp", "c", "s", "%2F", "%41", "%"])
paths = st.lists(st.one_of(odd, st.text(max_size=6)), max_size=6).map("/".join)
queries = st.lists(
    st.tuples(st.sampled_from(["utm_source", "id", "amp", "m", "ref", "q", "é"]), st.text(max_size=5)), max_size=4
)
texts = st.text(alphabet=st.one_of(st.characters(codec="utf-8"), st.sampled_from(" \n.,ab")), max_size=400)


@given(
    st.sampled_from(["http", "https", "HTTPS"]), hosts, st.sampled_from(["", ":80", ":443", ":8080"]), paths, queries
)
@settings(deadline=None, max_examples=many(300))
def test_a_canonical_address_is_its_own(
    scheme: str, host: str, port: str, path: str, query: list[tuple[str, str]]
) -> None:
    url = f"{scheme}://{host}{port}/{path}?{'&'.join(f'{key}={value}' for key, value in query)}#x"
    once = address.canonical(url)
    assert address.canonical(once) == once


@given(st.text(max_size=200))
@settings(deadline=None, max_examples=many(300))
@example("http://[::1")
@example("http://a/%")
@example("https://h.example/amp/s/h.example/amp/s/h.example/")
def test_no_address_does_harm(url: str) -> None:
    once = address.canonical(url)
    assert address.canonical(once) == once
    assert address.same_site(url, url) in (True, False)
    assert isinstance(address.trusted(url, url), str)


@given(st.sampled_from(["utm_campaign", "fbclid", "gclid", "utm_x"]), st.text(alphabet="abc123", max_size=8))
@settings(deadline=None, max_examples=many(50))
def test_tracking_never_matters(key: str, value: str) -> None:
    assert address.canonical(f"https://a.example/b?id=1&{key}={value}") == address.canonical("https://a.example/b?id=1")


@given(texts, texts)
@settings(deadline=None, max_examples=many(150))
def test_fingerprints_tell_texts_apart_and_nothing_else(one: str, other: str) -> None:
    same = identity.normal(one) == identity.normal(other)
    assert (identity.fingerprint("", one).digest == identity.fingerprint("", other).digest) is same


@given(texts)
@settings(deadline=None, max_examples=many(150))
def test_a_text_is_a_copy_of_itself_in_any_case(text: str) -> None:
    assert (copies.share(text, text) > 0) is bool(sketch.words(text))
    assert len(sketch.bands(sketch.sketch(text))) in (0, sketch.BANDS)
    assert identity.normal(identity.normal(text)) == identity.normal(text)


@given(texts, texts)
@settings(deadline=None, max_examples=many(150))
def test_sharing_is_symmetric_and_bounded(one: str, other: str) -> None:
    assert 0.0 <= copies.share(one, other) == copies.share(other, one) <= 1.0


@given(st.lists(texts, max_size=5), texts)
@settings(deadline=None, max_examples=many(150))
def test_a_text_that_was_there_is_never_new(history: list[str], text: str) -> None:
    versions = [Version(fingerprint=identity.fingerprint("t", old), title="t", text=old) for old in history]
    verdict = version.decide(versions, identity.fingerprint("t", text), title="t", text=text)
    assert (verdict.kind == "new") is (not history)
    if history and identity.normal(history[-1]) == identity.normal(text):
        assert verdict.kind == "same"
