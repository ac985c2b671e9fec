"""A book of stored outputs, so that no kernel runs: Altair 5, dates, and every fault that a build warns of."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from serve import served

from gallery.book import run_build

CONFIG = """title: Stored
only_build_toc_files: true
execute: {execute_notebooks: "off"}
sphinx:
  extra_extensions: [coursebook]
  config: {language: en}
"""
SIGN = "Shift"  # a key that does nothing else
LATER = 6000  # ms after which the page asks again for what did not load
KINDS = ("static", "description", "selection")
SILENT = f"suppress_warnings: [{', '.join(f'coursebook.{kind}' for kind in KINDS)}]"
ROWS = pd.DataFrame({"a": [1, 2, 3], "b": [3, 1, 2]})
BARS = alt.Chart(ROWS, description="Three bars.").mark_bar().encode(x="a:O", y="b:Q")


def days(written: str) -> alt.Chart:
    """Bars of days, the picked one opaque."""
    rows = pd.DataFrame({"day": [written.format(day) for day in (1, 2, 3)], "v": [2, 3, 4]})
    pick = alt.selection_point(name="pick", fields=["day"])
    return (
        alt.Chart(rows, description="Bars of three days.")
        .mark_bar(size=40)
        .encode(x=alt.X("day:T", title="Day"), y="v:Q", tooltip=["v"])
        .encode(opacity=alt.condition(pick, alt.value(1), alt.value(0.2)))
        .add_params(pick)
    )


def brushed() -> alt.VConcatChart:
    """Points to brush by day and by value, and the sum of those brushed."""
    rows = pd.DataFrame({"day": [f"2020-01-{day:02}T12:00:00" for day in range(1, 21)], "v": range(20)})
    brush = alt.selection_interval(name="brush")
    points = alt.Chart(rows).mark_point().encode(x=alt.X("day:T", title="Day"), y=alt.Y("v:Q", title="Value"))
    total = alt.Chart(rows).mark_bar().encode(x="count()").transform_filter(brush)
    return (points.add_params(brush) & total).properties(description="Points, and how many of them are brushed.")


def five(html: str) -> str:
    """What Altair 5 wrote where a later one writes this."""
    for name, version in (("vega", 5), ("vega-lite", "5.20.1"), ("vega-embed", 6)):
        html = re.sub(rf"npm/{name}@[\d.]+", f"npm/{name}@{version}", html)
    return re.sub(r"schema/vega-lite/v[\d.]+json", "schema/vega-lite/v5.20.1.json", html)


def html(chart: alt.TopLevelMixin) -> dict[str, Any]:
    """The output of Altair's default renderer."""
    return {"text/html": alt.renderers.get()(chart.to_dict())["text/html"]}


def mime(spec: dict[str, Any]) -> dict[str, Any]:
    """The output of Altair 5's renderer `mimetype`."""
    schema = "https://vega.github.io/schema/vega-lite/v5.20.1.json"
    return {"application/vnd.vegalite.v5+json": {**spec, "$schema": schema}, "text/plain": "<VegaLite 5 object>"}


def glued(name: str, data: dict[str, Any]) -> dict[str, Any]:
    """An output that `glue(name, ..., display=False)` leaves."""
    prefix = "application/papermill.record/"
    data = {prefix + kind: content for kind, content in data.items()}
    return {"data": data, "metadata": {"scrapbook": {"name": name, "mime_prefix": prefix}}}


def notebook(title: str, *cells: dict[str, Any] | str) -> str:
    """A notebook that has run: each cell is its one output (data, or all of it) or Markdown."""

    def cell(content: dict[str, Any] | str) -> dict[str, Any]:
        if isinstance(content, str):
            return {"cell_type": "markdown", "metadata": {}, "source": content}
        output = content if "data" in content else {"data": content, "metadata": {}}
        output = {"output_type": "display_data", **output}
        return {"cell_type": "code", "metadata": {}, "execution_count": 1, "source": "chart", "outputs": [output]}

    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    cells_written = [cell(each) for each in (f"# {title}", *cells)]
    return json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": kernel, "cells": cells_written})


