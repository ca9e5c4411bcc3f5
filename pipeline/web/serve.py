"""The pages on an address: uvicorn in a thread of its own, beside whatever the process does."""

from __future__ import annotations

import gc
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from pipeline.errors import ConfigError

STOP_S = 5  # how long open requests are waited for


@contextmanager
def serving(app: FastAPI, host: str, port: int) -> Iterator[int]:
    """Serve the application for the duration of the block; the port, which for 0 is a free one.

    Raises ConfigError when the address cannot be had.
    """
    bound = _bound(host, port)
    config = uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, lifespan="off", timeout_graceful_shutdown=STOP_S
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, name="pages", daemon=True)
    thread.start()
    try:
        yield int(bound.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(STOP_S * 2)
        bound.close()


def settle() -> None:
    """Leave what is loaded by now out of every further collection of garbage; to be called once, when all stands.

    Rules, lexicons and templates are looked through again and again else, for nothing: with 200,000 articles stored one
    page in ten took up to three times as long for it.
    """
    gc.collect()
    gc.freeze()


def _bound(host: str, port: int) -> socket.socket:
    """A listening socket: bound here, so that an address in use is told before anything starts."""
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen(128)
    except OSError as error:
        bound.close()
        raise ConfigError(
            f"cannot be listened on: {error.strerror}",
            thing=f"{host}:{port}",
            hint="change web.port, or stop what uses it",
        ) from error
    return bound
