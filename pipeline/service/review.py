"""What a reviewer decides: confirm, dismiss, accept, snooze, note.

Every change is one transaction with one line in the audit log; by that line's number it is taken back (undo.py). Who
decides on something that another person changed meanwhile is told so with a ReviewError, and nothing is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from pipeline.errors import ReviewError
from pipeline.service.wiring import Desk
from pipeline.storage import desk as queries
from pipeline.storage import findings, ledger, people
from pipeline.storage.findings import SavedFinding
from pipeline.storage.session import Transaction

DISMISSALS = {  # why a finding is none; the key is stored and exported
    "not-about": "Not about this claim",
    "wrong-value": "The value was read wrongly",
    "old-news": "Old news, known before",
    "other-subject": "The value belongs to something else",
    "not-news": "True, but of no importance",
    "unreliable": "The source is not to be believed",
    "other": "Another reason, see the note",
}
NOTE_CHARS = 2000  # longest note
SNOOZE = timedelta(days=400)  # longest


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What was done: the number of the audit line, and the findings that it changed."""

    change: int
    action: str
    findings: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """One slot of a finding to make known; `expected` is the ledger entry that the reviewer saw (0: none)."""

    slot: str
    expected: int | None = None


def confirm(desk: Desk, who: str, finding: int, *, revision: int, note: str = "", others: Sequence[int] = ()) -> Done:
    """The finding is right. `others` of its story that wait are confirmed with it."""
    return _judge(desk, who, "confirm", "confirmed", finding, revision, note=_note(note), others=others)


def dismiss(
    desk: Desk, who: str, finding: int, *, revision: int, reason: str, note: str = "", others: Sequence[int] = ()
) -> Done:
    """The finding is none, for one of DISMISSALS. Raises ReviewError for another reason."""
    if reason not in DISMISSALS:
        raise ReviewError(
            f"{reason!r} is no reason", thing=f"finding {finding}", hint=f"one of {', '.join(DISMISSALS)}"
        )
    said = f"{reason}: {_note(note)}" if note.strip() else reason
    return _judge(desk, who, "dismiss", "dismissed", finding, revision, note=said, others=others)


def accept(
    desk: Desk,
    who: str,
    finding: int,
    *,
    revision: int,
    take: Sequence[Take] = (),
    valid_from: str = "",
    look_again_at: date | None = None,
    note: str = "",
    others: Sequence[int] = (),
) -> Done:
    """What the finding says becomes what is known, slot by slot (all changed ones unless `take` names some).

    Later coverage is compared with it; earlier findings keep what they were compared with. Raises ReviewError when the
    finding or a ledger entry was changed meanwhile, or the finding changes nothing.
    """
    now = desk.clock.now()
    with desk.store.transaction() as tx:
        row = row_of(tx, finding)
        changes = {saved.change.slot: saved.change for saved in row.changes}
        chosen = list(take) or [Take(slot=slot) for slot in changes]
        unknown = [one.slot for one in chosen if one.slot not in changes]
        if unknown or not chosen:
            what = f"does not change {', '.join(unknown)}" if unknown else "changes no value"
            raise ReviewError(what, thing=f"finding {finding}", hint="confirm it instead")
        entries = [
            ledger.accept(
                tx,
                claim=row.finding.claim,
                slot=one.slot,
                value=changes[one.slot].new,
                by=who,
                now=now,
                valid_from=_as_known(valid_from),
                finding_id=finding,
                on_whose_word=row.finding.attribution or desk.source(row.source).name or row.source,
                note=_note(note),
                look_again_at=look_again_at,
                expected=one.expected,
            )
            for one in chosen
        ]
        done = _write(
            tx, who, "accept", "accepted", row, revision, now, note=_note(note), others=others, ledger=entries
        )
    desk.refresh_known()
    return done


def accept_value(
    desk: Desk,
    who: str,
    claim: str,
    slot: str,
    value: str | None,
    *,
    valid_from: str = "",
    on_whose_word: str = "",
    look_again_at: date | None = None,
    note: str = "",
    expected: int | None = None,
) -> Done:
    """Makes a value known without a finding, as from the command line. Raises ReviewError for an unknown slot."""
    known = next((c for c in desk.watch.claims if c.id == claim), None)
    if known is None or slot not in {one.name for one in known.slots}:
        slots = ", ".join(one.name for one in known.slots) if known else ""
        what = "has no such slot" if known else "is no claim of the configuration"
        raise ReviewError(what, thing=f"{claim} {slot}".strip(), hint=f"its slots: {slots}" if slots else "")
    now = desk.clock.now()
    with desk.store.transaction() as tx:
        entry = ledger.accept(
            tx,
            claim=claim,
            slot=slot,
            value=value,
            by=who,
            now=now,
            valid_from=_as_known(valid_from),
            on_whose_word=on_whose_word,
            note=_note(note),
            look_again_at=look_again_at,
            expected=expected,
        )
        change = people.record(
            tx,
            who=who,
            action="accept",
            thing_kind="claim",
            thing=claim,
            now=now,
            after={"slot": slot, "value": value, "ledger": [entry]},
            note=_note(note),
        )
    desk.refresh_known()
    return Done(change=change, action="accept")


