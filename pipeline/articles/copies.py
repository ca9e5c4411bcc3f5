"""Texts copied from one another: one language, up to a tenth of the words changed, paragraphs in any order."""

from __future__ import annotations

import re
import struct
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

from pipeline.articles.sketch import RECIPE, SHINGLE, words
from pipeline.model.article import Fingerprint

# A copy must pass both. Share of the words of either text that stand in a run of three which the other has too: a tenth
# of the words changed at random leaves 0.85 to 0.92, a fifth 0.69 to 0.81 (news texts of 80 to 1,200 words).
COVERED = 0.8
# Share of the longer text's words that sentences of the other have in the same order, each word once: a tenth leaves
# 0.77 to 0.93. Texts built of the same turns of phrase pass the first test by chance and lie below 0.68 here.
ALIGNED = 0.7
_LIKELY = 0.25  # Jaccard by sketches below which no text is compared: a tenth changed lies above 0.4
_MOST = 20  # texts that are compared for real, those of the likeliest sketches
_FEWEST = 8  # words; shorter texts (a headline, a label) are copies only when they are equal
_ENDS = re.compile(r"[\n.!?…:;।۔؟։]+(?:\s+|$)|\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A text that shares a band with the new one."""

    id: str  # of the article
    group: str  # its copy group
    text: str
    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """What the new text is a copy of, and how much of it."""

    of: str  # article
    group: str
    share: float  # 0..1; 1 for the same words


def aligned(one: str, other: str) -> float:
    """The share of the longer text's words that the other has in the same sentences, whatever order these stand in.

    0..1. Sentences are cut at full stops and line ends; each is compared with the one that shares most.
    """
    first, second = sorted((_sentences(one), _sentences(other)), key=lambda sentences: (_size(sentences), sentences))
    longest = _size(second)
    if not longest:
        return 0.0
    common = _equal(first, second)
    rest = _without(first, common), _without(second, common)
    kept = sum(len(sentence) * times for sentence, times in common.items())
    return (kept + _matched(*rest)) / longest


def share(one: str, other: str) -> float:
    """The share of words that two copies have in common (COVERED to 1), or 0 when they are no copies. Symmetric."""
    first, second = words(one), words(other)
    if first == second:
        return 1.0 if first else 0.0
    if min(len(first), len(second)) < _FEWEST:
        return 0.0
    covered = min(_covered(first, second), _covered(second, first))
    return covered if covered >= COVERED and aligned(one, other) >= ALIGNED else 0.0


def likeness(one: bytes, other: bytes) -> float:
    """The Jaccard similarity that two sketches of one recipe estimate, within about 0.04."""
    if len(one) != len(other) or not one:
        return 0.0
    form = f"<{len(one) // struct.calcsize('<I')}I"
    first, second = struct.unpack(form, one), struct.unpack(form, other)
    return sum(int(a == b) for a, b in zip(first, second, strict=True)) / len(first)


def find(text: str, fingerprint: Fingerprint, known: Iterable[Known]) -> Copy | None:
    """The text that the new one is most of all a copy of; of equals the first by id, so that the answer is one always.

    `known` are those that share a band (articles.sketch.bands), as the store finds them by index.
    """
    found: list[Copy] = []
    others: list[tuple[float, str, Known]] = []
    for candidate in known:
        if candidate.fingerprint.digest == fingerprint.digest:
            found.append(Copy(of=candidate.id, group=candidate.group, share=1.0))
        else:
            others.append((-_likelihood(candidate.fingerprint, fingerprint), candidate.id, candidate))
    for unlikely, _, candidate in sorted(others, key=lambda other: other[:2])[:_MOST]:
        common = share(text, candidate.text) if -unlikely >= _LIKELY else 0.0
        if common:
            found.append(Copy(of=candidate.id, group=candidate.group, share=common))
    return min(found, key=lambda copy: (-copy.share, copy.of), default=None)


def _likelihood(one: Fingerprint, other: Fingerprint) -> float:
    if one.recipe != other.recipe or one.recipe != RECIPE:
        return 1.0  # sketches of two recipes say nothing: the texts decide
    return likeness(one.sketch, other.sketch)


Sentence = tuple[str, ...]


def _sentences(text: str) -> list[Sentence]:
    found = (tuple(words(part)) for part in _ENDS.split(text))
    return [sentence for sentence in found if sentence]


def _size(sentences: Iterable[Sentence]) -> int:
    return sum(len(sentence) for sentence in sentences)


def _equal(first: list[Sentence], second: list[Sentence]) -> Counter[Sentence]:
    return Counter(first) & Counter(second)


def _without(sentences: list[Sentence], taken: Counter[Sentence]) -> list[Sentence]:
    left, rest = Counter(taken), []
    for sentence in sentences:
        if left[sentence] > 0:
            left[sentence] -= 1
        else:
            rest.append(sentence)
    return rest


def _matched(first: list[Sentence], second: list[Sentence]) -> int:
    """Words in common, in order, of the sentences that share most, the longest first.

    What is left of both goes on being matched, in runs of three: a changed full stop makes one sentence of two.
    """
    pool = dict(enumerate(second))
    holders: dict[str, set[int]] = defaultdict(set)
    for number, sentence in pool.items():
        for word in sentence:
            holders[word].add(number)
    queue = [(sentence, 1) for sentence in sorted(first, key=lambda one: (len(one), one))]
    common = 0
    while queue:
        sentence, least = queue.pop()
        votes = Counter(number for word in set(sentence) for number in holders.get(word, ()))
        if not votes:
            continue
        best = max(votes, key=lambda number: (votes[number] / len(pool[number]), votes[number], -number))
        blocks = SequenceMatcher(None, sentence, pool[best], autojunk=False).get_matching_blocks()
        kept = [block for block in blocks if block.size >= least]
        size = sum(block.size for block in kept)
        if size:
            common += size
            for word in set(pool[best]):
                holders[word].discard(best)
            pool[best] = _left(pool[best], [(block.b, block.size) for block in kept])
            for word in pool[best]:
                holders[word].add(best)
            rest = _left(sentence, [(block.a, block.size) for block in kept])
            if len(rest) >= SHINGLE:
                queue.append((rest, SHINGLE))
    return common


def _left(sentence: Sentence, taken: Iterable[tuple[int, int]]) -> Sentence:
    gone = {at for start, size in taken for at in range(start, start + size)}
    return tuple(word for at, word in enumerate(sentence) if at not in gone)


def _covered(text: list[str], by: list[str]) -> float:
    runs = {tuple(by[at : at + SHINGLE]) for at in range(len(by) - SHINGLE + 1)}
    covered = bytearray(len(text))
    for at in range(len(text) - SHINGLE + 1):
        if tuple(text[at : at + SHINGLE]) in runs:
            covered[at : at + SHINGLE] = b"\1" * SHINGLE
    return sum(covered) / len(text)
