"""What an article costs the database: how many statements, on both, whatever is found in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import desk_sample
import pytest
import sqlalchemy as sa

from pipeline.model.rules import AlertRules, Channel, Rate, Rule, When
from pipeline.service import deliver, record
from pipeline.service.wiring import Desk
from pipeline.storage import sources
from pipeline.storage.session import Store

HOUR = timedelta(hours=1)
NEWS = When(relations=("denies", "changes", "adds"))
PLAIN = "The match ended level after a long evening of rain, and the crowd went home by tram."
SALE = "Pakistan has signed a ${n}.6 billion contract to sell {n}0 JF-17 fighter jets to Azerbaijan, officials said."
KNOWN = "Pakistan's parliament does not recognise Armenia, the speaker said."
OTHERS = """
Azerbaijan and Pakistan plan a joint investment portfolio of $5 billion, the minister said.
Trade between Turkey and Pakistan reached $3 billion last year.
"""


@pytest.fixture
def at_desk(store: Store, tmp_path: Path) -> Desk:
    made = desk_sample.empty_desk(store)
    log = Channel(id="log", kind="file", address=str(tmp_path / "alerts.log"), rate=Rate(messages=999, per=HOUR))
    rules = AlertRules(channels=(log,), rules=(Rule(id="news", channels=("log",), when=NEWS),))
    made.configuration = replace(made.configuration, alerts=rules, data=tmp_path)
    with store.transaction() as tx:
        sources.sync(tx, made.configuration.sources, now=desk_sample.NOW - 30 * 24 * HOUR)
    return made


@contextmanager
def counted(store: Store) -> Iterator[Counter[str]]:
    """Statements that are run within the block."""
    seen: Counter[str] = Counter()

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        seen[statement] += 1

    sa.event.listen(store.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(store.engine, "before_cursor_execute", note)


def stored(at_desk: Desk, slug: str, text: str, *, age: timedelta = HOUR) -> tuple[record.Recorded, int]:
    """An article that comes in now, and how many statements that took."""
    source = at_desk.configuration.sources[0]
    article = desk_sample.Text(source=source.id, slug=slug, title=f"Report {slug}", text=text, age=age, lang="en")
    with counted(at_desk.store) as seen:
        done = desk_sample.put(at_desk, article, text, at_desk.clock.now())
    return done, seen.total()


def test_a_new_article_without_findings_takes_few_statements(at_desk: Desk) -> None:
    done, took = stored(at_desk, "plain", PLAIN)
    assert (done.new, done.findings) == (1, 0)
    assert took <= 15


def test_a_new_article_with_an_alert_takes_few_more(at_desk: Desk) -> None:
    done, took = stored(at_desk, "sale", SALE.format(n=4))
    assert (done.findings, done.alerts) == (1, 1)
    assert took <= 34


def test_what_findings_share_is_read_and_written_once(at_desk: Desk) -> None:
    """Only what is numbered costs a statement of its own: stories, an alert with its keys, a message."""
    one, few = stored(at_desk, "sale", SALE.format(n=4))
    three, more = stored(at_desk, "sales", SALE.format(n=9) + OTHERS)
    assert (one.alerts, three.alerts) == (1, 3)
    assert more - few <= 6 * (three.alerts - one.alerts)


def test_findings_without_news_cost_what_one_costs(at_desk: Desk) -> None:
    _, few = stored(at_desk, "plain", PLAIN)
    done, more = stored(at_desk, "known", KNOWN)
    assert (done.findings > 0, done.news) == (True, 0)
    assert more - few <= 4


def test_messages_are_brought_up_to_date_together(at_desk: Desk) -> None:
    """What each costs by itself is its own end, in a transaction of its own."""
    stored(at_desk, "first", SALE.format(n=2))
    with counted(at_desk.store) as one:
        assert deliver.deliver(at_desk).sent == 1
    for n in range(8):
        stored(at_desk, f"sale-{n}", SALE.format(n=3**n))
    with counted(at_desk.store) as several:
        sent = deliver.deliver(at_desk).sent
    assert sent > 4
    assert several.total() - one.total() <= 2 * (sent - 1)
