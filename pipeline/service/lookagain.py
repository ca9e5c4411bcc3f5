"""Accepted values that somebody wanted to be looked at again, from their day on until they are accepted anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipeline.model.watch import Claim, Slot, Watch
from pipeline.storage import ledger
from pipeline.storage.ledger import LedgerEntry
from pipeline.storage.session import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A known value to look at again, with the entry that says so."""

    claim: Claim
    slot: Slot
    on: date
    entry: LedgerEntry


def due(tx: Transaction, watch: Watch, *, until: date) -> tuple[Due, ...]:
    """The values that hold and are to be looked at again by that day, included; the longest due first.

    A claim or slot that is configured no more asks for nothing: nobody could look at it.
    """
    claims = {claim.id: claim for claim in watch.claims}
    found = []
    for entry in ledger.to_look_at(tx, until=until):
        claim = claims.get(entry.claim)
        slot = next((one for one in claim.slots if one.name == entry.slot), None) if claim else None
        if claim is not None and slot is not None and entry.look_again_at is not None:
            found.append(Due(claim=claim, slot=slot, on=entry.look_again_at, entry=entry))
    return tuple(found)
