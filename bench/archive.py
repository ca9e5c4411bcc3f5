"""6. Out to many: an archive of pages through the engine, on one and two workers of each kind."""

from __future__ import annotations

import io
import os
import pickle
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from bench import mix
from bench.figures import Figure, Options, busy
from pipeline.service import archive
from pipeline.service.backfill import Backfill, Progress
from pipeline.service.guard import pack
from pipeline.service.reader import Page
from pipeline.service.wiring import desk
from pipeline.settings import shipped
from pipeline.settings.load import Configuration

NAME = "backfill"
SHARE = 0.02  # of the records touch a topic
RECORDS = 300  # times --scale


def written(to: Path, some: list[bytes]) -> Path:
    """A WARC file of the pages."""
    with to.open("wb") as out:
        writer = WARCWriter(out, gzip=True)
        for number, page in enumerate(some):
            headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
            address = f"https://o{number % 20}.example/{number}"
            record = writer.create_warc_record(address, "response", payload=io.BytesIO(page), http_headers=headers)
            writer.write_record(record)
    return to


def run(configuration: Configuration, warc: Path, **engine: object) -> tuple[Progress, float, float]:
    """One backfill into a new database: what came of it, seconds, and processor seconds of this process."""
    with tempfile.TemporaryDirectory() as folder:
        database = configuration.settings.database.model_copy(update={"url": f"sqlite:///{folder}/bench.db"})
        chosen = configuration.settings.engine.model_copy(update=engine)
        settings = configuration.settings.model_copy(update={"database": database, "engine": chosen})
        with desk(replace(configuration, settings=settings, sources=(), data=Path(folder)), upgrade=True) as built:
            started, began = time.perf_counter(), busy()
            progress = Backfill(built).run((warc,))
            return progress, time.perf_counter() - started, busy() - began


def _wire(configuration: Configuration, warc: Path) -> Figure:
    """What travels between the coordinator and a worker: pages one way, what was read of them the other."""
    items = archive.items(warc, archive.Outlets(()), page_bytes=configuration.settings.fetch.page_size)
    pages = [item.content for item in items if isinstance(item.content, Page)]
    answers = [page.read(configuration.watch) for page in pages]
    there, back = len(pickle.dumps(pages)) / len(pages), len(pickle.dumps(answers)) / len(pages)
    detail = {"there": round(there), "back": round(back), "watch_once_a_worker": len(pack(configuration.watch))}
    return Figure(bench=NAME, name="bytes on the wire a record", value=there + back, unit="", detail=detail)


@contextmanager
def cluster(workers: int) -> Iterator[str]:
    """Our scheduler and workers as processes of their own on this machine; their address."""
    from distributed import Client

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{probe.getsockname()[1]}"
    program = (sys.executable, "-m", "pipeline", "--config", str(shipped.path("config")), "worker")
    names = {"CLAIMWATCH__ENGINE__KIND": "dask", "CLAIMWATCH__ENGINE__ADDRESS": address}
    with ExitStack() as stack:
        for command in ((*program, "--scheduler"), *[program] * workers):
            process = stack.enter_context(
                subprocess.Popen(command, env={**os.environ, **names}, stderr=subprocess.DEVNULL)
            )
            stack.callback(process.terminate)
        with Client(address, set_as_default=False) as client:
            client.wait_for_workers(workers)
        yield address


def measure(options: Options) -> list[Figure]:
    """Records a second a core in this process, then one and two processes."""
    configuration = mix.configuration()
    real = mix.real(options.pages)
    texts = [text for text in mix.labelled(configuration.watch) if text.touches]
    count = RECORDS * options.scale
    chance = random.Random(7)
    touching = mix.filled_all(real, texts)[: max(1, round(count * SHARE))]
    some = [*(real[n % len(real)] for n in range(count - len(touching))), *touching]
    chance.shuffle(some)
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        warc = written(Path(folder) / "pages.warc.gz", some)
        run(configuration, warc)
        progress, alone, spent = run(configuration, warc)
        detail = {"outcomes": dict(progress.outcomes), "records": count, "MB": round(warc.stat().st_size / 1e6, 1)}
        figures.append(
            Figure(bench=NAME, name="records a second a core", value=count / spent, unit="", floor=100.0, detail=detail)
        )
        figures.append(_wire(configuration, warc))
        for kind in ("processes", "dask"):
            wall = {}
            try:
                for workers in (1, 2):
                    with cluster(workers) if kind == "dask" else nullcontext("") as address:
                        wall[workers] = run(configuration, warc, kind=kind, workers=workers, address=address)[1]
            except Exception as error:  # noqa: BLE001 - a kind that cannot run here is told, the other is measured
                print(f"backfill on {kind}: {type(error).__name__}: {error}")
                continue
            took = {"inline_s": round(alone, 1)} | {f"{n}_workers_s": round(s, 1) for n, s in wall.items()}
            took["overhead_ms_a_record"] = round(1000 * (wall[1] - alone) / count, 2)
            name = f"{kind}: speed-up from one to two workers, start and coordinator included"
            figures.append(Figure(bench=NAME, name=name, value=wall[1] / wall[2], floor=1.6, detail=took))
    return figures
