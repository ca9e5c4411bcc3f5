"""docs/configuration.md says what the models say: every option, every default, and examples that are read."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from pipeline.settings import alertfile, files
from pipeline.settings import settings as s
from pipeline.settings.schemas import MODELS, _AsWritten
from pipeline.settings.yamltree import read_document

ROOT = Path(__file__).resolve().parents[2]
DOCS = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")

# A model -> the heading under which its options stand: (file's heading, own heading).
HEADINGS: Mapping[type[BaseModel], tuple[str, str]] = {
    s.Settings: ("settings.yaml", "settings.yaml"),
    s.Budget: ("settings.yaml", "second_reader.budget"),
    s.Price: ("settings.yaml", "second_reader.price"),
    files.SourceEntry: ("sources.yaml", "A source"),
    files.ConceptEntry: ("concepts", "A concept"),
    files.TopicEntry: ("topics", "A topic"),
    files.GroupEntry: ("topics", "A group"),
    files.AtLeast: ("topics", "at_least"),
    files.ClaimEntry: ("claims", "A claim"),
    files.SourceOfClaim: ("claims", "source"),
    files.ExpectEntry: ("claims", "expect"),
    files.SlotEntry: ("claims", "A slot"),
    alertfile.AlertsFile: ("alerts.yaml", "alerts.yaml"),
    alertfile.ChannelEntry: ("alerts.yaml", "A channel"),
    alertfile.Quiet: ("alerts.yaml", "quiet"),
    alertfile.RateEntry: ("alerts.yaml", "rate"),
    alertfile.RuleEntry: ("alerts.yaml", "A rule"),
    alertfile.WhenEntry: ("alerts.yaml", "when"),
    alertfile.CoolDownEntry: ("alerts.yaml", "cool_down"),
    alertfile.MuteEntry: ("alerts.yaml", "A mute"),
    alertfile.DigestEntry: ("alerts.yaml", "A digest"),
} | {
    model: ("settings.yaml", name)
    for name, field in s.Settings.model_fields.items()
    if isinstance(model := field.annotation, type) and issubclass(model, BaseModel)
}
# Files that are one key over what is documented, and secrets, whose form is explained once.
KEYS_ONLY = {"SourcesFile", "ConceptsFile", "WordsFile", "TopicsFile", "ClaimsFile", "WatchFile", "SecretRef"}


def sections() -> dict[tuple[str, str], dict[str, str]]:
    """(file's heading, own heading) -> option -> default, of the tables that say `option` and `default`."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    chapter = title = ""
    options = False
    for line in DOCS.splitlines():
        heading = re.match(r"(#{2,4}) (.+)", line)
        if heading:
            chapter = heading[2] if heading[1] == "##" else chapter
            title, options = heading[2], False
        elif line.startswith("| option | default |"):
            options = True
        elif not line.startswith("|"):
            options = False
        elif options and (row := re.match(r"\| `([\w-]+)` \| (.*?) ?\| \S", line)):
            found.setdefault((chapter, title), {})[row[1]] = row[2].strip()
    return found


def reachable(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    yield model
    for field in model.model_fields.values():
        for inner in inside(field.annotation):
            yield from reachable(inner)


def inside(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in typing.get_args(annotation):
        yield from inside(part)


def every_model() -> set[type[BaseModel]]:
    return {inner for model in MODELS.values() for inner in reachable(model) if inner.__name__ not in KEYS_ONLY}


def written(model: type[BaseModel], option: str) -> str:
    """The default as the tables write it."""
    schema = model.model_json_schema(schema_generator=_AsWritten)
    if option in schema.get("required", ()):
        return "required"
    default = schema["properties"][option].get("default")
    if isinstance(default, dict) or default in (None, "", []):
        return ""
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`[{', '.join(map(str, default))}]`" if isinstance(default, list) else f"`{default}`"


def test_every_model_has_its_heading() -> None:
    assert {model.__name__ for model in every_model()} == {model.__name__ for model in HEADINGS}


@pytest.mark.parametrize("model", sorted(every_model(), key=lambda m: m.__name__), ids=lambda m: m.__name__)
def test_every_option_and_default_is_documented(model: type[BaseModel]) -> None:
    options = [field.alias or name for name, field in model.model_fields.items()]
    documented = sections()[HEADINGS[model]]
    assert list(documented) == options
    assert documented == {option: written(model, option) for option in options}


def table_after(heading: str) -> set[str]:
    """The first column of the table under a heading; a cell may name two."""
    text = re.split(r"\n#{2,4} ", DOCS.split(f"\n#### {heading}\n", 1)[1], maxsplit=1)[0]
    cells = re.findall(r"^\| (`.+?) \|", text, flags=re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([\w-]+)`", cell)}


def in_code(*patterns: str) -> set[str]:
    rooms = (ROOT / "pipeline" / "match", ROOT / "pipeline" / "diff")
    text = "".join(path.read_text(encoding="utf-8") for room in rooms for path in sorted(room.glob("*.py")))
    return {name for pattern in patterns for name in re.findall(pattern, text)}


def test_every_option_of_a_slot_is_documented() -> None:
    assert table_after("options of a slot") == in_code(r'options\.get\("(\w+)"', r'"(\w+)" in (?:\w+\.)*options')


def test_every_cue_is_documented() -> None:
    assert table_after("cues") == in_code(r'cues_terms\("(\w+)"')


EXAMPLES = re.findall(r"```yaml\n(.*?)```", DOCS, flags=re.DOTALL)


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_every_example_is_read(number: int, tmp_path: Path) -> None:
    path = tmp_path / "example.yaml"
    path.write_text(EXAMPLES[number], encoding="utf-8")
    document = read_document(path)
    assert document.faults == []
    (fits,) = [m for n, m in MODELS.items() if n != "watch" and set(document.data) <= set(m.model_fields)]
    fits.model_validate(document.data)
