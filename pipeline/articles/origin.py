"""Who really reports: publishers of one family count once, and so does an agency whose text many carry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline.model.alert import Publisher

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """One independent voice, with those who carry its text."""

    id: str  # agency, else family of the publisher
    kind: str  # agency, publisher
    publishers: tuple[Publisher, ...]  # the earliest first


def family(publisher: Publisher) -> str:
    """The publisher's family; one without is its own."""
    return publisher.family or publisher.source


def origins(
    groups: Mapping[str, Iterable[Publisher]], *, families: Mapping[str, str] | None = None
) -> tuple[Origin, ...]:
    """The independent origins among copy groups (group -> those who carry it), the earliest first.

    A group's origin is the agency that any of its texts names, else the family of whoever had it first: whoever carries
    a copied text adds no voice. `families` names the publisher family of an agency, so that an agency's own site and
    its text elsewhere are one voice.
    """
    known = families or {}
    found: dict[str, tuple[str, list[Publisher]]] = {}
    for carriers in groups.values():
        ordered = sorted(carriers, key=_when)
        if not ordered:
            continue
        agency = next((publisher.agency for publisher in ordered if publisher.agency), "")
        voice = known.get(agency, agency) if agency else family(ordered[0])
        _, listed = found.setdefault(voice, ("agency" if agency else "publisher", []))
        listed.extend(ordered)
    voices = [
        Origin(id=voice, kind=kind, publishers=tuple(sorted(listed, key=_when)))
        for voice, (kind, listed) in found.items()
    ]
    return tuple(sorted(voices, key=lambda origin: _when(origin.publishers[0])))


def _when(publisher: Publisher) -> tuple[datetime, str]:
    return publisher.published or _NEVER, publisher.source
