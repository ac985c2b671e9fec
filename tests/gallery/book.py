"""Builds the gallery for tests: once per session, in a folder of its own, with stored runs where there are any."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

GALLERY = Path(__file__).resolve().parent
PAGES = ("marks", "compositions", "interaction", "data", "renderers", "containers")
_STORED = GALLERY.parent.parent / "_build" / "gallery-cache"


def copy_to(folder: Path) -> Path:
    """A copy of the book's sources."""
    return Path(
        shutil.copytree(GALLERY, folder, ignore=shutil.ignore_patterns("_build", "accepted", "*.py", "__pycache__"))
    )


def run_build(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Build a book with warnings as errors (unless options say otherwise) and keep what it says."""
    python = Path(sys.executable)
    return subprocess.run(
        [str(python.with_name("jupyter-book")), "build", str(folder), *(options or ("-W", "-n", "--keep-going"))],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        env={**os.environ, "NO_COLOR": "1", "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}"},
    )


@cache
def built() -> Path:
    """The built gallery's HTML folder. Its notebook runs are kept in the repository's `_build` between sessions.

    Raises:
        RuntimeError: the gallery does not build without a warning.
    """
    folder = copy_to(Path(tempfile.mkdtemp(prefix="gallery-")) / "book")
    runs = folder / "_build" / ".jupyter_cache"
    if _STORED.is_dir():
        shutil.copytree(_STORED, runs)
    result = run_build(folder)
    if result.returncode:
        raise RuntimeError(result.stdout[-3000:] + result.stderr[-3000:])
    _store(runs)
    return folder / "_build" / "html"


def _store(runs: Path) -> None:
    """Keep the runs of notebooks. Another process may do the same at the same time: one of them is enough."""
    _STORED.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_STORED.parent) as place, suppress(OSError):
        made = shutil.copytree(runs, Path(place) / "runs")
        shutil.rmtree(_STORED, ignore_errors=True)
        made.rename(_STORED)
