"""Every kind of chart on a page: there before any script, alive after the first sign of a reader, safe, accessible.

The gallery is a book of its own (tests/gallery); its pages are opened in light and dark, wide and narrow, without
scripts, from file:// and in print.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route

from conftest import Watched
from gallery.book import PAGES

CHART = ".altair-chart"
#: The chart whose data cannot be had has a described box in place of a drawing.
DRAWN = f"{CHART}:not(:has(.altair-undrawn))"
SMALLEST_TEXT = 11
MARKS = "path, line, rect, text, image, circle"
SHOWN = "{contentVisibilityAuto: true, opacityProperty: true, visibilityProperty: true}"
#: The gallery asks for it on purpose: data that cannot be had.
FAR = "data.invalid"
page_each = pytest.mark.parametrize("name", PAGES)
modes = pytest.mark.parametrize("mode", [(1280, "light"), (360, "dark")], ids=["1280-light", "360-dark"])


@pytest.fixture
def context(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """A browser window; a test's parameter `mode` gives width and colour scheme."""
    width, scheme = (
        request.node.callspec.params.get("mode", (1280, "light"))
        if hasattr(request.node, "callspec")
        else (1280, "light")
    )
    window = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    yield window
    window.close()


def opened(context: BrowserContext, address: str, name: str) -> Watched:
    """A page of the gallery that notes layout shifts and everything that goes wrong."""
    watched = Watched(context.new_page(), address)
    watched.page.add_init_script(
        "window.shifts = 0; const add = (list) => list.getEntries().forEach((entry) => { shifts += entry.value; });"
        "new PerformanceObserver(add).observe({type: 'layout-shift', buffered: true});"
    )
    watched.open(f"{name}.html")
    return watched


def unexpected(watched: Watched) -> list[str]:
    """Errors and outside requests, but for the data that cannot be had."""
    refused = "net::ERR_NAME_NOT_RESOLVED"
    return [each for each in (*watched.errors, *watched.outside) if FAR not in each and refused not in each]


def unfold(page: Page) -> None:
    """Open everything that is folded, as a reader would sooner or later."""
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    page.evaluate(
        "document.querySelectorAll('.toggle-hidden').forEach((part) => part.classList.remove('toggle-hidden'))"
    )
    page.evaluate("document.querySelectorAll('.sd-tab-set > input').forEach((part) => part.click())")


def wake(page: Page) -> None:
    """Give a sign of life and bring every visible chart near once."""
    page.mouse.move(200, 300)
    for chart in page.locator(DRAWN).all():
        if chart.locator(".altair-box").evaluate(f"box => box.checkVisibility({SHOWN})"):
            chart.scroll_into_view_if_needed()
            chart.locator(".altair-alive").wait_for(timeout=20_000)


def biggest_mark(view: str) -> str:
    """JavaScript: width and height of the largest mark of each chart's view, as a list."""
    shown = f"chart => chart.querySelector('.altair-box').checkVisibility({SHOWN})"
    return f"""charts => charts.filter({shown}).map(chart => {{
        const svg = [...chart.querySelectorAll({view!r})].find(each => each.getBoundingClientRect().width);
        const sizes = [...(svg?.querySelectorAll({MARKS!r}) ?? [])].map(mark => mark.getBoundingClientRect());
        return [chart.id || chart.closest('figure')?.id, Math.max(0, ...sizes.map(box => box.width + box.height)),
                svg?.getBoundingClientRect().width ?? 0];
    }})"""


@page_each
@modes
def test_charts_show_before_any_script_runs_for_them_and_live_in_the_same_box(
    context: BrowserContext, gallery_address: str, name: str, mode: tuple[int, str]
) -> None:
    watched = opened(context, gallery_address, name)
    page = watched.page
    assert not page.evaluate("window.vegaEmbed"), "Vega was loaded before the reader did anything"
    static = page.locator(DRAWN).evaluate_all(biggest_mark(".altair-static"))
    assert static and all(size > 8 and width > 100 for _, size, width in static), static
    before = page.locator(f"{DRAWN} .altair-box").evaluate_all(
        "all => all.map(box => [box.clientWidth, box.clientHeight])"
    )
    page.evaluate("shifts = 0")  # what moved before is the theme's
    wake(page)
    alive = page.locator(DRAWN).evaluate_all(biggest_mark(".altair-live svg"))
    assert all(size > 8 and width > 100 for _, size, width in alive), alive
    after = page.locator(f"{DRAWN} .altair-box").evaluate_all(
        "all => all.map(box => [box.clientWidth, box.clientHeight])"
    )
    assert before == after
    names = "all => all.map(view => [view.getAttribute('role'), view.getAttribute('aria-label')])"
    said = page.locator(f"{DRAWN} .altair-live").evaluate_all(names)
    assert all(role == "img" and label for role, label in said), "Vega's own role or no label"
    assert page.evaluate("shifts") <= 0.01
    wide, seen = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= seen, "the page overflows"
    assert unexpected(watched) == []


