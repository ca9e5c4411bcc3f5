"""Taking back what was decided, by the number of its line in the audit log.

Each is one transaction, with a line of its own. Who takes back what another person decided anew meanwhile is told so
with a ReviewError, and nothing is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pipeline.errors import ReviewError
from pipeline.service.review import Done, record, row_of
from pipeline.service.wiring import Desk
from pipeline.storage import alerts, decisions, findings, ledger, people, stories
from pipeline.storage import sources as source_rows
from pipeline.storage.session import Transaction


def undo(desk: Desk, who: str, change: int, *, revision: int | None = None) -> Done:
    """Takes a change back by the number of its audit line.

    Raises ReviewError when there is no such change, it was taken back before, or somebody decided anew since then.
    """
    now = desk.clock.now()
    with desk.store.transaction() as tx:
        line = people.change(tx, change)
        if line is None or line.action not in _UNDOABLE:
            raise ReviewError("is no change that can be taken back", thing=f"change {change}")
        if people.changes(tx, thing_kind="change", thing=str(change), limit=1):
            raise ReviewError("was taken back before", thing=f"change {change}")
        touched = _UNDOABLE[line.action](tx, line, who, now, revision)
        people.record(
            tx, who=who, action="undo", thing_kind="change", thing=str(change), now=now, before={"action": line.action}
        )
        if line.thing_kind == "finding":
            record(tx, who, "undo", int(line.thing), now, None, {"change": change}, "")
    desk.refresh_known()
    return Done(change=change, action="undo", findings=touched)


def undone(history: Sequence[people.Change]) -> frozenset[int]:
    """The numbers of changes of a finding that were taken back."""
    return frozenset(int(line.after["change"]) for line in history if line.action == "undo" and line.after)


def _undo_judgement(
    tx: Transaction, line: people.Change, who: str, now: datetime, revision: int | None
) -> tuple[int, ...]:
    for entry in (line.after or {}).get("ledger", ()):
        if not ledger.undo(tx, int(entry), by=who, now=now):
            raise ReviewError("was taken back before", thing=f"ledger entry {entry}")
    return _restore(tx, line, revision) if line.thing_kind == "finding" else ()


def _undo_note(
    _tx: Transaction, line: people.Change, _who: str, _now: datetime, _revision: int | None
) -> tuple[int, ...]:
    return (int(line.thing),)  # the line of the undo is all there is to write


def _undo_move(
    tx: Transaction, line: people.Change, _who: str, now: datetime, _revision: int | None
) -> tuple[int, ...]:
    if not stories.undo(tx, int(line.after["move"]), now=now):
        raise ReviewError("was taken back before", thing=f"story {line.thing}")
    return ()


def _undo_pause(
    tx: Transaction, line: people.Change, _who: str, now: datetime, _revision: int | None
) -> tuple[int, ...]:
    if line.action == "pause":
        source_rows.resume(tx, line.thing, now=now)
    else:
        source_rows.pause(tx, line.thing, until=None, now=now)
    return ()


def _undo_alert(
    tx: Transaction, line: people.Change, who: str, now: datetime, _revision: int | None
) -> tuple[int, ...]:
    before = line.before or {}
    until = datetime.fromisoformat(before["until"]) if before.get("until") else None
    alerts.set_state(tx, int(line.thing), str(before.get("state", "open")), by=who, now=now, until=until)
    decisions.silence(tx, "alert", line.thing, until=until, by=who, now=now)
    return ()


_UNDOABLE = {
    "confirm": _undo_judgement,
    "dismiss": _undo_judgement,
    "accept": _undo_judgement,
    "snooze": _undo_judgement,
    "note": _undo_note,
    "merge": _undo_move,
    "split": _undo_move,
    "pause": _undo_pause,
    "resume": _undo_pause,
    "acknowledge": _undo_alert,
    "snooze-alert": _undo_alert,
    "open-alert": _undo_alert,
}
UNDOABLE = frozenset(_UNDOABLE)


def _restore(tx: Transaction, line: people.Change, revision: int | None) -> tuple[int, ...]:
    touched = []
    for was in (line.before or {}).get("rows", ()):
        row = row_of(tx, int(was["finding"]))
        asked = revision if revision is not None and row.id == int(line.thing) else int(was["revision"])
        if line.action == "snooze":
            until = was["snoozed_until"]
            findings.snooze(tx, row.id, datetime.fromisoformat(until) if until else None, revision=asked)
        else:
            at = datetime.fromisoformat(was["at"]) if was["at"] else line.at
            findings.judge(tx, row.id, was["verdict"], by=was["by"], note=was["note"], revision=asked, now=at)
        touched.append(row.id)
    return tuple(touched)
