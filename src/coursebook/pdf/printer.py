"""An HTML document printed by Chromium: twice, since the contents need the numbers of the pages they name."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright
from pypdf import PdfReader, PdfWriter
from pypdf.generic import BooleanObject, DictionaryObject, NameObject

from coursebook import chromium

_FOOTER = (
    '<div style="width:100%;font:8pt Arial,Helvetica,Liberation Sans,sans-serif;color:#59636e;text-align:center">'
    '<span class="pageNumber"></span></div>'
)
_FILL = """pages => document.querySelectorAll('[data-page-of]').forEach(place => {
  place.textContent = pages[place.dataset.pageOf.slice(1)] ?? '';
})"""
_MINUTES = 10 * 60_000  # most that one step of a long book may take, ms


def print_book(document: Path, executable: str, say: Callable[[str], None]) -> bytes:
    """The document as PDF: tagged, with bookmarks, numbers of pages in the contents.

    Args:
        document: the HTML file.
        executable: path of a Chromium.
        say: told what is done, one line at a time.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=chromium.ARGUMENTS)
        page = browser.new_page(color_scheme="light")
        page.set_default_timeout(_MINUTES)
        page.goto(document.resolve().as_uri(), timeout=_MINUTES)
        page.emulate_media(media="print")
        say("printing, to learn which page is where ...")
        places = page_numbers(_print(page))
        page.evaluate(_FILL, places)
        say("printing again, with the numbers of pages ...")
        pdf = _print(page)
        browser.close()
    return pdf


def _print(page: Page) -> bytes:
    return page.pdf(
        prefer_css_page_size=True,
        print_background=True,
        display_header_footer=True,
        header_template="<span></span>",
        footer_template=_FOOTER,
        tagged=True,
        outline=True,
    )


def page_numbers(pdf: bytes) -> dict[str, int]:
    """Number of the page, from 1, on which each id that something links to stands."""
    reader = PdfReader(BytesIO(pdf))
    return {
        name.lstrip("/"): reader.get_destination_page_number(place) + 1
        for name, place in reader.named_destinations.items()
    }


def finished(pdf: bytes, about: dict[str, str], made: datetime.datetime) -> bytes:
    """The PDF with what describes it, and no trace of the clock.

    Args:
        pdf: what Chromium wrote.
        about: `Title`, `Author` and others, by their name in a PDF.
        made: written as the date of creation.
    """
    writer = PdfWriter(clone_from=BytesIO(pdf))
    stamp = made.strftime("D:%Y%m%d%H%M%SZ")
    writer.metadata = {f"/{key}": value for key, value in about.items()} | {"/CreationDate": stamp, "/ModDate": stamp}
    root: dict[str, Any] = writer.root_object
    root[NameObject("/ViewerPreferences")] = DictionaryObject({NameObject("/DisplayDocTitle"): BooleanObject(True)})
    out = BytesIO()
    writer.write(out)
    return out.getvalue()
