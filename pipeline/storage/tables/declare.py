"""How a table is declared: names of constraints, and columns that come again and again."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from pipeline.storage.columns import Json, Key, Moment, Words

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def table(name: str, *parts: Any, **options: Any) -> sa.Table:
    """A table of ours; a numbered one never gives a number twice, since numbers stand in messages and links."""
    numbered = any(isinstance(part, sa.Column) and part.name == "id" and part.type is Key for part in parts)
    return sa.Table(name, metadata, *parts, sqlite_autoincrement=numbered, **options)


def number() -> sa.Column[int]:
    """The row's own number."""
    return sa.Column("id", Key, primary_key=True)


def ref(name: str, to: str, *, null: bool = False, gone: str = "CASCADE", index: bool = False) -> sa.Column[int]:
    """The number of a row of another table; `gone` says what happens when that row is deleted."""
    return sa.Column(name, Key, sa.ForeignKey(f"{to}.id", ondelete=gone), nullable=null, index=index)


def text(name: str, *, default: str = "", **more: Any) -> sa.Column[str]:
    """Text, "" when there is none."""
    return sa.Column(name, Words, nullable=False, server_default=sa.text(f"'{default}'"), **more)


def count(name: str, default: int = 0) -> sa.Column[int]:
    """A whole number, 0 when nothing was counted."""
    return sa.Column(name, sa.Integer, nullable=False, server_default=str(default))


def flag(name: str) -> sa.Column[bool]:
    """False unless set."""
    return sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false())


def at(name: str, *, null: bool = True, **more: Any) -> sa.Column[Any]:
    """A time; NULL when it did not happen."""
    return sa.Column(name, Moment, nullable=null, **more)


def record(name: str) -> sa.Column[Any]:
    """Data of a record as JSON."""
    return sa.Column(name, Json, nullable=True)


def lease() -> tuple[sa.Column[Any], sa.Column[Any]]:
    """Who works on the row and until when; free when the time is NULL or past."""
    return text("lease_holder"), at("lease_until")


def part(name: str, where: str, *columns: str) -> sa.Index:
    """An index over the rows of which that is so."""
    said = sa.text(where)
    return sa.Index(name, *columns, sqlite_where=said, postgresql_where=said)


def leased(name: str) -> sa.Index:
    """Finds the few rows that are in work among the many that are not."""
    taken = sa.text("lease_until IS NOT NULL")
    return sa.Index(f"ix_{name}_leased", "lease_until", sqlite_where=taken, postgresql_where=taken)
