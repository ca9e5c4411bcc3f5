"""The YAML files that say what is watched: sources, concepts, words, topics, claims."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from pipeline.settings.fields import Day, Duration, Strict, Term, Terms, Text, Texts, _as_list

Names = dict[str, Terms]


class SourceEntry(Strict):
    id: Term
    url: Term
    name: Text = ""
    kind: Literal["feed", "sitemap", "search"] = "feed"
    lang: Text = ""
    country: Text = ""
    family: Text = ""
    state: bool | None = None
    tier: int = Field(2, ge=1, le=3)
    interval: Duration | None = None
    enabled: bool = True
    folder: Texts = Field((), description="folders that hold it in lists of feeds (OPML), the outermost first")
    seen: Text = ""


def _listed(given: object) -> object:
    """A list that was emptied, or not begun, has nothing in it."""
    return [] if given is None else given


class SourcesFile(Strict):
    sources: Annotated[list[SourceEntry], BeforeValidator(_listed)]


class ConceptEntry(Strict):
    kind: Term
    label: Text = ""
    names: Names = Field(default_factory=dict)
    exact: Terms = ()
    later: Names = Field(default_factory=dict)
    country: Text = ""
    within: Texts = ()
    currency: Text = Field("", pattern="^([A-Z]{3})?$")
    iso: Text = Field("", pattern="^([A-Z]{2})?$")
    speaks: Texts = Field((), description="of a country: languages in which texts may leave it unnamed")


class ConceptsFile(Strict):
    concepts: dict[str, ConceptEntry]


class WordsFile(Strict):
    words: dict[str, Names]


class AtLeast(Strict):
    count: int = Field(ge=1)
    of: Terms


class GroupEntry(Strict):
    all: Terms = ()
    any: Terms = ()
    none: Terms = ()
    at_least: AtLeast | None = None
    within: Text = Field("", pattern="^(|sentence|paragraph|article|[1-9][0-9]*)$")
    near: Terms = ()
    article: Terms = ()
    absent: Terms = ()
    dated: Text = Field("", pattern=r"^(|\d{4}(-\d{2}(-\d{2})?)?)$")
    weak: bool = False
    to: Text = ""


Groups = Annotated[list[GroupEntry], BeforeValidator(_as_list)]


class TopicEntry(Strict):
    id: Term
    title: Text = ""
    groups: Groups = Field(default_factory=list)
    none: Terms = ()
    weights: dict[str, float] = Field(default_factory=dict)
    threshold: float | None = Field(None, gt=0)
    cap: float = Field(1.0, gt=0)
    trigger: bool = Field(False, description="one word alone may trigger this topic: no warning")


class TopicsFile(Strict):
    topics: list[TopicEntry]


class SlotEntry(Strict):
    type: Literal[
        "money", "count", "percent", "date", "duration", "stage", "certainty", "stance", "ordinal", "place", "party"
    ]
    known: Text | None = None
    of: Terms = ()
    not_of: Terms = ()
    needs: Terms = ()
    words: dict[str, Terms] = Field(default_factory=dict)
    least: float | None = None
    most: float | None = None
    reach: int = Field(1, ge=0)
    options: dict[str, Any] = Field(default_factory=dict)


class SourceOfClaim(Strict):
    document: Text = ""
    section: Text = ""


class ExpectEntry(Strict):
    by: Day
    grace: Duration


class ClaimEntry(Strict):
    id: Term
    topic: Term
    statement: Term
    title: Text = ""
    source: SourceOfClaim = SourceOfClaim()
    about: Groups = Field(default_factory=list)
    denied_by: Groups = Field(default_factory=list)
    rivals: Terms = ()
    slots: dict[str, SlotEntry] = Field(default_factory=dict)
    cues: dict[str, Terms] = Field(default_factory=dict)
    expect: ExpectEntry | None = None
    severity: Literal["", "low", "normal", "high"] = ""


class ClaimsFile(Strict):
    claims: list[ClaimEntry]


class WatchFile(Strict):
    """`watch.yaml`: a small subject in one file, any of the four kinds."""

    concepts: dict[str, ConceptEntry] = Field(default_factory=dict)
    words: dict[str, Names] = Field(default_factory=dict)
    topics: list[TopicEntry] = Field(default_factory=list)
    claims: list[ClaimEntry] = Field(default_factory=list)
