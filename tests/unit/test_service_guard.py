"""The guarded child: an article that hangs, eats memory or kills its process costs itself, and nothing else."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from pipeline.model.article import Article
from pipeline.model.finding import Analysis
from pipeline.model.outcome import Done, Failed, Outcome, Reason
from pipeline.model.watch import Claim, Concept, Group, Slot, Topic, Watch
from pipeline.service.engine import Engine, Processes, engine
from pipeline.service.guard import Guard, pack
from pipeline.service.guarded import Limits, bundle, unbundle
from pipeline.settings.settings import Engine as EngineSettings

if TYPE_CHECKING:
    from pipeline.service.guarded import Item

WATCH = Watch(
    concepts=(Concept(id="velora", kind="place", label="Velora", names={"en": ("Velora",)}),),
    words={"bridge": {"en": ("bridge",)}},
    topics=(Topic(id="bridges", title="Bridges", groups=(Group(all=("bridge",)),)),),
    claims=(
        Claim(
            id="velora-bridge",
            topic="bridges",
            statement="The Velora bridge costs $100 million.",
            about=(Group(all=("velora", "bridge")),),
            slots=(Slot(name="cost", type="money", known="1e8 USD", of=("bridge",)),),
        ),
    ),
    rules_hash="r1",
    version="v1",
)


def article(number: int, text: str = "") -> Article:
    text = text or f"The Velora bridge will cost {200 + number} million dollars, the ministry said on Tuesday."
    return Article(id=str(number), text=text, lang="en")


# Analysis of this takes seconds on any machine, and far longer than the limits of these tests.
SLOW = "The Velora bridge will cost 200 million dollars. " * 25_000


def ask(guard: Guard, articles: list[Article], watch: Watch = WATCH) -> list[Outcome[Analysis]]:
    return unbundle(guard.run(watch.version, pack(watch), bundle(articles), len(articles)))


@pytest.fixture
def guard() -> Iterator[Guard]:
    made = Guard(Limits(time=timedelta(seconds=1)))
    yield made
    made.close()


def test_answers_come_in_order_and_are_those_of_the_core(guard: Guard) -> None:
    asked = [article(n) for n in range(5)]
    answers = ask(guard, asked)
    with engine() as here:
        assert answers == here.run(asked, WATCH)
    assert [a.value.article for a in answers if isinstance(a, Done)] == ["0", "1", "2", "3", "4"]


def test_an_article_that_takes_too_long_is_told_and_the_others_are_read(guard: Guard) -> None:
    answers = ask(guard, [article(1), article(2, SLOW), article(3)])
    assert isinstance(answers[0], Done)
    assert isinstance(answers[1], Failed)
    assert (answers[1].reason, answers[1].retry) == (Reason.ANALYSIS_TIME, True)
    assert isinstance(answers[2], Done)


def test_an_article_that_takes_too_much_memory_is_told_and_the_others_are_read() -> None:
    guard = Guard(Limits(time=timedelta(seconds=60), memory_bytes=8_000_000))
    try:
        answers = ask(guard, [article(1), article(2, SLOW), article(3)])
    finally:
        guard.close()
    assert isinstance(answers[1], Failed)
    assert (answers[1].reason, answers[1].retry) == (Reason.ANALYSIS_MEMORY, True)
    assert isinstance(answers[0], Done)
    assert isinstance(answers[2], Done)


def test_a_child_that_is_killed_while_idle_is_replaced(guard: Guard) -> None:
    ask(guard, [article(1)])
    first = guard.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)
    assert isinstance(ask(guard, [article(2)])[0], Done)
    assert guard.pid != first


def test_a_child_that_dies_of_an_article_names_it(guard: Guard) -> None:
    ask(guard, [article(1)])
    pid = guard.pid
    assert pid is not None
    threading.Timer(0.2, os.kill, (pid, signal.SIGKILL)).start()
    answers = ask(guard, [article(2, SLOW), article(3)])
    assert isinstance(answers[0], Failed)
    assert "SIGKILL" in answers[0].detail
    assert isinstance(answers[1], Done)


def test_what_was_read_before_a_child_died_is_answered_and_the_article_it_was_at_is_to_blame(guard: Guard) -> None:
    ask(guard, [article(1)])
    pid = guard.pid
    assert pid is not None
    threading.Timer(0.3, os.kill, (pid, signal.SIGKILL)).start()
    answers = ask(guard, [*(article(n) for n in range(5)), article(5, SLOW), article(6)])
    assert [n for n, answer in enumerate(answers) if isinstance(answer, Done)] == [0, 1, 2, 3, 4, 6]
    assert isinstance(answers[5], Failed)
    assert "SIGKILL" in answers[5].detail
    assert f"{len(SLOW)} characters" in answers[5].detail


def test_a_child_that_does_not_hear_its_alarm_is_given_up(guard: Guard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.service.guard.SLACK_S", 0.5)
    ask(guard, [article(1)])
    pid = guard.pid
    assert pid is not None
    threading.Timer(0.3, os.kill, (pid, signal.SIGSTOP)).start()
    answers = ask(guard, [article(1), article(2, SLOW), article(3)])
    assert isinstance(answers[1], Failed)
    assert answers[1].reason == Reason.ANALYSIS_TIME
    assert [type(answers[0]), type(answers[2])] == [Done, Done]


def test_the_watch_travels_when_it_is_another_one(guard: Guard) -> None:
    from dataclasses import replace

    other = replace(WATCH, version="v2", known={"velora-bridge": {"cost": "2e8 USD"}})
    first = ask(guard, [article(0)])[0]
    pid = guard.pid
    second = ask(guard, [article(0)], other)[0]
    assert isinstance(first, Done)
    assert isinstance(second, Done)
    assert (first.value.findings[0].relation, second.value.findings[0].relation) == ("changes", "repeats")
    assert guard.pid == pid


def test_the_end_cuts_off_what_is_under_way(guard: Guard) -> None:
    ask(guard, [article(1)])
    threading.Timer(0.2, guard.end).start()
    with pytest.raises(CancelledError):
        ask(guard, [article(2, SLOW)])


@pytest.mark.parametrize("workers", [1, 2])
def test_processes_answer_as_this_process_does(workers: int) -> None:
    asked = [article(n) for n in range(40)]
    with engine(EngineSettings(kind="processes", workers=workers)) as running, engine() as here:
        assert running.run(asked, WATCH) == here.run(asked, WATCH)


class Slow:
    """A backend that tells how much it was given at once."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.open = threading.Event()
        self.begun = threading.Semaphore(0)  # a batch each

    def run(self, watch: Watch, articles: Sequence[Item]) -> list[Outcome[Any]]:
        self.batches.append(len(articles))
        self.begun.release()
        self.open.wait(10)
        return [Done(one.id) for one in articles if isinstance(one, Article)]

    def close(self) -> None:
        self.open.set()


