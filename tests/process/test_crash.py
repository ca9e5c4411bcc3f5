"""A few kills before and after the commits that matter most; `make crash` strikes every kind, and more often."""

from __future__ import annotations

import pytest
from crash import POSTGRES, SIDES, crash

KINDS = (
    "the answer of a source",
    "a page in the queue of pages put off",
    "a version with an alert",
    "the end of a delivery",
    "a digest",
)


@pytest.mark.timeout(600)
def test_killed_around_its_commits_it_holds_what_it_holds_undisturbed() -> None:
    told = crash("sqlite", len(KINDS) * len(SIDES), seed=5, kinds=KINDS)
    assert f"{len(KINDS)} kinds of commits struck before and after" in told


@pytest.mark.long
@pytest.mark.postgres
@pytest.mark.timeout(600)
def test_the_same_on_postgresql(postgres_url: str) -> None:
    assert postgres_url
    told = crash("postgres", len(KINDS) * len(SIDES), seed=6, postgres=POSTGRES, kinds=KINDS)
    assert f"{len(KINDS)} kinds of commits struck before and after" in told
