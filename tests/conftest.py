"""Places and readers that all tests share."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))


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
