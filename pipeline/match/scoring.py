"""How well findings agree with labelled coverage: precision, recall and F1, by the rules of docs/labelling.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.match.same import says_same
from pipeline.model.finding import NEWS

Row = Mapping[str, Any]
MEASURES = ("topics", "claims", "news", "denials", "changes")
BINS = 10  # of confidence, for the calibration error: the number that the literature on calibration usually takes


@dataclass(frozen=True, slots=True)
class Measure:
    """Right, extra and missed."""

    right: int
    extra: int
    missed: int

    @property
    def precision(self) -> float:
        """Share of what was found that is right; 0 when nothing was."""
        return self.right / (self.right + self.extra) if self.right + self.extra else 0.0

    @property
    def recall(self) -> float:
        """Share of what is labelled that was found; 0 when nothing is."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of the two."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def as_json(self) -> dict[str, float | int]:
        """The measure as plain data."""
        return {
            "p": self.precision,
            "r": self.recall,
            "f1": self.f1,
            "tp": self.right,
            "fp": self.extra,
            "fn": self.missed,
        }


@dataclass(frozen=True, slots=True)
class Score:
    """The figures of one set of articles."""

    articles: int
    measures: Mapping[str, Measure]
    relation: float  # share of the rightly found pairs with the right relation
    quiet: float  # share of the articles without a topic in which none was found
    never_found: tuple[str, ...]  # claims that are labelled somewhere and found nowhere
    calibration: float  # expected calibration error of the confidence, 0 to 1

    def as_json(self) -> dict[str, Any]:
        """The score as plain data."""
        return {
            "articles": self.articles,
            **{name: self.measures[name].as_json() for name in MEASURES},
            "relation": self.relation,
            "quiet": self.quiet,
            "never_found": list(self.never_found),
        }


