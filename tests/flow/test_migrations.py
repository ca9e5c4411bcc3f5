"""Migrations: equal to the tables on both databases, from every dump, twice, and by two processes at once."""

from __future__ import annotations

import gzip
import json
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from pipeline.errors import SchemaError
from pipeline.model.source import SourceState
from pipeline.storage import articles, findings, ledger, outbox, schema, search, sources, tables, upkeep
from pipeline.storage.session import Store, open_store

ROOT = Path(__file__).resolve().parents[2]
MIGRATIONS = ROOT / "migrations"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DUMPS = ROOT / "tests" / "schema"


def script() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(config)


def test_the_program_knows_every_revision_in_order() -> None:
    found = [revision.revision for revision in script().walk_revisions()]
    assert tuple(reversed(found)) == schema.REVISIONS
    assert len(script().get_heads()) == 1


def test_revisions_are_named_by_day_and_subject() -> None:
    for revision in script().walk_revisions():
        assert re.fullmatch(r"\d{8}_[a-z_]+", revision.revision)
        assert Path(revision.path).stem == revision.revision
        assert (DUMPS / f"{revision.revision}.sqlite.sql").is_file()
        assert (DUMPS / f"{revision.revision}.postgresql.sql").is_file()


def difference(store: Store) -> list[object]:
    with store.read() as tx:
        options = {
            "compare_type": True,
            "compare_server_default": True,
            "include_name": lambda name, kind, _parents: kind != "table" or tables.compared(str(name)),
        }
        context = MigrationContext.configure(tx.connection, opts=options)
        return list(compare_metadata(context, tables.metadata))


def test_migrations_make_what_the_tables_declare(database_url: str) -> None:
    schema.upgrade(database_url, MIGRATIONS)
    store = open_store(database_url)
    assert difference(store) == []
    store.close()


def test_other_tests_run_on_the_same_schema(store: Store) -> None:
    schema.check(store)
    assert difference(store) == []


def test_every_state_of_a_source_has_a_column() -> None:
    assert set(SourceState.__dataclass_fields__) - {"source"} <= set(tables.sources.c.keys())


def test_twice_is_once(database_url: str) -> None:
    assert schema.upgrade(database_url, MIGRATIONS) == ("", schema.REVISIONS[-1])
    assert schema.upgrade(database_url, MIGRATIONS) == (schema.REVISIONS[-1], schema.REVISIONS[-1])


