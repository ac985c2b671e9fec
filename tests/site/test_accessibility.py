"""WCAG 2.1 AA as far as a machine can see: axe-core, the structure of each page, the keyboard, and readers' settings.

What machines cannot see is in the accessibility statement (`reference/accessibility.md`), which these tests hold to
what is tested here.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import axe_playwright_python
import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup, Tag
from ink import colours, has_ink
from playwright.sync_api import Browser, Page
from test_reflow import FIRSTS, WIDTHS
from weight import ROOT, pages

from conftest import Watched

SITE = ROOT / "_build" / "html"
CHAPTER = "chapters/4-science-rivalry.html"
MODES = [(1280, "light"), (360, "dark"), (1280, "dark"), (360, "light")]
PAGES = pages(SITE) or ["index.html"]
EVERY = pytest.mark.parametrize("name", PAGES)
EACH_KIND = pytest.mark.parametrize("name", sorted({*FIRSTS, CHAPTER}))
UNFOLD = """document.querySelectorAll('details').forEach((part) => { part.open = true; });
document.querySelectorAll('.toggle-hidden').forEach((part) => part.classList.remove('toggle-hidden'));"""
#: Shows the data of every chart and gives every self-check an answer, right or wrong.
USE = """document.querySelectorAll('.altair-show-data').forEach((choice) => choice.click());
document.querySelectorAll('.selfcheck').forEach((check) => {
    check.querySelectorAll('.selfcheck-inputs :is([type="text"], textarea)').forEach((field) => { field.value = '1'; });
    check.querySelectorAll('.selfcheck-inputs select').forEach((menu) => { menu.selectedIndex = 1; });
    check.querySelector('.selfcheck-inputs :is([type="radio"], [type="checkbox"])')?.click();
    check.querySelector('button').click();
});"""
#: Boxes in sight that scroll sideways and that the keyboard does not reach.
PASSED_OVER = """[...document.querySelectorAll('article *')].filter((each) => each.clientWidth
    && /auto|scroll/.test(getComputedStyle(each).overflowX) && each.scrollWidth > each.clientWidth && each.tabIndex < 0
    && !each.querySelector('a, button, input, [tabindex="0"]')).map((each) => each.outerHTML.slice(0, 120))"""


def cases() -> list[object]:
    """Every page in every mode; outside the slow run one page of each kind, wide and light, and narrow and dark."""
    return [
        pytest.param(
            page,
            mode,
            id=f"{page}-{mode[0]}-{mode[1]}",
            marks=() if page in FIRSTS and mode in MODES[:2] else pytest.mark.slow,
        )
        for page in PAGES
        for mode in MODES
    ]


def violations(page: Page) -> list[tuple[str, int, str]]:
    """What axe finds by every rule, best practices too: the rule, how often, and the first place."""
    page.wait_for_timeout(800)  # the theme fades its colours in, and looks again for what scrolls
    found = Axe().run(page, options={"resultTypes": ["violations"], "preload": False}).response["violations"]
    return [(each["id"], len(each["nodes"]), each["nodes"][0]["html"][:200]) for each in found]


@pytest.mark.parametrize(("name", "mode"), cases())
def test_axe_finds_nothing(browser: Browser, address: str, name: str, mode: tuple[int, str]) -> None:
    """With all that is folded open."""
    width, scheme = mode
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = Watched(context.new_page(), address).open(name)
    page.evaluate(UNFOLD)
    assert violations(page) == []
    context.close()


def used_cases() -> list[object]:
    """Pages with charts or self-checks, in the first two modes; outside the slow run chapter 4, narrow and dark."""
    fast = (CHAPTER, MODES[1])
    used = [page for page in PAGES if re.search('class="(altair-chart|selfcheck)', (SITE / page).read_text("utf-8"))]
    return [
        pytest.param(
            page, mode, id=f"{page}-{mode[0]}-{mode[1]}", marks=() if (page, mode) == fast else pytest.mark.slow
        )
        for page in used
        for mode in MODES[:2]
    ]


@pytest.mark.parametrize(("name", "mode"), used_cases() if (SITE / CHAPTER).is_file() else [(CHAPTER, MODES[0])])
def test_axe_finds_nothing_in_a_page_in_use(browser: Browser, address: str, name: str, mode: tuple[int, str]) -> None:
    """Code and a term's note shown, every chart alive with its data, every self-check answered."""
    width, scheme = mode
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = Watched(context.new_page(), address).open(f"{name}?code=1")
    page.mouse.move(200, 300)
    page.evaluate(UNFOLD)
    page.evaluate(USE)
    for chart in page.locator(".altair-chart:visible").all():
        chart.scroll_into_view_if_needed()
        chart.locator(".altair-alive").first.wait_for(timeout=20_000)
        assert chart.locator(".altair-data").is_visible()
    assert [each for each in page.locator(".selfcheck-feedback").all_inner_texts() if not each] == []
    for term in page.locator(".explained-term:visible").all()[:1]:
        term.focus()
        page.locator(".term-note").wait_for()
    assert violations(page) == []
    context.close()


