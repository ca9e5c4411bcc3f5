"""Runs the migrations on the connection that the program gives, within its transaction."""

from __future__ import annotations

from alembic import context

from pipeline.storage.tables import compared, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_name=lambda name, kind, _parents: kind != "table" or compared(str(name)),
    render_as_batch=True,
    transactional_ddl=True,  # SQLite can, when the transaction was begun by hand
    transaction_per_migration=False,
)
context.run_migrations()