def test_two_processes_at_once_stand_in_line(database_url: str) -> None:
    command = "import sys; from pathlib import Path; from pipeline.storage.schema import upgrade\n"
    command += "print(upgrade(sys.argv[1], Path(sys.argv[2])))"
    started = [
        subprocess.Popen(
            [sys.executable, "-c", command, database_url, str(MIGRATIONS)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for process in started:
        _, said = process.communicate(timeout=60)
        assert process.returncode == 0, said
    store = open_store(database_url)
    schema.check(store)
    assert difference(store) == []
    store.close()


def test_an_empty_old_or_newer_database_is_refused(database_url: str) -> None:
    store = open_store(database_url)
    with pytest.raises(SchemaError, match="claimwatch db upgrade"):
        schema.check(store)
    schema.upgrade(database_url, MIGRATIONS)
    schema.check(store)
    with store.transaction() as tx:
        tx.execute(sa.text("UPDATE alembic_version SET version_num = '29991231_later'"))
    with pytest.raises(SchemaError, match="newer claimwatch"):
        schema.check(store)
    with pytest.raises(SchemaError, match="newer claimwatch"):
        schema.upgrade(database_url, MIGRATIONS)
    store.close()


def test_a_migration_that_fails_leaves_nothing_behind(database_url: str) -> None:
    store = open_store(database_url)
    with store.transaction() as tx:
        tx.execute(sa.text("CREATE TABLE watch_versions (x INTEGER)"))  # in the way of one of the last tables
    with pytest.raises(sa.exc.DBAPIError):
        schema.upgrade(database_url, MIGRATIONS)
    with store.read() as tx:
        assert sa.inspect(tx.connection).get_table_names() == ["watch_versions"]
    store.close()


def load(store: Store, revision: str) -> None:
    """Fills an empty database with the dump of a revision."""
    dialect = "postgresql" if store.postgres else "sqlite"
    statements = (DUMPS / f"{revision}.{dialect}.sql").read_text(encoding="utf-8")
    if store.path is not None:
        with closing(sqlite3.connect(store.path)) as connection:  # as a person would: foreign keys are off meanwhile
            connection.executescript(statements)
    else:
        with store.transaction() as tx:
            own = tx.scalar(sa.text("SELECT current_schema()"))
            tx.connection.exec_driver_sql(statements.replace("public.", f"{own}."))


@pytest.mark.parametrize("revision", schema.REVISIONS)
def test_every_dump_is_upgraded_with_its_data(database_url: str, revision: str) -> None:
    store = open_store(database_url)
    load(store, revision)
    store.close()
    schema.upgrade(database_url, MIGRATIONS)
    store = open_store(database_url)
    schema.check(store)
    assert difference(store) == []
    search.rebuild(store)
    with store.transaction() as tx:
        assert list(sources.load_all(tx)) == ["s1"]
        (finding,) = findings.select(tx, findings.Filter())
        assert finding.finding.changes[0].new == "signed"
        assert finding.verdict == "accepted"
        article = articles.current(tx, finding.article_id)
        assert article is not None
        assert article.title == "Türkiye ✓ بازو"
        assert ledger.known(tx) == {"sale": {"stage": "signed"}}
        assert len(outbox.select(tx, state="sent")) == 1
        assert len(search.find(tx, "turkiye")) == 1
    store.close()


@pytest.mark.parametrize("revision", schema.REVISIONS)
def test_an_archive_of_an_older_program_is_restored_and_can_be_searched(tmp_path: Path, revision: str) -> None:
    old = open_store(f"sqlite:///{tmp_path / 'old.db'}")
    load(old, revision)
    lines: list[object] = [{"format": upkeep.FORMAT, "revision": revision}]
    with old.read() as tx:
        there = sa.inspect(tx.connection)
        for table in tables.metadata.sorted_tables:
            if there.has_table(table.name) and table is not tables.search_rows:
                named = [table.c[column["name"]] for column in there.get_columns(table.name)]
                lines += [[table.name, dict(row._mapping)] for row in tx.all(sa.select(*named))]
    old.close()
    archive = tmp_path / "old.jsonl.gz"
    with gzip.open(archive, "wt", encoding="utf-8") as out:
        out.writelines(json.dumps(line, default=written) + "\n" for line in [*lines, {"end": True}])
    upkeep.restore(archive, f"sqlite:///{tmp_path / 'new.db'}", MIGRATIONS)
    new = open_store(f"sqlite:///{tmp_path / 'new.db'}")
    schema.check(new)
    with new.read() as tx:
        assert [hit.kind for hit in search.find(tx, "signed")] == ["finding", "article"]
    new.close()


def written(value: object) -> object:
    return {"bytes": value.hex()} if isinstance(value, bytes) else str(value)


@pytest.mark.parametrize("kind", ["article", "finding"])
def test_what_was_indexed_before_filters_stood_in_the_index_is_indexed_anew(database_url: str, kind: str) -> None:
    """In the rows that it has, so that the newest stays the newest; nothing has to be searched for to be found."""
    store = open_store(database_url)
    load(store, "20261122_told")
    with store.transaction() as tx:
        texts = [("article", 1), ("finding", 1), ("article", 99)]
        for number, (of, thing) in zip((7, 9, 11), texts, strict=True):
            row = {"id": number, "kind": of, "thing_id": thing, "at": NOW, "claim": "sale" if of == "finding" else ""}
            tx.execute(sa.insert(tables.search_rows), row)
            words = "to_tsvector('simple', 'signed')" if store.postgres else "'signed'"
            key = "id" if store.postgres else "rowid"
            tx.execute(sa.text(f"INSERT INTO search_words ({key}, words) VALUES ({number}, {words})"))
    store.close()
    schema.upgrade(database_url, MIGRATIONS)
    store = open_store(database_url)
    with store.transaction() as tx:
        assert [(hit.row, hit.kind) for hit in search.find(tx, "signed")] == [(9, "finding"), (7, "article")]
        (hit,) = search.find(tx, "signed", search.Where(kind=kind))
        assert hit.kind == kind
        assert [(one.row, one.head) for one in search.find(tx, "turkiye", ranked=True)] == [(7, True)]
    store.close()