@pytest.mark.parametrize("mode", MODES[:2], ids=["1280-light", "360-dark"])
def test_axe_finds_nothing_in_what_opens_over_a_page(browser: Browser, address: str, mode: tuple[int, str]) -> None:
    """The question whether to save the book, the search, and on a phone both menus."""
    width, scheme = mode
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = Watched(context.new_page(), address).open("reference/accessibility.html")
    page.get_by_role("button", name="Save for offline").click()
    page.get_by_role("button", name="Not now").wait_for()
    assert violations(page) == []
    page.keyboard.press("Control+k")
    page.locator("#pst-search-dialog input").fill("R&D")
    assert violations(page) == []
    page.keyboard.press("Escape")
    for name in ("primary", "secondary") if width < 600 else ():
        page.locator(f".{name}-toggle").click()
        page.locator(f"#pst-{name}-sidebar-modal a:visible").first.wait_for()
        assert violations(page) == [], name
        page.keyboard.press("Escape")
    context.close()


# ---- the structure of a page ----


@pytest.fixture(scope="module")
def read() -> dict[str, BeautifulSoup]:
    """Every page that has been read, by name."""
    return {}


@pytest.fixture
def soup(site: Path, read: dict[str, BeautifulSoup], name: str) -> BeautifulSoup:
    """A page without scripts."""
    if name not in read:
        read[name] = BeautifulSoup((site / name).read_text(encoding="utf-8"), "html.parser")
        for each in read[name](["script", "style", "template"]):
            each.decompose()
    return read[name]


@EVERY
def test_language_is_set_and_each_id_is_there_once(soup: BeautifulSoup, name: str) -> None:
    assert soup.html is not None and soup.html.get("lang") == "en"
    ids = Counter(each["id"] for each in soup.find_all(id=True))
    assert [each for each, count in ids.items() if count > 1] == []


@EVERY
def test_headings_are_in_order_and_none_is_empty(soup: BeautifulSoup, name: str) -> None:
    headings = [
        each for each in soup.select("main :is(h1, h2, h3, h4, h5, h6)") if not each.find_parent(class_="onlyprint")
    ]
    assert [each for each in headings if not each.get_text(strip=True).strip("#")] == []
    levels = [int(each.name[1]) for each in headings]
    assert levels.count(1) == 1 and levels[0] == 1, [each.get_text() for each in headings[:3]]
    leaps = [
        heading.get_text()
        for before, heading in zip(levels, headings[1:], strict=False)
        if int(heading.name[1]) > before + 1
    ]
    assert leaps == []


@EVERY
def test_every_field_has_a_label(soup: BeautifulSoup, name: str) -> None:
    labelled = {each["for"] for each in soup.find_all("label", attrs={"for": True})}

    def named(field: Tag) -> bool:
        own = field.get("aria-label") or field.get("aria-labelledby") or field.get("title")
        return bool(own or field.get("id") in labelled or field.find_parent("label"))

    fields = [each for each in soup(["input", "select", "textarea"]) if each.get("type") != "hidden"]
    assert [each for each in fields if not named(each)] == []


