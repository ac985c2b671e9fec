"""Places and readers that all tests share."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
#: Files whose tests start kernels by themselves. Kernels that two processes start at once can choose the same ports
#: (coursebook then tries again, Jupyter does not), so these run in one process, after those spread over the cores.
KERNELS = {
    "test_assignments", "test_guide", "test_hub", "test_jupyterlab", "test_kit", "test_offered", "test_what_if",
}  # fmt: skip
sys.path.insert(0, str(ROOT / "tests"))


@pytest.hookimpl(tryfirst=True)  # before tests are chosen by their marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what starts kernels, for `make test`."""
    for item in items:
        if item.path.stem in KERNELS:
            item.add_marker(pytest.mark.kernels)


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def site() -> Path:
    """The built site; tests of pages make no sense without it."""
    html = ROOT / "_build" / "html"
    if not (html / "index.html").is_file():
        pytest.fail("There is no built site: run `make book` first.")
    return html
