"""What a reader does on pages of the built site: charts, facts, code, sliders, tables, terms."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from conftest import Watched

CHAPTER = "chapters/4-science-rivalry.html"
MODES = pytest.mark.parametrize(
    "watched", [(1280, "light"), (360, "dark")], indirect=True, ids=["1280-light", "360-dark"]
)


@MODES
def test_every_chart_shows_at_once_and_comes_alive(watched: Watched) -> None:
    page = watched.open(CHAPTER)
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    page.evaluate(
        "document.querySelectorAll('.toggle-hidden').forEach((part) => part.classList.remove('toggle-hidden'))"
    )
    charts = page.locator(".altair-chart")
    assert charts.count() >= 11
    for number in range(charts.count()):
        chart = charts.nth(number)
        drawing = chart.locator(".altair-view svg:visible").first
        box = drawing.bounding_box()
        assert box and box["width"] > 250 and box["height"] > 100, f"chart {number} has no visible drawing"
    page.mouse.move(200, 300)
    for number in range(charts.count()):
        chart = charts.nth(number)
        chart.scroll_into_view_if_needed()
        chart.locator(".altair-alive .altair-live svg .mark-group").first.wait_for(timeout=15_000)
        marks = chart.locator(".altair-live svg .role-mark path, .altair-live svg .role-mark line")
        sizes = marks.evaluate_all(
            "marks => marks.map(mark => mark.getBoundingClientRect()).map(b => b.width + b.height)"
        )
        assert sizes and max(sizes) > 4, f"chart {number} is alive and empty"
    assert watched.errors == []
    assert watched.outside == []


def test_a_fact_in_the_text_leads_to_its_line(watched: Watched) -> None:
    page = watched.open(CHAPTER)
    link = page.locator("a:has(.fact)").first
    target = link.get_attribute("href") or ""
    link.click()
    page.wait_for_load_state()
    row = page.locator("#" + target.split("#")[1])
    assert row.is_visible()
    assert "In two minutes" in row.inner_text() or "Question" in row.inner_text(), (
        "the line names the section that uses it"
    )


def rows_seen(watched: Watched, name: str, table: str) -> tuple[int, int]:
    """Rows of a table that show, and all that it has."""
    rows = watched.open(name).locator(f"#{table} tbody tr")
    return rows.evaluate_all("rows => rows.filter(row => row.checkVisibility()).length"), rows.count()


@pytest.mark.parametrize("watched", [(360, "light")], indirect=True)
def test_code_wraps_on_a_phone(watched: Watched) -> None:
    page = watched.open("chapters/0-introduction.html")
    page.get_by_role("button", name="Show code").click()
    boxes = page.locator("article :not(.output) > .highlight > pre:visible")
    assert boxes.count() > 10
    assert boxes.evaluate_all("all => all.every(each => each.scrollWidth <= each.clientWidth)")


def test_code_that_scrolls_is_a_stop_for_the_keyboard(watched: Watched) -> None:
    page = watched.open("chapters/3-intellectual-property.html")
    page.get_by_role("button", name="Show code").click()
    for button in page.locator(".solution .toggle-button:visible").all():
        button.click()
    page.wait_for_timeout(100)
    boxes = page.locator("article pre:visible").evaluate_all(
        "all => all.filter(each => each.scrollWidth > each.clientWidth).map(each => each.tabIndex)"
    )
    assert len(boxes) > 3 and set(boxes) == {0}


@pytest.mark.parametrize("watched", [(360, "light")], indirect=True)
def test_a_slider_keeps_its_value_beside_it(watched: Watched) -> None:
    page = watched.open("chapters/5-digital-infrastructure.html")
    sliders = page.locator(".altair-slider:visible")
    assert sliders.count() >= 2
    for slider in sliders.all():
        track, value = slider.locator("input").bounding_box(), slider.locator("output").bounding_box()
        assert track and value
        assert value["x"] >= track["x"] + track["width"] and value["y"] < track["y"] + track["height"]


def test_an_exercise_says_which_objective_it_tests(watched: Watched) -> None:
    page = watched.open(CHAPTER)
    line = page.locator("#ex-4-1 .tests-objectives")
    assert line.inner_text().startswith("Tests objective")
    line.get_by_role("link").first.click()
    named = page.url.split("#")[1]
    assert page.locator(f"li:has(#{named})").is_visible()


TARGETS = ("chapters/9-synthesis.html", "tbl-9-targets")


@pytest.mark.parametrize("watched", [(360, "light")], indirect=True)
def test_a_phone_shows_the_first_rows_of_a_long_table(watched: Watched) -> None:
    seen, all_rows = rows_seen(watched, *TARGETS)
    assert seen == 6 < all_rows
    table = watched.page.locator("#tbl-9-targets")
    table.get_by_label("Can we compare?").select_option("yes")
    assert table.locator("tbody tr:visible").count() == 7, "few rows are not folded"
    table.get_by_label("Can we compare?").select_option("")
    table.get_by_role("button", name=f"Show the other {all_rows - seen} rows").click()
    assert table.locator("tbody tr:visible").count() == all_rows
    assert not table.locator(".register-more").is_visible()
    assert table.locator("tbody tr:focus").count() == 1, "the keyboard goes on at the first new row"


@pytest.mark.parametrize("watched", [(360, "light")], indirect=True)
def test_a_phone_shows_the_row_that_a_link_names(watched: Watched) -> None:
    last = watched.open("reference/facts.html").locator(".register tbody tr[id]").last.get_attribute("id")
    watched.page.goto("about:blank")
    assert watched.open(f"reference/facts.html#{last}").locator(f"[id='{last}']").is_visible()


def test_a_wide_page_and_paper_show_whole_tables(watched: Watched, browser: Browser) -> None:
    seen, all_rows = rows_seen(watched, *TARGETS)
    assert seen == all_rows
    watched.page.set_viewport_size({"width": 600, "height": 900})
    watched.page.emulate_media(media="print")
    rows = watched.page.locator("#tbl-9-targets tbody tr")
    assert rows.evaluate_all("rows => rows.every(row => row.checkVisibility())")
    without = browser.new_context(viewport={"width": 360, "height": 900}, java_script_enabled=False).new_page()
    without.goto(f"{watched.address}/{TARGETS[0]}")
    assert without.locator("#tbl-9-targets tbody tr:visible").count() == all_rows
    without.context.close()


def test_datasets_stand_at_their_addresses(site: Path) -> None:
    for ending in ("csv", "json"):
        assert (site / f"data/table-4-1.{ending}").is_file()
    page = (site / "reference/data.html").read_text(encoding="utf-8")
    assert 'href="../data/table-4-1.csv"' in page


def test_code_is_shown_by_one_switch_that_is_remembered(watched: Watched) -> None:
    page = watched.open(CHAPTER)
    code = page.locator(".tag_hide-input .cell_input pre:visible")
    assert code.count() == 0
    page.get_by_role("button", name="Show code").click()
    shown = code.count()
    assert shown > 10
    page.reload()
    assert code.count() == shown
    watched.open(f"{CHAPTER}?code=0")
    assert code.count() == 0
    watched.open(f"{CHAPTER}?code=1")
    assert code.count() == shown


def test_a_term_says_what_it_means_on_hover_focus_and_tap(watched: Watched, browser: Browser, address: str) -> None:
    page = watched.open(CHAPTER)
    term, note = page.locator(".explained-term").first, page.locator(".term-note")
    term.hover()
    assert note.is_visible() and len(note.inner_text()) > 20
    page.keyboard.press("Escape")
    assert not note.is_visible()
    page.locator(".explained-term").nth(1).focus()
    assert note.is_visible()
    assert page.locator(".explained-term").nth(1).get_attribute("aria-describedby") == "term-note"
    phone = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True)
    touched = phone.new_page()
    touched.goto(f"{address}/{CHAPTER}")
    touched.locator(".explained-term").first.tap()
    assert touched.locator(".term-note").is_visible() and CHAPTER in touched.url
    box = touched.locator(".term-note").bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= 360
    touched.locator(".explained-term").first.tap()
    touched.wait_for_url("**/glossary.html*")
    phone.close()


def test_chinese_and_japanese_in_a_note_are_marked(watched: Watched) -> None:
    page = watched.page
    watched.open("chapters/1-five-year-plan.html")
    page.locator(".explained-term").evaluate_all(
        "(all) => { all[0].dataset.meaning = 'Plan 双循环, see 紛争の火種 of 2022.'; }"
    )
    page.locator(".explained-term").first.focus()
    marked = page.locator(".term-note [lang]").evaluate_all("all => all.map((each) => [each.lang, each.textContent])")
    assert marked == [["zh-Hans", "双循环"], ["ja", "紛争の火種"]]
    assert page.locator(".term-note").inner_text() == "Plan 双循环, see 紛争の火種 of 2022."


def test_the_first_screen_says_what_for_whom_until_when_and_where_to_go(watched: Watched) -> None:
    """At 1280 x 900, without scrolling, with a chart to use."""
    page = watched.open("intro.html")
    article = page.locator("article")
    chart = article.locator(".altair-chart").first
    parts = {
        "what": article.get_by_text("Eight studies of China"),
        "for whom": article.get_by_text("for students of economics"),
        "horizon": article.get_by_text("January 2022"),
        "chart": chart.locator(".altair-box"),
        "its control": chart.get_by_label("Show"),
        "start here": article.locator("li", has_text="Start here").locator("a[href*='0-introduction']"),
        "for instructors": article.locator("li", has_text="For instructors").locator("a[href*='teaching/guide']"),
        "data": article.locator("li", has_text="Data").locator("a[href*='reference/data']"),
    }
    boxes = {name: part.first.bounding_box() for name, part in parts.items()}
    assert {name: box for name, box in boxes.items() if not box or box["y"] + box["height"] > 900} == {}
    page.mouse.move(600, 600)
    chart.locator(".altair-alive").wait_for(timeout=20_000)