@dataclass
class Book:
    """The book after three builds: what the first said, its page of far data then and in the second, and the third."""

    said: str
    far: tuple[str, str]
    silent: str
    site: Path


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """Built without the far data; then with them; then with all warnings silenced and taken for errors."""
    folder, elsewhere = tmp_path_factory.mktemp("stored"), tmp_path_factory.mktemp("elsewhere")
    plain = alt.Chart(ROWS).mark_bar().encode(x="a:O", y="b:Q")
    two = alt.selection_point(name="two", fields=["a", "b"])
    with served(elsewhere) as address:
        far = alt.Chart(f"{address}/rows.csv", description="Far data.").mark_bar().encode(x="a:O", y="b:Q")
        pages = {
            "dates": (html(days("2020-01-0{}T00:00:00")), html(days("2020-01-0{}")), html(brushed())),
            "five": (mime(BARS.to_dict()), {"text/html": five(html(BARS)["text/html"])}),
            "faults": (
                mime({**BARS.to_dict(), "mark": "nonsense"}),
                html(plain),
                html(BARS.add_params(two)),
                glued("lonely", html(plain.properties(title="Glued"))),
                "```{glue} lonely\n```",
            ),
            "far": (html(far), html(BARS)),
        }
        chapters = "".join(f"\n- file: {name}" for name in pages)
        (folder / "_toc.yml").write_text(f"format: jb-book\nroot: index\nchapters:{chapters}\n", encoding="utf-8")
        (folder / "_config.yml").write_text(CONFIG, encoding="utf-8")
        (folder / "index.md").write_text("# Stored\n", encoding="utf-8")
        for name, cells in pages.items():
            (folder / f"{name}.ipynb").write_text(notebook(name, *cells), encoding="utf-8")
        site = folder / "_build/html"
        said, seen = [], []
        for _ in range(2):
            result = run_build(folder, "--keep-going")
            said.append(result.stdout + result.stderr)
            seen.append((site / "far.html").read_text(encoding="utf-8"))
            (elsewhere / "rows.csv").write_text("a,b\n1,2\n2,3\n", encoding="utf-8")
        (folder / "_config.yml").write_text(f"{CONFIG.rstrip()[:-1]}, {SILENT}}}\n", encoding="utf-8")
        last = run_build(folder, "--all", "-W", "-n", "--keep-going")
        assert last.returncode == 0, last.stdout[-3000:] + last.stderr[-3000:]
    return Book(said[0], (seen[0], seen[1]), last.stdout + last.stderr, site)


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        ("static", r"faults\.ipynb\S* WARNING: chart in cell 2: it could not be drawn"),
        ("static", r"far\.ipynb\S* WARNING: chart in cell 2: it could not be drawn: no data from http"),
        ("description", r"faults\.ipynb\S* WARNING: chart in cell 3: it has no description"),
        ("description", r"faults\.ipynb\S* WARNING: chart in glue key 'lonely': it has no description"),
        ("selection", r"faults\.ipynb\S* WARNING: chart in cell 4: selection 'two' needs a pointer"),
    ],
)
def test_a_warning_names_notebook_and_cell_and_can_be_silenced_by_its_type(book: Book, kind: str, place: str) -> None:
    assert re.search(rf"{place}.*\[coursebook\.{kind}\]", book.said), book.said[-3000:]
    assert f"[coursebook.{kind}]" not in book.silent


def test_data_that_can_be_had_again_are_drawn_by_the_next_build(book: Book) -> None:
    before, after = book.far
    assert "altair-undrawn" in before and "altair-undrawn" not in after


@pytest.fixture(scope="module")
def stored_address(book: Book) -> Iterator[str]:
    with served(book.site) as url:
        yield url


