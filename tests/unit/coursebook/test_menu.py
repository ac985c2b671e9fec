"""The menu of all pages, made once: on each page it is the theme's, with its buttons named."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from bs4 import BeautifulSoup
from sphinx.cmd.build import build_main

from coursebook.menu import named_branches

PARTS = """# Start

```{toctree}
:caption: A part
:hidden:
rivers
far/lakes
The library <https://library.example/>
```

```{toctree}
:hidden:
far/seas
```
"""
UNDER = """# {title}

## A section that the menu leaves out

```{{toctree}}
{pages}
```
"""
PAGES = {
    "index": PARTS,
    "rivers": UNDER.format(title="Rivers & 河", pages="near/short\nfar/long river"),
    "near/short": "# Short",
    "far/long river": UNDER.format(title="Long", pages="/far/delta"),
    "far/delta": "# Delta",
    "far/lakes": "# Lakes",
    "far/seas": "# Seas",
    "alone": "---\norphan: true\n---\n# In no menu",
}


def menus(
    folder: Path, builder: str, options: dict[str, str], *extensions: str, theme: str = "sphinx_book_theme"
) -> dict[str, str]:
    """The menu of each page of a small book, without the names of its buttons."""
    out = folder / "-".join([theme, builder, *extensions])
    settings = {"extensions": ",".join(["myst_parser", *extensions]), "html_theme": theme} | {
        f"html_theme_options.{name}": value for name, value in options.items()
    }
    flags = [flag for name, value in settings.items() for flag in ("-D", f"{name}={value}")]
    # each in a process of its own: one theme leaves its mark on the next
    command = [sys.executable, "-m", "sphinx", "-q", "-C", "-b", builder, *flags, str(folder / "source"), str(out)]
    subprocess.run(command, check=True)
    found = {path: path.read_text(encoding="utf-8") for path in out.rglob("*.html")}
    navs = {
        str(path.relative_to(out)): re.search(r'<nav class="(bd-docs-nav )?bd-links.*?</nav>', html, re.DOTALL)
        for path, html in found.items()
    }
    return {page: re.sub(r' aria-label="Pages under[^"]*"', "", nav[0]) for page, nav in navs.items() if nav}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("book")
    for name, text in PAGES.items():
        path = folder / "source" / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"show_navbar_depth": "2", "home_page_in_toc": "1"},
        {"show_navbar_depth": "0"},
        {"collapse_navbar": "1"},
        {"max_navbar_depth": "2"},
    ],
    ids=str,
)
@pytest.mark.parametrize("builder", ["html", "dirhtml"])
def test_the_menu_of_each_page_is_the_theme_s(folder: Path, builder: str, options: dict[str, str]) -> None:
    theirs = menus(folder, builder, options)
    assert len(theirs) == len(PAGES) + 2 and sum('class="current' in each for each in theirs.values()) >= 5
    assert menus(folder, builder, options, "coursebook.menu") == theirs


def test_the_theme_underneath_has_its_own_menus_of_a_part(folder: Path) -> None:
    theirs = menus(folder, "html", {}, theme="pydata_sphinx_theme")
    assert len(theirs) >= 3
    assert menus(folder, "html", {}, "coursebook.menu", theme="pydata_sphinx_theme") == theirs


def test_another_theme_gets_the_pages_from_sphinx(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some themes ask for them while a page is prepared."""
    asked: list[str] = []
    theme = ModuleType("asking_theme")
    theme.setup = lambda app: (  # type: ignore[attr-defined]
        app.connect("html-page-context", lambda *given: asked.append(given[3]["toctree"](includehidden=True))) and None
    )
    monkeypatch.setitem(sys.modules, theme.__name__, theme)
    flags = ["-D", f"extensions=myst_parser,coursebook.menu,{theme.__name__}", "-D", "html_theme=alabaster"]
    assert build_main(["-q", "-C", *flags, str(folder / "source"), str(folder / "alabaster")]) == 0
    assert len(asked) >= len(PAGES) and all("Rivers" in each for each in asked)


def test_a_button_of_the_menu_is_named_after_its_page() -> None:
    branch = '<li><a href="c.html">{title}</a><details><summary><i></i></summary><ul>{under}</ul></details></li>'
    inner = branch.format(title="Exports", under="<li><a>Cars</a></li>")
    menu = named_branches(BeautifulSoup(branch.format(title="R&amp;D", under=inner), "html.parser"))
    labels = [each["aria-label"] for each in menu("summary")]
    assert labels == ["Pages under: R&D", "Pages under: Exports"]
