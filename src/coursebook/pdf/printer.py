"""A document printed by Chromium, twice: its contents need the numbers of the pages that they name."""

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
from coursebook.pdf.document import Document

_FOOTER = (
    '<div style="width:100%;font:8pt Arial,Helvetica,Liberation Sans,sans-serif;color:#59636e;text-align:center">'
    '<span class="pageNumber"></span></div>'
)
_FILL = """pages => document.querySelectorAll('[data-page-of]').forEach(place => {
  place.textContent = pages[place.dataset.pageOf] ?? '';
})"""
_PATIENCE = 10 * 60_000  # most that one step of a long book may take, ms


def printed(file: Path, executable: str, say: Callable[[str], None]) -> bytes:
    """An HTML file as tagged PDF, every `data-page-of` filled with the number of the page where that id stands.

    Args:
        file: the document.
        executable: path of a Chromium.
        say: told what is done, one line at a time.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=chromium.ARGUMENTS)
        page = browser.new_page(color_scheme="light")
        page.set_default_timeout(_PATIENCE)
        page.goto(file.resolve().as_uri(), timeout=_PATIENCE)
        say("Printing, to learn on which page everything is ...")
        places = page_numbers(_print(page))
        page.evaluate(_FILL, places)
        say("Printing again, with the numbers of pages ...")
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
    )


def page_numbers(pdf: bytes) -> dict[str, int]:
    """Number of the page, from 1, of each id that a link leads to."""
    reader = PdfReader(BytesIO(pdf))
    return {
        name.lstrip("/"): reader.get_destination_page_number(place) + 1
        for name, place in reader.named_destinations.items()
    }


def finished(pdf: bytes, document: Document, made: datetime.datetime) -> bytes:
    """The PDF with bookmarks, title and author.

    Chromium's own bookmarks lose the space where a heading breaks and repeat headings that moved to the next page.

    Args:
        pdf: what Chromium wrote.
        document: what it was made from.
        made: written as the date of creation in place of the clock's, so that one book gives the same bytes.
    """
    reader = PdfReader(BytesIO(pdf))
    writer = PdfWriter(clone_from=reader)
    writer.pdf_header = reader.pdf_header
    places = page_numbers(pdf)
    parent = None
    for heading in document.headings:
        bookmark = writer.add_outline_item(
            heading.text, places[heading.anchor] - 1, parent=parent if heading.level > 1 else None
        )
        parent = bookmark if heading.level == 1 else parent
    stamp = made.strftime("D:%Y%m%d%H%M%SZ")
    writer.metadata = {
        "/Title": document.title,
        "/Author": document.author,
        "/CreationDate": stamp,
        "/ModDate": stamp,
    }
    root: dict[Any, Any] = writer.root_object
    root[NameObject("/ViewerPreferences")] = DictionaryObject({NameObject("/DisplayDocTitle"): BooleanObject(True)})
    out = BytesIO()
    writer.write(out)
    return out.getvalue()
