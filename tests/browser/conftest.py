"""A real browser for the pages: headless Chromium, driven over its own protocol, and an engine for accessibility."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import desk_sample
import pytest
from desk_site import DESKTOP, Site
from playwright.sync_api import Browser, Page, sync_playwright

from pipeline.web.app import create_app
from pipeline.web.serve import serving


def chromium() -> str:
    """The browser of this machine, "" when there is none."""
    named = os.environ.get("CLAIMWATCH_CHROMIUM", "")
    return named or next((found for name in ("chromium", "chromium-browser") if (found := shutil.which(name))), "")


@pytest.fixture(scope="module")  # its event loop runs in this thread until it is closed: no other module may meet it
def browser() -> Iterator[Browser]:
    path = chromium()
    if not path:
        said = "no Chromium is installed: the pages are not tried in a browser (apt-get install chromium)"
        if os.environ.get("CLAIMWATCH_REQUIRE_BROWSER") == "1":
            pytest.fail(said)
        pytest.skip(said)
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=path, args=["--no-sandbox", "--headless"])
        yield started
        started.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    desk = desk_sample.copied(tmp_path)
    with serving(create_app(desk), "127.0.0.1", 0) as port:
        yield Site(desk, port)
    desk.store.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page at desktop size; an error or a refused load in its console fails the test."""
    context = browser.new_context(viewport=DESKTOP, timezone_id="Asia/Karachi", locale="en-GB")
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    yield opened
    context.close()
    assert not [fault for fault in faults if "status of 4" not in fault]
