"""What the menus of a page offer: its notebook, its data, and places to run it, as plain links."""

from __future__ import annotations

import re
from pathlib import Path

import pytest


def menu(page: Path, name: str) -> list[str]:
    """Addresses in one of the menus of a page's header."""
    text = page.read_text(encoding="utf-8")
    part = re.search(rf'<div class="dropdown dropdown-{name}">.*?</ul>', text, re.DOTALL)
    return re.findall(r'href="([^"]+)"', part[0]) if part else []


#: As tests/gallery/_config.yml names them.
PLACES = {
    "JupyterHub": "https://hub.example/git-pull?urlpath=lab/tree/gallery/marks.md",
    "Binder": "https://binder.example/v2/gh/owner/gallery/main?urlpath=lab",
    "Colab": "https://colab.example/github/owner/gallery/blob/notebooks/marks.ipynb",
    "Offline kit": "https://book.example/kit.zip",
}


def test_a_page_with_code_offers_every_place_but_empty_ones(gallery: Path) -> None:
    assert menu(gallery / "marks.html", "launch-buttons") == list(PLACES.values())


@pytest.mark.parametrize("page", ["index.html", "reference/corrections.html", "search.html", "genindex.html"])
def test_a_page_without_code_offers_the_places_that_are_the_same_for_every_page(gallery: Path, page: str) -> None:
    assert menu(gallery / page, "launch-buttons") == [PLACES["Binder"], PLACES["Offline kit"]]


def test_no_place_no_menu(site: Path) -> None:
    for page in [*(site / "chapters").glob("*.html"), site / "intro.html"]:
        assert menu(page, "launch-buttons") == [], "the settings of this repository name no place"


def test_a_page_without_code_offers_no_notebook(site: Path) -> None:
    addresses = menu(site / "reference" / "glossary.html", "download-buttons")
    assert addresses and not [address for address in addresses if address.endswith((".ipynb", ".zip"))]


def test_a_page_with_code_offers_its_notebook(gallery: Path) -> None:
    addresses = menu(gallery / "marks.html", "download-buttons")
    assert "_sources/marks.ipynb" in addresses
    assert (gallery / "_sources" / "marks.ipynb").is_file()
    text = (gallery / "_sources" / "marks.ipynb").read_text(encoding="utf-8")
    assert '"outputs": []' in text and "{code-cell}" not in text
