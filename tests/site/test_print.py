"""A page on paper: light, without controls, charts as drawings, answers folded as the reader left them."""

from __future__ import annotations

from io import BytesIO

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader

from conftest import Watched

CHAPTER = "chapters/4-science-rivalry.html"
CONTROLS = ".bd-header-article, .bd-sidebar-primary, .altair-control, .altair-parts, .show-code, .selfcheck button"
DARK = pytest.mark.parametrize("watched", [(1280, "dark")], indirect=True, ids=["dark"])


def colours(page: Page) -> list[str]:
    """The ground and the text of the page."""
    return page.evaluate("(s => [s.backgroundColor, s.color])(getComputedStyle(document.body))")


@DARK
def test_paper_is_light_and_has_no_controls(watched: Watched) -> None:
    page = watched.open(CHAPTER)
    dark = colours(page)
    assert page.locator(CONTROLS).filter(visible=True).count() > 10
    page.emulate_media(media="print")
    page.wait_for_function("getComputedStyle(document.body).backgroundColor === 'rgb(255, 255, 255)'")
    assert colours(page)[1] != dark[1]
    assert page.locator(CONTROLS).filter(visible=True).count() == 0
    page.emulate_media(media="screen")
    page.wait_for_function(f"getComputedStyle(document.body).backgroundColor === '{dark[0]}'")


def test_an_answer_is_printed_when_it_was_opened(watched: Watched) -> None:
    page = watched.open(CHAPTER)
    answer = page.locator(".admonition.dropdown > p:not(.admonition-title)").first
    page.emulate_media(media="print")
    assert not answer.is_visible()
    page.emulate_media(media="screen")
    page.locator(".admonition.dropdown .toggle-button").first.click()
    page.emulate_media(media="print")
    assert answer.is_visible()


def test_a_link_shows_where_it_leads_once(watched: Watched) -> None:
    page = watched.open("reference/bibliography.html")
    page.emulate_media(media="print")
    after = "link => getComputedStyle(link, '::after').content"
    named = page.locator("article a[href^='http']:not(.bare-address)").first
    assert named.get_attribute("href") in named.evaluate(after)
    bare = page.locator("article a.bare-address").first
    assert bare.inner_text() == bare.get_attribute("href") and bare.evaluate(after) == "none"


def test_charts_are_printed_as_drawings(watched: Watched) -> None:
    page = watched.open(CHAPTER)
    page.mouse.move(200, 300)
    page.locator(".altair-alive").first.wait_for()
    printed = PdfReader(BytesIO(page.pdf(format="A4", print_background=True)))
    text = "".join(sheet.extract_text() for sheet in printed.pages)
    assert "China passed the US level in people and papers" in text, "the title of a chart is text on paper too"
    assert not [image.name for sheet in printed.pages for image in sheet.images]
