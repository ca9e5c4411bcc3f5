"""The wheel in an empty folder, with the pip that knows least about extras: what a user gets."""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OLDEST_PIP = "23.2"
QUIET = ("--quiet", "--disable-pip-version-check")

pytestmark = pytest.mark.first


def call(*words: str | Path, cwd: Path, timeout: int = 300, **more: str) -> str:
    """Run a command in an environment without our checkout, `more` added to it; what it printed."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "CLAIMWATCH", "VIRTUAL_ENV"))}
    env |= {"TMPDIR": str(cwd), **more}  # what a command leaves there goes with the folder
    done = subprocess.run(
        [str(word) for word in words], cwd=cwd, env=env, capture_output=True, text=True, timeout=timeout, check=False
    )
    assert done.returncode == 0, f"{words}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The versions of the lock, as constraints without hashes."""
    found = re.findall(r"^([A-Za-z0-9._-]+==\S+)", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.M)
    path = tmp_path_factory.mktemp("locked") / "constraints.txt"
    path.write_text("\n".join(found), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("dist")
    call(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    (made,) = folder.glob("claimwatch-*.whl")
    return made


@pytest.fixture(scope="module")
def kept(pytestconfig: pytest.Config, locked: Path, wheel: Path) -> Path:
    """The oldest pip, and what the wheel needs in `wheels`: fetched once a lock, since that pip takes ten seconds to
    look through all that there is.
    """
    asked = locked.read_bytes() + (ROOT / "pyproject.toml").read_bytes() + OLDEST_PIP.encode()
    kept: Path = pytestconfig.cache.mkdir("wheels") / hashlib.sha256(asked).hexdigest()[:16]
    if not kept.exists():
        fetched = locked.parent / "fetched"
        pip = (sys.executable, "-m", "pip")
        call(*pip, "download", *QUIET, "--constraint", locked, "--dest", fetched / "wheels", wheel, cwd=locked.parent)
        (fetched / "wheels" / wheel.name).unlink()
        call(*pip, "install", *QUIET, "--target", fetched / "pip", f"pip=={OLDEST_PIP}", cwd=locked.parent)
        shutil.move(fetched, kept)
    return kept


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory, kept: Path, locked: Path, wheel: Path) -> Path:
    """A folder with nothing but a virtual environment into which the wheel was installed, by the oldest pip alone."""
    folder = tmp_path_factory.mktemp("install")
    venv.create(folder / "env")
    python = folder / "env" / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", python)
    assert f"pip {OLDEST_PIP} " in call(*pip, "--version", cwd=folder, PYTHONPATH=str(kept / "pip"))
    words = ("install", *QUIET, "--no-index", "--find-links", kept / "wheels", "--no-compile", "--constraint", locked)
    call(*pip, *words, wheel, cwd=folder, PYTHONPATH=str(kept / "pip"))
    return folder


def commands_of_the_readme() -> list[list[str]]:
    """Every line of its shell blocks that calls the program, in order."""
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.S)
    lines = [line.partition("#")[0].strip() for block in blocks for line in block.splitlines()]
    return [shlex.split(line)[1:] for line in lines if line.startswith("claimwatch ")]


@pytest.mark.timeout(400)
def test_a_new_user_who_follows_the_readme_gets_from_the_wheel_to_a_digest(installed: Path) -> None:
    own = installed / "own"
    own.mkdir()
    (own / "article.txt").write_text("Pakistan signed a contract to sell JF-17 jets to Azerbaijan.", encoding="utf-8")
    command = installed / "env" / "bin" / "claimwatch"
    printed = {words[0]: call(command, *words, cwd=own, timeout=90) for words in commands_of_the_readme()}
    assert {"init", "check", "db", "demo", "match"} <= printed.keys()
    assert (own / "config" / "settings.yaml").is_file()
    assert "no faults" in printed["check"]
    assert "55 sources" in printed["check"]
    assert (own / "claimwatch.db").is_file()
    assert "stage" in printed["match"]
    last = printed["demo"].strip().splitlines()[-3:]
    assert [line.split(": ")[0] for line in last] == ["digest-html", "digest-md", "review"]
    assert (own / last[0].split(": ")[1]).is_file()
