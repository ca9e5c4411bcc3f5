"""Rows that wait for their turn: which are free, and how they are taken by one who works on them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from pipeline.storage.columns import Moment, to_json
from pipeline.storage.session import Transaction

NOW: sa.BindParameter[datetime] = sa.bindparam("now", type_=Moment())  # the moment for which a row is free or not
_WINDOW = 200  # rows looked at for free ones, at least


class Leases:
    """How rows of a table are taken. The statement is put together once: it is asked all day."""

    def __init__(self, table: sa.Table, free: sa.ColumnElement[bool], wanted: Sequence[str] = ()) -> None:
        """`free` says which rows may be taken while nobody works on them, `wanted` which columns of them are given."""
        k = table.c
        self.free = free = sa.and_(free, sa.or_(k.lease_until.is_(None), k.lease_until <= NOW))
        # SQLite holds its one write lock: what was free in this transaction is free still
        unlocked = sa.select(k.id).where(_in(k.id, "ids", postgres=True), free).with_for_update(skip_locked=True)
        mine = {True: k.id.in_(unlocked), False: _in(k.id, "ids", postgres=False)}
        values = {"lease_holder": sa.bindparam("holder"), "lease_until": sa.bindparam("until", type_=Moment())}
        columns = [k[name] for name in wanted] or list(k)
        self._take = {
            postgres: sa.update(table).where(chosen, free).values(values).returning(*columns)
            for postgres, chosen in mine.items()
        }

    def take(
        self, tx: Transaction, ids: Sequence[Any], *, now: datetime, holder: str, until: datetime
    ) -> Sequence[sa.Row[Any]]:
        """Leases those that are still free. What another process is taking is passed over, not waited for."""
        if not ids:
            return ()
        given = {"now": now, "ids": _given(tx, ids), "holder": holder, "until": until}
        return tx.execute(self._take[tx.postgres], given).all()


class Queue(Leases):
    """Rows of hosts, taken in an order, so that no host is asked for more than it stands."""

    def __init__(
        self,
        table: sa.Table,
        free: sa.ColumnElement[bool],
        order: tuple[sa.ColumnElement[Any], ...],
        wanted: Sequence[str] = (),
    ) -> None:
        super().__init__(table, free, wanted)
        free = self.free
        k = table.c
        self._busy = sa.select(k.host, sa.func.count().label("n")).where(k.lease_until > NOW).group_by(k.host)
        self._waiting = sa.select(sa.func.count()).select_from(table).where(free)
        self._window = {
            postgres: sa.select(k.id, k.host)
            .where(free, ~_in(k.id, "chosen", postgres=postgres), ~_in(k.host, "full", postgres=postgres))
            .order_by(*order)
            .limit(sa.bindparam("most", type_=sa.Integer))
            for postgres in (False, True)
        }

    def claim(
        self, tx: Transaction, *, now: datetime, limit: int, per_host: int, lease: timedelta, holder: str
    ) -> Sequence[sa.Row[Any]]:
        """Takes free rows in order, so that no host has more than `per_host` in work; they come in any order."""
        chosen = self._choose(tx, now=now, limit=limit, per_host=per_host)
        return self.take(tx, chosen, now=now, holder=holder, until=now + lease)

    def waiting(self, tx: Transaction, *, now: datetime) -> int:
        """How many rows are free now."""
        return int(tx.execute(self._waiting, {"now": now}).scalar_one())

    def _choose(self, tx: Transaction, *, now: datetime, limit: int, per_host: int) -> list[Any]:
        busy = {row.host: row.n for row in tx.execute(self._busy, {"now": now})}
        chosen: list[Any] = []
        while True:  # a host with a long backlog does not hide the others: once it is full it is left out
            full = [host for host, n in busy.items() if n >= per_host]
            most = max(2 * (limit - len(chosen)), _WINDOW)
            given = {"now": now, "chosen": _given(tx, chosen), "full": _given(tx, full), "most": most}
            rows = tx.execute(self._window[tx.postgres], given).all()
            for row in rows:
                if len(chosen) == limit:
                    return chosen
                if busy.get(row.host, 0) < per_host:
                    busy[row.host] = busy.get(row.host, 0) + 1
                    chosen.append(row.id)
            if len(rows) < most:
                return chosen


def _in(column: sa.ColumnElement[Any], name: str, *, postgres: bool) -> sa.ColumnElement[bool]:
    """Whether the value is one of a parameter's: one parameter for any number, so that the statement stays the same."""
    if postgres:
        return column == sa.any_(sa.bindparam(name, type_=ARRAY(column.type)))
    return column.in_(sa.select(sa.func.json_each(sa.bindparam(name, type_=sa.Text())).table_valued("value").c.value))


def _given(tx: Transaction, values: Sequence[Any]) -> Any:
    return list(values) if tx.postgres else to_json(list(values))
