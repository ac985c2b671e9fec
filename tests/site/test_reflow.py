"""Pages fit every window, text that a reader enlarges or spaces wider, and have their colours at once."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page
from weight import ROOT, first_of_each_kind, pages

from conftest import Watched

PAGES = pages(ROOT / "_build" / "html") or ["index.html"]
FIRSTS = first_of_each_kind(PAGES)
WIDTHS = (320, 360, 640, 768, 1000, 1050, 1100, 1280)
#: Elements that reach beyond the right edge, but for those in a box that scrolls or clips.
BEYOND = """() => {
    const edge = document.documentElement.clientWidth;
    const kept = (each) => each && each !== document.body
        && (getComputedStyle(each).overflowX !== 'visible' || kept(each.parentElement));
    return [...document.body.querySelectorAll('*')]
        .filter((each) => each.getBoundingClientRect().right > edge + 1 && !kept(each.parentElement)
            && getComputedStyle(each).position !== 'fixed')
        .map((each) => `${each.nodeName}.${each.className} "${each.textContent.trim().slice(0, 40)}"`).slice(0, 3);
}"""

#: Text in sight that a box cuts off at its right or its foot.
CUT = """[...document.querySelectorAll('body :is(p, li, h1, h2, h3, a, button, figcaption, summary, label, td, dd)')]
    .filter((each) => {
        const style = getComputedStyle(each);
        const wide = style.overflowX === 'hidden' && each.scrollWidth > each.clientWidth + 1;
        const high = style.overflowY === 'hidden' && each.scrollHeight > each.clientHeight + 1;
        return each.checkVisibility() && each.clientWidth > 1 && style.display !== 'inline' && (wide || high);
    }).map((each) => `${each.nodeName}.${each.className} ${each.textContent.trim().slice(0, 60)}`)"""
SPACED = """* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
p { margin-bottom: 2em !important; }"""


def overflow(page: Page, width: int) -> str | None:
    """What pushes a page sideways at a width of the window; nothing when it fits."""
    page.set_viewport_size({"width": width, "height": 800})
    wide, seen = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    return f"at {width} px the page is {wide} px wide: {page.evaluate(BEYOND)}" if wide > seen else None


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_first_picture_has_the_colours_of_the_system(browser: Browser, address: str, scheme: str) -> None:
    """Without any of the theme's scripts, which come after the first picture."""
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    page.route("**/*.js*", lambda route: route.abort())
    page.goto(f"{address}/intro.html")
    assert page.locator("html").get_attribute("data-theme") == scheme
    context.close()


@pytest.mark.parametrize("name", FIRSTS)
def test_at_twice_the_size_nothing_is_lost(browser: Browser, address: str, name: str) -> None:
    """A window of 1280 px at 200% is a page of 640 px drawn with two pixels for each: every control is in reach."""
    context = browser.new_context(viewport={"width": 640, "height": 400}, device_scale_factor=2)
    page = Watched(context.new_page(), address).open(name)
    assert overflow(page, 640) is None
    page.set_viewport_size({"width": 640, "height": 400})
    for button in page.locator(".article-header-buttons button:visible, .primary-toggle:visible").all():
        box = button.bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= 640, button.get_attribute("title")
    page.locator(".primary-toggle").click()
    chapters = page.get_by_role("link", name="8 Trade order in East Asia").first
    chapters.scroll_into_view_if_needed()
    assert chapters.is_visible()
    page.keyboard.press("Escape")
    assert page.evaluate(CUT) == [], "text is cut off"
    context.close()


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("name", FIRSTS)
def test_wider_spacing_of_text_loses_nothing(browser: Browser, address: str, name: str, width: int) -> None:
    """As far as WCAG 1.4.12 asks for."""
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = Watched(context.new_page(), address).open(name)
    page.add_style_tag(content=SPACED)
    assert overflow(page, width) is None
    assert page.evaluate(CUT) == [], "text is cut off"
    context.close()
