"""Who says so, counted once: copies of one agency text, and papers of one house, are one voice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline.model.alert import Publisher

_LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vantage:
    """Where a story is told from."""

    origins: tuple[str, ...]  # independent publishers: agency of origin, else publisher family; sorted
    countries: tuple[str, ...]  # of the publishers, ISO 3166-1 alpha-2, sorted; unknown ones left out
    state_only: bool  # every publisher is known to be a state's
    one_sided: bool  # and of one and the same country

    @property
    def independent(self) -> int:
        """How many independent publishers there are."""
        return len(self.origins)


def vantage(publishers: Sequence[Publisher]) -> Vantage:
    """Independent origins and vantage points of a story's publishers. Their order does not matter."""
    countries = tuple(sorted({p.country for p in publishers if p.country}))
    state_only = bool(publishers) and all(p.state is True for p in publishers)
    known = all(p.country for p in publishers)
    return Vantage(
        origins=origins(publishers),
        countries=countries,
        state_only=state_only,
        one_sided=state_only and known and len(countries) == 1,
    )


def origins(publishers: Sequence[Publisher]) -> tuple[str, ...]:
    """The distinct origins, folded and sorted.

    Articles of one copy group have one origin: the agency that any of them names, else the family of the earliest.
    An agency and the publisher family of the same name are one.
    """
    groups: dict[str, list[Publisher]] = {}
    for publisher in publishers:
        groups.setdefault(publisher.group or f"\0{publisher.source}\0{publisher.url}", []).append(publisher)
    return tuple(sorted({_origin(group) for group in groups.values()}))


def _origin(group: Sequence[Publisher]) -> str:
    agencies = sorted({_folded(p.agency) for p in group if p.agency})
    if agencies:
        return agencies[0]
    earliest = min(group, key=lambda p: (p.published or _LATEST, p.source, p.url))
    return _folded(earliest.family or earliest.source)


def _folded(name: str) -> str:
    return " ".join(name.casefold().replace("-", " ").split())
