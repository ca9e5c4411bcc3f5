"""Many rows in one statement: a driver that is handed rows one by one waits for its turn in Python after every row.

They travel as one JSON text, which the database takes apart itself. What is inserted into SQLite travels as values,
dozens of rows in a statement: SQLite reads values in a third of the time that it takes to read JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from pipeline.storage.columns import encoder, storable, to_json
from pipeline.storage.session import Transaction

AT_ONCE = 500  # rows of one statement: what is held in memory twice
VALUES_AT_ONCE = 60  # rows of one statement of values: beyond that it is quicker no more


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
    if not rows:
        return
    names = tuple(rows[0])
    if tx.postgres:
        run(tx, _insert(table, names), rows)
        return
    for at in range(0, len(rows), VALUES_AT_ONCE):
        some = rows[at : at + VALUES_AT_ONCE]
        tx.connection.exec_driver_sql(_insert_values(table, names, len(some)), tuple(_values(some)))


@cache
def _insert(table: sa.Table, names: tuple[str, ...]) -> sa.UpdateBase:
    """Built once for rows that are alike."""
    return inserting(table, names, postgres=True).on_conflict_do_nothing()


@cache
def _insert_values(table: sa.Table, names: tuple[str, ...], count: int) -> str:
    into = sqlite.dialect().identifier_preparer
    columns = ", ".join(into.quote(table.c[name].name) for name in names)
    row = f"({', '.join('?' * len(names))})"
    return (
        f"INSERT INTO {into.format_table(table)} ({columns}) "  # noqa: S608 - names of our own tables
        f"VALUES {', '.join([row] * count)} ON CONFLICT DO NOTHING"
    )


def _values(rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    """The values of all rows, as SQLite takes them."""
    values = [value for row in rows for value in row.values()]
    written = [value if (form := _FORMS.get(type(value))) is None else form(value) for value in values]
    whole = "".join([value for value in written if type(value) is str])
    if storable(whole) is not whole:  # one look at all of them: hardly ever one is found
        written = [storable(value) if type(value) is str else value for value in written]
    return written


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
    return _moment(value) if isinstance(value, datetime) else _plain(value)


@lru_cache(1_024)
def _moment(value: datetime) -> str:
    """A time as the column types write it there, so that times compare as text. One moment stands in many rows."""
    return _aware(value).replace(tzinfo=None).isoformat(" ", "microseconds")


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


# What is no value of SQLite's own, and its form there.
_FORMS: Mapping[type, Callable[[Any], object]] = {
    datetime: _moment, timedelta: _plain, date: _plain, list: to_json, tuple: to_json, dict: to_json,
}  # fmt: skip
_FOR_SQLITE = encoder(_for_sqlite)
_FOR_POSTGRES = encoder(_for_postgres)
