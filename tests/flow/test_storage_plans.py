"""No question that is asked often reads a whole table: the plans of both databases say so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from store_questions import BIG, IN_ORDER, NOW, QUESTIONS, fill

from pipeline.model.source import Source
from pipeline.storage import sources
from pipeline.storage.session import Store, Transaction
from pipeline.storage.tables import metadata

Asked = list[tuple[str, Any]]


@contextmanager
def noted(store: Store) -> Iterator[Asked]:
    """The statements that the database is handed meanwhile, with their values."""
    asked: Asked = []

    def note(_connection: object, _cursor: object, statement: str, values: object, *_more: object) -> None:
        if statement.lstrip().startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
            asked.append((statement, values))

    sa.event.listen(store.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        sa.event.remove(store.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("name", QUESTIONS)
def test_no_big_table_is_read_whole(sqlite_store: Store, name: str) -> None:
    with sqlite_store.transaction() as tx:
        sources.sync(tx, [Source(id="s", url="https://s.example/")], now=NOW)
        with noted(sqlite_store) as asked:
            QUESTIONS[name](tx)
        for statement, detail in sqlite_plans(tx, asked):
            scanned = re.fullmatch(r"SCAN (\w+)( USING .*)?", detail)
            if scanned and scanned[1] in BIG - {"search_words"} and name not in IN_ORDER:
                assert "INDEX" in (scanned[2] or ""), f"{detail}: {statement}"


def sqlite_plans(tx: Transaction, asked: Asked) -> Iterator[tuple[str, str]]:
    for statement, values in asked:
        for row in tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all():
            yield statement, row.detail


PARTS = {index.name for table in metadata.tables.values() for index in table.indexes if index.kwargs}
# Which index answers, on both databases; SQLite names neither a key nor the index over words.
BY_INDEX = {
    "copies": ("pk_copy_bands", "SEARCH copy_bands USING PRIMARY KEY (recipe=? AND band=?)"),
    "copies of a version": ("ix_versions_copy_group_id",) * 2,
    "stories near": ("ix_stories_subject", "ix_stories_subject (claim=? AND relation=? AND slot=? AND last_at>?)"),
    "members of a story": ("ix_story_members_story_id",) * 2,
    "carriers of stories": ("ix_story_members_story_id",) * 2,
    "stories of findings": ("uq_story_members_finding_id_slot_value", "(finding_id=?)"),
    "newest stories": ("ix_stories_last_at",) * 2,
    "activity": ("ix_findings_counted", "ix_findings_counted (claim=? AND relation=? AND found_at>?)"),
    "articles of topics": ("ix_topic_hits_at",) * 2,
    "search": ("search_words_words", "search_words VIRTUAL TABLE INDEX"),
    "search of a claim": ("search_words_words", "search_words VIRTUAL TABLE INDEX"),
    "search of a topic counted": ("search_words_words", "search_words VIRTUAL TABLE INDEX"),
    "search of a time": ("search_words_words", "search_words VIRTUAL TABLE INDEX"),
}


def test_sqlite_answers_by_the_index_that_is_made_for_it(sqlite_store: Store) -> None:
    with sqlite_store.transaction() as tx:
        fill(tx)
        for name, (_, index) in BY_INDEX.items():
            with noted(sqlite_store) as asked:
                QUESTIONS[name](tx)
            plans = [detail for _, detail in sqlite_plans(tx, asked)]
            assert any(index in plan for plan in plans), (name, plans)
            if name.startswith("search"):  # the index over words comes first, and gives the newest first
                first = next(plan for plan in plans if "search_" in plan and "COVERING" not in plan)
                assert first.startswith("SCAN search_words VIRTUAL TABLE INDEX"), (name, plans)
                assert not any("TEMP B-TREE FOR ORDER BY" in plan for plan in plans), (name, plans)


@pytest.mark.postgres
def test_postgresql_reads_no_big_table_whole(postgres_store: Store) -> None:
    """A table that is read whole although scans are not allowed is one that no index helps with, however small it is.

    A row is looked for by a condition of an index, and not only handed out in its order. Joins that read both sides
    are no help either: for a thousand rows they would be quicker than to look each up, for a million they are not.
    """
    faults = []
    with postgres_store.transaction() as tx:
        fill(tx)
        for way in ("enable_seqscan", "enable_mergejoin", "enable_hashjoin"):
            tx.execute(sa.text(f"SET LOCAL {way} = off"))
        for name, question in QUESTIONS.items():
            with tx.connection.begin_nested() as undone:
                used = set()
                with noted(postgres_store) as asked:
                    question(tx)
                for statement, values in asked:
                    ((plan,),) = tx.connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", values).all()
                    for node in nodes(plan[0]["Plan"]):
                        used.add(node.get("Index Name"))
                        if node.get("Relation Name") in BIG and name not in IN_ORDER and not looked_up(node):
                            faults.append(f"{name}: {node['Node Type']} on {node['Relation Name']}: {statement}")
                if name in BY_INDEX and BY_INDEX[name][0] not in used:
                    faults.append(f"{name}: not by {BY_INDEX[name][0]} but by {used}")
                undone.rollback()
    assert not faults, "\n".join(faults)


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def looked_up(node: dict[str, Any]) -> bool:
    """What changes a table says so of nodes below it; an index over a part of the rows is a condition by itself."""
    return "Cond" in " ".join(node) or node["Node Type"] == "ModifyTable" or node.get("Index Name") in PARTS


def test_the_outbox_is_asked_by_claim_channel_and_time(sqlite_store: Store) -> None:
    """It holds months: what was told of all claims or of a day must not be read for one."""
    wanted = {
        "told of a claim": "ix_outbox_claim (claim=? AND created_at>?)",
        "told on a channel": "ix_outbox_channel (channel=? AND created_at>?)",
        "messages sent since": "ix_outbox_sent (state=? AND sent_at>?)",
    }
    for name, index in wanted.items():
        with sqlite_store.transaction() as tx:
            with noted(sqlite_store) as asked:
                QUESTIONS[name](tx)
            plans = [detail for _, detail in sqlite_plans(tx, asked)]
        assert any(plan.endswith(index) for plan in plans), (name, plans)