@page_each
@pytest.mark.parametrize("mode", [(360, "light")], ids=["360"])
def test_text_is_large_enough_on_a_phone(
    context: BrowserContext, gallery_address: str, name: str, mode: object
) -> None:
    page = opened(context, gallery_address, name).page
    sizes = page.locator(f"{DRAWN} svg.altair-narrow text").evaluate_all(
        """texts => texts.filter(text => text.getBoundingClientRect().width).map(text => {
            const svg = text.ownerSVGElement, scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
            return [parseFloat(getComputedStyle(text).fontSize) * scale, text.textContent];
        })"""
    )
    assert sizes
    small = [(size, text) for size, text in sizes if size < SMALLEST_TEXT]
    assert small == []


@page_each
def test_charts_show_without_scripts_with_their_rows(browser: Browser, gallery_address: str, name: str) -> None:
    window = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page = window.new_page()
    page.goto(f"{gallery_address}/{name}.html")
    seen = 0
    for chart in page.locator(DRAWN).all():
        if not chart.locator(".altair-box").evaluate(f"box => box.checkVisibility({SHOWN})"):
            continue  # folded away: a tab or a hidden output
        box = chart.locator("svg.altair-wide").bounding_box()
        assert box
        assert box["width"] > 100 and box["height"] > 20
        assert not chart.locator(".altair-control").count() or not chart.locator(".altair-control").first.is_visible()
        data = chart.locator("label", has_text=re.compile("^Data$"))
        if data.count():
            data.click()
            assert chart.locator(".altair-table tbody tr").first.is_visible()
            seen += 1
    assert seen
    window.close()


@page_each
def test_charts_live_on_file(context: BrowserContext, gallery: Path, name: str) -> None:
    watched = Watched(context.new_page(), "file://")
    watched.page.goto((gallery / f"{name}.html").as_uri())
    wake(watched.page)
    alive = watched.page.locator(DRAWN).evaluate_all(biggest_mark(".altair-live svg"))
    assert alive and all(size > 8 for _, size, _ in alive)
    assert unexpected(watched) == []


def test_paper_gets_the_drawing_and_no_controls(context: BrowserContext, gallery_address: str) -> None:
    page = opened(context, gallery_address, "interaction").page
    wake(page)
    page.emulate_media(media="print")
    for chart in page.locator(DRAWN).all():
        assert chart.locator("svg.altair-wide").is_visible()
        assert not chart.locator(".altair-live").first.is_visible()
        assert not chart.locator(".altair-parts").is_visible()


def axe_cases() -> list[object]:
    """Every page, narrow and dark, and wide and light; outside the slow run those with most kinds of parts, narrow."""
    fast = [(name, (360, "dark")) for name in ("compositions", "interaction", "containers")]
    return [
        pytest.param(
            name, mode, id=f"{mode[0]}-{mode[1]}-{name}", marks=() if (name, mode) in fast else pytest.mark.slow
        )
        for mode in ((360, "dark"), (1280, "light"))
        for name in PAGES
    ]


@pytest.mark.parametrize(("name", "mode"), axe_cases())
def test_axe_finds_nothing_in_the_outputs(
    context: BrowserContext, gallery_address: str, name: str, mode: tuple[int, str]
) -> None:
    """Before a chart lives, when it lives, and with every panel open."""
    page = opened(context, gallery_address, name).page
    found = Axe().run(page, context=CHART).response["violations"]
    wake(page)
    for part in ("Data", "Download", "Source"):
        for label in page.locator(f"{CHART} .altair-parts > label", has_text=re.compile(f"^{part}$")).all():
            if label.is_visible():
                label.click()
        found += Axe().run(page, context=CHART).response["violations"]
    assert not [(each["id"], each["nodes"][0]["html"][:200]) for each in found]


