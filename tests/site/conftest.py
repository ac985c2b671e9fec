"""The built site in a real browser, with the network watched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
from serve import served

import browser as chromium
from gallery.book import built


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Address of the built site."""
    with served(site) as url:
        yield url


@pytest.fixture(scope="session")
def gallery() -> Path:
    """The built gallery of charts."""
    return built()


@pytest.fixture(scope="session")
def gallery_address(gallery: Path) -> Iterator[str]:
    """Address of the built gallery."""
    with served(gallery) as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS)


class Watched:
    """A page that notes what went wrong while it was used: console errors, outside requests, failed requests."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.errors: list[str] = []
        self.outside: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self._note)
        page.on("requestfailed", lambda request: self.errors.append(f"failed: {request.url}"))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location['url']})")

    def _note(self, request: object) -> None:
        url = request.url  # type: ignore[attr-defined]
        if not url.startswith((self.address, "data:", "blob:")):
            self.outside.append(url)

    def open(self, name: str) -> Page:
        """Load a page of the site, for instance ``chapters/4-science-rivalry.html``."""
        self.page.goto(f"{self.address}/{name}")
        self.page.wait_for_load_state("networkidle")
        return self.page

    def use(self) -> None:
        """What a reader does: move, wake the first charts, open the search and close it."""
        page = self.page
        page.mouse.move(200, 300)
        for chart in page.locator(".altair-chart:visible").all()[:2]:
            chart.scroll_into_view_if_needed()
            chart.locator(".altair-alive").wait_for(timeout=20_000)
        if "/search.html" not in page.url:  # which has a field of its own
            page.keyboard.press("Control+k")
            page.locator("#pst-search-dialog input").wait_for()
            page.keyboard.press("Escape")


@pytest.fixture
def watched(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Watched]:
    """A watched page; parametrise indirectly with the width in CSS pixels and the colour scheme."""
    width, scheme = getattr(request, "param", (1280, "light"))
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    yield Watched(context.new_page(), address)
    context.close()
