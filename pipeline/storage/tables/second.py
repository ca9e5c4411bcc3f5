"""The second reader's books: every question, what came of it, and what it cost."""

from __future__ import annotations

import sqlalchemy as sa

from pipeline.storage.tables.declare import at, count, number, table, text

second_questions = table(
    "second_questions",
    number(),
    text("key"),  # of passage, claim version, model and wording; an answer to the same key is not asked for again
    text("claim"),
    text("claim_version"),
    text("model"),
    at("at", null=False),
    text("verdict"),  # confirm, propose, doubt; "" without a usable answer
    text("answer"),  # JSON, as checked
    text("fault"),  # why there is none
    count("tokens_in"),
    count("tokens_out"),  # both estimated, in tokens_in, until the answer is there
    sa.Column("cost", sa.Float(53), nullable=False, server_default="0"),
    sa.Column("took_s", sa.Float(53), nullable=True),  # NULL until it ended
    sa.Index("ix_second_questions_key", "key", "id"),
    sa.Index("ix_second_questions_at", "at"),
)
