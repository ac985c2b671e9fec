"""The notebook and the data that each chapter's page offers: whole, valid, and running in an empty folder."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import nbformat
import pytest
from book import Chapter, finished
from nbclient import NotebookClient

from coursework.proof import sockets

CHAPTERS = pytest.mark.parametrize("chapter", finished(), ids=lambda chapter: chapter.path.stem)


def offered(site: Path, chapter: Chapter, ending: str) -> Path:
    """The file that the menu of a chapter's page links to."""
    page = site / "chapters" / f"{chapter.path.stem}.html"
    menu = page.read_text(encoding="utf-8").partition("dropdown-download-buttons")[2].partition("</ul>")[0]
    addresses = [address for address in re.findall(r'href="([^"]+)"', menu) if address.endswith(ending)]
    assert len(addresses) == 1, f"the menu of {page.name} has no {ending}"
    return (page.parent / addresses[0]).resolve()


@CHAPTERS
def test_a_chapter_offers_its_notebook(site: Path, chapter: Chapter) -> None:
    text = offered(site, chapter, ".ipynb").read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    assert code == [cell.source for cell in chapter.code], "the code is the chapter's, in its order"
    assert not any(cell.get("outputs") for cell in notebook.cells)
    prose = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    without_code = re.sub(r"```.*?```|`[^`]*`", "", prose, flags=re.DOTALL)
    assert not re.findall(r"\{[a-z:]+\}|:::", without_code), "directives and roles are for pages"
    links = re.findall(r"\]\(([^)]+)\)", without_code)
    assert all(re.match("https?:", link) for link in links), "links lead to the web or are text"
    titles = [text for level, text in chapter.headings if level == 2]
    written = [line[3:].replace("’", "'") for line in prose.split("\n") if line.startswith("## ")]
    assert written == titles


@CHAPTERS
def test_a_chapter_offers_its_data(site: Path, chapter: Chapter) -> None:
    with zipfile.ZipFile(offered(site, chapter, ".zip")) as archive:
        names = set(archive.namelist())
        package = json.loads(archive.read("datapackage.json"))
    used = set(re.findall(r"""\bload\(["']([\w-]+)["']""", chapter.text))
    assert {f"{name}.csv" for name in used} <= names
    assert "corrections.csv" in names
    assert {each["path"] for each in package["resources"]} == names - {"datapackage.json"}


def run(notebook: Path, folder: Path) -> None:
    """Run a notebook as a student does who has this file alone."""
    read = nbformat.read(notebook, as_version=4)
    with sockets() as config:
        place = {"metadata": {"path": str(folder)}}
        NotebookClient(read, timeout=180, resources=place, config=config).execute()


@pytest.mark.parametrize(
    "chapter",
    [
        pytest.param(chapter, marks=() if chapter.number == 4 else pytest.mark.slow, id=chapter.path.stem)
        for chapter in finished()
    ],
)
def test_an_offered_notebook_runs_in_an_empty_folder(site: Path, chapter: Chapter, tmp_path: Path) -> None:
    run(offered(site, chapter, ".ipynb"), tmp_path)
