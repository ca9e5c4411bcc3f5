"""Many rows in one statement are stored as they would be one by one, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.model.source import Entry, Source
from pipeline.storage import entries, jobs, many, sources
from pipeline.storage import tables as t
from pipeline.storage.columns import storable
from pipeline.storage.session import Store

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TEXTS = st.text(st.characters(categories=["L", "N", "P", "S", "Z", "Cc", "Cs", "Cf", "Co"]), max_size=40)
TIMES = st.none() | st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=4, minutes=30))]))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.tuples(TEXTS, TEXTS, TEXTS, TIMES), max_size=6), notes=st.lists(TEXTS, max_size=2))
def test_entries_come_back_as_they_went_in(
    store: Store, texts: list[tuple[str, str, str, datetime | None]], notes: list[str]
) -> None:
    given = [
        Entry(source="s", key=f"{number}", url=url, title=title, content=text, published=at, notes=tuple(notes))
        for number, (url, title, text, at) in enumerate(texts)
    ]
    with store.transaction() as tx:
        sources.sync(tx, [Source(id="s", url="https://s.example/")], now=NOW)
        brought = entries.add(tx, given, now=NOW)
        found = [entries.load(tx, number) for number in brought.new]
        tx.execute(t.entries.delete())
    assert [row.entry if row else None for row in found] == [
        Entry(
            source="s",
            key=one.key,
            url=storable(one.url),
            title=storable(one.title),
            content=storable(one.content),
            published=one.published,
            notes=tuple(storable(note) for note in one.notes),
        )
        for one in given
    ]


def test_more_rows_than_one_statement_takes(store: Store) -> None:
    wanted = [Entry(source="s", key=str(n), url=f"https://s.example/{n}") for n in range(many.AT_ONCE + 1)]
    with store.transaction() as tx:
        sources.sync(tx, [Source(id="s", url="https://s.example/")], now=NOW)
        assert len(entries.add(tx, [*wanted, *wanted], now=NOW).new) == len(wanted)
        assert entries.add(tx, wanted, now=NOW).new == ()
        jobs.tally_all(tx, date(2026, 3, 1), "poll", [("ok", one.key) for one in wanted])
        jobs.tally_all(tx, date(2026, 3, 1), "poll", [("ok", "0"), ("ok", "0"), ("gone", "0")])
        counted = {(reason, thing): n for _, _, reason, thing, n in jobs.tallies(tx, since=date(2026, 3, 1))}
    assert len(counted) == len(wanted) + 1
    assert counted["ok", "0"] == 3
    assert counted["gone", "0"] == counted["ok", "1"] == 1


def test_a_time_without_zone_is_a_mistake_here_too(store: Store) -> None:
    with pytest.raises(ValueError, match="time zone"), store.transaction() as tx:
        many.insert(tx, t.host_gates, [{"host": "a.example", "next_at": datetime(2026, 3, 1)}])
