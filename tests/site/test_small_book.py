"""Another book, of two pages and without a chart: formulas, tabs and code work, and each page loads what it uses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect
from serve import served
from weight import weigh

from conftest import Watched
from gallery.book import run_build

CONFIG = """title: Small
html: {favicon: icon.svg}
sphinx:
  extra_extensions: [coursebook]
  config: {language: en}
"""
FORMULAS = r"""# Formulas

A mean is $\bar x = \frac{1}{n} \sum_i x_i$; growth is in {eq}`growth`.

$$
g = \left(\frac{y_1}{y_0}\right)^{1/n} - 1
$$ (growth)

$$
a &= b + c + d + e + f + g + h + i + j + k + l + m + n + o + p + q + r + s + t + u + v + w + x + y + z \\
  &= 0
$$
"""
TABS = """# Tabs

::::{tab-set}
:::{tab-item} One
The first.
:::
:::{tab-item} Two
The second.
:::
::::

```python
print("to copy")
```
"""
ICON = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built book."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "_config.yml").write_text(CONFIG, encoding="utf-8")
    (folder / "_toc.yml").write_text("format: jb-book\nroot: formulas\nchapters: [{file: tabs}]\n", encoding="utf-8")
    (folder / "formulas.md").write_text(FORMULAS, encoding="utf-8")
    (folder / "tabs.md").write_text(TABS, encoding="utf-8")
    (folder / "icon.svg").write_text(ICON, encoding="utf-8")
    result = run_build(folder)
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-2000:]
    return folder / "_build" / "html"


@pytest.fixture(scope="module")
def small_address(small: Path) -> Iterator[str]:
    with served(small) as url:
        yield url


@pytest.fixture
def phone(browser: Browser, small_address: str) -> Iterator[Watched]:
    """A narrow window that notes what goes wrong."""
    context = browser.new_context(viewport={"width": 360, "height": 740})
    watched = Watched(context.new_page(), small_address)
    yield watched
    assert watched.errors == [] and watched.outside == []
    context.close()


def test_a_book_that_sets_no_mode_has_the_colours_of_the_system_at_once(browser: Browser, small_address: str) -> None:
    """Before the theme's scripts, which set them last of all and report an error for a mode that is not set."""
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.route("**/*.js*", lambda route: route.abort())
    page.goto(f"{small_address}/tabs.html")
    assert page.locator("html").evaluate("html => [html.dataset.mode, html.dataset.theme]") == ["auto", "dark"]
    context.close()


def test_formulas_are_drawn_without_a_script_and_read_by_part(phone: Watched) -> None:
    page = phone.open("formulas.html")
    formulas = page.locator("article math")
    assert formulas.count() == 3
    assert all(box and box["height"] > 10 for box in (each.bounding_box() for each in formulas.all()))
    fraction = page.locator("article mfrac").first
    assert fraction.evaluate(
        "f => f.children[0].getBoundingClientRect().bottom <= f.children[1].getBoundingClientRect().top"
    )
    assert "math" in page.locator("article").aria_snapshot()
    assert page.locator(".eqno").inner_text().startswith("(1)")
    assert page.locator("article p a[href='#equation-growth']").inner_text() == "(1)"
    assert not page.evaluate("window.MathJax")


def test_a_long_formula_scrolls_in_its_own_box_by_keyboard(phone: Watched) -> None:
    page = phone.open("formulas.html")
    wide, seen = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= seen
    long = page.locator("div.math").nth(1)
    assert long.evaluate("box => box.scrollWidth > box.clientWidth")
    long.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelectorAll('div.math')[1].scrollLeft > 0")
    assert [
        each["id"] for each in Axe().run(page, context="article", options={"preload": False}).response["violations"]
    ] == []


def test_tabs_and_copying_work(phone: Watched) -> None:
    page = phone.open("tabs.html")
    assert page.get_by_text("The first.").is_visible() and not page.get_by_text("The second.").is_visible()
    page.get_by_text("Two", exact=True).click()
    assert page.get_by_text("The second.").is_visible() and not page.get_by_text("The first.").is_visible()
    expect(page.locator(".copybtn")).to_have_count(1)  # made once the page stands


def test_each_page_loads_what_it_uses(browser: Browser, small_address: str) -> None:
    files = {name: " ".join(weigh(browser, small_address, f"{name}.html").files) for name in ("formulas", "tabs")}
    for name in ("copybutton", "clipboard", "design-tabs", "sphinx-design", "pygments"):
        assert name in files["tabs"] and name not in files["formulas"], name
    for name in ("mathjax", "thebe", "fontawesome.js", "charts.js", "vega", "searchindex", "selfcheck", "register"):
        assert name not in files["tabs"].lower() + files["formulas"].lower(), name


def test_a_light_page_of_another_book_is_light(browser: Browser, small_address: str) -> None:
    assert weigh(browser, small_address, "formulas.html").total < 120_000
