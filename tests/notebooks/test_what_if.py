"""The cells that only JupyterLab runs (widgets) run too."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from book import ROOT, Chapter, finished
from nbclient import NotebookClient

from coursework.proof import sockets


@pytest.mark.parametrize("chapter", finished(), ids=lambda chapter: chapter.path.stem)
def test_widget_cells_run(chapter: Chapter) -> None:
    skipped = [cell for cell in chapter.code if "skip-execution" in cell.metadata.get("tags", [])]
    assert skipped, f"{chapter.path.name} has no what-if for JupyterLab"
    first = [cell for cell in chapter.code if "from dualcirc import" in cell.source][:1]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c.source) for c in [*first, *skipped]])
    with sockets() as config:
        place = {"metadata": {"path": str(ROOT / "chapters")}}
        NotebookClient(notebook, timeout=120, resources=place, config=config).execute()
    shown = [o for cell in notebook.cells for o in cell.outputs if "data" in o]
    assert any("application/vnd.jupyter.widget-view+json" in output["data"] for output in shown)


@pytest.mark.parametrize("chapter", finished(), ids=lambda chapter: chapter.path.stem)
def test_no_control_without_a_kernel_stands_on_the_page(site: Path, chapter: Chapter) -> None:
    for cell in chapter.code:
        if re.search(r"\bwidgets\b|\binteract\b|\bexplore\(", cell.source):
            assert "skip-execution" in cell.metadata.get("tags", []), cell.source[:80]
    page = (site / "chapters" / f"{chapter.path.stem}.html").read_text(encoding="utf-8")
    for mark in ("widget-view+json", "jupyter-widgets", "require.min.js", "thebe", "initThebe"):
        assert mark not in page, f"{mark}: what a kernel must answer does not belong on a page"