@EVERY
def test_chinese_is_marked(soup: BeautifulSoup, name: str) -> None:
    def marked(text: Tag) -> bool:
        around = text.find_parent(lang=True)
        return bool(around and re.match("zh|ja", str(around["lang"])))

    texts = [each for each in soup.find_all(string=re.compile("[\u3040-\u30ff\u3400-\u9fff]")) if not marked(each)]
    assert [(each.parent.name, str(each)[:60]) for each in texts] == []


# ---- the keyboard ----

#: The focused element: where it stands, its name, whether it is on the screen, and whether a ring is drawn.
FOCUSED = """() => {
    const element = document.activeElement;
    if (!element || element === document.body) return null;
    const box = element.getBoundingClientRect();
    const ring = (each) => {
        const style = each && getComputedStyle(each);
        const outline = style && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
        return style && ((outline && !/, 0\\)$/.test(style.outlineColor)) || style.boxShadow !== 'none');
    };
    const places = {
        skip: '.skip-link', menu: '.bd-sidebar-primary', header: '.bd-header-article',
        contents: '.bd-sidebar-secondary', parts: '.altair-parts', controls: '.altair-controls',
        selfcheck: '.selfcheck', folded: '.toggle-button, summary', next: '.prev-next-area', text: 'article',
        footer: 'footer',
    };
    return {
        place: Object.entries(places).find(([, mark]) => element.closest(mark))?.[0] ?? 'elsewhere',
        name: (element.getAttribute('aria-label') || element.title || element.textContent || element.name || element.id)
            .trim().slice(0, 50),
        seen: box.bottom > 0 && box.top < innerHeight && box.width + box.height > 0,
        ring: Boolean(ring(element) || ring(element.nextElementSibling) || ring(element.closest('label'))
            || ring(element.firstElementChild)),
        html: element.outerHTML.slice(0, 120),
    };
}"""


def walk(page: Page, most: int = 1500) -> list[dict[str, object]]:
    """Every stop of the Tab key from the top of a page to its end."""
    stops = []
    for _ in range(most):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None:
            return stops
        if not stop["seen"]:
            page.wait_for_timeout(400)  # the skip link slides in
            stop = page.evaluate(FOCUSED)
        stops.append(stop)
    raise AssertionError(f"the Tab key does not leave the page: {stops[-3:]}")


def test_the_keyboard_walks_through_a_chapter(watched: Watched) -> None:
    """Skip link, menu, header, charts with their parts and controls, folded answers, questions, next page: in order."""
    page = watched.open(CHAPTER)
    page.mouse.move(200, 300)
    stops = walk(page)
    first: dict[object, int] = {}
    for number, stop in enumerate(stops):
        first.setdefault(stop["place"], number)
    order = ["skip", "menu", "header", "text", "next"]
    assert [place for place in order if place not in first] == []
    assert sorted(order, key=first.__getitem__) == order
    assert first.keys() >= {"parts", "controls", "selfcheck", "folded", "contents"}
    assert [stop["html"] for stop in stops if not stop["name"] and "<input" not in str(stop["html"])] == []
    assert [stop for stop in stops if not stop["ring"]] == [], "focus that nobody sees"
    assert [stop for stop in stops if not stop["seen"]] == [], "focus off the screen"


