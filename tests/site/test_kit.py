"""The offline kit: what is in it, that it is the same twice, and that it runs where it is unpacked."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest
from nbgrader.utils import compute_checksum
from playwright.sync_api import Browser, expect

from conftest import Watched
from coursebook.kit import KitError, content_of, linked, main, requirements_for
from coursework.grading.mend import Notes, mend, read
from lab import running

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "exercises/kit-readme.txt"
LAB = ROOT / "instructor/lab"
NAME = "dual-circulation-kit"
NOTEBOOKS = sorted((ROOT / "exercises").glob("*.ipynb"))


def make(target: Path, site: Path) -> None:
    options = ["--book", str(ROOT), "--site", str(site), "--readme", str(README)]
    options += ["--data", str(ROOT / "data"), "--lab", str(LAB)]
    assert main([str(target), *options]) == 0


def content(site: Path, folder: Path) -> dict[str, bytes | Path]:
    """What the kit holds, with an empty wheel."""
    wheel = folder / "book-1.whl"
    wheel.touch()
    return content_of(site, wheel, ROOT / "requirements.txt", README, ROOT / "data", LAB)


@pytest.fixture(scope="module")
def folder(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The kit's own folder, but for the site and the data."""
    folder = tmp_path_factory.mktemp("kit")
    for name, held in content(site, tmp_path_factory.mktemp("wheel")).items():
        if not name.startswith(("site/", "data/")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(held if isinstance(held, bytes) else held.read_bytes())
    return folder


def dead_links(notebooks: Path) -> list[str]:
    """Links of notebooks that lead to nothing: no file, or no cell of that id in it."""
    dead, count = [], 0
    for path in sorted(notebooks.rglob("*.ipynb")):
        texts = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown"]
        found = re.findall(r"""\]\(([^)\s]*)|(?:href|src)=["']([^"']*)|^\[[^\]]+\]:\s*(\S+)""", "\n".join(texts), re.M)
        for address in ("".join(groups) for groups in found):
            if re.match(r"[a-z]+:", address):
                continue
            count += 1
            file, _, place = unquote(address).partition("#")
            target = (path.parent / file) if file else path
            cells = [cell.id for cell in nbformat.read(target, as_version=4).cells] if target.is_file() else []
            if not target.is_file() or (place and place.removeprefix("cell-id=") not in cells):
                dead.append(f"{path.name}: {address}")
    assert count >= len(NOTEBOOKS), "each assignment names its chapter"
    return dead


def test_every_link_of_a_notebook_leads_to_a_notebook_of_the_kit(folder: Path) -> None:
    assert not dead_links(folder / "notebooks")
    capstone = (folder / "notebooks/exercises/9-synthesis.ipynb").read_text(encoding="utf-8")
    assert "[Figure 4-1](../chapters/4-science-rivalry.ipynb#cell-id=fig-4-1)" in capstone


def test_a_paper_with_other_links_is_graded_as_the_paper(folder: Path) -> None:
    """Its texts stay, no checksum is false, and no note sends a teacher to look what a student wrote there."""
    for path in NOTEBOOKS:
        notes = Notes()
        handed_in = (folder / "notebooks/exercises" / path.name).read_bytes()
        mend(read(handed_in, notes), nbformat.read(path, as_version=4), notes)
        assert notes == Notes()
        before = nbformat.read(path, as_version=4).cells
        after = nbformat.read(folder / "notebooks/exercises" / path.name, as_version=4).cells
        assert [cell.id for cell in after] == [cell.id for cell in before]
        for old, new in zip(before, after, strict=True):
            assert re.sub(r"\]\([^)]*\)", "", new.source) == re.sub(r"\]\([^)]*\)", "", old.source)
            if new.metadata.nbgrader.locked:
                assert new.metadata.nbgrader.get("checksum") in (None, compute_checksum(new))


def test_a_link_to_what_the_kit_has_not_stops_it() -> None:
    def notebook(text: str) -> bytes:
        return json.dumps({"cells": [{"cell_type": "markdown", "id": "a", "metadata": {}, "source": text}]}).encode()

    away = notebook("[web](https://example.org/a.md#b) and [mail](mailto:a@example.org)")
    assert linked({"a.ipynb": away}) == {"a.ipynb": away}
    for address in ("../reference/facts.md", "#fig-1", "a.csv"):
        with pytest.raises(KitError, match=re.escape(f"b/a.ipynb links to {address}")):
            linked({"b/a.ipynb": notebook(f"[x]({address})")})


def test_the_command_of_the_readme_starts_a_lab_that_asks_nothing(
    browser: Browser, folder: Path, tmp_path: Path
) -> None:
    """And links lead from an assignment to its chapter, at the exhibit."""
    commands = re.findall(r"jupyter lab (.*?) +\(", (folder / "README.txt").read_text(encoding="utf-8"))
    assert len(commands) == 2 and len(set(commands)) == 1, "one for Linux and macOS, one for Windows"
    asked: list[str] = []
    with running(folder, tmp_path, *commands[0].split()) as address:
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{address}/lab/tree/exercises/9-synthesis.ipynb")
        link = page.locator(".jp-NotebookPanel").get_by_role("link", name="Figure 4-1").first
        link.wait_for(timeout=60_000)
        page.wait_for_timeout(3000)  # the question would come now
        assert not page.get_by_text("official Jupyter news").count()
        link.click()
        cell = page.locator(".jp-CodeCell", has_text="In purchasing-power terms").first  # the title of the chart
        expect(cell).to_be_in_viewport(timeout=60_000)
        page.close()
    assert not [url for url in asked if not url.startswith((address, "data:", "blob:"))]


def test_what_the_kit_holds(site: Path, tmp_path: Path) -> None:
    kit = content(site, tmp_path)
    chapters = {path.stem for path in (ROOT / "chapters").glob("*.md")}
    assert {f"notebooks/chapters/{stem}.ipynb" for stem in chapters} <= set(kit)
    assert {f"notebooks/exercises/{path.name}" for path in NOTEBOOKS} <= set(kit)
    assert {"README.txt", "requirements.txt", "book-1.whl", "site/index.html", "data/datapackage.json"} <= set(kit)
    assert kit["requirements.txt"].endswith(b"\n./book-1.whl\n") and b"-e ." not in kit["requirements.txt"]
    for name, held in kit.items():
        if isinstance(held, Path) and held.parent != LAB:
            assert "instructor" not in held.relative_to(ROOT if held.is_relative_to(ROOT) else tmp_path).parts, name
    readme = README.read_text(encoding="utf-8")
    assert {"lab/jupyter_lab_config.py", "lab/overrides.json"} <= set(kit)
    assert readme.count("--config=lab/jupyter_lab_config.py ") == 2
    assert len(readme.splitlines()) <= 60, "a readme of one page"
    assert all(len(line) <= 130 for line in readme.splitlines())


def test_requirements_install_the_wheel_beside_them() -> None:
    assert requirements_for("a==1\n-e .\n", "b.whl") == "a==1\n./b.whl\n"


def test_what_is_missing_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "readme").touch()
    with pytest.raises(KitError, match="build the book first"):
        content_of(tmp_path, tmp_path / "a.whl", tmp_path / "readme", tmp_path / "readme", None)
    assert main([str(tmp_path / "kit.zip"), "--book", str(tmp_path), "--readme", str(tmp_path / "readme")]) == 1
    assert capsys.readouterr().err.startswith("No kit: ")
    assert not list(tmp_path.glob("kit*"))