def test_articles_that_wait_travel_together_and_no_more_than_the_slots_are_out() -> None:
    backend = Slow()
    running = Engine(backend, slots=2, batch=10)
    futures = [running.ask(article(n), WATCH) for n in range(30)]
    assert all(backend.begun.acquire(timeout=10) for _ in range(2))
    assert len(backend.batches) == 2
    backend.open.set()
    assert [future.result(10) for future in futures] == [Done(str(n)) for n in range(30)]
    assert max(backend.batches) <= 10
    assert len(backend.batches) < 10
    running.close()


def test_batches_grow_with_what_waits_and_the_last_ones_are_small() -> None:
    backend = Slow()
    running = Engine(backend, slots=1, batch=10, largest=40)
    futures = [running.ask(article(n), WATCH) for n in range(300)]
    backend.open.set()
    assert [future.result(10) for future in futures] == [Done(str(n)) for n in range(300)]
    assert max(backend.batches) == 40
    assert backend.batches[-1] <= 10
    running.close()


def test_long_texts_travel_in_smaller_batches() -> None:
    backend = Slow()
    running = Engine(backend, slots=1, batch=10)
    futures = [running.ask(article(n, "word " * 40_000), WATCH) for n in range(30)]
    backend.open.set()
    for future in futures:
        future.result(10)
    assert max(backend.batches) == 3
    running.close()


def test_an_error_of_the_backend_reaches_everybody_who_waits() -> None:
    class Broken(Processes):
        def run(self, watch: Watch, articles: Sequence[Item]) -> list[Outcome[Any]]:
            raise OSError("no processes left")

    running = Engine(Broken(1, Limits()), slots=1)
    with pytest.raises(OSError, match="no processes left"):
        running.ask(article(1), WATCH).result(10)
    running.close()
