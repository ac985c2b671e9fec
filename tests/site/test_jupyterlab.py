"""A real JupyterLab whose browser reaches nothing outside: charts of notebooks that import dualcirc draw."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parents[2]
CODE = """import altair as alt
from dualcirc import load
rd = load("figure-4-1").query("role == 'main'")
alt.Chart(rd).mark_line().encode(x="period:N", y="value:Q", color="country:N")"""


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[str]:
    """Address of a JupyterLab that serves one notebook with one chart."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CODE)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, tmp_path / "chart.ipynb")
    shutil.copy(ROOT / "chapters/4-science-rivalry.md", tmp_path / "chapter.md")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--no-browser", "--allow-root", f"--port={port}", "--ip=127.0.0.1", "--IdentityProvider.token="]
    places = {"JUPYTER_CONFIG_DIR": str(tmp_path / "config"), "JUPYTER_DATA_DIR": str(tmp_path / "share")}
    places["JUPYTER_CONFIG_PATH"] = str(ROOT / "instructor/lab")  # as `make lab` sets it
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *options, str(tmp_path)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, **places},
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    for _ in range(120):
        try:
            urllib.request.urlopen(f"{address}/api", timeout=1)
            break
        except OSError:
            time.sleep(0.5)
    yield address
    server.terminate()
    try:
        server.wait(timeout=20)
    except subprocess.TimeoutExpired:  # a busy machine: the test is over, the server need not be polite
        server.kill()


def test_a_chart_draws_with_no_network(lab: str, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    asked: list[str] = []

    def local_only(route: object) -> None:
        url = route.request.url  # type: ignore[attr-defined]
        if url.startswith((lab, "data:", "blob:")):
            route.continue_()  # type: ignore[attr-defined]
        else:
            asked.append(url)
            route.abort()  # type: ignore[attr-defined]

    context.route("**/*", local_only)
    page = context.new_page()
    page.goto(f"{lab}/lab/tree/chart.ipynb")
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for(timeout=60_000)
    page.locator(".jp-Notebook .jp-CodeCell .cm-content").first.click()
    page.wait_for_timeout(2000)
    page.keyboard.press("Shift+Enter")
    drawn = page.locator(".jp-OutputArea-output canvas, .jp-OutputArea-output svg .mark-line").first
    drawn.wait_for(timeout=60_000)
    box = drawn.bounding_box()
    assert box and box["width"] > 100 and box["height"] > 50
    assert not [url for url in asked if "vega" in url or "jsdelivr" in url or "esm" in url]
    context.close()


def test_a_chapter_opens_as_a_notebook_with_no_question_asked(lab: str, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{lab}/lab/tree/chapter.md")
    page.locator(".jp-NotebookPanel .jp-MarkdownCell h1", has_text="Rivalry").wait_for(timeout=60_000)
    assert not page.get_by_text("official Jupyter news").count()
    page.close()