@pytest.fixture
def context(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """A window; a test's parameter `zone` says where on earth."""
    window = browser.new_context(timezone_id=getattr(request, "param", "UTC"), has_touch=True)
    yield window
    window.close()


def dates_with(context: BrowserContext, address: str, number: int) -> tuple[Page, Locator]:
    """The page of dates, and a chart of it when it lives."""
    page = context.new_page()
    page.goto(f"{address}/dates.html")
    return page, awake(page, number)


def awake(page: Page, number: int) -> Locator:
    """A chart of the page, when it lives."""
    page.keyboard.press(SIGN)
    chart = page.locator(f"#chart-{number}")
    chart.scroll_into_view_if_needed()
    chart.locator(".altair-alive").wait_for(timeout=20_000)
    return chart


def test_outputs_of_altair_5_are_drawn_and_live(context: BrowserContext, stored_address: str) -> None:
    page = context.new_page()
    page.goto(f"{stored_address}/five.html")
    assert page.locator("svg.altair-wide").count() == 2 and not page.locator("[id^=altair-viz]").count()
    for number in (1, 2):
        assert awake(page, number).locator(".altair-live .mark-rect path").count() == 3


zones = pytest.mark.parametrize("context", ["Asia/Shanghai", "America/New_York"], indirect=True)


@zones
@pytest.mark.parametrize("number", [1, 2], ids=["own-time", "universal-time"])
def test_a_menu_of_dates_picks_the_day_and_follows_a_click(
    context: BrowserContext, stored_address: str, number: int
) -> None:
    page, chart = dates_with(context, stored_address, number)
    opaque = f"""[...document.querySelectorAll('#chart-{number} .altair-live .mark-rect path')]
        .map((bar) => bar.getAttribute('opacity') ?? '1')"""
    chart.locator("select").select_option("2020-01-02")
    page.wait_for_function(f"{opaque}.join() === '0.2,1,0.2'", timeout=5000)
    chart.locator(".altair-live .mark-rect path").nth(2).click()
    page.wait_for_function(f"{opaque}.join() === '0.2,0.2,1'", timeout=5000)
    assert chart.locator("select").evaluate("menu => menu.selectedOptions[0].text") == "2020-01-03"


@zones
def test_the_fields_of_an_interval_follow_a_brush_and_the_chart_the_fields(
    context: BrowserContext, stored_address: str
) -> None:
    page, chart = dates_with(context, stored_address, 3)
    points = chart.locator(".altair-live .mark-symbol path")
    boxes = [points.nth(place).bounding_box() for place in (4, 9)]  # 5 and 10 January
    (left, top), (right, bottom) = [(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in boxes if box]
    page.mouse.move(left, top)
    page.mouse.down()
    page.mouse.move(right, bottom, steps=4)
    page.mouse.up()
    fields = {name: chart.get_by_label(name) for name in ("Day from", "Day to", "Value from", "Value to")}
    page.wait_for_timeout(300)
    said = {name: field.input_value() for name, field in fields.items()}
    assert (said["Day from"], said["Day to"]) == ("2020-01-05", "2020-01-10")
    assert float(said["Value from"]) == pytest.approx(4, abs=0.2)
    assert float(said["Value to"]) == pytest.approx(9, abs=0.2)
    for name, text in (("Value from", "0"), ("Value to", "19"), ("Day to", "2020-01-09")):
        fields[name].fill(text)
    total = chart.locator(".altair-live .mark-rect path[aria-roledescription=bar]").last
    expect(total).to_have_attribute("aria-label", "Count of Records: 5")  # whole days, at noon too
    points.nth(15).click()  # the brush is gone
    expect(fields["Day from"]).to_have_value("2020-01-01")
    expect(total).to_have_attribute("aria-label", "Count of Records: 20")


def test_a_tap_shows_the_tooltip_in_the_colours_of_the_page_and_the_next_hides_it(
    context: BrowserContext, stored_address: str
) -> None:
    page, chart = dates_with(context, stored_address, 1)
    chart.locator(".altair-live .mark-rect path").first.tap()
    tip = page.locator(".altair-tooltip")
    tip.wait_for(timeout=5000)
    assert "v 2" in tip.inner_text().replace("\n", " ")
    look = "tip => [getComputedStyle(tip).backgroundColor, getComputedStyle(tip).color]"
    grounds = []
    for theme in ("light", "dark"):
        page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
        grounds.append(tip.evaluate(look))
    assert grounds[0][0] != grounds[1][0] and grounds[0][1] != grounds[1][1]
    page.locator("article h1").tap()
    tip.wait_for(state="hidden", timeout=5000)


def test_a_chart_whose_data_never_come_holds_up_no_other(context: BrowserContext, stored_address: str) -> None:
    context.route("**/rows.csv", lambda route: None)
    page = context.new_page()
    page.goto(f"{stored_address}/far.html")
    awake(page, 2)
    far = page.locator("#chart-1")
    assert not far.locator(".altair-live").count() and far.locator("svg.altair-wide").is_visible()


@pytest.mark.parametrize(("missing", "name"), [("**/vega.js*", "five"), ("**/rows.csv", "far")], ids=["Vega", "data"])
def test_what_did_not_load_is_asked_for_again_at_a_later_sign(
    context: BrowserContext, stored_address: str, missing: str, name: str
) -> None:
    """Meanwhile the drawing stays: Vega itself would draw an empty chart for want of data."""
    page = context.new_page()
    rows = {"body": "a,b\n1,2\n2,3\n", "headers": {"Access-Control-Allow-Origin": "*"}}
    context.route("**/rows.csv", lambda route: route.fulfill(**rows))
    context.route(missing, lambda route: route.abort())
    page.goto(f"{stored_address}/{name}.html")
    chart = page.locator("#chart-1")
    with page.expect_console_message(lambda said: "chart-1 stays static" in said.text, timeout=20_000):
        page.keyboard.press(SIGN)
    assert not chart.locator(".altair-live").count() and chart.locator("svg.altair-wide").is_visible()
    context.unroute(missing)
    context.route("**/rows.csv", lambda route: route.fulfill(**rows))
    page.wait_for_timeout(LATER)
    page.keyboard.press(SIGN)
    chart.locator(".altair-alive .mark-rect path").first.wait_for(timeout=20_000)
