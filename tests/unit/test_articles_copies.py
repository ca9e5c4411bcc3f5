"""Copies are found, and nothing else is: measured on texts and edits that are generated here."""

from __future__ import annotations

import random
from collections import defaultdict

import pytest

from pipeline.articles import copies, identity, sketch
from pipeline.articles.copies import Known

# A small grammar of news prose: sentences share their function words and turns of phrase, as real ones do.
WHO = [
    "the minister", "a spokesman for the ministry", "two officials", "the company", "the ambassador", "an analyst",
    "the head of the port", "the delegation", "a senior officer", "the agency", "the president of the chamber",
]  # fmt: skip
DID = [
    "said on {day}", "told reporters on {day}", "confirmed", "announced after talks", "denied in a statement",
    "wrote on {day}", "noted at a meeting", "told parliament",
]  # fmt: skip
THAT = [
    "that the {thing} would be {done} by {when}", "that {count} {things} had been {done}",
    "that work on the {thing} was going on", "that the {thing} was worth {count} million",
    "that talks about the {thing} had been {done}", "that both sides wanted the {thing} to be {done} before {when}",
]  # fmt: skip
MORE = [
    "according to people who know the matter", "though no date was given", "as part of a wider plan",
    "in the course of the year", "after a delay of {count} weeks", "without giving details",
    "despite doubts in the region", "as the two sides agreed in {when}",
]  # fmt: skip
FILL = {
    "day": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Sunday"],
    "thing": ["pipeline", "agreement", "railway", "contract", "terminal", "loan", "exercise", "corridor", "factory"],
    "things": ["wagons", "engineers", "vehicles", "permits", "ships", "students", "trucks", "turbines"],
    "done": ["signed", "finished", "delivered", "extended", "reviewed", "opened", "cancelled", "financed", "tested"],
    "when": ["spring", "the end of the year", "next month", "2027", "summer", "the next summit", "2028"],
}  # fmt: skip
STRANGE = [
    f"{first}{last}" for first in ("mar", "tel", "kor", "dun", "vis") for last in ("in", "ado", "eth", "uk", "omi")
]


def sentence(rng: random.Random) -> str:
    pattern = " ".join([rng.choice(WHO), rng.choice(DID), rng.choice(THAT), rng.choice(MORE)])
    filled = pattern.format(count=rng.randint(2, 900), **{key: rng.choice(values) for key, values in FILL.items()})
    return f"{filled[0].upper()}{filled[1:]}."


def article(rng: random.Random) -> list[str]:
    """Paragraphs of two to four sentences, 120 to 600 words."""
    return [" ".join(sentence(rng) for _ in range(rng.randint(2, 4))) for _ in range(rng.randint(3, 8))]


def copied(rng: random.Random, paragraphs: list[str]) -> list[str]:
    """A copy: up to a tenth of the words changed, left out or added, often with its paragraphs in another order."""
    words = [paragraph.split() for paragraph in paragraphs]
    places = [(p, w) for p, paragraph in enumerate(words) for w in range(len(paragraph))]
    for p, w in rng.sample(places, int(len(places) * rng.uniform(0, 0.1))):
        words[p][w] = rng.choice(["", f"{words[p][w]} {rng.choice(STRANGE)}", rng.choice(STRANGE), rng.choice(STRANGE)])
    if rng.random() < 0.4:
        rng.shuffle(words)
    return [" ".join(word for word in paragraph if word) for paragraph in words]


