"""The index over words answers filters too, and what is counted over many findings stands in indexes of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from pipeline.storage.columns import Json, Moment
from pipeline.storage.search import Text, write
from pipeline.storage.session import Transaction

revision = "20261122_marked_words"
down_revision = "20261122_told"
branch_labels = None
depends_on = None

AT_ONCE = 500  # rows indexed at once
CACHE = -(
    256 << 10
)  # KiB, for this connection: with less the index, as it grows, is read from the file again and again

waiting = "verdict = '' AND relation IN ('adds', 'changes', 'denies') AND NOT backlog AND superseded_at IS NULL"
rows = sa.table(
    "search_rows",
    sa.column("at", Moment),
    *map(sa.column, ("id", "kind", "thing_id", "source", "lang", "claim", "topic", "relation")),
)
versions = sa.table("versions", *map(sa.column, ("article_id", "current", "title", "text")))
findings = sa.table("findings", sa.column("id"), sa.column("attribution"), sa.column("evidence", Json))
changes = sa.table("finding_changes", *map(sa.column, ("finding_id", "position", "new")))


def upgrade() -> None:
    """Makes the indexes, then indexes every text anew, in the rows that it has: some minutes for a million articles."""
    _indexes()
    tx = Transaction(op.get_bind())
    if tx.postgres:
        op.execute("DROP INDEX search_words_words")
        op.execute("TRUNCATE search_words")
    else:
        op.execute(f"PRAGMA cache_size = {CACHE}")
        op.execute("INSERT INTO search_words (search_words) VALUES ('delete-all')")
    after = 0
    while some := tx.all(sa.select(rows).where(rows.c.id > after).order_by(rows.c.id).limit(AT_ONCE)):
        write(tx, [(row.id, row.at, text) for row, text in _texts(tx, some)])
        after = some[-1].id
    if tx.postgres:
        op.execute("CREATE INDEX search_words_words ON search_words USING gin (words)")


def _indexes() -> None:
    op.create_index(op.f("ix_search_rows_at"), "search_rows", ["at"], unique=False)
    op.create_index("ix_entries_source", "entries", ["source", "id"], unique=False)
    op.create_index("ix_topic_hits_at", "topic_hits", ["at", "topic", "version_id"], unique=False)
    columns, shares = ["thing", "day", "step", "reason", "count"], sa.text("step IN ('entry', 'useful')")
    op.create_index("ix_tallies_shares", "tallies", columns, sqlite_where=shares, postgresql_where=shares)
    stands, waits = sa.text("superseded_at IS NULL"), sa.text(waiting)
    columns = ["claim", "relation", "found_at"]
    op.create_index("ix_findings_counted", "findings", columns, sqlite_where=stands, postgresql_where=stands)
    for name, columns in (("claim", ["claim", "id", "found_at"]), ("topic", ["topic", "id"])):
        named = f"ix_findings_waiting_{name}"
        op.create_index(named, "findings", columns, sqlite_where=waits, postgresql_where=waits)
    op.create_index("ix_findings_claim_verdict", "findings", ["claim", "verdict", "id"], unique=False)


def _texts(tx: Transaction, some: Any) -> Iterator[tuple[Any, Text]]:
    """The rows with what is indexed of them; one whose article or finding is gone has nothing."""
    v, f = versions.c, findings.c
    numbers = {kind: [row.thing_id for row in some if row.kind == kind] for kind in ("article", "finding")}
    of_articles = sa.select(v.article_id, v.title, v.text).where(v.current, v.article_id.in_(numbers["article"]))
    whole = {row.article_id: row for row in tx.all(of_articles)}
    found = {row.id: row for row in tx.all(sa.select(findings).where(f.id.in_(numbers["finding"])))}
    new: dict[int, list[str]] = {}
    said = sa.select(changes).where(changes.c.finding_id.in_(numbers["finding"]))
    for change in tx.all(said.order_by(changes.c.finding_id, changes.c.position)):
        new.setdefault(change.finding_id, []).append(change.new)
    for row in some:
        if row.kind == "article" and row.thing_id in whole:
            one = whole[row.thing_id]
            head, text = one.title, f"{one.title}\n{one.text}"
        elif row.kind == "finding" and row.thing_id in found:
            one = found[row.thing_id]
            quotes = [span["text"] for span in one.evidence or ()]
            head, text = "\n".join(quotes), "\n".join([*quotes, row.claim, one.attribution, *new.get(one.id, ())])
        else:
            continue
        names = {name: getattr(row, name) for name in ("source", "lang", "claim", "topic", "relation")}
        yield row, Text(kind=row.kind, thing_id=row.thing_id, head=head, text=text, **names)