@dataclass(frozen=True, slots=True)
class Report:
    """The score of all articles, of each language group, and every difference in a line."""

    total: Score
    groups: Mapping[str, Score]
    errors: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The report as plain data; the calibration error stands beside the groups."""
        data: dict[str, Any] = {"all": self.total.as_json()}
        data |= {name: score.as_json() for name, score in self.groups.items()}
        return data | {"calibration_error": self.total.calibration}

    def as_table(self) -> str:
        """The report for a person."""
        lines = []
        for name, score in [("all", self.total), *self.groups.items()]:
            lines.append(f"{name} ({score.articles} articles)")
            for measure in MEASURES:
                m = score.measures[measure]
                lines.append(
                    f"  {measure:9} P {m.precision:.3f}  R {m.recall:.3f}  F1 {m.f1:.3f}   "
                    f"({m.right} right, {m.extra} extra, {m.missed} missed)"
                )
            lines += [f"  {'relation':9} {score.relation:.3f}", f"  {'quiet':9} {score.quiet:.3f}"]
        lines.append(f"never found: {len(self.total.never_found)} {' '.join(self.total.never_found)}".rstrip())
        lines.append(f"calibration error over {BINS} bins: {self.total.calibration:.3f}")
        return "\n".join(lines)


def report(gold: Sequence[Row], found: Iterable[Row], leave_out: Collection[str] = ()) -> Report:
    """Compare findings (objects of the `match` contract) with labelled articles.

    An article that is missing from `found` counts as one in which nothing was found; `leave_out` are topics and claims
    that do not count.
    """
    by_id = {str(row["id"]): row for row in found}
    labelled = {str(row["id"]): row for row in gold}
    groups: dict[str, dict[str, Row]] = {}
    for name, row in labelled.items():
        groups.setdefault("en" if row.get("lang") == "en" else "other languages", {})[name] = row
    total, errors = _score(labelled, by_id, leave_out)
    parts = {name: _score(rows, by_id, leave_out)[0] for name, rows in sorted(groups.items())}
    return Report(total, parts, tuple(errors))


class _Tally:
    """Counts while articles are compared."""

    def __init__(self) -> None:
        self.right: Counter[str] = Counter()
        self.extra: Counter[str] = Counter()
        self.missed: Counter[str] = Counter()
        self.errors: list[str] = []
        self.relations_right = 0
        self.silent = 0
        self.kept_silent = 0
        self.wanted: set[str] = set()
        self.seen: set[str] = set()
        self.confident: list[tuple[float, bool]] = []

    def count(self, measure: str, labelled: bool, found: bool) -> None:
        self.right[measure] += labelled and found
        self.extra[measure] += found and not labelled
        self.missed[measure] += labelled and not found

    def measure(self, name: str) -> Measure:
        return Measure(self.right[name], self.extra[name], self.missed[name])


def _score(gold: Mapping[str, Row], found: Mapping[str, Row], leave_out: Collection[str]) -> tuple[Score, list[str]]:
    tally = _Tally()
    for name, row in gold.items():
        _topics(tally, name, row, found.get(name, {}), leave_out)
        _claims(tally, name, row, found.get(name, {}), leave_out)
    pairs = tally.right["claims"]
    score = Score(
        articles=len(gold),
        measures={name: tally.measure(name) for name in MEASURES},
        relation=tally.relations_right / pairs if pairs else 0.0,
        quiet=tally.kept_silent / tally.silent if tally.silent else 1.0,
        never_found=tuple(sorted(tally.wanted - tally.seen)),
        calibration=calibration_error(tally.confident),
    )
    return score, tally.errors


def _topics(tally: _Tally, name: str, row: Row, answer: Row, leave_out: Collection[str]) -> None:
    wanted, got = (set(r.get("topics") or ()) - set(leave_out) for r in (row, answer))
    tally.right["topics"] += len(wanted & got)
    tally.extra["topics"] += len(got - wanted)
    tally.missed["topics"] += len(wanted - got)
    if wanted != got:
        tally.errors.append(f"{name} topics: missed {sorted(wanted - got)} extra {sorted(got - wanted)}")
    if not wanted:
        tally.silent += 1
        tally.kept_silent += not got


def _claims(tally: _Tally, name: str, row: Row, answer: Row, leave_out: Collection[str]) -> None:
    wanted = {c["claim"]: c for c in _counted(row, leave_out)}
    got: dict[str, Row] = {}
    for claim in _counted(answer, leave_out):
        if claim["claim"] in got:
            tally.extra["claims"] += 1
            tally.errors.append(f"{name} claim {claim['claim']}: said twice")
        else:
            got[claim["claim"]] = claim
    tally.wanted |= wanted.keys()
    for claim_id in sorted(wanted.keys() | got.keys()):
        _pair(tally, f"{name} claim {claim_id}", claim_id, wanted.get(claim_id), got.get(claim_id))


def _counted(row: Row, leave_out: Collection[str]) -> list[Row]:
    return [claim for claim in row.get("claims") or () if claim.get("claim") not in leave_out]


def _pair(tally: _Tally, place: str, claim_id: str, label: Row | None, answer: Row | None) -> None:
    should, said = (label or {}).get("relation"), (answer or {}).get("relation")
    tally.count("claims", label is not None, answer is not None)
    if answer is not None and "confidence" in answer:
        tally.confident.append((float(answer["confidence"]), label is not None and should == said))
    if label is not None and answer is not None:
        tally.seen.add(claim_id)
        tally.relations_right += should == said
        if should != said:
            tally.errors.append(f"{place}: {said}, should be {should}")
    else:
        tally.errors.append(f"{place}: {'missed' if label is not None else 'extra'} ({should or said})")
    tally.count("news", should in NEWS, said in NEWS)
    tally.count("denials", should == "denies", said == "denies")
    _changes(tally, place, label if should in NEWS else None, answer if said in NEWS else None)


def _changes(tally: _Tally, place: str, label: Row | None, answer: Row | None) -> None:
    left = list((answer or {}).get("changes") or ())
    for change in (label or {}).get("changes") or ():
        slot = change["slot"]
        found = next((c for c in left if c.get("slot") == slot and says_same(c.get("to"), change["to"], slot)), None)
        if found is None:
            tally.missed["changes"] += 1
            tally.errors.append(f"{place}: missed {slot} -> {change['to']}")
        else:
            left.remove(found)
            tally.right["changes"] += 1
    tally.extra["changes"] += len(left)
    tally.errors += [f"{place}: extra {change.get('slot')} -> {change.get('to')}" for change in left]


def calibration_error(confident: Iterable[tuple[float, bool]]) -> float:
    """The expected calibration error: how far, on average, the confidence of findings is from the share that is right.

    Findings are put into bins of equal width by confidence; each bin's distance counts by its findings (Naeini, Cooper
    and Hauskrecht, 2015). A finding is right when its claim is labelled with the same relation. 0 without findings.
    """
    bins: dict[int, list[tuple[float, bool]]] = {}
    for confidence, right in confident:
        bins.setdefault(min(int(confidence * BINS), BINS - 1), []).append((confidence, right))
    count = sum(map(len, bins.values()))
    distances = (
        abs(sum(c for c, _ in inside) / len(inside) - sum(r for _, r in inside) / len(inside)) * len(inside)
        for inside in bins.values()
    )
    return sum(distances) / count if count else 0.0
