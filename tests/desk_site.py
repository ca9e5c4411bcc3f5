"""The pages of one desk as the browser tests see them, and the sizes they are looked at in."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import ViewportSize

from pipeline.service.wiring import Desk

DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}


@dataclass(frozen=True)
class Site:
    """The pages of one desk."""

    desk: Desk
    port: int

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"
