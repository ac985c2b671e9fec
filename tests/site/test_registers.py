"""Registers and the catalogue of data in a browser: search, filters, rows on demand, anchors, paper, no JavaScript."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, Locator, Page
from pybtex.database import parse_string

from conftest import Watched
from dualcirc import data

FACTS, ERRATA, GLOSSARY, DATA = (f"reference/{page}.html" for page in ("facts", "corrections", "glossary", "data"))
PAGE = 50
EXHIBITS = 48
PHONE = pytest.mark.parametrize("watched", [(1280, "light"), (360, "light")], indirect=True, ids=["1280", "360"])


def shown(page: Page, what: str = ".register tbody tr[id]") -> int:
    """How many rows a reader can see."""
    return page.locator(what).evaluate_all("rows => rows.filter(row => row.checkVisibility()).length")


def counted(page: Page) -> int:
    """How many rows match, as the page says."""
    return int(page.get_by_role("status").first.inner_text().split()[0])


def field(page: Page, label: str) -> Locator:
    """The search box or a menu of the first register of a page."""
    labels = page.locator(".register").first.locator(".register-filters label")
    return labels.filter(has_text=re.compile(f"^{label}")).locator("input, select")


@pytest.fixture
def bare(browser: Browser, address: str) -> Iterator[Page]:
    """A page of a browser that runs no scripts."""
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_a_register_filters(watched: Watched) -> None:
    page = watched.open(ERRATA)
    all_rows = counted(page)
    field(page, "Severity").select_option("high")
    high = counted(page)
    field(page, "Chapter").select_option("8")
    assert 0 < counted(page) < high < all_rows
    field(page, "Search").fill("no such words anywhere")
    assert counted(page) == shown(page) == 0


@PHONE
def test_the_rest_of_a_long_register_comes_on_demand(watched: Watched) -> None:
    page = watched.open(FACTS)
    all_rows = page.locator(".register tbody tr[id]").count()
    assert shown(page) == PAGE < all_rows
    page.get_by_role("button", name=f"Show {PAGE} more").click()
    assert shown(page) == 2 * PAGE
    assert page.locator("tbody tr:focus").count() == 1, "the keyboard goes on at the first new row"
    page.get_by_role("button", name="Show all").click()
    assert shown(page) == all_rows
    assert not page.get_by_role("button", name="Show all").is_visible()


def test_search_reaches_rows_that_do_not_show(watched: Watched) -> None:
    page = watched.open(FACTS)
    last = page.locator(".register tbody tr[id]").last
    assert not last.is_visible()
    field(page, "Search").fill((last.get_attribute("id") or "").removeprefix("fact-"))
    assert last.is_visible()


@pytest.mark.parametrize("query", ["1425000", "1,425,000", "1 425 000", "base STATIONS 1425000"])
def test_a_number_is_found_however_it_is_grouped(watched: Watched, query: str) -> None:
    page = watched.open(FACTS)
    field(page, "Search").fill(query)
    assert page.locator("#fact-5-5g-stations-2021-repeat").is_visible()


def test_a_number_is_found_by_its_beginning_alone(watched: Watched) -> None:
    page = watched.open(FACTS)
    field(page, "Search").fill("425000")
    assert counted(page) == 0
    field(page, "Search").fill("39")
    assert page.locator("#fact-4-rd-china-2020").is_visible() is False, "39 stands within 2.4393 only"


@pytest.mark.parametrize("query", ["双循环", "shuang xunhuan", "Shuāng xúnhuán"])
def test_chinese_is_found_in_characters_and_pinyin(watched: Watched, query: str) -> None:
    page = watched.open(GLOSSARY)
    field(page, "Search").fill(query)
    found = page.locator("dl.glossary > dt").evaluate_all(
        "terms => terms.filter(term => term.checkVisibility()).length"
    )
    assert 0 < found < 10
    assert "双循环" in page.locator("dl.glossary > dd:visible").first.inner_text()


@PHONE
@pytest.mark.parametrize(
    ("page", "anchor"),
    [
        (FACTS, "fact-8-china-asean-trade-2020"),
        (ERRATA, "erratum-e8-48"),
        (GLOSSARY, "term-WTO"),
        (DATA, "data-figure-7-2"),
    ],
)
def test_a_link_to_a_row_shows_it(watched: Watched, page: str, anchor: str) -> None:
    opened = watched.open(f"{page}#{anchor}")
    box = opened.locator(f"[id='{anchor}']").bounding_box()
    assert box and 0 <= box["y"] < 900, "in sight"


def test_a_link_to_a_row_shows_it_without_scripts(bare: Page, address: str) -> None:
    for page, anchor in ((FACTS, "fact-8-china-asean-trade-2020"), (DATA, "data-figure-7-2")):
        bare.goto(f"{address}/{page}#{anchor}")
        assert bare.locator(f"[id='{anchor}']").is_visible()


def test_without_scripts_and_on_paper_every_row_shows(watched: Watched, bare: Page, address: str) -> None:
    page = watched.open(FACTS)
    all_rows = page.locator(".register tbody tr[id]").count()
    page.emulate_media(media="print")
    assert shown(page) == all_rows
    bare.goto(f"{address}/{FACTS}")
    assert shown(bare) == all_rows


def test_a_fact_and_an_erratum_name_each_other(site: Path) -> None:
    fact = BeautifulSoup((site / FACTS).read_text("utf-8"), "html.parser").find(id="fact-8-china-asean-trade-2020")
    assert fact.find("a", href="corrections.html#erratum-e8-48", string="E8-48")
    erratum = BeautifulSoup((site / ERRATA).read_text("utf-8"), "html.parser").find(id="erratum-e8-48")
    assert erratum.find("a", href="facts.html#fact-8-china-asean-trade-2020")
    assert erratum.find("a", href="data.html#data-context-asean-trade"), "its evidence is linked"


def test_a_fact_says_which_charts_and_sections_use_it(site: Path) -> None:
    fact = BeautifulSoup((site / FACTS).read_text("utf-8"), "html.parser").find(id="fact-8-cptpp-remaining-parties")
    links = [link["href"] for link in fact.select("a[href*='8-east-asian-trade.html#']")]
    assert any("#fig-8" in link for link in links), "the chart that is made with it"
    assert any("#fig-8" not in link for link in links), "the section whose sentence cites it"


@pytest.fixture(scope="module")
def entries(site: Path) -> dict[str, BeautifulSoup]:
    """The entries of the catalogue by dataset."""
    page = BeautifulSoup((site / DATA).read_text("utf-8"), "html.parser")
    return {entry.find(id=re.compile("^data-"))["id"][5:]: entry for entry in page.select("details.register-entry")}


def says(entry: BeautifulSoup) -> set[str]:
    """What an entry has something to say about."""
    return {term.get_text().strip().rstrip(":") for term in entry.select("dt")}


def test_the_catalogue_lists_every_exhibit_and_register(entries: dict[str, BeautifulSoup], site: Path) -> None:
    assert list(entries) == data.datasets()
    exhibits = {resource["exhibit"] for resource in data.package()["resources"] if resource.get("exhibit")}
    assert len(exhibits) == EXHIBITS
    index = BeautifulSoup((site / DATA).read_text("utf-8"), "html.parser").select_one("ul.catalogue-index")
    assert [link["href"] for link in index.select("a")] == [f"#data-{name}" for name in entries]


@pytest.mark.parametrize("label", ["Download", "Source", "Rights"])
def test_every_entry_says(entries: dict[str, BeautifulSoup], label: str) -> None:
    silent = [name for name, entry in entries.items() if label not in says(entry)]
    assert not silent


def test_every_exhibit_is_shown_or_loaded_somewhere(entries: dict[str, BeautifulSoup]) -> None:
    unused = [
        resource["name"]
        for resource in data.package()["resources"]
        if resource.get("exhibit") and not {"Loaded in", "Shown in"} & says(entries[resource["name"]])
    ]
    assert not unused
    assert entries["figure-4-1"].select("a[href$='4-science-rivalry.html#fig-4-1']"), (
        "the chart that shows it is linked"
    )


def test_every_citation_can_be_pasted(entries: dict[str, BeautifulSoup]) -> None:
    for name, entry in entries.items():
        text = next(block.get_text() for block in entry.select("pre") if block.get_text().startswith("@misc"))
        (work,) = parse_string(text, "bibtex").entries.values()
        assert name in work.fields["howpublished"] and work.fields["title"] and work.persons["author"]


@pytest.mark.parametrize("watched", [(360, "light")], indirect=True)
def test_the_catalogue_is_short_on_a_phone(watched: Watched) -> None:
    page = watched.open(DATA)
    assert page.evaluate("document.documentElement.scrollHeight") < 10_000
    field(page, "Chapter").select_option("4")
    assert counted(page) == sum(resource.get("chapter") == 4 for resource in data.package()["resources"])
    field(page, "Origin").select_option("public-statistic")
    assert shown(page, ".register-entry") == counted(page) == 4