def related(rng: random.Random, paragraphs: list[str]) -> list[str]:
    """Another report of the event: it quotes some paragraphs of the first and says the rest in its own words."""
    quoted = rng.sample(paragraphs, max(1, len(paragraphs) // 3))
    return [*article(rng), *quoted]


def test_copies_are_found_with_recall_and_precision() -> None:
    rng = random.Random(20261122)
    index: dict[bytes, list[str]] = defaultdict(list)
    known: dict[str, Known] = {}
    joined = truly = rightly = 0
    for number in range(40):
        original = article(rng)
        texts = [(f"{number}-0", f"{number}", original)]
        texts += [(f"{number}-c{n}", f"{number}", copied(rng, original)) for n in range(4)]
        texts += [(f"{number}-r{n}", f"{number}-r{n}", related(rng, original)) for n in range(2)]
        for name, group, paragraphs in texts:
            text = "\n\n".join(paragraphs)
            fingerprint = identity.fingerprint(f"Headline {rng.random()}", text)
            keys = sketch.bands(fingerprint.sketch)
            candidates = [known[other] for other in dict.fromkeys(n for key in keys for n in index[key])]
            found = copies.find(text, fingerprint, candidates)
            truly += "-c" in name
            joined += found is not None
            rightly += found is not None and found.group == group and "-c" in name
            known[name] = Known(id=name, group=group, text=text, fingerprint=fingerprint)
            for key in keys:
                index[key].append(name)
    recall, precision = rightly / truly, rightly / joined
    assert recall >= 0.95, recall
    assert precision >= 0.99, precision


def test_an_index_lookup_brings_few_candidates() -> None:
    """A band is a key of an index: unrelated texts must not share them, or every lookup would become a scan."""
    rng = random.Random(7)
    counted: dict[bytes, int] = defaultdict(int)
    for _ in range(400):
        for key in sketch.bands(sketch.sketch("\n".join(article(rng)))):
            counted[key] += 1
    assert len(sketch.bands(sketch.sketch("a b c d"))) == sketch.BANDS
    assert sum(counted.values()) / len(counted) < 1.6


def test_a_third_of_new_words_is_no_copy() -> None:
    rng = random.Random(3)
    for _ in range(50):
        words = " ".join(article(rng)).split()
        third = len(words) // 3
        assert copies.share(" ".join(words), " ".join([*words[third:], *rng.choices(STRANGE, k=third)])) == 0


def test_the_beginning_of_a_text_is_no_copy_of_the_whole() -> None:
    original = article(random.Random(4)) + article(random.Random(5))
    assert copies.share("\n".join(original), "\n".join(original[: len(original) // 2])) == 0


def test_short_texts_are_copies_only_when_equal() -> None:
    assert copies.share("Talks end without result", "talks end without result") > 0
    assert copies.share("Talks end without result", "Talks end with a result") == 0
    assert copies.share("", "") == 0


def test_a_share_is_the_same_both_ways() -> None:
    rng = random.Random(5)
    one, other = "\n".join(article(rng)), "\n".join(article(rng))
    assert copies.share(one, other) == copies.share(other, one)


def test_of_several_originals_the_first_is_named_always() -> None:
    text = "\n".join(article(random.Random(1)))
    fingerprint = identity.fingerprint("", text)
    known = [Known(id=name, group=name, text=text, fingerprint=fingerprint) for name in ("b", "a", "c")]
    found = copies.find(text, fingerprint, known)
    assert found is not None
    assert (found.of, found.share) == ("a", 1.0)
    assert copies.find(text, fingerprint, reversed(known)) == found


def test_sketches_of_another_recipe_are_compared_by_text() -> None:
    text = "\n".join(article(random.Random(1)))
    fingerprint = identity.fingerprint("", text)
    old = type(fingerprint)(digest="other", sketch=b"x", recipe=0)
    assert copies.find(text, fingerprint, [Known(id="a", group="g", text=text, fingerprint=old)]) is not None


@pytest.mark.parametrize("text", ["", "   ", "।।", "one", "Բարեւ ձեզ", "یہ ایک جملہ ہے", "यह एक वाक्य है", "1.5 2,000"])
def test_sketches_of_odd_texts(text: str) -> None:
    assert sketch.sketch(text) == sketch.sketch(text)
    assert len(sketch.bands(sketch.sketch(text))) in (0, sketch.BANDS)


def test_numbers_are_words_of_their_own() -> None:
    assert sketch.words("It is 2.5, not 25.") == ["it", "is", "2.5", "not", "25"]


def test_marks_belong_to_their_words() -> None:
    assert sketch.words("हिंदी में") == ["हिंदी", "में"]