@pytest.fixture(scope="module")
def unpacked(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The kit in an empty folder with an environment of its own, installed as its readme says."""
    folder = tmp_path_factory.mktemp("kit")
    make(folder / f"{NAME}.zip", site)
    with zipfile.ZipFile(folder / f"{NAME}.zip") as archive:
        archive.extractall(folder)
    kit = folder / NAME
    venv.create(kit / "venv", with_pip=True)
    install = [
        str(python_of(kit)),
        "-m",
        "pip",
        "install",
        "-q",
        "--disable-pip-version-check",
        "-r",
        "requirements.txt",
    ]
    subprocess.run(install, cwd=kit, check=True)
    return kit


def python_of(kit: Path) -> Path:
    return kit / "venv" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


@pytest.mark.slow
def test_the_kit_is_the_same_twice(site: Path, unpacked: Path, tmp_path: Path) -> None:
    make(tmp_path / f"{NAME}.zip", site)
    assert (tmp_path / f"{NAME}.zip").read_bytes() == (unpacked.parent / f"{NAME}.zip").read_bytes()


@pytest.mark.slow
def test_every_link_of_the_unpacked_notebooks_leads_somewhere(unpacked: Path) -> None:
    assert not dead_links(unpacked / "notebooks")


@pytest.mark.slow
def test_every_notebook_of_the_kit_runs(unpacked: Path) -> None:
    code = "import dualcirc.data, pathlib; print(dualcirc.data.folder())"
    said = subprocess.run([python_of(unpacked), "-c", code], capture_output=True, text=True, check=True, cwd=unpacked)
    assert Path(said.stdout.strip()).is_relative_to(unpacked), "the data are those of the wheel"
    notebooks = sorted((unpacked / "notebooks").rglob("*.ipynb"))
    assert len(notebooks) >= 10
    failed = {}
    for number, notebook in enumerate(notebooks, start=1):
        print(f"{number} of {len(notebooks)}: {notebook.name}", flush=True)
        run = [python_of(unpacked), "-m", "jupyter", "execute", "--timeout=300", "--inplace", notebook.name]
        # Student notebooks hold gaps: their checks may say so, the code of a chapter may not fail.
        allow = ["--allow-errors"] if notebook.parent.name == "exercises" else []
        done = subprocess.run([*run, *allow], cwd=notebook.parent, capture_output=True, text=True, check=False)
        ran = nbformat.read(notebook, as_version=4)
        if done.returncode or not any(cell.get("execution_count") for cell in ran.cells):
            failed[notebook.name] = done.stderr[-2000:]
        missing = [o for cell in ran.cells for o in cell.get("outputs", ()) if o.get("ename") == "ModuleNotFoundError"]
        assert not missing, f"{notebook.name} needs what the kit does not install"
    assert not failed, failed


@pytest.fixture
def from_file(browser: Browser, unpacked: Path) -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield Watched(context.new_page(), (unpacked / "site").as_uri())
    context.close()


@pytest.mark.slow
def test_the_site_of_the_kit_works_from_file(from_file: Watched) -> None:
    page = from_file.open("chapters/4-science-rivalry.html")
    chart = page.locator("#fig-4-1")
    chart.scroll_into_view_if_needed()
    page.mouse.move(200, 300)
    chart.locator(".altair-alive .altair-live svg .mark-group").first.wait_for(timeout=30_000)
    chart.get_by_text("Data", exact=True).first.click()
    expect(chart.locator("table tbody tr").first).to_be_visible()
    question = page.locator(".selfcheck[data-kind=one]").first
    question.locator("input[type=radio]").first.check()
    question.get_by_role("button", name="Check").click()
    expect(question.locator(".selfcheck-feedback")).not_to_be_empty()
    from_file.open("search.html?q=semiconductor")
    expect(page.locator("#search-results a").first).to_be_visible(timeout=20_000)
    assert re.search(r"[1-9]\d*", page.locator("#search-results").inner_text())
    assert from_file.errors == []
    assert from_file.outside == []
