"""Parallel reading for Jupyter Book 1, whose command line has no switch for it."""

from __future__ import annotations

import os

from sphinx.application import Sphinx
from sphinx.util.parallel import parallel_available

MOST_PROCESSES = 8
# These two only read configuration and change the doctree of the document at hand, but do not declare it; Sphinx
# then warns and reads one document after the other.
UNDECLARED = ("sphinx_multitoc_numbering", "sphinx_jupyterbook_latex")


def use_all_cores(app: Sphinx, config: object) -> None:
    """Read and write in parallel unless the builder was told how many processes to use."""
    if parallel_available and app.parallel <= 1:
        app.parallel = min(os.cpu_count() or 1, MOST_PROCESSES)


def declare_safe(app: Sphinx, *_: object) -> None:
    """Declare for the two extensions what they leave out."""
    for name in UNDECLARED:
        extension = app.extensions.get(name)
        if extension is not None:
            for what in ("parallel_read_safe", "parallel_write_safe"):
                if getattr(extension, what) is None:
                    setattr(extension, what, True)


def setup(app: Sphinx) -> None:
    """Connect both to the moments before they matter."""
    app.connect("config-inited", use_all_cores)
    app.connect("builder-inited", declare_safe)
    app.connect("env-before-read-docs", declare_safe)