@pytest.mark.parametrize("answers", [200, 404], ids=["data", "no data"])
def test_a_chart_without_a_drawing_lives_when_its_data_come_and_keeps_its_words_when_not(
    context: BrowserContext, gallery_address: str, answers: int
) -> None:
    rows = {"status": answers, "body": "a,b\n1,2\n3,4", "headers": {"Access-Control-Allow-Origin": "*"}}
    context.route(f"**/{FAR}/**", lambda route: route.fulfill(**rows))
    page = opened(context, gallery_address, "data").page
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.mouse.move(200, 300)
    chart = page.locator(f"{CHART}:has(.altair-undrawn)")
    chart.scroll_into_view_if_needed()
    if answers == 200:
        chart.locator(".altair-live path").first.wait_for(timeout=20_000)
        assert not chart.locator(".altair-undrawn").is_visible()
    else:
        page.wait_for_timeout(200)
        page.wait_for_function("() => window.vegaEmbed", timeout=20_000)
        page.wait_for_timeout(1000)
        assert chart.locator(".altair-undrawn").is_visible() and not chart.locator(".altair-live").count()
        assert [each for each in said if "stays static" in each and "404" in each]


def test_colours_follow_the_theme_at_once_and_an_authors_stay(context: BrowserContext, gallery_address: str) -> None:
    page = opened(context, gallery_address, "compositions").page
    for view in ("svg.altair-wide", ".altair-live svg"):
        look = f"""['#fig-layer {view} path[stroke*=cb-cat]', '#fig-own {view} [fill="#a00000"]'].map((mark) => {{
            const style = getComputedStyle(document.querySelector(mark));
            return [style.stroke, style.fill];
        }})"""
        page.evaluate("document.documentElement.dataset.theme = 'light'")
        light = page.evaluate(look)
        page.evaluate("document.documentElement.dataset.theme = 'dark'")
        dark = page.evaluate(look)
        assert light[0] != dark[0]
        assert light[1] == dark[1]
        wake(page)


def test_controls_work_by_keyboard(context: BrowserContext, gallery_address: str) -> None:
    page = opened(context, gallery_address, "interaction").page
    wake(page)
    chart = page.locator("#fig-bindings")
    drawing = chart.locator(".altair-live svg")
    before = drawing.inner_html()
    chart.locator("select").focus()
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(300)
    after_menu = drawing.inner_html()
    chart.locator("input[type=range]").focus()
    page.keyboard.press("End")
    page.wait_for_timeout(300)
    after_slider = drawing.inner_html()
    chart.locator("input[type=radio][value='2']").first.focus()
    page.keyboard.press("Space")
    page.wait_for_timeout(300)
    assert len({before, after_menu, after_slider, drawing.inner_html()}) == 4
    assert chart.locator("output").inner_text() == "2015"


def test_what_a_pointer_selects_a_control_selects_too(context: BrowserContext, gallery_address: str) -> None:
    page = opened(context, gallery_address, "interaction").page
    wake(page)
    chart = page.locator("#fig-pointer")
    bars = chart.locator(".altair-live .mark-rect path")
    lengths = "all => all.map(each => each.getAttribute('d'))"
    before = bars.evaluate_all(lengths)
    chart.get_by_label("year to").fill("2005")
    page.wait_for_timeout(300)
    assert bars.evaluate_all(lengths) != before


def test_hostile_text_arrives_as_text(context: BrowserContext, gallery_address: str, gallery: Path) -> None:
    page_text = (gallery / "data.html").read_text(encoding="utf-8")
    assert "<img src=x" not in page_text
    watched = opened(context, gallery_address, "data")
    alerts: list[str] = []
    watched.page.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
    wake(watched.page)
    unfold(watched.page)
    for mark in watched.page.locator(".altair-live .mark-rect path").all()[:40]:
        if mark.is_visible():
            mark.hover(force=True)
    assert alerts == [] and "owned" not in watched.page.title()
    assert watched.page.locator("img[src=x]").count() == 0
    assert watched.page.get_by_text('<script>document.title="owned"', exact=False).count() > 0
    links = watched.page.locator(".altair-chart a").evaluate_all(
        "all => all.map(link => link.href?.baseVal ?? link.href)"
    )
    assert not [link for link in links if link.startswith("javascript:")]


def test_a_chart_in_a_tab_or_dropdown_opened_later_lives(context: BrowserContext, gallery_address: str) -> None:
    watched = opened(context, gallery_address, "containers")
    page = watched.page
    page.mouse.move(100, 200)
    unfold(page)
    wake(page)
    alive = page.locator(DRAWN).evaluate_all(biggest_mark(".altair-live svg"))
    assert len(alive) >= 3 and all(size > 8 for _, size, _ in alive), alive
    assert unexpected(watched) == []


