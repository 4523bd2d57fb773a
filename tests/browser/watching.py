"""A tab under watch, and the questions every page must answer well."""

from __future__ import annotations

import os
import re
from pathlib import Path

from django.test import Client
from playwright.sync_api import ConsoleMessage, Page, Request

AXE = (Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js").read_text()
SCHEMES = ("light", "dark")
WIDTHS = (320, 1280)
PICTURE_WIDTHS = (390, 1280)
FINDINGS = """async () => (await axe.run()).violations.map(
  ({id, nodes}) => id + ": " + nodes.map(node => node.target.join(" ") + " " + node.failureSummary).join("; "))"""
REFUSED = """document.addEventListener("securitypolicyviolation",
  event => console.error("refused: " + event.violatedDirective + " " + event.blockedURI))"""
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
INLINE = "() => document.querySelectorAll('[style], style, script:not([src])').length"


class Watched:
    """One tab and the complaints about it."""

    def __init__(self, page: Page, origin: str) -> None:
        self.page = page
        self.origin = origin
        self.complaints: list[str] = []
        self.expected_status: int | None = None
        page.add_init_script(REFUSED)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("request", self._follow)

    def _hear(self, message: ConsoleMessage) -> None:
        expected = self.expected_status and f"status of {self.expected_status}" in message.text
        if message.type in {"error", "warning"} and not expected:
            self.complaints.append(f"console of {self.page.url}: {message.text}")

    def _follow(self, request: Request) -> None:
        if not request.url.startswith((self.origin, "data:", "blob:")):
            self.complaints.append(f"another host: {request.url}")

    def open(self, path: str, *, status: int = 200) -> str:
        """Go there; complain when the answer has another status. Where that led."""
        self.expected_status = status if status >= 400 else None
        response = self.page.goto(path)
        assert response is not None
        assert response.status == status
        return response.url

    def become(self, client: Client) -> None:
        """Go on as whoever the client is by now."""
        cookies = [(name, morsel.value) for name, morsel in client.cookies.items()]
        self.page.context.add_cookies([{"name": name, "value": value, "url": self.origin} for name, value in cookies])

    def stays(self, path: str) -> bool:
        """Whether the page at this address opens, and leads nowhere else."""
        return self.open(path) == self.origin + path

    def fits(self, width: int) -> list[str]:
        """What is wider than a screen of this width."""
        self.page.set_viewport_size({"width": width, "height": 900})
        return [f"wider than the screen at {width} px"] if self.page.evaluate(TOO_WIDE) > 0 else []

    def inspect(self, *, named: str = "") -> list[str]:
        """What is wrong with the page as it stands, in both schemes and at both widths."""
        self.page.wait_for_load_state()
        found = ["inline style or script"] if self.page.evaluate(INLINE) else []
        self.picture(os.environ.get("SCREENSHOTS"), named)
        self.page.evaluate(AXE)
        for width in WIDTHS:
            found += self.fits(width)
            for scheme in SCHEMES:
                self.page.emulate_media(color_scheme=scheme)
                found += [f"{scheme} {width} px: {finding}" for finding in self.page.evaluate(FINDINGS)]
        return found

    def picture(self, folder: str | None, named: str = "") -> None:
        """Keep what the page looks like, for a person to judge: SCREENSHOTS=folder pytest tests/browser."""
        if not folder:
            return
        said = os.environ["PYTEST_CURRENT_TEST"].split("::")[-1].split(" ")[0] + named
        test = re.sub(r"[^a-z0-9]+", "-", said)
        for width in PICTURE_WIDTHS:
            for scheme in SCHEMES:
                self.page.set_viewport_size({"width": width, "height": 800})
                self.page.emulate_media(color_scheme=scheme)
                self.page.screenshot(path=f"{folder}/{test}-{width}-{scheme}.png", full_page=True)
