"""A text that has been read once: sentences with what is named and said in each.

Offsets count code points in `Document.text`, which is the title, a blank line and the body; `span` turns them into a
`Span` of the field they came from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pipeline.model.finding import Span
from pipeline.text.dates import DateMention
from pipeline.text.fold import Clean
from pipeline.text.quantities import Quantity


@dataclass(frozen=True, slots=True)
class Mention:
    """A concept or word of a list, where the text names it."""

    term: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Signal:
    """A cue of the lexicon, where the text has it."""

    kind: str
    value: str
    start: int
    end: int


ByLine = Mapping[int, tuple[list[Quantity], list[DateMention]]]


class Values:
    """The quantities and dates of a text by the start of their line; read when first asked for: few texts need them.

    `read` is called once at most.
    """

    __slots__ = ("_found", "_read")

    def __init__(self, read: Callable[[], ByLine]) -> None:
        self._read = read
        self._found: ByLine | None = None

    def of(self, start: int) -> tuple[list[Quantity], list[DateMention]]:
        """Those of the line that begins there."""
        if self._found is None:
            self._found = self._read()
        return self._found.get(start) or ([], [])


@dataclass(slots=True)
class Line:
    """One sentence (the title is the first) with everything that was found in it."""

    start: int
    end: int
    paragraph: int  # -1 for the title
    terms: dict[str, list[Mention]] = field(default_factory=dict)
    carried: set[str] = field(default_factory=set)  # terms meant by "the deal", "both countries", "it"
    signals: list[Signal] = field(default_factory=list)
    values: Values = field(default_factory=lambda: Values(dict), repr=False, compare=False)

    @property
    def quantities(self) -> list[Quantity]:
        """Its quantities in text order."""
        return self.values.of(self.start)[0]

    @property
    def dates(self) -> list[DateMention]:
        """Its dates in text order."""
        return self.values.of(self.start)[1]

    def has(self, term: str) -> bool:
        return term in self.terms or term in self.carried

    def of_kind(self, kind: str, value: str | None = None) -> list[Signal]:
        """Its signals of a kind (and value), in text order."""
        return [s for s in self.signals if s.kind == kind and (value is None or s.value == value)]


@dataclass(slots=True)
class Document:
    """A text, read. `where` gives the numbers of the lines that have a term, directly or carried."""

    given_title: str
    given_text: str
    title: Clean
    body: Clean
    text: str  # title, blank line, body, without loose marks: what all offsets count
    folded: str
    lang: str
    lines: list[Line]
    published: datetime | None = None
    home: str = ""  # concept of the outlet's own country, which its reports need not name
    where: Mapping[str, list[int]] = field(default_factory=dict)
    quotes: list[tuple[int, int]] = field(default_factory=list)  # spans inside quotation marks

    def span(self, start: int, end: int) -> Span:
        """The span in the article's field as given; one that would cross from title to body ends with the title."""
        length = len(self.title.text)
        if start < length:
            return _given("title", self.given_title, self.title, start, min(end, length))
        start = max(start - length - 2, 0)
        return _given("text", self.given_text, self.body, start, max(start, end - length - 2))

    def line_span(self, number: int) -> Span:
        line = self.lines[number]
        return self.span(line.start, line.end)

    def quoted(self, start: int, end: int) -> bool:
        """Whether the place lies inside quotation marks."""
        return any(a <= start and end <= b for a, b in self.quotes)


def _given(name: str, given: str, cleaned: Clean, start: int, end: int) -> Span:
    first = cleaned.offset(start)
    last = max(first, cleaned.offset(end, end=True))
    return Span(field=name, start=first, end=last, text=given[first:last])


@dataclass(frozen=True, slots=True)
class Hit:
    """A group of a claim or topic met in a window of lines; `line` is the leading one."""

    group: int
    line: int
    lines: tuple[int, ...]
    weak: bool = False
    denies: bool = False
    to: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A claim that an article may be about: where its groups are met, and what failed where they nearly are."""

    claim: str
    hits: tuple[Hit, ...]
    score: float
    failed: str = ""  # for a near miss: the condition that does not hold
    near_line: int | None = None
