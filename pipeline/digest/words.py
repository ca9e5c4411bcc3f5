"""How a digest says things, the same in mail, page, Markdown and text: clean, and not yet escaped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pipeline.digest.record import (
    Digest,
    Item,
    LookAgain,
    Missed,
    NearMissed,
    Quote,
    Section,
    Shift,
    SourceNote,
    Statement,
    Volume,
)
from pipeline.text import display, wording

TITLE_CHARS = 160
QUOTE_CHARS = 480
ALSO = 3  # other values of a slot that are named
REDLINE_SHARE = (
    0.4  # of the statement that the evidence must share; under it the redline of a dozen samples read as noise
)
REDLINE_PIECES = 12  # kept, struck and new ones together; more of them are confetti
NAMES = 6  # outlets named before "and N more"

LABELS = {"denies": "Denied", "changes": "Changed", "adds": "Added"}
STATES = {
    "failed": "cannot be read",
    "gone": "gone for good",
    "silent": "has fallen silent",
    "recovered": "is back",
}
FUNNEL = (
    ("entries", "new entries"),
    ("fetched", "fetched"),
    ("extracted", "extracted"),
    ("analysed", "analysed"),
    ("matched", "on a watched topic"),
    ("findings", "findings"),
)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one digest: its zone for times, its address for links."""

    digest: Digest
    public_url: str = ""

    def say(self, text: str, limit: int = TITLE_CHARS) -> str:
        """Text of others: one clean line that turns itself into no link."""
        return display.quoted(text, limit)

    def own(self, text: str, limit: int = 400) -> str:
        """Text of the configuration: one clean line."""
        return display.clean(text, limit)

    def value(self, canonical: str | None, kind: str) -> str:
        """A slot's value in words, "" for none."""
        return "" if canonical is None else self.say(wording.value(canonical, kind), 90)

    def slot(self, name: str) -> str:
        """A slot's name as a reader says it."""
        return name.replace("_", " ").replace("-", " ")

    def when(self, at: datetime | None) -> str:
        """`5 June 2025, 14:20` in the digest's zone, "" for none."""
        if at is None:
            return ""
        local = at.astimezone(ZoneInfo(self.digest.zone))
        return f"{self.day(local.date())}, {local:%H:%M}"

    def day(self, day: date) -> str:
        """`5 June 2025`."""
        return wording.value(day.isoformat(), "date")

    def heading(self) -> str:
        """The day the digest is made on, in words: `Thursday, 5 June 2025`."""
        local = self.digest.end.astimezone(ZoneInfo(self.digest.zone))
        return f"{local:%A}, {self.day(local.date())}"

    def span(self) -> str:
        """The period: both ends in the digest's zone."""
        return f"{self.when(self.digest.start)} to {self.when(self.digest.end)} ({self.digest.zone})"

    def pieces(self, quote: Quote, limit: int = QUOTE_CHARS) -> tuple[tuple[bool, str], ...]:
        """The quote in pieces with whether each is marked; a long one is cut around its first marked words."""
        text, marks = _excerpt(quote.text, quote.marks, limit)
        found = [(marked, display.inert(display.clean(t, strip=False))) for marked, t in display.segments(text, marks)]
        return tuple((marked, piece) for marked, piece in found if piece)

    def direction(self, text: str, lang: str = "") -> str:
        """`rtl` or `ltr`."""
        return display.direction(text, lang)

    def url(self, address: str) -> str:
        """A plain web address, or ""."""
        return display.safe_link(address)

    def link(self, path: str) -> str:
        """An address on the review pages, "" when they have none."""
        return display.safe_link(f"{self.public_url.rstrip('/')}/{path}") if self.public_url else ""

    def by(self, quote: Quote) -> tuple[str, ...]:
        """Outlet and agency, time, and who is quoted; what is not known is left out."""
        outlet, agency = self.say(quote.outlet, 80), self.say(quote.agency, 60)
        if agency and agency.casefold() != outlet.casefold():
            outlet = f"{outlet} (from {agency})"
        said = f"as told: {self.say(quote.attribution, 100)}" if quote.attribution else ""
        return tuple(part for part in (outlet, self.when(quote.published), said) if part)

    def title(self, quote: Quote) -> str:
        """The title of the quoted article, "" when the quote is the title."""
        same = display.clean(quote.title).casefold() == display.clean(quote.text).casefold()
        return "" if same else self.say(quote.title)

    def also(self, shift: Shift) -> str:
        """What other publishers say of the slot instead, "" when they agree."""
        return " or ".join(self.value(one, shift.type) for one in shift.also[:ALSO])

    def redline(self, item: Item) -> tuple[tuple[str, str], ...]:
        """The statement against the evidence, when they share enough words to be read together; else nothing."""
        pieces = [(op, self.say(text, 300)) for op, text in item.redline]
        kept = sum(len(text) for op, text in pieces if op == "=")
        known = kept + sum(len(text) for op, text in pieces if op == "-")
        if not known or kept / known < REDLINE_SHARE or len(pieces) > REDLINE_PIECES:
            return ()
        return tuple((op, text) for op, text in pieces if text)

    def voices(self, item: Item) -> str:
        """`3 independent publishers: A, B and 2 more; press of X, Y`."""
        names = [self.say(name, 60) for name in item.outlets]
        more = f" and {len(names) - NAMES} more" if len(names) > NAMES else ""
        noun = "independent publisher" + ("" if item.independent == 1 else "s")
        told = f"{item.independent} {noun}: {', '.join(names[:NAMES])}{more}"
        return f"{told}; press of {', '.join(item.countries)}" if item.countries else told

    def caution(self, item: Item) -> tuple[str, ...]:
        """What a reader should know before believing it."""
        found = []
        if item.one_sided:
            found.append(f"only state media of {item.countries[0]} say so")
        elif item.state_only:
            found.append("only state media say so")
        if item.certainty == "alleged":
            found.append("alleged")
        if item.edited:
            before = f"; before, it said: “{self.say(item.before, QUOTE_CHARS)}”" if item.before else ""
            found.append(f"the article was edited without notice{before}")
        if item.first_run:
            found.append("older than the first look at its source")
        return tuple(found)

    def weight(self, item: Item) -> str:
        """The importance and the parts it is the sum of."""
        parts = " + ".join(f"{part.points:g} {self.own(part.why, 60)}" for part in item.parts if part.points)
        return f"{item.importance:g} = {parts}"

    def left_out(self, section: Section) -> str:
        """How many items of a section are not shown, "" for none."""
        told = []
        if section.over_cap:
            told.append(f"{section.over_cap} more")
        if section.below_floor:
            told.append(f"{section.below_floor} of little weight")
        return " and ".join(told)

    def usual(self, volume: Volume) -> str:
        """The verdict on a volume in words."""
        if volume.median is None:
            return f"too early to say ({volume.weeks} of 3 weeks)"
        words = {"spike": "far more than the usual", "quiet": "far fewer than the usual", "usual": "usual"}
        return f"{words.get(volume.verdict, 'usual')} {volume.median:g}"

    def missed(self, one: Missed) -> str:
        """An expected event that was not covered."""
        last = f"last news of it on {self.when(one.last_news)}" if one.last_news else "no news of it so far"
        return f"expected by {self.day(one.by)}, with {one.grace_days} days of grace; {last}"

    def known(self, one: LookAgain) -> str:
        """The value that is known by now, "open" for none."""
        return self.value(one.value, one.type) or "open"

    def look_again(self, one: LookAgain) -> str:
        """When a value was to be looked at again, and who accepted it."""
        return f"look again on {self.day(one.on)}; accepted by {self.say(one.accepted_by, 60)}"

    def near(self, one: NearMissed) -> str:
        """How near a miss was, where it failed, and how many articles had one."""
        articles = f"the best of {one.articles} articles, " if one.articles > 1 else ""
        return f"{articles}score {one.score:.2f}, failed at: {self.own(one.failed, 80)}"

    def source(self, note: SourceNote) -> str:
        """What is the matter with a source."""
        why = self.own(note.reason.replace("-", " "), 60)
        detail = self.say(note.detail, 120)
        since = {"failed": "last worked", "silent": "last new entry", "gone": "last worked"}.get(
            note.state, "down since"
        )
        told = [STATES[note.state], why, detail, f"{since} {self.when(note.since)}" if note.since else ""]
        return "; ".join(part for part in told if part)

    def coverage(self, told: Statement) -> tuple[str, ...]:
        """The coverage statement in sentences."""
        funnel = ", ".join(f"{getattr(told, name):,} {words}" for name, words in FUNNEL)
        lines = [
            f"{told.sources_ok} of {told.sources} sources answered.",
            f"{funnel}.".capitalize(),
            f"{told.alerts_sent:,} alerts sent, {told.kept_back:,} kept back; {told.put_off:,} articles put off, "
            f"{told.failed:,} failed, {told.waiting:,} still waiting.",
        ]
        if told.far:
            lines.append(f"Too far off to be shown among the near misses: {_claims(told.far)}.")
        if told.oldest_data is not None:
            lines.append(f"The source not read for the longest time was last read on {self.when(told.oldest_data)}.")
        if told.reasons:
            reasons = ", ".join(f"{self.own(name.replace('-', ' '), 40)} {number:,}" for name, number in told.reasons)
            lines.append(f"Why something was left out: {reasons}.")
        return tuple(lines)

    def quiet(self) -> str:
        """The line of a day without news, "" otherwise."""
        if not self.digest.quiet:
            return ""
        told = self.digest.coverage
        return (
            "A quiet period: nothing that was read changes, denies or adds to what is known. "
            f"{told.analysed:,} articles were analysed, from {told.sources_ok} of {told.sources} sources."
        )


def _claims(number: int) -> str:
    return f"{number:,} claim" + ("" if number == 1 else "s")


def _excerpt(text: str, marks: tuple[tuple[int, int], ...], limit: int) -> tuple[str, tuple[tuple[int, int], ...]]:
    """At most `limit` code points around the first mark, with ellipses where something is missing."""
    if len(text) <= limit:
        return text, marks
    first = marks[0][0] if marks else 0
    start = max(0, min(first - limit // 3, len(text) - limit))
    if start:
        blank = text.find(" ", start, start + 40)
        start = blank + 1 if blank >= 0 else start
    tail = display.cut(text[start:], limit)
    head = "… " if start else ""
    moved = tuple((max(0, s - start) + len(head), min(e - start, len(tail)) + len(head)) for s, e in marks if e > start)
    return head + tail, moved
