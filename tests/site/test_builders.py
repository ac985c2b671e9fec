"""Charts in builders without a browser, twice the same bytes, and the theme's places that coursebook relies on."""

from __future__ import annotations

import re
import shutil
import zipfile
from pathlib import Path

import pytest

from gallery.book import copy_to, run_build

PLACES = {  # what coursebook relies on in the theme and in MyST-NB: file of the built page -> pattern
    "a figure with MyST-NB's name as its id": r'<figure class="[^"]*altair-figure[^"]*" id="fig-bars">',
    "the caption inside that figure": r'</div>\s*<figcaption>.*?<span class="caption-text">',
    "light or dark on the root element": r"document\.documentElement\.dataset\.theme",
    "the sidebar with the pages": r'class="[^"]*bd-links',
    "one container for a cell's output": r'<div class="cell_output docutils container">',
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
    page = (gallery / "marks.html").read_text(encoding="utf-8")
    assert re.search(PLACES[what], page, re.DOTALL), f"moved in the theme or in MyST-NB: {what}"