def still_so(
    desk: Desk,
    who: str,
    claim: str,
    slot: str,
    *,
    look_again_at: date | None = None,
    note: str = "",
    expected: int | None = None,
) -> Done:
    """Somebody looked again, and what is known stays known: accepted anew, since the same time and on the same word.

    Raises ReviewError when nobody accepted a value of that slot, or the entry that was seen holds no more.
    """
    with desk.store.read() as tx:
        entry = ledger.latest(tx, claim, slot)
    if entry is None:
        raise ReviewError("nobody accepted a value of it", thing=f"{claim} {slot}", hint="accept one first")
    return accept_value(
        desk,
        who,
        claim,
        slot,
        entry.value,
        valid_from=entry.valid_from,
        on_whose_word=entry.on_whose_word,
        look_again_at=look_again_at,
        note=note,
        expected=entry.id if expected is None else expected,
    )


def snooze(
    desk: Desk, who: str, finding: int, *, revision: int, until: datetime, note: str = "", others: Sequence[int] = ()
) -> Done:
    """Off the list until then. Raises ReviewError for a time that is past or more than 400 days away."""
    now = desk.clock.now()
    if not now < until <= now + SNOOZE:
        raise ReviewError("a snooze ends between now and 400 days from now", thing=f"finding {finding}")
    with desk.store.transaction() as tx:
        rows = [row_of(tx, finding), *_waiting(tx, finding, others)]
        before = [_before(row) for row in rows]
        for row in rows:
            findings.snooze(tx, row.id, until, revision=revision if row.id == finding else row.revision)
        after = {"until": until.isoformat(), "findings": [row.id for row in rows]}
        change = record(tx, who, "snooze", finding, now, before, after, _note(note))
    return Done(change=change, action="snooze", findings=tuple(row.id for row in rows))


def note(desk: Desk, who: str, finding: int, text: str) -> Done:
    """A remark that stays with the finding. Raises ReviewError when it is empty."""
    said = _note(text)
    if not said:
        raise ReviewError("the note is empty", thing=f"finding {finding}", hint="write something, or leave it")
    with desk.store.transaction() as tx:
        row_of(tx, finding)
        change = record(tx, who, "note", finding, desk.clock.now(), None, None, said)
    return Done(change=change, action="note", findings=(finding,))


def _judge(
    desk: Desk,
    who: str,
    action: str,
    verdict: str,
    finding: int,
    revision: int,
    *,
    note: str,
    others: Sequence[int],
) -> Done:
    with desk.store.transaction() as tx:
        row = row_of(tx, finding)
        return _write(tx, who, action, verdict, row, revision, desk.clock.now(), note=note, others=others)


def _write(
    tx: Transaction,
    who: str,
    action: str,
    verdict: str,
    row: SavedFinding,
    revision: int,
    now: datetime,
    *,
    note: str,
    others: Sequence[int],
    **more: Any,
) -> Done:
    rows = [row, *_waiting(tx, row.id, others)]
    before = [_before(one) for one in rows]
    for one in rows:
        seen = revision if one.id == row.id else one.revision
        findings.judge(tx, one.id, verdict, by=who, note=note, revision=seen, now=now)
    after = {"verdict": verdict, "findings": [one.id for one in rows]} | more
    change = record(tx, who, action, row.id, now, before, after, note)
    return Done(change=change, action=action, findings=tuple(one.id for one in rows))


def row_of(tx: Transaction, finding: int) -> SavedFinding:
    """The finding of this number. Raises ReviewError when there is none any more."""
    row = findings.load(tx, finding)
    if row is None:
        raise ReviewError("is no longer there", thing=f"finding {finding}", hint="it was pruned with its article")
    return row


def _waiting(tx: Transaction, lead: int, others: Sequence[int]) -> list[SavedFinding]:
    """Those of the others that still wait and are in the lead's story: nothing else is decided along with it."""
    if not others:
        return []
    story = queries.stories_of(tx, [lead, *others])
    rows = [
        findings.load(tx, one) for one in dict.fromkeys(others) if one != lead and story.get(one) == story.get(lead)
    ]
    return [row for row in rows if row is not None and not row.verdict and lead in story]


def _before(row: SavedFinding) -> dict[str, Any]:
    return {
        "finding": row.id,
        "verdict": row.verdict,
        "by": row.verdict_by,
        "at": None if row.verdict_at is None else row.verdict_at.isoformat(),
        "note": row.verdict_note,
        "snoozed_until": None if row.snoozed_until is None else row.snoozed_until.isoformat(),
        "revision": row.revision + 1,  # as this change leaves it
    }


def record(
    tx: Transaction,
    who: str,
    action: str,
    finding: int,
    now: datetime,
    before: Sequence[Mapping[str, Any]] | None,
    after: Mapping[str, Any] | None,
    note: str,
) -> int:
    """Writes a line about a finding into the audit log: its number. `before` are the findings as they were."""
    return people.record(
        tx,
        who=who,
        action=action,
        thing_kind="finding",
        thing=str(finding),
        now=now,
        before=None if before is None else {"rows": list(before)},
        after=after,
        note=note,
    )


def _note(text: str) -> str:
    said = text.strip()
    if len(said) > NOTE_CHARS:
        raise ReviewError(f"the note has {len(said)} characters, at most {NOTE_CHARS} are kept", thing="note")
    return said


def _as_known(text: str) -> str:
    """A day, month or year as far as it is known. Raises ReviewError for anything else."""
    said = text.strip()
    parts = said.split("-")
    try:
        if said:
            numbers = [int(part) for part in parts]
            date(numbers[0], *(numbers[1:] + [1] * (3 - len(numbers))))
            if len(parts) > 3 or len(parts[0]) != 4 or not all(len(part) == 2 for part in parts[1:]):
                raise ValueError(said)
    except (ValueError, TypeError) as error:
        raise ReviewError(f"{said!r} is no date", thing="valid from", hint="2025, 2025-06 or 2025-06-01") from error
    return said
