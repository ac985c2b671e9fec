"""*Save for offline* in a browser: nothing before the reader asks, everything after, replaced and removed whole."""

from __future__ import annotations

import functools
import http.server
import json
import re
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from coursebook import offline

REGISTERED = "navigator.serviceWorker.getRegistrations().then((all) => all.length)"
KEPT = "caches.keys().then((all) => all.length)"


class Server:
    """A site below `/course/book/` of this machine, which can be stopped and started at the same address."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, 0
        self.start()

    def start(self) -> None:
        handler = functools.partial(_Quiet, directory=str(self.folder))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/course/book"


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server(gallery: Path, tmp_path: Path) -> Iterator[Server]:
    """The gallery of charts at a subpath; it is small, and its settings have the control."""
    shutil.copytree(gallery, tmp_path / "course" / "book")
    served = Server(tmp_path)
    yield served
    served.server.server_close()


def until(page: Page, promise: str, seconds: float) -> None:
    """Wait for a promise of true; `wait_for_function` takes a promise itself for true."""
    end = time.monotonic() + seconds
    while not page.evaluate(promise):
        assert time.monotonic() < end, promise
        page.wait_for_timeout(100)


def save(page: Page) -> None:
    page.get_by_role("button", name="Save for offline").click()
    expect(page.locator(".offline-choice [role=status]")).to_contain_text(re.compile(r"takes \d+ MB"))
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".offline-choice")).to_contain_text("is saved on this device", timeout=120_000)


def test_a_reader_saves_reads_without_a_network_and_removes(browser: Browser, server: Server) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{server.address}/index.html")
    page.locator(".offline-choice button").wait_for()
    assert page.evaluate(REGISTERED) == 0 and page.evaluate(KEPT) == 0, "nothing before the reader's choice"
    save(page)
    server.stop()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(f"{server.address}/marks.html")
    page.mouse.move(100, 200)
    chart = page.locator(".altair-chart").first
    chart.scroll_into_view_if_needed()
    chart.locator(".altair-alive .altair-live svg .mark-group").first.wait_for(timeout=30_000)
    page.goto(f"{server.address}/selfchecks.html?from=somewhere")
    question = page.locator(".selfcheck[data-kind=one]").first
    question.locator("input[type=radio]").first.check()
    question.get_by_role("button", name="Check").click()
    expect(question.locator(".selfcheck-feedback")).not_to_be_empty()
    page.goto(f"{server.address}/")
    assert page.locator("article h1").count() == 1
    assert errors == []
    server.start()
    page.get_by_role("button", name="Remove").click()
    expect(page.locator(".offline-choice")).to_contain_text("Removed from this device")
    assert page.evaluate(REGISTERED) == 0 and page.evaluate(KEPT) == 0
    context.close()


def test_a_new_version_replaces_the_old_and_fetches_what_changed(browser: Browser, server: Server) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{server.address}/marks.html")
    save(page)
    site = server.folder / "course" / "book"
    changed = site / "data.html"
    changed.write_text(changed.read_text(encoding="utf-8").replace("</h1>", " anew</h1>"), encoding="utf-8")
    offline.write(site)
    page.evaluate("navigator.serviceWorker.getRegistration().then((found) => found.update())")
    version = json.dumps(re.search(r'VERSION = "(\w+)"', (site / offline.WORKER).read_text(encoding="utf-8"))[1])
    until(page, f"caches.keys().then((all) => all.length === 1 && all[0].endsWith({version}))", seconds=60)
    server.stop()
    page.goto(f"{server.address}/data.html")
    assert page.locator("article h1").first.inner_text().rstrip("#").strip().endswith("anew")
    context.close()


def test_a_failed_download_is_said_and_leaves_nothing(browser: Browser, server: Server) -> None:
    (server.folder / "course" / "book" / "marks.html").unlink()
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{server.address}/index.html")
    page.get_by_role("button", name="Save for offline").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".offline-choice")).to_contain_text("Could not save: marks.html", timeout=60_000)
    until(page, f"{KEPT}.then((count) => count === 0)", seconds=20)
    until(page, f"{REGISTERED}.then((count) => count === 0)", seconds=20)
    assert page.get_by_role("button", name="Save for offline").is_visible(), "one can try again"
    context.close()


def test_there_is_no_control_on_file(browser: Browser, gallery: Path) -> None:
    page = browser.new_page()
    page.goto((gallery / "marks.html").as_uri())
    page.wait_for_load_state("load")
    assert page.locator(".offline-choice").count() == 0
    page.close()


def test_the_list_has_every_file_that_a_reader_can_meet(site: Path) -> None:
    files = offline.files_of(site)
    assert {"index.html", "chapters/4-science-rivalry.html", "search.html", "searchindex.js"} <= set(files)
    assert not {offline.WORKER, ".buildinfo"} & set(files)
    worker = (site / offline.WORKER).read_text(encoding="utf-8")
    assert json.loads(re.search(r"FILES = (\{.*?\});", worker)[1]) == files, "the worker knows the site as it is"
    told = json.loads((site / offline.SIZE).read_text(encoding="utf-8"))
    assert told == {"bytes": sum((site / name).stat().st_size for name in files), "files": len(files)}


def test_the_same_site_gives_the_same_worker(tmp_path: Path) -> None:
    (tmp_path / "_static" / "coursebook").mkdir(parents=True)
    (tmp_path / "index.html").write_text("a", encoding="utf-8")
    offline.write(tmp_path)
    first = (tmp_path / offline.WORKER).read_bytes()
    offline.write(tmp_path)
    assert (tmp_path / offline.WORKER).read_bytes() == first
    (tmp_path / "index.html").write_text("b", encoding="utf-8")
    offline.write(tmp_path)
    assert (tmp_path / offline.WORKER).read_bytes() != first
