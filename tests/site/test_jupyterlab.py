"""A real JupyterLab whose browser reaches nothing outside: charts of notebooks that import dualcirc draw."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from playwright.sync_api import Browser, Page, Route, TimeoutError, expect

from coursebook.notebooks import main as copy_chapters
from lab import running
from notebooks.book import Chapter, finished

ROOT = Path(__file__).resolve().parents[2]
CODE = """import altair as alt
from dualcirc import load
rd = load("figure-4-1").query("role == 'main'")
alt.Chart(rd).mark_line().encode(x="period:N", y="value:Q", color="country:N")"""


EXPLORE = """from dualcirc import explore
explore()"""
#: Whether a chart is there that is more than an empty box; the old one goes before the new one comes.
DRAWN = """() => [...document.querySelectorAll('.jp-OutputArea-output :is(canvas, .vega-embed svg)')]
    .map((each) => each.getBoundingClientRect()).some((box) => box.width > 100 && box.height > 50)"""
CHAPTERS = finished()


def write_notebook(path: Path, *cells: str) -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, path)


def what_if(chapter: Chapter) -> list[str]:
    """Code of a chapter's what-if for JupyterLab, and the imports before it."""
    skipped = [cell.source for cell in chapter.code if "skip-execution" in cell.metadata.get("tags", [])]
    return [*(cell.source for cell in chapter.code if "from dualcirc import" in cell.source), *skipped]


