"""Whether the database has the program's schema, and how it gets it. The only user of Alembic."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import sqlalchemy as sa

from pipeline.errors import SchemaError
from pipeline.model.outcome import Reason
from pipeline.storage.session import Store, open_store, translated

# in order, compared by a test
REVISIONS = (
    "20261122_first",
    "20261122_second_reader",
    "20261122_work_in_hand",
    "20261122_quick_pages",
    "20261122_many_sources",
    "20261122_told",
    "20261122_marked_words",
)
_UPGRADE_LOCK = 7_203_414_117  # any number, the same for all who upgrade


def revision(store: Store) -> str:
    """The schema that the database has, "" for an empty one."""
    with store.read() as tx:
        if not sa.inspect(tx.connection).has_table("alembic_version"):
            return ""
        return str(tx.scalar(sa.text("SELECT version_num FROM alembic_version")) or "")


def check(store: Store) -> None:
    """Raises SchemaError unless the database has exactly the schema of this program."""
    there = revision(store)
    if there == REVISIONS[-1]:
        return
    if there in REVISIONS or not there:
        said = "has an older schema" if there else "has no tables yet"
        raise SchemaError(said, thing=store.url, hint="run: claimwatch db upgrade", reason=Reason.OLD_SCHEMA)
    raise SchemaError(
        f"has the schema {there}, which this program does not know",
        thing=store.url,
        hint="a newer claimwatch made it: install that one, or restore a backup",
        reason=Reason.OLD_SCHEMA,
    )


def upgrade(url: str, migrations: Path, *, to: str = "head") -> tuple[str, str]:
    """Brings the database to the program's schema; (before, after), the same when nothing was to be done.

    All in one transaction, so it is done or not done. Safe to run twice and by several processes at once: they stand
    in line. Raises SchemaError for a database that is newer than the program.
    """
    from alembic import command
    from alembic.config import Config

    store = open_store(url)
    try:
        before = revision(store)
        if before and before not in REVISIONS:
            check(store)
        config = Config()
        config.set_main_option("script_location", str(migrations).replace("%", "%%"))
        with translated(store.url), store.transaction() as tx:
            if tx.postgres:
                tx.execute(sa.select(sa.func.pg_advisory_xact_lock(_UPGRADE_LOCK)))
            config.attributes["connection"] = tx.connection
            command.upgrade(config, to)
        return before, revision(store)
    finally:
        store.close()


def make_file(path: Path, migrations: Path) -> None:
    """Writes a new SQLite file with the program's schema and nothing in it: for a store that lives for minutes.

    The migrations are run once a process, since that takes longer than what such a store is made for.
    Raises FileExistsError where a file is, OSError where none can be written.
    """
    with path.open("xb") as file:
        file.write(_empty(migrations))


@cache
def _empty(migrations: Path) -> bytes:
    """What an upgraded SQLite file holds; its journal is gone with its last connection."""
    with tempfile.TemporaryDirectory(prefix="claimwatch-schema-") as folder:
        path = Path(folder) / "empty.db"
        upgrade(f"sqlite:///{path}", migrations)
        return path.read_bytes()
