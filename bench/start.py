"""7. Start and memory: cold commands, the service at rest, and no growth over many articles."""

from __future__ import annotations

import gc
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import analysis, mix
from bench.figures import Figure, Options
from pipeline.analyse import analyse

NAME = "start"
ARTICLES = 2_000  # of the growth test, times --scale; 50 is the 100,000 of the floor
REST_S = 20.0
MB = 1e6
NOT_FOR_MATCH = ("fastapi", "uvicorn", "alembic", "apprise", "sqlalchemy", "aiohttp", "jinja2")


def _seconds(command: list[str], *, given: str = "") -> float:
    started = time.perf_counter()
    subprocess.run(command, input=given.encode(), check=True, capture_output=True)
    return time.perf_counter() - started


def resident(pid: int) -> float:
    """Bytes of a process and its children that are in memory (Linux)."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return pages * os.sysconf("SC_PAGE_SIZE") + sum(resident(int(child)) for child in children)


def _own() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _at_rest() -> float:
    """The service with the shipped configuration and no source that is due, after a while."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "config"
        program = [sys.executable, "-m", "pipeline"]
        subprocess.run([*program, "init", str(home)], check=True, capture_output=True)
        (home / "sources.yaml").write_text("sources: []\n")
        given = [*program, "--config", str(home)]
        subprocess.run([*given, "db", "upgrade"], check=True, capture_output=True)
        service = subprocess.Popen([*given, "run"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            time.sleep(REST_S)
            if service.poll() is not None:
                raise RuntimeError(f"the service ended with {service.returncode}")
            return resident(service.pid)
        finally:
            service.send_signal(signal.SIGTERM)
            service.wait(30)


def _growth(options: Options) -> Figure:
    watch = mix.configuration().watch
    some = analysis.articles(watch)
    rest = ARTICLES * options.scale
    for article in some:
        analyse(article, watch)
    gc.collect()
    before = _own()
    for number in range(rest):
        analyse(some[number % len(some)], watch)
    gc.collect()
    grown = (_own() - before) / MB
    name = f"growth over {rest:,} articles"
    return Figure(bench=NAME, name=name, value=grown, unit="MB", ceiling=10.0, detail={"at_MB": round(_own() / MB)})


def measure(options: Options) -> list[Figure]:
    """Seconds against the bare interpreter in the same run, and megabytes."""
    program = [sys.executable, "-m", "pipeline"]
    article = json.dumps({"id": "a", "text": "Pakistan will sell forty JF-17 jets to Azerbaijan for $4.6 billion."})
    kinds = {
        "--help": ([*program, "--help"], "", 0.25),
        "match, one article": ([*program, "match", "--format", "jsonl", "-"], article, 1.2),
    }
    figures = []
    for what, (command, given, limit) in kinds.items():
        _seconds(command, given=given)
        each, bare = [], []
        for _ in range(options.rounds):
            bare.append(_seconds([sys.executable, "-c", "pass"]))
            each.append(_seconds(command, given=given))
        detail = {"bare_interpreter_s": round(statistics.median(bare), 3)}
        figures.append(
            Figure(
                bench=NAME,
                name=what,
                value=statistics.median(each),
                unit="s",
                ceiling=limit,
                rounds=tuple(each),
                detail=detail,
            )
        )
    listing = "import sys; sys.argv = ['claimwatch', 'match', '--format', 'jsonl', '-']\n"
    listing += "from pipeline.cli.main import main\ntry:\n    main()\nexcept SystemExit:\n    pass\n"
    listing += f"print([m for m in {NOT_FOR_MATCH!r} if m in sys.modules], file=sys.stderr)"
    told = subprocess.run([sys.executable, "-c", listing], input=article.encode(), check=True, capture_output=True)
    loaded = json.loads(told.stderr.decode().splitlines()[-1].replace("'", '"'))
    figures.append(
        Figure(
            bench=NAME,
            name="match loads nothing of web, store, mail",
            value=len(loaded),
            unit="",
            ceiling=0.0,
            detail={"loaded": loaded},
        )
    )
    figures.append(Figure(bench=NAME, name="the service at rest", value=_at_rest() / MB, unit="MB", ceiling=200.0))
    figures.append(_growth(options))
    return figures
