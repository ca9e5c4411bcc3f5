"""The README keeps its word: what it names exists, and its YAML watches what it says.

Its commands are run by tests/flow/test_install.py, from the wheel in an empty folder.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli.main import COMMANDS, root

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SHELL = [
    line.partition("#")[0].strip()
    for block in re.findall(r"```sh\n(.*?)```", README, re.S)
    for line in block.splitlines()
]
INLINE = re.findall(r"`(claimwatch [^`]+|make [^`]+)`", README)


@pytest.mark.parametrize("line", [line for line in (*SHELL, *INLINE) if line.startswith("make ")])
def test_make_targets_exist(line: str) -> None:
    done = subprocess.run(["make", "-n", line.split()[1]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("line", [line for line in INLINE if line.startswith("claimwatch ")])
def test_commands_in_the_text_exist(line: str) -> None:
    words = [word for word in line.split()[1:] if not word.startswith("-") and word.islower()]
    assert words[0] in COMMANDS
    asked = words[:2] if len(words) > 1 and words[0] in {"sources", "topics", "claims", "alerts", "db"} else words[:1]
    assert CliRunner().invoke(root, [*asked, "--help"]).exit_code == 0


def test_the_ten_lines_watch_another_subject(tmp_path: Path) -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", README, re.S)
    assert len(text.strip().splitlines()) <= 10
    (tmp_path / "watch.yaml").write_text(text, encoding="utf-8")
    given = "Officials said that the reservoir behind the Grand Dam now holds 22 billion cubic metres of water."
    result = CliRunner().invoke(root, ["--config", str(tmp_path), "match", "-"], input=given)
    assert result.exit_code == 0, result.output
    assert "dam-filling: changes" in result.output
    assert "-> 22000000000" in result.output or "-> 2.2e10" in result.output


@pytest.mark.parametrize("path", re.findall(r"\]\((docs/[^)#]+)\)", README))
def test_links_lead_somewhere(path: str) -> None:
    assert (ROOT / path).exists()
