"""Whether something is drawn on the screen: pixels of an element, with and without what it draws."""

from __future__ import annotations

import io

from PIL import Image
from playwright.sync_api import Locator

HIDE = """(element) => { const style = element.ownerDocument.createElement('style'); style.id = 'no-ink';
    style.textContent = '[data-no-ink], [data-no-ink] *, [data-no-ink]::before, [data-no-ink]::after,'
        + '[data-no-ink] *::before, [data-no-ink] *::after { visibility: hidden !important; }';
    element.ownerDocument.head.append(style); element.dataset.noInk = ''; }"""
SHOW = "(element) => { document.getElementById('no-ink').remove(); delete element.dataset.noInk; }"


def colours(element: Locator) -> int:
    """How many colours an element shows; 1 is an empty box."""
    with Image.open(io.BytesIO(element.screenshot(animations="disabled"))) as picture:
        return len(picture.convert("RGB").getcolors(1 << 24))


def has_ink(element: Locator) -> bool:
    """Whether its place looks different without it."""
    element.scroll_into_view_if_needed()
    page, place, found = element.page, element.bounding_box(), element.element_handle()
    drawn = page.screenshot(clip=place, animations="disabled")  # by its place: hidden elements have no picture
    found.evaluate(HIDE)
    blank = page.screenshot(clip=place, animations="disabled")
    found.evaluate(SHOW)
    return drawn != blank
