"""How the pages say things. Text from outside is cleaned here and escaped by the templates, never marked safe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from pipeline.model.watch import Claim, Group
from pipeline.text import display, wording
from pipeline.text.language_names import NAMES as LANGUAGES

RELATIONS = {
    "denies": "Denied",
    "changes": "Changed",
    "adds": "Added",
    "repeats": "Repeated",
    "mentions": "Mentioned",
}
VERDICTS = {"": "Open", "confirmed": "Confirmed", "dismissed": "Dismissed", "accepted": "Accepted"}
HEALTH = {
    "ok": "well",
    "new": "new",
    "failing": "failing",
    "silent": "silent",
    "gone": "gone",
    "paused": "paused",
}


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one page, at one moment."""

    now: datetime

    def say(self, text: str, limit: int = 200) -> str:
        """Text of others as one clean line."""
        return display.clean(text, limit)

    def title(self, claim: Claim, limit: int = 160) -> str:
        return display.clean(claim.title or claim.statement, limit)

    def value(self, canonical: str | None, kind: str = "") -> str:
        """A value in words; "open" for none."""
        return "open" if canonical is None else display.clean(wording.value(canonical, kind), 120)

    def slot(self, name: str) -> str:
        return name.replace("_", " ").replace("-", " ")

    def relation(self, name: str) -> str:
        return RELATIONS.get(name, name)

    def verdict(self, name: str) -> str:
        return VERDICTS.get(name, name)

    def health(self, name: str) -> str:
        return HEALTH.get(name, name)

    def language(self, code: str) -> str:
        return LANGUAGES.get(code, code or "unknown")

    def direction(self, text: str, lang: str = "") -> str:
        return display.direction(text, lang)

    def url(self, address: str) -> str:
        """A plain web address, or ""."""
        return display.safe_link(address)

    def host(self, address: str) -> str:
        return display.safe_link(address).partition("//")[2].partition("/")[0].removeprefix("www.")

    def iso(self, at: datetime) -> str:
        return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def utc(self, at: datetime) -> str:
        """`22 November 2026, 07:14 UTC`: what stands there until the script puts the reader's own time in its place."""
        local = at.astimezone(UTC)
        return f"{wording.value(local.date().isoformat(), 'date')}, {local:%H:%M} UTC"

    def ago(self, at: datetime | None) -> str:
        """How long ago, or how long until then, in the largest fitting unit."""
        if at is None:
            return "never"
        gap = self.now - at
        told = span(abs(gap))
        if told == "now":
            return "now"
        return f"in {told}" if gap < timedelta(0) else f"{told} ago"

    def day(self, at: datetime) -> str:
        return wording.value(at.astimezone(UTC).date().isoformat(), "date")

    def percent(self, share: float) -> str:
        return f"{share * 100:.0f} %"

    def many(self, number: int, noun: str, plural: str = "") -> str:
        """`1 article`, `1,204 articles`."""
        return f"{number:,} {noun if number == 1 else plural or noun + 's'}"

    def group(self, group: Group) -> tuple[tuple[str, str], ...]:
        """A rule's group in words: (how, terms)."""
        rows = [
            ("all of", ", ".join(group.all)),
            ("any of", ", ".join(group.any)),
            (f"at least {group.at_least[0]} of" if group.at_least else "", ", ".join((group.at_least or (0, ()))[1])),
            ("close by", ", ".join(group.near)),
            ("anywhere", ", ".join(group.article)),
            ("none of", ", ".join(group.none)),
            ("nowhere", ", ".join(group.absent)),
            ("with a date after", group.dated),
        ]
        return tuple((how, terms.replace("|", " or ")) for how, terms in rows if terms)

    def query(self, values: Mapping[str, object], **more: object) -> str:
        """A query string of what is not empty, in a stable order."""
        merged = {**values, **more}
        return urlencode([(name, str(value)) for name, value in merged.items() if value not in ("", None, False)])


def span(gap: timedelta) -> str:
    """A length of time in its largest unit: 3 minutes, 2 hours, 5 days."""
    seconds = int(gap.total_seconds())
    for size, noun in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            number = seconds // size
            return f"{number:,} {noun}" + ("" if number == 1 else "s")
    return "now"
