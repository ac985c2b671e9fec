"""The budgets of pages, and the scale that they are held against; `test_every_page` holds each page against them."""

from __future__ import annotations

import fnmatch
import json

import pytest
from playwright.sync_api import Browser
from weight import HERE, ROOT, Weight, budget_of, pages, weigh

SITE = ROOT / "_build" / "html"
KINDS = json.loads((HERE / "budgets.json").read_text(encoding="utf-8"))["kinds"]
#: What the goals of the project allow at most; a budget may be tighter, never looser.
GOALS = {"chapter": 250, "page": 180}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind["kind"])
def test_each_budget_has_pages_and_keeps_to_the_goal(kind: dict[str, object]) -> None:
    assert [page for page in pages(SITE) if budget_of(page).kind == kind["kind"]]
    assert kind["kilobytes"] <= GOALS.get(str(kind["kind"]), 250)


def test_icons_and_search_index_are_on_no_page_but_search(browser: Browser, address: str) -> None:
    files = {name: set(weigh(browser, address, name).files) for name in ("intro.html", "search.html")}
    assert not any(fnmatch.fnmatch(file, "*fontawesome*") for names in files.values() for file in names)
    assert not any("searchindex" in file for file in files["intro.html"])
    assert any("searchindex" in file for file in files["search.html"])


def test_the_scale_weighs() -> None:
    """What the budget is held against grows with the files and names the heaviest."""
    weight = Weight("a.html", {"/a.html": 1000, "/b.js": 3000})
    assert weight.total == 4000
    assert weight.heaviest(1) == ["3.0 KB /b.js"]
