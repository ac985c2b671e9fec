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
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from coursebook import offline

REGISTERED = "navigator.serviceWorker.getRegistrations().then((all) => all.length)"
KEPT = "caches.keys().then((all) => all.length)"


class Server:
    """A site below `/course/book/` of this machine, which can be stopped and started at the same address."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, 0
        self.asked: list[str] = []
        self.start()

    def start(self) -> None:
        handler = functools.partial(_Handler, self.asked, directory=str(self.folder))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def book(self) -> Path:
        return self.folder / "course" / "book"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/course/book"


class _Handler(http.server.SimpleHTTPRequestHandler):
    def __init__(self, asked: list[str], *args: Any, **options: Any) -> None:
        self.asked = asked
        super().__init__(*args, **options)

    def log_message(self, format: str, *args: object) -> None:
        self.asked.append(self.path)


@pytest.fixture
def server(gallery: Path, tmp_path: Path) -> Iterator[Server]:
    """The gallery of charts at a subpath; it is small, and its settings have the control."""
    shutil.copytree(gallery, tmp_path / "course" / "book")
    served = Server(tmp_path)
    yield served
    served.server.server_close()


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """The first page of the site in a window of its own."""
    context = browser.new_context()
    opened = context.new_page()
    opened.goto(f"{server.address}/index.html")
    yield opened
    context.close()


def is_read_without(server: Server, page: Page) -> None:
    """Another page of the site opens with the server gone."""
    server.stop()
    page.goto(f"{server.address}/marks.html")
    assert page.locator("article h1").count() == 1


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


def publish(server: Server, *pages: str) -> None:
    """A new version of the site, with other headings on some pages."""
    for page in (server.book / name for name in pages):
        page.write_text(page.read_text(encoding="utf-8").replace("</h1>", " anew</h1>"), encoding="utf-8")
    offline.write(server.book)


def heading(page: Page) -> str:
    return page.locator("article h1").first.inner_text().rstrip("#").strip()


def test_a_reader_saves_reads_without_a_network_and_removes(server: Server, page: Page) -> None:
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


def test_a_new_version_replaces_the_old_and_fetches_what_changed(browser: Browser, server: Server) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{server.address}/marks.html")
    save(page)
    publish(server, "data.html")
    page.evaluate("navigator.serviceWorker.getRegistration().then((found) => found.update())")
    version = json.dumps(re.search(r'VERSION = "(\w+)"', (server.book / offline.WORKER).read_text(encoding="utf-8"))[1])
    until(page, f"caches.keys().then((all) => all.length === 1 && all[0].endsWith({version}))", seconds=60)
    server.stop()
    page.goto(f"{server.address}/data.html")
    assert heading(page).endswith("anew")
    context.close()


def test_what_is_removed_can_be_saved_again_on_the_same_page(server: Server, page: Page) -> None:
    save(page)
    page.reload()
    page.get_by_role("button", name="Remove").click()
    expect(page.locator(".offline-choice")).to_contain_text("Removed from this device")
    page.evaluate("fetch('data.html').then((answer) => answer.text())")
    assert page.evaluate(KEPT) == 0, "the worker that still serves the page makes no cache"
    save(page)
    is_read_without(server, page)


def test_what_the_browser_has_cleared_is_not_called_saved(server: Server, page: Page) -> None:
    save(page)
    page.evaluate("caches.keys().then((all) => Promise.all(all.map((name) => caches.delete(name))))")
    page.reload()
    save(page)
    is_read_without(server, page)


def test_a_failed_update_leaves_the_saved_edition_and_its_button(server: Server, page: Page) -> None:
    save(page)
    publish(server, "data.html", "marks.html")
    (server.book / "marks.html").unlink()
    page.evaluate("navigator.serviceWorker.getRegistration().then((found) => found.update())")
    expect(page.locator(".offline-choice")).to_contain_text(
        re.compile("is saved on this device.*could not be fetched: marks.html: the server answers 404"), timeout=60_000
    )
    assert page.get_by_role("button", name="Remove").is_visible()
    server.stop()
    page.goto(f"{server.address}/data.html")
    assert not heading(page).endswith("anew"), "the saved edition is whole"


def test_a_save_stopped_halfway_goes_on_where_it_stopped(server: Server, page: Page) -> None:
    script = (server.book / offline.WORKER).read_text(encoding="utf-8")
    version = re.search(r'VERSION = "(\w+)"', script)[1]
    page.evaluate(
        """async ([version, path]) => {
          const root = new URL("./", location.href).href;
          const cache = await caches.open(`coursebook ${root} ${version}`);
          await cache.put(root + path, await fetch(root + path));
        }""",
        [version, "marks.html"],
    )
    server.asked.clear()
    save(page)
    assert "/course/book/data.html" in server.asked and "/course/book/marks.html" not in server.asked


def test_a_file_of_another_version_is_not_saved(browser: Browser, server: Server) -> None:
    (server.book / "marks.html").write_text("a copy that some cache on the way has kept", encoding="utf-8")
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{server.address}/index.html")
    page.get_by_role("button", name="Save for offline").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".offline-choice")).to_contain_text(
        "Could not save: marks.html: the server sends another version", timeout=60_000
    )
    until(page, f"{KEPT}.then((count) => count === 0)", seconds=20)
    context.close()


def test_the_browser_is_asked_to_keep_what_is_saved(browser: Browser, server: Server) -> None:
    context = browser.new_context()
    context.add_init_script("StorageManager.prototype.persist = async () => { window.asked = true; return true; };")
    page = context.new_page()
    page.goto(f"{server.address}/index.html")
    page.get_by_role("button", name="Save for offline").click()
    expect(page.locator(".offline-choice [role=status]")).to_contain_text("takes")
    assert not page.evaluate("window.asked"), "not before the reader's choice"
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".offline-choice")).to_contain_text("is saved on this device", timeout=120_000)
    assert page.evaluate("window.asked")
    context.close()


def test_a_failed_download_is_said_and_leaves_nothing(browser: Browser, server: Server) -> None:
    (server.book / "marks.html").unlink()
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