def test_a_box_that_scrolls_is_a_stop_once_its_folded_part_opens(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = Watched(context.new_page(), address).open(CHAPTER)
    page.add_style_tag(content="pre { white-space: pre !important; }")  # code of this book wraps
    folded = "document.querySelectorAll('[data-was-folded]')"
    page.evaluate("""document.querySelectorAll('article details pre').forEach((box) => {
        if (!box.clientWidth) box.dataset.wasFolded = '';
    })""")
    assert page.evaluate(f"{folded}.length"), "nothing is folded"
    page.get_by_role("button", name="Show code").click()
    page.evaluate(UNFOLD)
    page.wait_for_timeout(500)
    assert page.evaluate(f"[...{folded}].some((box) => box.tabIndex === 0)"), "nothing scrolls"
    assert page.evaluate(PASSED_OVER) == []
    context.close()


def test_a_chapter_is_used_by_keyboard_alone(watched: Watched) -> None:
    page = watched.open(CHAPTER)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # skip to the content
    assert page.url.endswith("#main-content")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")

    page.keyboard.press("Control+k")
    search = page.locator("#pst-search-dialog input")
    assert search.evaluate("field => field === document.activeElement")
    page.keyboard.press("Escape")
    assert not search.is_visible()

    chart = page.locator(".altair-figure .altair-chart").first
    chart.locator(".altair-parts > input").first.focus()
    page.keyboard.press("ArrowRight")
    assert chart.locator(".altair-panel:visible").count() == 1

    folded = page.locator(".admonition.dropdown").first
    answer = folded.locator("> p:not(.admonition-title), > section, > ul").first
    assert not answer.is_visible()
    folded.locator(".toggle-button").focus()
    page.keyboard.press("Enter")
    assert answer.is_visible()

    question = page.locator(".selfcheck[data-kind=one]").first
    question.locator("input[type=radio]").first.focus()
    page.keyboard.press("Space")
    question.get_by_role("button", name="Check", exact=True).focus()
    page.keyboard.press("Enter")
    assert question.get_by_role("status").inner_text()

    page.locator(".right-next").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/5-digital-infrastructure.html")


# ---- readers' settings ----


@EACH_KIND
def test_nothing_moves_for_readers_who_ask_for_that(browser: Browser, address: str, name: str) -> None:
    context = browser.new_context(reduced_motion="reduce")
    page = Watched(context.new_page(), address).open(name)
    moving = page.evaluate(
        """[...document.querySelectorAll('*')].filter((each) => {
            const style = getComputedStyle(each);
            return style.scrollBehavior === 'smooth' || style.animationName !== 'none'
                || style.transitionDuration.split(', ').some((time) => parseFloat(time) > 0.01);
        }).map((each) => each.nodeName + '.' + each.className)"""
    )
    assert moving == []
    context.close()


@EACH_KIND
def test_forced_colours_keep_controls(browser: Browser, address: str, name: str) -> None:
    context = browser.new_context(forced_colors="active", viewport={"width": 1280, "height": 900})
    page = Watched(context.new_page(), address).open(name)
    controls = page.locator(
        "main button:visible:not(.register-cards th *), .register-filters :is(input, select):visible"
    ).all()
    assert controls
    for control in controls[:12]:
        assert has_ink(control), control.evaluate("each => each.outerHTML.slice(0, 120)")
    context.close()


def test_forced_colours_keep_the_lines_of_a_chart(browser: Browser, address: str) -> None:
    context = browser.new_context(forced_colors="active", viewport={"width": 1280, "height": 900})
    page = Watched(context.new_page(), address).open(CHAPTER)
    chart = page.locator(".altair-figure .altair-box").first
    chart.scroll_into_view_if_needed()
    page.mouse.move(200, 300)
    page.locator(".altair-alive").first.wait_for()
    assert colours(chart) > 20
    part = page.locator(".altair-parts > label").first
    assert has_ink(part)
    context.close()


# ---- the statement ----


def test_the_statement_says_what_is_tested_here() -> None:
    statement = (ROOT / "reference/accessibility.md").read_text(encoding="utf-8")
    axe = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
    version = re.match(r"/\*! axe v(\d+\.\d+)", axe)
    assert version and f"axe-core {version[1]}," in statement
    widths, schemes = ({mode[place] for mode in MODES} for place in (0, 1))
    assert schemes == {"light", "dark"} and "in light and dark, in windows of 1280 and 360 px" in statement
    assert widths == {1280, 360}
    assert f"from {min(WIDTHS)} to {max(WIDTHS)} px" in statement
