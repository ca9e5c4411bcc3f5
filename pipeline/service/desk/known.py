"""What is known, from the terminal: a value accepted by hand, and accepted values written back into the claim files."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import ConfigError, ReviewError
from pipeline.service.wiring import Desk
from pipeline.settings import claimfile
from pipeline.settings.references import FORMS
from pipeline.storage import ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """A claim file as it stands and as it would be."""

    path: Path
    before: str
    after: str

    def difference(self) -> str:
        """As a unified diff."""
        lines = difflib.unified_diff(
            self.before.splitlines(keepends=True), self.after.splitlines(keepends=True), str(self.path), str(self.path)
        )
        return "".join(lines)


def check_form(desk: Desk, claim: str, slot: str, value: str) -> None:
    """Raises ReviewError when a value is not in the canonical form of its slot; unknown names are left to others."""
    found = next((one for one in desk.watch.claims if one.id == claim), None)
    kind = next((one.type for one in found.slots if one.name == slot), "") if found is not None else ""
    if kind in FORMS and not FORMS[kind][0].fullmatch(value):
        raise ReviewError(f"{value!r} is no {kind}", thing=f"{claim} {slot}", hint=f"write {FORMS[kind][1]}")


def export(desk: Desk) -> tuple[FileChange, ...]:
    """The claim files that accepted values change; nothing is written. Raises ConfigError for a missing file."""
    with desk.store.read() as tx:
        known = ledger.known(tx)
    files: dict[str, dict[str, Mapping[str, str | None]]] = {}
    for claim, values in known.items():
        place = desk.configuration.places.get(claim)
        if place is not None:
            files.setdefault(place, {})[claim] = values
    found = []
    for name, values_of in sorted(files.items()):
        path = Path(name)
        try:
            before = path.read_text(encoding="utf-8")
        except OSError as error:
            raise ConfigError(f"cannot be read: {error.strerror}", thing=name) from error
        after = claimfile.rewritten(before, values_of, name=name)
        if after != before:
            found.append(FileChange(path=path, before=before, after=after))
    return tuple(found)


def write(change: FileChange) -> None:
    """Puts the changed file in its place, at once or not at all. Raises ConfigError when that cannot be done."""
    beside = change.path.with_name(change.path.name + ".new")
    try:
        beside.write_text(change.after, encoding="utf-8")
        beside.replace(change.path)
    except OSError as error:
        raise ConfigError(f"cannot be written: {error.strerror}", thing=str(change.path)) from error
