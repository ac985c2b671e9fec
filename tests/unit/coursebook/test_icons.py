"""The small font of icons has those that the site names, and the style sheet no others."""

from __future__ import annotations

import io
import re
import shutil
from pathlib import Path

import pydata_sphinx_theme
import pytest
from fontTools.ttLib import TTFont

from coursebook.icons import characters_in, lighten, names_in, subset, without_parts, without_unused

STATIC = Path(pydata_sphinx_theme.__file__).parent / "theme/pydata_sphinx_theme/static"
CSS = r'.fa-bars:before,.fa-navicon:before{content:"\f0c9"}.fa-xmark::before{content:"\f00d"}.keep{content:"\f107"}'


def test_names_are_found_where_pages_and_scripts_write_them() -> None:
    assert names_in('<i class="fa-solid fa-bars"></i> el.className = "fas fa-circle-half-stroke"') >= {
        "bars",
        "circle-half-stroke",
    }


def test_rules_of_icons_that_nothing_names_go() -> None:
    light, characters = without_unused(CSS, {"navicon"})
    assert "fa-bars" in light and "fa-xmark" not in light and ".keep" in light
    assert characters == {"\uf0c9"}


def test_characters_of_a_style_sheet_are_found_in_both_spellings() -> None:
    assert characters_in('a::before{content:"\\f107 "}b::before{content:"\uf00d"}') == {"\uf107", "\uf00d"}


def test_parts_of_bootstrap_that_the_site_has_not_go() -> None:
    css = "@media (x){.carousel-item{a:b}.btn,.carousel{a:b}}.toast{a:b}.accordion:not(.x){a:b}"
    assert without_parts(css, {"toast-body"}) == "@media (x){.btn,.carousel{a:b}}.toast{a:b}"


@pytest.fixture
def font() -> Path:
    return next(STATIC.rglob("fa-solid-900.ttf"))


def test_a_subset_has_the_characters_and_no_others_and_the_same_bytes_twice(font: Path) -> None:
    small = subset(font, {"\uf0c9", "\uf00d"})
    assert small is not None and small == subset(font, {"\uf00d", "\uf0c9"})
    with TTFont(io.BytesIO(small)) as opened:
        assert set(opened.getBestCmap()) == {0xF0C9, 0xF00D}
        glyphs = opened.getGlyphSet()
        assert all(glyphs[name].width for name in opened.getBestCmap().values())
    assert len(small) < 3000


def test_a_font_without_the_characters_gives_nothing(font: Path) -> None:
    assert subset(font, {"\ue999"}) is None


def test_the_address_of_the_style_sheet_follows_its_content(tmp_path: Path) -> None:
    def address(icon: str) -> str:
        """Build a site of two pages, of which only one is written this time."""
        shutil.copytree(STATIC, tmp_path / "_static", dirs_exist_ok=True)
        (tmp_path / "_static/coursebook").mkdir(exist_ok=True)
        page = '<link href="_static/coursebook/theme.css" rel="stylesheet"><i class="fa-{}"></i>'
        (tmp_path / "a.html").write_text(page.format(icon), encoding="utf-8")
        if not (tmp_path / "b.html").is_file():
            (tmp_path / "b.html").write_text(page.format("bars"), encoding="utf-8")
        lighten(tmp_path)
        found = [re.findall(r'theme\.css[^"]*', (tmp_path / name).read_text("utf-8")) for name in ("a.html", "b.html")]
        assert found[0] == found[1] and len(found[0]) == 1, "every page leads to the same"
        return found[0][0]

    first, second = address("dragon"), address("bars")
    assert first != second and address("dragon") == first


def test_another_theme_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "_static").mkdir()
    lighten(tmp_path)
    assert list((tmp_path / "_static").iterdir()) == []