@pytest.fixture(scope="module")
def folder(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The notebooks that the tests open."""
    folder = tmp_path_factory.mktemp("lab")
    write_notebook(folder / "chart.ipynb", CODE)
    write_notebook(folder / "explore.ipynb", EXPLORE)
    for chapter in CHAPTERS:
        write_notebook(folder / f"what-if-{chapter.number}.ipynb", *what_if(chapter))
    shutil.copy(ROOT / "chapters/4-science-rivalry.md", folder / "chapter.md")
    # as `make lab` does
    recipe = subprocess.run(["make", "-n", "lab"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    (arguments,) = re.findall(r"-m coursebook\.notebooks (\S+) lab\n", recipe)
    assert copy_chapters([str(site / Path(arguments).relative_to("_build/html")), str(folder)]) == 0
    return folder


@pytest.fixture(scope="module")
def lab(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a JupyterLab that serves them."""
    with running(
        folder,
        tmp_path_factory.mktemp("jupyter"),
        f"--config={ROOT / 'instructor/lab/jupyter_lab_config.py'}",  # as in `make lab`
        str(folder),
    ) as address:
        yield address


class Notebook:
    """A notebook opened in the Lab by a browser that reaches nothing outside."""

    def __init__(self, browser: Browser, lab: str, name: str) -> None:
        self.asked: list[str] = []
        self.context = browser.new_context(viewport={"width": 1280, "height": 1800})

        def local_only(route: Route) -> None:
            if route.request.url.startswith((lab, "data:", "blob:")):
                route.continue_()
            else:
                self.asked.append(route.request.url)
                route.abort()

        self.context.route("**/*", local_only)
        self.page = self.context.new_page()
        self.page.goto(f"{lab}/lab/workspaces/{Path(name).stem}/tree/{name}")  # none but this one is open
        self.page.locator(".jp-Notebook .jp-CodeCell").first.wait_for(timeout=60_000)

    def run(self) -> None:
        """Run all cells, once the kernel is there: while it comes up, the Lab drops a cell that it is asked to run.

        Whatever was dropped all the same is run again, with the cells before it.
        """
        which_kernel = self.page.locator(".jp-Dialog button.jp-mod-accept")
        ready = self.page.locator("#jp-bottom-panel").get_by_text("| Idle")
        which_kernel.or_(ready).first.wait_for(timeout=60_000)
        prompts = self.page.locator(".jp-Notebook .jp-CodeCell .jp-InputPrompt")
        for _ in range(60):
            if which_kernel.count():
                which_kernel.click()
            try:
                ready.wait_for(timeout=2000)
                self.page.get_by_role("menuitem", name="Run", exact=True).click(timeout=2000)
                self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click(timeout=2000)
            except TimeoutError:
                continue  # a dialog came up meanwhile
            self.page.wait_for_timeout(500)
            expect(prompts.filter(has_text="[*]:")).to_have_count(0, timeout=180_000)
            if not prompts.filter(has_text="[ ]:").count():
                return
        raise AssertionError("the Lab did not run the notebook")

    def outside(self) -> list[str]:
        """What was asked of others for a chart or a widget."""
        return [url for url in self.asked if any(word in url for word in ("vega", "jsdelivr", "esm", "unpkg", "cdn"))]


@pytest.fixture
def opened(browser: Browser, lab: str) -> Iterator[Callable[[str], Notebook]]:
    """Opens a notebook of the Lab; closed after the test."""
    notebooks: list[Notebook] = []

    def open_one(name: str) -> Notebook:
        notebooks.append(Notebook(browser, lab, name))
        return notebooks[-1]

    yield open_one
    for notebook in notebooks:
        notebook.context.close()


def test_a_chart_draws_with_no_network(opened: Callable[[str], Notebook]) -> None:
    notebook = opened("chart.ipynb")
    notebook.run()
    drawn = notebook.page.locator(".jp-OutputArea-output canvas, .jp-OutputArea-output svg .mark-line").first
    drawn.wait_for(timeout=60_000)
    box = drawn.bounding_box()
    assert box and box["width"] > 100 and box["height"] > 50
    assert not notebook.outside()


def choose_dataset(page: Page, word: str) -> None:
    """Choose the dataset whose name holds a word."""
    menu = page.get_by_label("Dataset", exact=True)
    names = [text.replace("\xa0", " ").lower() for text in menu.locator("option").all_text_contents()]
    menu.select_option(index=next(number for number, name in enumerate(names) if word in name))


def test_the_explorer_changes_dataset_and_type_and_saves(opened: Callable[[str], Notebook], folder: Path) -> None:
    notebook = opened("explore.ipynb")
    notebook.run()
    page = notebook.page
    chart = page.locator(".jp-OutputArea-output canvas, .jp-OutputArea-output .vega-embed svg").first
    chart.wait_for(timeout=180_000)
    code = page.get_by_label("Code", exact=True)
    assert 'load("figure-4-1")' in code.input_value() and "mark_line" in code.input_value()
    page.get_by_label("Show", exact=True).select_option("Index (base = 100)")
    expect(code).to_have_value(re.compile("index, 2000 = 100"), timeout=20_000)
    assert page.get_by_label("Base period", exact=True).is_visible()
    choose_dataset(page, "sharing economy")
    expect(code).to_have_value(re.compile(r'load\("table-6-1"\)'), timeout=20_000)
    page.get_by_label("Chart", exact=True).select_option("Points")
    expect(code).to_have_value(re.compile("mark_point"), timeout=20_000)
    page.wait_for_function(DRAWN, timeout=20_000)
    for name, file in (("Save rows (CSV)", "table-6-1.csv"), ("Save picture (PNG)", "table-6-1.png")):
        page.get_by_role("button", name=name).click()
        page.get_by_text(f"Saved as {file}").wait_for(timeout=30_000)
        assert (folder / file).stat().st_size > 100
    choose_dataset(page, "glossary")
    page.get_by_text("read it as a table").wait_for(timeout=20_000)
    assert not page.get_by_label("Show", exact=True).is_visible()
    assert not notebook.outside()


@pytest.mark.parametrize(
    "chapter",
    [
        pytest.param(chapter, marks=() if chapter.number == 4 else pytest.mark.slow, id=chapter.path.stem)
        for chapter in CHAPTERS
    ],
)
def test_a_what_if_answers_its_controls(opened: Callable[[str], Notebook], chapter: Chapter) -> None:
    notebook = opened(f"what-if-{chapter.number}.ipynb")
    notebook.run()
    page = notebook.page
    shown = page.locator(".widget-interact .jupyter-widgets-output-area, .widget-interact .widget-output").last
    page.locator(".widget-interact").wait_for(timeout=180_000)
    expect(shown).not_to_be_empty(timeout=30_000)
    before = shown.inner_html()
    for handle in page.locator(".widget-interact .noUi-handle").all():
        handle.focus()
        for _ in range(3):
            page.keyboard.press("ArrowRight")
    for menu in page.locator(".widget-interact select").all():
        chosen, count = menu.evaluate("menu => [menu.selectedIndex, menu.options.length]")
        menu.select_option(index=(chosen + 1) % count)
    page.wait_for_function(
        "([node, before]) => node.innerHTML !== before", arg=[shown.element_handle(), before], timeout=30_000
    )
    assert not page.locator('.jp-RenderedText[data-mime-type="application/vnd.jupyter.stderr"]').count()
    assert not notebook.outside()


def test_a_chapter_opens_as_a_notebook_with_no_question_asked(lab: str, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{lab}/lab/tree/chapter.md")  # its source, as on Binder
    page.locator(".jp-NotebookPanel .jp-MarkdownCell h1", has_text="Rivalry").wait_for(timeout=60_000)
    assert not page.get_by_text("official Jupyter news").count()
    page.close()


def test_what_make_lab_opens_reads_as_prose_and_chapter_4_runs_whole(folder: Path) -> None:
    for chapter in CHAPTERS:
        cells = nbformat.read(folder / f"{chapter.path.stem}.ipynb", as_version=4).cells
        prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
        raw = re.findall(r"\{[a-z:-]+\}`.*|^:::.*|^```\{.*", prose, re.M)
        assert not raw, f"{chapter.path.stem}: {raw[:3]}"
    notebook = nbformat.read(folder / "4-science-rivalry.ipynb", as_version=4)
    NotebookClient(notebook, timeout=180, resources={"metadata": {"path": str(folder)}}).execute()