@pytest.mark.parametrize(
    ("opener", "chart"),
    [
        (".sd-tab-set > label:nth-of-type(2)", ".sd-tab-set"),
        ("details.sd-dropdown > summary", "details.sd-dropdown"),
        ("details.hide > summary", "details.hide"),
    ],
    ids=["tab", "dropdown", "output"],
)
def test_what_opens_later_moves_nothing(context: BrowserContext, gallery_address: str, opener: str, chart: str) -> None:
    """The reader's click moves what is below; nothing moves after it, when the chart lives: Vega comes only then."""
    held: list[Route] = []
    context.route("**/vega.js*", lambda route: held.append(route))
    page = opened(context, gallery_address, "containers").page
    button = page.locator(opener).first
    button.scroll_into_view_if_needed()
    button.click()
    page.locator(f"{chart} svg.altair-wide").wait_for()
    page.wait_for_timeout(500)
    page.evaluate("shifts = 0")
    held[0].continue_()
    page.locator(f"{chart} .altair-alive .altair-live svg").wait_for(timeout=20_000)
    page.wait_for_timeout(500)
    assert page.evaluate("shifts") <= 0.01


def test_downloads_open_on_their_own(context: BrowserContext, gallery_address: str, gallery: Path) -> None:
    page = opened(context, gallery_address, "marks").page
    svg = (gallery / "charts/marks/fig-bars.svg").read_text(encoding="utf-8")
    assert "var(" not in svg and "#ffffff" in svg
    rows = (gallery / "charts/marks/fig-bars.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 6 and "China" in "".join(rows)
    chart = page.locator("#fig-bars")
    chart.locator("label", has_text=re.compile("^Download$")).click()
    with page.expect_download() as download:
        chart.get_by_role("button", name="PNG").click()
    data = Path(download.value.path()).read_bytes()
    assert data.startswith(b"\x89PNG")
    colours = page.evaluate(
        """async (url) => { const image = new Image(); image.src = url; await image.decode();
            const canvas = document.createElement('canvas'); canvas.width = image.width; canvas.height = image.height;
            const context = canvas.getContext('2d'); context.drawImage(image, 0, 0);
            const pixels = context.getImageData(0, 0, canvas.width, canvas.height).data, seen = new Set();
            for (let at = 0; at < pixels.length; at += 4)
                seen.add(pixels[at] * 65536 + pixels[at + 1] * 256 + pixels[at + 2]);
            return [seen.size, seen.has(0xffffff)]; }""",
        "data:image/png;base64," + base64.b64encode(data).decode(),
    )
    assert colours[0] > 3 and colours[1]


def test_printed_and_corrected_values_can_be_switched(context: BrowserContext, gallery_address: str) -> None:
    page = opened(context, gallery_address, "data").page
    wake(page)
    chart = page.locator("#fig-source")
    assert "G-01" in chart.locator(".altair-changes").inner_text()
    before = chart.locator(".altair-live .mark-line path").get_attribute("d")
    chart.get_by_label("as printed").check()
    page.wait_for_timeout(800)
    assert chart.locator(".altair-live .mark-line path").get_attribute("d") != before


def test_vega_is_fetched_once(context: BrowserContext, gallery_address: str) -> None:
    watched = Watched(context.new_page(), gallery_address)
    asked: list[str] = []
    watched.page.on("request", lambda request: asked.append(request.url))
    watched.open("marks.html")
    assert not [url for url in asked if "vega" in url]
    wake(watched.page)
    assert len([url for url in asked if "vega" in url]) == 1


def test_long_tables_show_all_rows_on_request(context: BrowserContext, gallery_address: str) -> None:
    page = opened(context, gallery_address, "data").page
    chart = page.locator("#fig-many")
    chart.locator("label", has_text=re.compile("^Data$")).click()
    assert chart.locator("tbody tr").count() == 10
    chart.get_by_role("button", name="Show all").click()
    page.wait_for_function("document.querySelectorAll('#fig-many tbody tr').length === 5000")


def test_forced_colours_and_reduced_motion_keep_the_chart(browser: Browser, gallery_address: str) -> None:
    window = browser.new_context(forced_colors="active", reduced_motion="reduce")
    page = opened(window, gallery_address, "interaction").page
    wake(page)
    assert page.locator("#fig-bindings .altair-live").is_visible()
    window.close()
