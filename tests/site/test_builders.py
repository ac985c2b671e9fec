"""Charts in builders without a browser, twice the same bytes, and the theme's places that coursebook relies on."""

from __future__ import annotations

import re
import shutil
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from gallery.book import copy_to, run_build

#: What coursebook relies on elsewhere: in a built page, or (with a package before it) in a file of that package.
_PAGE, _THEME, _BOOK_THEME = "marks.html", "pydata_sphinx_theme", "sphinx_book_theme"
_PARTS = f"{_THEME}/theme/pydata_sphinx_theme"
PLACES = {
    "a figure with MyST-NB's name as its id": (_PAGE, r'<figure class="[^"]*altair-figure[^"]*" id="fig-bars">'),
    "the caption inside that figure": (_PAGE, r'</div>\s*<figcaption>.*?<span class="caption-text">'),
    "one container for a cell's output": (_PAGE, r'<div class="cell_output docutils container">'),
    "light or dark on the root element": (_PAGE, r"document\.documentElement\.dataset\.theme"),
    **{
        f"the part .{name} of a page": (_PAGE, rf'class="[^"]*(?<![\w-]){name}(?![\w-])')
        for name in (
            "article-header-buttons",
            "bd-article",
            "bd-article-container",
            "bd-content",
            "bd-footer-content__inner",
            "bd-header",
            "bd-header-article",
            "bd-links",
            "bd-main",
            "bd-sidebar-primary",
            "bd-sidebar-secondary",
            "prev-next-area",
            "prev-next-footer",
            "prev-next-info",
            "skip-link",
        )
    },
    "the theme's own page for print, #jb-print-docs-body": (_PAGE, r'id="jb-print-docs-body"'),
    "the theme's colours": (f"{_PARTS}/static/styles/pydata-sphinx-theme.css", r"--pst-color-text-muted:"),
    "the theme's style sheet, with the icons and their fonts": (
        f"{_PARTS}/static/styles/pydata-sphinx-theme.css",
        r"\.fa-bars:before.*@font-face\{[^}]*fa-solid[^}]*\.ttf|@font-face\{[^}]*fa-solid[^}]*\.ttf.*\.fa-bars:before",
    ),
    "the script of icons, fontawesome.js": (f"{_PARTS}/static/webpack-macros.html", r"<script[^>]*/fontawesome\.js"),
    "the search scripts of every page": (
        f"{_PARTS}/layout.html",
        r"block extrahead.*searchtools\.js.*language_data\.js.*searchindex\.js.*endblock extrahead",
    ),
    "buttons to copy code that can be made after the page has loaded": (
        "sphinx_copybutton/_static/copybutton.js_t",
        r"document\.readyState != 'loading'\) \{\s*cb\(\)",
    ),
    "the template of the logo": (f"{_PARTS}/components/navbar-logo.html", r'class="navbar-brand'),
    "the box around a wide table": (f"{_THEME}/translator.py", r"pst-scrollable-table-container"),
    "the menu of pages from generate_toctree_html": (
        f"{_BOOK_THEME}/theme/sphinx_book_theme/components/sbt-sidebar-nav.html",
        r'generate_toctree_html\(\s*startdepth=0,\s*kind="sidebar"',
    ),
    "the menu made of Sphinx's by add_toctree_functions, a page marked current and active": (
        f"{_THEME}/toctree.py",
        r'def add_toctree_functions\(.* = context\["toctree"\]\(\*\*kwargs\).*li\["class"\]\.append\("active"\)',
    ),
    "the buttons of a page in header_buttons, made at 501": (
        f"{_BOOK_THEME}/__init__.py",
        r'"html-page-context", add_header_buttons, priority=501',
    ),
    "the menu download-buttons among them": (
        f"{_BOOK_THEME}/header_buttons/__init__.py",
        r'header_buttons\.append\(\s*\{[^}]*"label": "download-buttons"',
    ),
}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the gallery that other builders build."""
    return copy_to(tmp_path_factory.mktemp("other") / "book")


@pytest.mark.slow
def test_latex_gets_vector_pictures_with_captions_and_numbers(book: Path) -> None:
    result = run_build(book, "--builder", "latex")
    assert result.returncode == 0, result.stderr[-2000:]
    tex = next((book / "_build/latex").glob("*.tex")).read_text(encoding="utf-8")
    pictures = re.findall(r"\\sphinxincludegraphics\[[^]]*\]\{\{?([\w-]+)\}?\.pdf\}", tex)
    assert len(pictures) > 30
    for name in pictures[:3]:
        assert (book / f"_build/latex/{name}.pdf").read_bytes().startswith(b"%PDF")
    assert r"\caption{Bars of the last year.}" in tex
    assert tex.count("alt.Chart(...)") <= 1, (
        "only the picture of Altair's svg renderer, which MyST-NB does not put into LaTeX"
    )


@pytest.mark.slow
@pytest.mark.parametrize(("builder", "pattern"), [("text", "marks.txt"), ("epub", "*.epub")])
def test_text_gets_the_description_and_epub_a_picture(book: Path, builder: str, pattern: str) -> None:
    result = run_build(book, "--builder", "custom", "--custom-builder", builder)
    assert result.returncode == 0, result.stderr[-2000:]
    found = next((book / "_build" / builder).glob(pattern))
    if builder == "text":
        assert "Bar chart of 2020: China leads with 182." in found.read_text(encoding="utf-8")
        return
    with zipfile.ZipFile(found) as archive:
        page = archive.read("marks.xhtml").decode()
        assert re.search(r'<img alt="Bar chart of 2020: China leads with 182\."[^>]*\.png"', page)
        assert "vega" not in page.lower()


@pytest.mark.slow
def test_two_builds_of_one_executed_book_give_the_same_bytes(gallery: Path, tmp_path: Path) -> None:
    """Once more from the same runs, in another folder and serially."""
    book = copy_to(tmp_path / "again")
    shutil.copytree(gallery.parent / ".jupyter_cache", book / "_build/.jupyter_cache")
    result = run_build(book, "-W", "-n", "--keep-going")
    assert result.returncode == 0, result.stderr[-2000:]
    again = book / "_build/html"
    pages = sorted(
        path.relative_to(again) for path in again.rglob("*") if path.suffix in (".html", ".svg", ".csv", ".js", ".json")
    )
    assert len(pages) > 60
    differing = [str(page) for page in pages if (again / page).read_bytes() != (gallery / page).read_bytes()]
    assert not differing, differing


@pytest.mark.parametrize("what", PLACES)
def test_the_theme_still_has_what_coursebook_relies_on(gallery: Path, what: str) -> None:
    name, pattern = PLACES[what]
    folder = gallery if name == _PAGE else Path(find_spec(name.partition("/")[0]).submodule_search_locations[0]).parent
    file = folder / name
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    assert re.search(pattern, text, re.DOTALL), f"moved in the theme or in MyST-NB: {what} ({name})"
