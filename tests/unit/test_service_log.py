"""Logs: one line whatever an outlet wrote, fields that can be read back, one line an outcome."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model.outcome import Done, Failed, Outcome, Reason, Skipped
from pipeline.service import log


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)


def lines(form: str, *, level: str = "info", **fields: object) -> list[str]:
    stream = io.StringIO()
    log.set_up(form, level, stream)
    log.info("entry", **fields)
    return stream.getvalue().split("\n")[:-1]


@given(st.text(max_size=200))
def test_whatever_an_outlet_writes_is_one_line_of_printable_signs(text: str) -> None:
    for form in ("text", "json"):
        found = lines(form, title=text)
        assert len(found) == 1
        assert found[0].isprintable()


def test_a_title_forges_no_line_and_paints_no_terminal() -> None:
    (line,) = lines("text", title='x\n2026-01-01T00:00:00Z error  "fake" \x1b[31m\u202etxt')
    assert "\\n2026" in line
    assert "\\x1b[31m" in line
    assert "\\u202e" in line


def test_json_can_be_read_back() -> None:
    (line,) = lines("json", entry=7, at_=datetime(2026, 5, 1, tzinfo=UTC), counts={"new": 3}, empty="", title="Bakü")
    row = json.loads(line)
    assert (row["message"], row["level"], row["entry"], row["counts"]) == ("entry", "info", 7, {"new": 3})
    assert row["at_"] == "2026-05-01T00:00:00+00:00"
    assert "empty" not in row
    assert "Bakü" in line


@pytest.mark.parametrize(
    ("came", "said"),
    [
        (Done(1), "info    entry outcome=done entry=3"),
        (Skipped(Reason.PAYWALL), "info    entry outcome=skipped reason=paywall entry=3"),
        (Failed(Reason.DNS, "no such host"), 'warning entry outcome=failed reason=dns entry=3 detail="no such host"'),
    ],
)
def test_an_outcome_is_a_line_with_its_reason(came: Outcome[int], said: str) -> None:
    stream = io.StringIO()
    log.set_up("text", "info", stream)
    log.outcome("entry", came, entry=3)
    assert stream.getvalue().split(" ", 1)[1] == said + "\n"


def test_a_long_value_is_cut() -> None:
    (line,) = lines("text", text="a" * 100_000)
    assert len(line) < 3_000
    assert "(100000 characters)" in line


def test_what_is_below_the_level_is_not_written() -> None:
    stream = io.StringIO()
    log.set_up("text", "warning", stream)
    log.info("quiet")
    log.warning("loud")
    assert stream.getvalue().count("\n") == 1


def test_an_error_brings_its_trace_on_the_same_line() -> None:
    stream = io.StringIO()
    log.set_up("json", "info", stream)
    try:
        raise ValueError("bad\nnews")
    except ValueError as error:
        log.error("job broke", exc=error)
    assert stream.getvalue().count("\n") == 1
    assert "ValueError" in json.loads(stream.getvalue())["trace"]
