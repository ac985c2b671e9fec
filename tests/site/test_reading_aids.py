"""What stands around the pages: descriptions, edition, the page for lost addresses, reports of mistakes."""

from __future__ import annotations

import functools
import http.server
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest
from ink import has_ink
from playwright.sync_api import Browser

from conftest import Watched

CONFIG = """
title: Small
html: {baseurl: "https://example.org/small/"}
sphinx:
  extra_extensions: [coursebook]
  config:
    release: "2.0"
    coursebook_picture: picture.png
    coursebook_picture_alt: A picture
    coursebook_report: "mailto:editors@example.org?subject={subject}&body={body}"
"""
PACKAGE = """{"resources": [{"name": "colours", "path": "colours.csv", "schema": {"primaryKey": ["id"], "fields": [
  {"name": "level", "type": "string"}, {"name": "id", "type": "string"}, {"name": "printed", "type": "string"},
  {"name": "note", "type": "string"}]}}]}"""

PAGE = """---
myst: {html_meta: {description: "Said by the author."}}
---
# Page

```{register} colours
:anchor: id
:prefix: colour
```
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """The site of a small book that has an address and takes reports."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "data").mkdir()
    files = {
        "_config.yml": CONFIG,
        "_toc.yml": "format: jb-book\nroot: start\nchapters: [{file: deep/page}]",
        "start.md": "# Start\n\nThis book has a first sentence. It has a second.\n",
        "data/datapackage.json": PACKAGE,
        "data/colours.csv": 'level,id,printed,note\n9,red-1,a colour of 5 letters,\n"1,000",red-2,another,\n',
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "deep").mkdir()
    (folder / "deep/page.md").write_text(PAGE, encoding="utf-8")
    (folder / "picture.png").write_bytes((root / "images/social.png").read_bytes())
    python = Path(sys.executable)
    result = subprocess.run(
        [python.with_name("jupyter-book"), "build", ".", "-W", "--keep-going"],
        cwd=folder,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1790553600", "NO_COLOR": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-2000:]
    return folder / "_build/html"


def meta(page: Path) -> dict[str, list[str]]:
    """Contents of a page's `<meta>` elements by name."""
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<meta [^>]+>", page.read_text(encoding="utf-8")):
        name, content = re.search(r'(?:name|property)="([^"]+)"', tag), re.search(r'content="([^"]*)"', tag)
        if name and content:
            found.setdefault(name[1], []).append(unescape(content[1]))
    return found


def test_every_page_says_what_it_is_about(site: Path, root: Path) -> None:
    pages = [path.relative_to(root) for folder in ("chapters", "reference") for path in (root / folder).glob("*.md")]
    descriptions = {}
    for page in [Path("intro.md"), *pages]:
        found = meta(site / page.with_suffix(".html"))
        assert len(found["description"]) == 1 and 30 < len(found["description"][0]) <= 202, (page, found)
        assert found["og:title"][0] and found["og:description"] == found["description"]
        assert (site / page.parent / found["og:image"][0]).is_file(), "without a base, relative to the page"
        assert "og:url" not in found
        descriptions[page] = found["description"][0]
    assert len(set(descriptions.values())) == len(descriptions), "each page has its own"
    assert not (site / "sitemap.xml").exists()


def test_addresses_are_absolute_where_the_book_has_one(small: Path) -> None:
    start, page = meta(small / "start.html"), meta(small / "deep/page.html")
    assert start["description"] == ["This book has a first sentence. It has a second."]
    assert page["description"] == page["og:description"] == ["Said by the author."]
    assert page["og:url"] == ["https://example.org/small/deep/page.html"]
    assert page["og:image"] == ["https://example.org/small/_static/picture.png"]
    locations = re.findall("<loc>(.*?)</loc>", (small / "sitemap.xml").read_text(encoding="utf-8"))
    assert locations == ["https://example.org/small/deep/page.html", "https://example.org/small/start.html"]


def test_version_and_date_stand_at_the_foot(small: Path, site: Path) -> None:
    assert "Version 2.0, 28 September 2026" in (small / "start.html").read_text(encoding="utf-8")
    assert re.search(r"Version \d+\.\d+\.\d+, \d{1,2} \w+ \d{4}<", (site / "intro.html").read_text(encoding="utf-8"))


class _Host(http.server.SimpleHTTPRequestHandler):
    """Serves a site under `/small/` and answers as most hosts do: with 404.html where there is nothing."""

    def translate_path(self, path: str) -> str:
        """Nothing stands outside `/small/`."""
        return super().translate_path(path.removeprefix("/small") if path.startswith("/small/") else "/nothing-here")

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """The page itself as the body of a 404."""
        body = Path(self.directory, "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(params=["with an address", "without"])
def host(request: pytest.FixtureRequest, small: Path, site: Path) -> Iterator[str]:
    """A host of the small book, which knows its address, or of this one, which does not."""
    handler = functools.partial(_Host, directory=str(small if request.param == "with an address" else site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_a_lost_address_leads_back_from_any_depth(browser: Browser, host: str) -> None:
    page = browser.new_page()
    page.goto(f"{host}/small/no/such/place.html")
    page.get_by_role("heading", name="There is no page at this address").wait_for()
    page.wait_for_function("getComputedStyle(document.querySelector('.bd-article')).paddingTop !== '0px'")
    link = page.locator("article li a").nth(1)
    link.click()
    page.wait_for_url("**/small/*/*.html")
    assert "There is no page" not in page.locator("h1").first.inner_text()
    page.close()


def test_a_report_knows_its_page_and_row(browser: Browser, small: Path) -> None:
    page = browser.new_page()
    page.goto((small / "deep/page.html").as_uri())
    of_page = unquote(page.get_by_role("link", name="Report a mistake on this page").get_attribute("href") or "")
    assert of_page.startswith("mailto:editors@example.org?subject=Mistake in: Page&body=")
    assert "Page: https://example.org/small/deep/page.html" in of_page and "Edition: Version 2.0" in of_page
    link = page.locator(".register tbody tr").first.get_by_role("link", name="Report a mistake")
    link.focus()
    of_row = unquote(link.get_attribute("href") or "")
    assert of_row.startswith("mailto:editors@example.org?subject=Mistake in: colour-red-1&body=Page: file:")
    about = "\nDataset: colours\nRow: colour-red-1\nlevel: 9\nid: red-1\nprinted: a colour of 5 letters\n"
    assert about in of_row
    page.close()


@pytest.mark.parametrize("width", [1280, 360])
def test_every_row_can_be_reported_and_is_sorted_by_its_own_words(browser: Browser, small: Path, width: int) -> None:
    """The last cells of both rows are empty; as words, 1,000 would stand before 9."""
    page = browser.new_page(viewport={"width": width, "height": 740})
    page.goto((small / "deep/page.html").as_uri())
    rows = page.locator(".register tbody tr[id]")
    links = rows.get_by_role("link", name="Report a mistake")
    assert [has_ink(link) for link in links.all()] == [True, True]
    page.locator(".register thead button").first.focus()
    page.keyboard.press("Enter")
    assert rows.evaluate_all("rows => rows.map((row) => row.id)") == ["colour-red-1", "colour-red-2"]
    page.keyboard.press("Enter")
    assert rows.evaluate_all("rows => rows.map((row) => row.id)") == ["colour-red-2", "colour-red-1"]
    assert rows.locator("td:first-child").all_text_contents() == ["1,000", "9"]
    page.close()


def test_a_book_without_an_address_for_reports_shows_no_link(watched: Watched) -> None:
    assert watched.open("reference/corrections.html").get_by_text("Report a mistake").count() == 0
