"""Many rows in one statement: they travel as one JSON text, which the database takes apart itself.

A driver that is handed rows one by one turns every value over in Python; for a feed of thirty entries that costs more
than the database's own work, and all of it holds up whatever else this process does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from pipeline.storage.columns import encoder
from pipeline.storage.session import Transaction

AT_ONCE = 500  # rows of one statement: what is held in memory twice


def given(table: sa.Table, names: Sequence[str], *, postgres: bool) -> dict[str, sa.ColumnElement[Any]]:
    """The columns of the rows in the parameter `rows`, with the types that they have in the table."""
    text = sa.bindparam("rows", type_=sa.Text())
    if postgres:
        typed = [sa.column(name, table.c[name].type) for name in names]
        listed = sa.func.json_to_recordset(sa.cast(text, postgresql.JSON)).table_valued(*typed, name="given")
        return dict(listed.render_derived(name="given", with_types=True).c.items())
    each = sa.func.json_each(text).table_valued("value", name="given")
    return {name: sa.func.json_extract(each.c.value, f"$.{name}") for name in names}


def run(tx: Transaction, statement: sa.UpdateBase, rows: Iterable[Mapping[str, Any]], **values: Any) -> int:
    """Runs a statement that is made with `given`, as often as so many rows take; how many were changed."""
    encode = _FOR_POSTGRES if tx.postgres else _FOR_SQLITE
    return sum(tx.execute(statement, {"rows": encode(some), **values}).rowcount for some in _some(rows))


def insert(tx: Transaction, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Inserts rows that all name the same columns, in their order, leaving out those that are there."""
    if rows:
        run(tx, _insert(table, tuple(rows[0]), tx.postgres), rows)


@cache
def _insert(table: sa.Table, names: tuple[str, ...], postgres: bool) -> sa.UpdateBase:
    """Built once for rows that are alike."""
    return inserting(table, names, postgres=postgres).on_conflict_do_nothing()


def inserting(table: sa.Table, names: tuple[str, ...], *, postgres: bool) -> sqlite.Insert | postgresql.Insert:
    """An INSERT of the rows in the parameter `rows`, to which an ON CONFLICT is put."""
    added = postgresql.insert(table) if postgres else sqlite.insert(table)
    rows = sa.select(*given(table, names, postgres=postgres).values())
    return added.from_select(list(names), rows.where(sa.text("true")))  # without it SQLite takes ON for that of a join


def _some(rows: Iterable[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    left = iter(rows)
    while some := list(islice(left, AT_ONCE)):
        yield some


def _for_sqlite(value: object) -> object:
    """Times as the column types write them there, so that they compare as text."""
    if isinstance(value, datetime):
        return _aware(value).replace(tzinfo=None).isoformat(" ", "microseconds")
    return _plain(value)


def _for_postgres(value: object) -> object:
    return _aware(value).isoformat() if isinstance(value, datetime) else _plain(value)


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError(f"{value} has no time zone; times in the store are aware")
    return value if value.tzinfo is UTC else value.astimezone(UTC)


def _plain(value: object) -> object:
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form here")


_FOR_SQLITE = encoder(_for_sqlite)
_FOR_POSTGRES = encoder(_for_postgres)
