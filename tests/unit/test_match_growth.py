"""What reading a text costs depends on what it names, not on how much is watched."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from pipeline.match import claims
from pipeline.match.index import compile_watch
from pipeline.match.reading import read
from pipeline.model.article import Article
from pipeline.model.watch import Claim, Concept, Group, Topic, Watch

TEXT = "Norland will sell gas to Sudland, both said. The deal is for ten years, and trade may reach a record."
WORDS = {"sale": {"en": ("sell*", "deal")}, "trade": {"en": ("trade",)}, "gas-word": {"en": ("gas",)}}


def _watch(times: int) -> Watch:
    """Claims of many lands, every one of which is told by the same words."""
    lands = [
        Concept(id=f"{one}-{n}", kind="country", label=one, names={"*": (one if n == 0 else f"{one}{'x' * n}ia",)})
        for n in range(times)
        for one in ("Norland", "Sudland")
    ]
    claimed = []
    for n in range(times):
        first, second = f"Norland-{n}", f"Sudland-{n}"
        groups = (
            Group(all=("sale", "gas-word"), near=(first, second)),
            Group(all=("sale", "trade"), article=(first, second), within="3"),
            Group(all=("trade",), at_least=(2, (first, second)), within="3"),
            Group(all=(first, "sale")),
        )
        claimed.append(Claim(id=f"c{n}", topic="t", statement="S", about=groups))
    return Watch(concepts=tuple(lands), words=WORDS, topics=(Topic(id="t", title="T"),), claims=tuple(claimed))


def _tried(watch: Watch) -> tuple[int, list[str]]:
    """How many rules are tried on the text, and the claims that are met."""
    index = compile_watch(watch)
    doc = read(Article(id="a", text=TEXT), index)
    return len(claims.owners(doc, index)), [one.claim for one in claims.candidates(doc, index) if one.hits]


def test_rules_that_are_tried_do_not_grow_with_the_claims() -> None:
    few, many = _tried(_watch(1)), _tried(_watch(50))
    assert few == (4, ["c0"])
    assert many == few


def test_what_the_home_of_the_outlet_may_lend_is_tried() -> None:
    lands = (
        Concept(id="home", kind="country", label="Home", iso="HO", names={"*": ("Homeland",)}),
        Concept(id="far", kind="country", label="Far", names={"*": ("Farland",)}),
    )
    group = Group(all=("sale", "far"), near=("home",))
    watch = Watch(
        concepts=lands,
        words=WORDS,
        topics=(Topic(id="t", title="T"),),
        claims=(Claim(id="c", topic="t", statement="S", about=(group,)),),
    )
    index = compile_watch(watch)
    for country, met in (("HO", 1), ("", 0)):
        doc = read(Article(id="a", text="We will sell gas to Farland.", country=country), index)
        assert len([one for one in claims.candidates(doc, index) if one.hits]) == met


def test_answers_do_not_hang_on_the_order_of_sets() -> None:
    """Near misses included: two runs with other hash seeds say the same."""
    program = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from test_match_growth import TEXT, _watch\n"
        "from pipeline.analyse import analyse\n"
        "from pipeline.model.article import Article\n"
        "print(analyse(Article(id='a', text=TEXT.replace('gas', 'oil')), _watch(5)))"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(told) == 1
