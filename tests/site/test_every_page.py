"""What holds for every page of the served site, seen in one visit to each: light, still, fit for any window, alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser
from test_reflow import PAGES, WIDTHS, overflow
from weight import budget_of, listen

from conftest import Watched

#: A tenth of what Web Vitals call good (0.1): nothing that a reader notices.
MOST_SHIFT = 0.01
SHIFTS = """window.shifts = [];
new PerformanceObserver((list) => list.getEntries().forEach((entry) => shifts.push({
    value: entry.value,
    what: entry.sources.map((source) => source.node?.nodeName + '.' + (source.node?.className ?? '')),
}))).observe({type: 'layout-shift', buffered: true});"""


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_light_and_still_and_fits_and_asks_no_other_host(browser: Browser, address: str, name: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    watched = Watched(context.new_page(), address)
    watched.page.add_init_script(SHIFTS)
    weight, budget = listen(watched.page, address, name), budget_of(name)
    page = watched.open(name)
    said = f"{budget.kind}: {weight.total / 1000:.1f} KB in {len(weight.files)} requests; {weight.heaviest()}"
    assert weight.total <= budget.kilobytes * 1000, said
    assert len(weight.files) <= budget.requests, said
    shifts = page.evaluate("shifts")
    assert sum(each["value"] for each in shifts) <= MOST_SHIFT, shifts
    assert [said for width in WIDTHS if (said := overflow(page, width))] == []
    watched.use()
    assert watched.outside == []
    assert watched.errors == []
    context.close()
