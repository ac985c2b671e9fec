"""No control lost its icon when the theme's script of icons went: each has ink, and each character a drawing."""

from __future__ import annotations

import pytest
from ink import has_ink
from playwright.sync_api import Browser, Page

from conftest import Watched

CHAPTER = "chapters/4-science-rivalry.html"
MODES = pytest.mark.parametrize(
    "watched",
    [(1280, "light"), (1280, "dark"), (360, "light"), (360, "dark")],
    indirect=True,
    ids=["1280-light", "1280-dark", "360-light", "360-dark"],
)
#: Controls that show nothing but an icon; `mark` is where a reader finds it.
CONTROLS = {
    "menu": ".primary-toggle",
    "contents": ".secondary-toggle",
    "search": ".article-header-buttons .search-button__button, .search-button",
    "download": ".dropdown-download-buttons > button",
    "full screen": ".btn-fullscreen-button",
    "light and dark": ".theme-switch-button",
    "part of the menu": ".bd-links summary, .bd-links .toctree-toggle",
    "next page": ".right-next i",
}
#: Every character of an icon on the page, in an element or before or after one, with the font it is drawn in.
ICONS = r"""() => {
    const seen = new Map();
    for (const element of document.body.querySelectorAll('*')) {
        for (const part of ['::before', '::after']) {
            const style = getComputedStyle(element, part);
            const icon = style.content.match(/[\ue000-\uf8ff]/)?.[0];
            const font = `${style.fontWeight} 40px ${style.fontFamily}`;
            if (icon) seen.set(icon + font, [icon, font, `${element.nodeName}.${element.className}${part}`]);
        }
    }
    return [...seen.values()];
}"""
#: Whether a font draws a character as something else than as one that no font has.
DRAWN = r"""async ([icon, font]) => {
    await document.fonts.load(font, icon);
    const picture = (text) => {
        const canvas = document.createElement('canvas');
        canvas.width = canvas.height = 60;
        const context = canvas.getContext('2d');
        context.font = font;
        context.fillText(text, 5, 50);
        return context.getImageData(0, 0, 60, 60).data.join();
    };
    return picture(icon) !== picture('\uf8fe') && picture(icon) !== picture(' ');
}"""


def icons(page: Page) -> list[tuple[str, str, str]]:
    """Character, font and place of each icon on the page."""
    return [tuple(each) for each in page.evaluate(ICONS)]


@MODES
def test_every_icon_is_drawn(watched: Watched) -> None:
    page = watched.open(CHAPTER)
    found = icons(page)
    assert len(found) >= 8, found
    assert [place for icon, font, place in found if not page.evaluate(DRAWN, [icon, font])] == []


@MODES
def test_every_control_without_words_shows_its_icon(watched: Watched) -> None:
    page = watched.open(CHAPTER)
    shown = set()
    for name, mark in CONTROLS.items():
        control = page.locator(mark).filter(visible=True).first
        if control.count():
            control.scroll_into_view_if_needed()
            assert has_ink(control), f"{name} shows nothing"
            shown.add(name)
    always = {"download", "full screen", "light and dark", "next page"}  # on a wide page search is a field with words
    narrow = (page.viewport_size or {})["width"] < 1000
    assert shown >= always | ({"menu", "contents", "search"} if narrow else {"menu", "part of the menu"}), shown


@MODES
def test_admonitions_answers_and_copied_code_have_theirs(watched: Watched) -> None:
    page = watched.open(f"{CHAPTER}?code=1")
    for mark in (".admonition-title", ".admonition.dropdown .toggle-button"):
        assert has_ink(page.locator(mark).filter(visible=True).first), mark
    code = page.locator(".cell_input .highlight").filter(visible=True).first
    code.scroll_into_view_if_needed()
    code.hover()
    copy = code.locator(".copybtn")
    page.wait_for_timeout(400)  # it fades in
    assert has_ink(copy)


def test_a_font_without_the_icon_is_noticed(browser: Browser, address: str) -> None:
    context = browser.new_context()
    page = Watched(context.new_page(), address).open("intro.html")
    assert not page.evaluate(DRAWN, ["\uf0c9", "400 40px sans-serif"])
    context.close()
