"""The store at its edges: leases and fences, a locked or full database, search, people, the ledger, upkeep."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipeline.errors import LeaseLost, ReviewError, StoreError
from pipeline.model.article import Fingerprint
from pipeline.model.finding import Analysis, Change, Finding, NearMiss, Span
from pipeline.model.outcome import Reason
from pipeline.model.source import Entry, Source
from pipeline.storage import (
    analyses,
    articles,
    entries,
    findings,
    leases,
    ledger,
    pages,
    people,
    retention,
    schema,
    search,
    sources,
    upkeep,
)
from pipeline.storage.retention import Retention
from pipeline.storage.session import Store, Transaction, open_store

ROOT = Path(__file__).resolve().parents[2]
MIGRATIONS = ROOT / "migrations"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def add_article(tx: Transaction, number: int, title: str, text: str, at: datetime = NOW, source: str = "s1") -> int:
    article = articles.create(tx, url=f"https://a.example/{number}", source=source, now=at)
    version = articles.NewVersion(
        title=title, text=text, fingerprint=Fingerprint(digest=str(number)), fetched_at=at, lang="en"
    )
    return articles.add_version(tx, article.id, version).id


def add_finding(tx: Transaction, version_id: int, quote: str = "They signed it.", at: datetime = NOW) -> int:
    span = Span(field="text", start=0, end=len(quote), text=quote)
    change = Change(slot="stage", type="stage", old="planned", new="signed", evidence=span)
    finding = Finding(claim="sale", relation="changes", changes=(change,), evidence=(span,))
    miss = NearMiss(claim="other", score=0.4, failed="subject")
    analysis = Analysis(article="1", lang="en", watch_version="w", findings=(finding,), near_misses=(miss,))
    saved = analyses.save(tx, version_id, analysis, now=at, topics={"sale": "trade"}, known={}, source="s1")
    return saved["sale"].id


# --- leases ---------------------------------------------------------------------------------------------------------


def test_a_lease_has_one_holder_and_passes_on_when_it_runs_out(store: Store) -> None:
    with store.transaction() as tx:
        first = leases.acquire(tx, "coordinator", "a", length=MINUTE, now=NOW)
        assert first is not None
        assert leases.acquire(tx, "coordinator", "b", length=MINUTE, now=NOW) is None
        assert leases.acquire(tx, "coordinator", "a", length=MINUTE, now=NOW) == first
        assert leases.renew(tx, first, length=MINUTE, now=NOW + MINUTE / 2)
        assert leases.acquire(tx, "coordinator", "b", length=MINUTE, now=NOW + MINUTE) is None
        second = leases.acquire(tx, "coordinator", "b", length=MINUTE, now=NOW + 2 * MINUTE)
        assert second is not None
        assert second.token > first.token
        assert not leases.renew(tx, first, length=MINUTE, now=NOW + 2 * MINUTE)
        assert not leases.give_up(tx, first)
        assert leases.give_up(tx, second)
        assert leases.acquire(tx, "coordinator", "a", length=MINUTE, now=NOW + 2 * MINUTE) is not None


def test_who_lost_the_lease_can_no_longer_write(store: Store) -> None:
    with store.transaction() as tx:
        first = leases.acquire(tx, "coordinator", "a", length=MINUTE, now=NOW)
    assert first is not None
    with store.transaction(first) as tx:
        sources.sync(tx, [Source(id="s1", url="https://a.example/")], now=NOW)
    with store.transaction() as tx:
        second = leases.acquire(tx, "coordinator", "b", length=MINUTE, now=NOW + DAY)

    def write() -> None:
        with store.transaction(first) as tx:
            sources.sync(tx, [], now=NOW)

    with pytest.raises(LeaseLost) as caught:
        write()
    assert caught.value.reason is Reason.LEASE_LOST
    with store.transaction(second) as tx:
        assert list(sources.load_all(tx)) == ["s1"]


def test_the_clock_of_the_database_counts_without_another(store: Store) -> None:
    with store.transaction() as tx:
        at = leases.database_now(tx)
        assert abs(at - datetime.now(UTC)) < MINUTE
        assert leases.acquire(tx, "x", "a", length=MINUTE) is not None
        assert leases.acquire(tx, "x", "b", length=MINUTE) is None
        row = leases.look(tx, "x")
        assert row is not None
        assert row.until is not None
        assert row.until - at < 2 * MINUTE


def test_many_at_once_take_each_entry_once(store: Store) -> None:
    with store.transaction() as tx:
        sources.sync(tx, [Source(id="s1", url="https://a.example/")], now=NOW)
        new = [Entry(source="s1", key=str(n), url=f"https://h{n}.example/") for n in range(60)]
        entries.add(tx, new, now=NOW)
    taken: list[int] = []
    lock = threading.Lock()
    start = threading.Barrier(4)

    def work(name: str) -> None:
        start.wait()
        while True:
            with store.transaction() as tx:
                rows = entries.claim(tx, now=NOW, limit=5, per_host=1, lease=MINUTE, holder=name)
            with lock:
                taken.extend(row.id for row in rows)
            if not rows:
                with store.read() as tx:
                    left = sa.text("SELECT count(*) FROM entries WHERE lease_until IS NULL")
                    if tx.scalar(left) == 0:
                        return

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 60


# --- faults ---------------------------------------------------------------------------------------------------------


def test_a_database_locked_by_another_program_is_said(sqlite_url: str) -> None:
    schema.upgrade(sqlite_url, MIGRATIONS)
    store = open_store(sqlite_url, busy_timeout=timedelta(milliseconds=50))
    assert store.path is not None

    def write() -> None:
        with store.transaction() as tx:
            sources.sync(tx, [], now=NOW)

    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError) as caught:
            write()
        assert caught.value.reason is Reason.DATABASE_LOCKED
        other.execute("ROLLBACK")
    write()
    store.close()


def test_a_full_disk_is_said_and_leaves_the_store_whole(sqlite_store: Store) -> None:
    with sqlite_store.transaction() as tx:
        sources.sync(tx, [Source(id="s1", url="https://a.example/")], now=NOW)
        tx.execute(sa.text("PRAGMA max_page_count = 1"))  # SQLite takes the present size as the least

    def write() -> None:
        with sqlite_store.transaction() as tx:
            tx.execute(sa.text("PRAGMA max_page_count = 1"))
            new = [Entry(source="s1", key=str(n), url="", summary="x" * 5000) for n in range(200)]
            entries.add(tx, new, now=NOW)

    with pytest.raises(StoreError) as caught:
        write()
    assert caught.value.reason is Reason.DISK_FULL
    with sqlite_store.transaction() as tx:
        tx.execute(sa.text("PRAGMA max_page_count = 1000000"))
        assert entries.depth(tx) == {}
        entries.add(tx, [Entry(source="s1", key="1", url="")], now=NOW)


def test_a_server_that_does_not_answer_is_said() -> None:
    pytest.importorskip("psycopg")
    store = open_store("postgresql://nobody@127.0.0.1:9/none")

    def read() -> None:
        with store.read():
            pass

    with pytest.raises(StoreError) as caught:
        read()
    assert caught.value.reason is Reason.DATABASE_UNREACHABLE


@pytest.mark.parametrize("url", ["mysql://a@b/c", "nonsense", ""])
def test_an_address_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(StoreError):
        open_store(url)


def test_a_password_is_never_shown() -> None:
    pytest.importorskip("psycopg")
    assert "hunter2" not in open_store("postgresql://a:hunter2@127.0.0.1:9/b").url


def test_a_naive_time_is_a_mistake(store: Store) -> None:
    def write() -> None:
        with store.transaction() as tx:
            sources.sync(tx, [Source(id="s1", url="https://a.example/")], now=NOW.replace(tzinfo=None))

    with pytest.raises(sa.exc.StatementError, match="no time zone"):
        write()


# --- ledger and people ----------------------------------------------------------------------------------------------


def test_the_ledger_says_what_was_believed_when(store: Store) -> None:
    with store.transaction() as tx:
        first = ledger.accept(tx, claim="sale", slot="stage", value="signed", by="ann", now=NOW, valid_from="2026-02")
        second = ledger.accept(tx, claim="sale", slot="stage", value="delivered", by="bob", now=NOW + DAY)
        assert ledger.known(tx) == {"sale": {"stage": "delivered"}}
        assert ledger.known(tx, as_of=NOW) == {"sale": {"stage": "signed"}}
        assert ledger.known(tx, as_of=NOW - DAY) == {}
        assert [row.supersedes for row in ledger.history(tx, "sale")] == [None, first]
        assert ledger.undo(tx, second, by="ann", now=NOW + 2 * DAY)
        assert not ledger.undo(tx, second, by="ann", now=NOW + 2 * DAY)
        assert ledger.known(tx) == {"sale": {"stage": "signed"}}
        assert ledger.known(tx, as_of=NOW + DAY) == {"sale": {"stage": "delivered"}}


def test_two_who_accept_at_once_do_not_overwrite_each_other(store: Store) -> None:
    with store.transaction() as tx:
        first = ledger.accept(tx, claim="sale", slot="value", value="2e9 USD", by="ann", now=NOW, expected=0)
        with pytest.raises(ReviewError, match="ann changed it"):
            ledger.accept(tx, claim="sale", slot="value", value="3e9 USD", by="bob", now=NOW, expected=0)
        ledger.accept(tx, claim="sale", slot="value", value="3e9 USD", by="bob", now=NOW + DAY, expected=first)


def test_values_to_look_at_again_and_values_that_compete(store: Store) -> None:
    with store.transaction() as tx:
        ledger.accept(tx, claim="a", slot="s", value="1", by="ann", now=NOW, look_again_at=date(2026, 3, 5))
        ledger.accept(tx, claim="b", slot="s", value="1", by="ann", now=NOW, look_again_at=date(2026, 3, 5))
        ledger.accept(tx, claim="b", slot="s", value="2", by="ann", now=NOW + DAY)
        assert [row.claim for row in ledger.to_look_at(tx, until=date(2026, 3, 6))] == ["a"]
        assert ledger.to_look_at(tx, until=date(2026, 3, 4)) == ()
        ledger.accept(tx, claim="a", slot="s", value="0", by="ann", now=NOW - DAY)  # by a clock that was set back
        assert ledger.known(tx)["a"] == {"s": "1"}
        assert [row.claim for row in ledger.to_look_at(tx, until=date(2026, 3, 6))] == ["a"]
        assert ledger.look_again_days(tx) == {"a": {"s": date(2026, 3, 5)}, "b": {"s": None}}
        add_finding(tx, add_article(tx, 1, "T", "x"))
        assert [(row.slot, row.value, row.source) for row in ledger.reported(tx, "sale")] == [("stage", "signed", "s1")]


def test_users_sessions_and_tokens(store: Store) -> None:
    with store.transaction() as tx:
        assert people.put_user(tx, "ann", password_hash="h", role="reviewer", now=NOW)
        people.open_session(tx, "d", user_name="ann", csrf="c", expires_at=NOW + DAY, now=NOW)
        session = people.session(tx, "d", now=NOW)
        assert session is not None
        assert session.user == "ann"
        assert people.session(tx, "d", now=NOW + DAY) is None
        assert not people.put_user(tx, "ann", password_hash="h2", role="reader", now=NOW)
        assert people.session(tx, "d", now=NOW) is None  # a new password signs every browser out
        people.open_session(tx, "e", user_name="ann", csrf="c", expires_at=NOW + DAY, now=NOW)
        people.close_session(tx, "e")
        assert people.session(tx, "e", now=NOW) is None
        number = people.add_token(tx, "t", name="script", owner="ann", scopes=("read",), now=NOW)
        token = people.token(tx, "t", now=NOW)
        assert token is not None
        assert token.scopes == ("read",)
        people.token_used(tx, number, now=NOW)
        assert people.revoke_token(tx, number, now=NOW)
        assert people.token(tx, "t", now=NOW) is None
        people.signed_in(tx, who="ann", address="1", ok=False, now=NOW)
        people.signed_in(tx, who="bob", address="1", ok=False, now=NOW)
        people.signed_in(tx, who="ann", address="1", ok=True, now=NOW)
        assert people.failures(tx, who="ann", address="1", since=NOW) == (1, 2)
        line = people.record(
            tx, who="ann", action="accept", thing_kind="claim", thing="sale", now=NOW, after={"at": NOW}
        )
        change = people.change(tx, line)
        assert change is not None
        assert change.after == {"at": NOW.isoformat()}
        assert [row.id for row in people.changes(tx, thing_kind="claim", thing="sale")] == [line]
        assert [user.name for user in people.users(tx)] == ["ann"]
        assert people.remove_user(tx, "ann")
        assert people.user(tx, "ann") is None
        assert people.tokens(tx) == ()


# --- upkeep ---------------------------------------------------------------------------------------------------------


def filled(store: Store) -> None:
    with store.transaction() as tx:
        sources.sync(tx, [Source(id="s1", url="https://a.example/feed")], now=NOW)
        added = entries.add(tx, [Entry(source="s1", key=str(n), url="", notes=("x",)) for n in range(3)], now=NOW)
        version = add_article(tx, 1, "T\x00itle", "x")
        entries.finish(tx, added.new[0], "done", now=NOW, article_id=1)
        add_article(tx, 2, "Without a finding", "y")
        body = b"\x00\xff" * 9
        page = pages.NewPage(
            url="u",
            packed=pages.pack(body),
            size=len(body),
            content_type="text/html",
            fetched_at=NOW,
            expires_at=NOW + DAY,
            article_id=1,
        )
        pages.keep(tx, [page])
        add_finding(tx, version)
        first = ledger.accept(tx, claim="sale", slot="s", value="1", by="ann", now=NOW, look_again_at=date(2026, 4, 1))
        ledger.accept(tx, claim="sale", slot="s", value=None, by="ann", now=NOW, expected=first)
        search.index_article(tx, 1)
        state = sources.load(tx, "s1")
        assert state is not None


def test_old_things_go_and_findings_stay_with_their_evidence(store: Store) -> None:
    filled(store)
    gone = retention.prune(store, Retention(), now=NOW + 400 * DAY)
    assert (gone["pages"], gone["articles"], gone["near_misses"], gone["entries"]) == (1, 1, 1, 1)
    with store.read() as tx:
        kept = findings.select(tx, findings.Filter())
        assert [row.finding.evidence[0].text for row in kept] == ["They signed it."]
        assert articles.current(tx, kept[0].article_id) is not None
        assert articles.load(tx, 2) is None
        assert len(ledger.history(tx, "sale")) == 2
    assert sum(retention.prune(store, Retention(), now=NOW + 400 * DAY).values()) == 0


def test_nothing_goes_before_its_time(store: Store) -> None:
    filled(store)
    assert sum(retention.prune(store, Retention(), now=NOW + MINUTE).values()) == 0


def test_the_status_counts_and_measures(store: Store) -> None:
    filled(store)
    state = upkeep.status(store)
    assert (state.rows["articles"], state.entries, state.outbox) == (2, {"new": 2, "done": 1}, {})
    assert state.bytes_used > 10_000
    assert state.oldest_article == NOW
    assert state.oldest_waiting == NOW


def everything(store: Store) -> dict[str, list[dict[str, object]]]:
    with store.read() as tx:
        return {
            table.name: [dict(row._mapping) for row in tx.all(sa.select(table).order_by(*table.primary_key))]
            for table in upkeep.t.metadata.sorted_tables
            if table.name != "search_rows"
        }


def test_an_archive_brings_everything_back_on_either_database(
    store: Store, tmp_path: Path, second_postgres_url: str
) -> None:
    filled(store)
    archive = tmp_path / "b" / "backup.jsonl.gz"
    assert upkeep.backup(store, archive) == archive.stat().st_size
    for url in (f"sqlite:///{tmp_path / 'back.db'}", second_postgres_url):
        upkeep.restore(archive, url, MIGRATIONS)
        back = open_store(url)
        assert everything(back) == everything(store)
        with back.transaction() as tx:
            assert [hit.thing_id for hit in search.find(tx, "t itle", search.Where(kind="article"))] == [1]
            articles.create(tx, url="https://new.example/", source="s1", now=NOW)  # numbers go on where they were
        with pytest.raises(StoreError, match="holds a database already"):
            upkeep.restore(archive, url, MIGRATIONS)
        back.close()


def test_a_copy_of_the_file_brings_everything_back(sqlite_store: Store, tmp_path: Path) -> None:
    filled(sqlite_store)
    copy = tmp_path / "copy.db"
    upkeep.backup(sqlite_store, copy)
    url = f"sqlite:///{tmp_path / 'back.db'}"
    upkeep.restore(copy, url, MIGRATIONS)
    back = open_store(url)
    assert everything(back) == everything(sqlite_store)
    back.close()


@pytest.mark.parametrize(("name", "content"), [("x.db", b"no database"), ("x.jsonl.gz", b"no gzip"), ("gone", None)])
def test_what_is_no_backup_is_refused(tmp_path: Path, name: str, content: bytes | None) -> None:
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(StoreError):
        upkeep.restore(file, f"sqlite:///{tmp_path / 'back.db'}", MIGRATIONS)


def test_half_an_archive_is_refused_and_changes_nothing(sqlite_store: Store, tmp_path: Path) -> None:
    filled(sqlite_store)
    archive = tmp_path / "backup.jsonl.gz"
    upkeep.backup(sqlite_store, archive)
    archive.write_bytes(archive.read_bytes()[:-400])
    url = f"sqlite:///{tmp_path / 'back.db'}"
    with pytest.raises(StoreError, match="not whole"):
        upkeep.restore(archive, url, MIGRATIONS)
    back = open_store(url)
    assert not any(everything(back).values())
    back.close()


def test_a_file_that_may_not_grow_is_a_full_disk_and_stays_whole(sqlite_store: Store) -> None:
    """A process with a file size limit, as an operator may set: nothing is half written."""
    program = """
import resource, sys
from datetime import UTC, datetime
from pipeline.errors import StoreError
from pipeline.model.source import Entry, Source
from pipeline.storage import entries, sources
from pipeline.storage.session import open_store
now = datetime(2026, 3, 1, tzinfo=UTC)
store = open_store(sys.argv[1])
with store.transaction() as tx:
    sources.sync(tx, [Source(id="s1", url="https://a.example/")], now=now)
resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, 1_500_000))
stored = 0
try:
    for n in range(1000):
        with store.transaction() as tx:
            entries.add(tx, [Entry(source="s1", key=str(n), url="", summary="x" * 20_000)], now=now)
        stored += 1
except StoreError as error:
    print(stored, error.reason.value)
"""
    assert sqlite_store.path is not None
    url = f"sqlite:///{sqlite_store.path}"
    said = subprocess.run(
        [sys.executable, "-c", program, url], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    stored, reason = said.stdout.split()
    assert reason == Reason.DISK_FULL.value
    with sqlite_store.read() as tx:
        assert entries.depth(tx) == {"new": int(stored)}
        assert tx.scalar(sa.text("PRAGMA integrity_check")) == "ok"
