"""Pages that were put off, read with rules that have changed since: findings are stored, and nobody is alerted."""

from __future__ import annotations

from dataclasses import replace

from pipeline.articles import address
from pipeline.model.article import Response
from pipeline.model.outcome import Done
from pipeline.model.watch import Watch
from pipeline.service import log, putoff, record
from pipeline.service.pages import as_article, as_seen
from pipeline.service.putoff import TakenUp
from pipeline.service.wiring import Desk
from pipeline.storage import jobs, pages
from pipeline.storage.session import Transaction

MARK = "taken-up"


def take_up(desk: Desk) -> int:
    """Read the kept pages that the rules in force could touch and those before could not; how many were stored.

    Once for each change of the rules. Stops where the watch is replaced, and begins again with that.
    """
    watch = desk.watch
    marked = desk.read_now(lambda tx: jobs.marked(tx, MARK)) or {}
    if marked.get("rules_hash") == watch.rules_hash:
        return 0
    count = 0
    for taken in putoff.within_reach(desk, watch):
        if desk.watch is not watch:
            return count
        count += _store(desk, taken, watch)
    desk.write_now(lambda tx: jobs.mark(tx, MARK, {"rules_hash": watch.rules_hash}, now=desk.clock.now()))
    if count:
        log.info("pages that were put off have been read with the new rules", articles=count)
    return count


def _store(desk: Desk, taken: TakenUp, watch: Watch) -> int:
    row = taken.stored
    response = Response(url=row.url, final_url=row.url, body=row.body)
    url = address.canonical(taken.queued.entry.url)
    seen = replace(as_seen(desk, taken.queued, url, taken.page, response), backlog=True)
    outcome = desk.engine.run([as_article(seen)], watch)[0]
    if not isinstance(outcome, Done):
        log.outcome("take-up", outcome, entry=taken.queued.id, url=row.url)
        return 0
    analysis = outcome.value

    def store(tx: Transaction) -> int:
        pages.taken_up(tx, row.id)
        return record.store(desk, tx, seen, analysis, watch).new

    return desk.write_now(store)
