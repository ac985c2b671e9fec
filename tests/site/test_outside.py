"""Nothing leaves the site: every page with every other host blocked, served and from file://, before and after use."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote_plus

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Route
from weight import ROOT, first_of_each_kind, pages

from conftest import Watched

PAGES = pages(ROOT / "_build" / "html") or ["index.html"]
#: Each stands in the book, and in no title: a word, a Chinese term, a part of it, a character that stands within words,
#: pinyin without and with its tones, a number in both spellings.
SOUGHT = {
    "lithography": "chapters/2-made-in-china-2025",
    "双循环": "reference/glossary",
    "循环": "reference/glossary",
    "芯": "reference/glossary",
    "shuang xunhuan": "reference/glossary",
    "Shuāng xúnhuán": "reference/glossary",
    "38,800": "reference/corrections",
    "38800": "reference/corrections",
}


@pytest.fixture
def alone(browser: Browser) -> Iterator[BrowserContext]:
    """A window that reaches this machine and no other host."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})

    def gate(route: Route) -> None:
        if re.match(r"(file|data|blob):|http://127\.0\.0\.1[:/]", route.request.url):
            route.continue_()
        else:
            route.abort("internetdisconnected")

    context.route("**/*", gate)
    yield context
    context.close()


def cases() -> list[object]:
    """Every page from the disk; outside the slow run one of each kind."""
    firsts = first_of_each_kind(PAGES)
    return [pytest.param(name, marks=() if name in firsts else pytest.mark.slow) for name in PAGES]


@pytest.mark.parametrize("name", cases())
def test_a_page_from_the_disk_asks_no_host_and_reports_no_error(alone: BrowserContext, site: Path, name: str) -> None:
    watched = Watched(alone.new_page(), site.as_uri())
    watched.open(name)
    watched.use()
    assert watched.outside == []
    assert watched.errors == []


@pytest.mark.parametrize("way", ["served", "file"])
@pytest.mark.parametrize("words", SOUGHT)
def test_search_finds(alone: BrowserContext, site: Path, address: str, way: str, words: str) -> None:
    watched = Watched(alone.new_page(), address if way == "served" else site.as_uri())
    page = watched.open("genindex.html")  # no charts: leaving a page stops what loads for them
    page.keyboard.press("Control+k")
    page.locator("#pst-search-dialog input").fill(words)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/search.html?q={quote_plus(words)}*")
    page.locator(f"#search-results ul.search li a[href*='{SOUGHT[words]}']").first.wait_for(timeout=10_000)
    assert watched.outside == [] and watched.errors == []


def test_an_outside_request_is_noticed(alone: BrowserContext, address: str) -> None:
    watched = Watched(alone.new_page(), address)
    page = watched.open("intro.html")
    page.evaluate("fetch('https://example.org/').catch(() => {})")
    page.wait_for_timeout(200)
    assert watched.outside == ["https://example.org/"] and watched.errors


def without_network() -> list[str]:
    """The start of a command that runs without any network but the machine's own.

    Raises:
        LookupError: neither bubblewrap nor unshare works here.
    """
    up = 'ip link set lo up && exec "$@"'
    ways = (
        ["bwrap", "--dev-bind", "/", "/", "--unshare-net"],
        ["unshare", "--map-root-user", "--net", "sh", "-c", up, "sh"],
    )
    reach = "import socket; socket.create_connection(socket.create_server(('127.0.0.1', 0)).getsockname()).close()"
    for way in ways:
        if shutil.which(way[0]) and not subprocess.run([*way, sys.executable, "-c", reach], check=False).returncode:
            return way
    raise LookupError("neither bwrap --unshare-net nor unshare --net works here (Linux with user name spaces)")


@pytest.mark.slow
def test_the_book_is_built_without_a_network(tmp_path: Path, site: Path) -> None:
    """A copy without caches: every notebook runs, every chart is drawn."""
    try:
        alone = without_network()
    except LookupError as reason:
        pytest.skip(str(reason))
    outside = "import socket; socket.create_connection(('192.0.2.1', 80), 5)"
    assert subprocess.run([*alone, sys.executable, "-c", outside], check=False, capture_output=True).returncode
    left_out = shutil.ignore_patterns("_build", ".venv", ".git", "lab", "__pycache__")
    book = Path(shutil.copytree(ROOT, tmp_path / "book", ignore=left_out))
    program = str(Path(sys.executable).with_name("jupyter-book"))
    built = subprocess.run(
        [*alone, program, "build", str(book), "-W", "-n", "--keep-going"],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    assert built.returncode == 0, built.stdout[-3000:] + built.stderr[-3000:]
    assert pages(book / "_build" / "html") == pages(site)


def test_the_benchmark_of_pages_finds_no_other_host(
    browser: Browser, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same server by another name stands for a host of the web."""
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    from pages import launch

    page = launch(browser.browser_type).new_page()
    assert page.goto(f"{address}/index.html").ok
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        page.goto(f"{address}/index.html".replace("127.0.0.1", "localhost"))
    page.context.browser.close()
