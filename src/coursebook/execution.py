"""Which stored notebook run may stand for a new one, and what happens when a run fails.

MyST-NB's cache knows a notebook by its code alone. Here each document has a cache folder for each state of what
its code depends on: the data it reads, the package sources the book names, the versions of Altair and pandas.
"""

from __future__ import annotations

import functools
import hashlib
import os
import re
import shutil
from importlib import metadata
from pathlib import Path
from typing import Any

import myst_nb.core.execute.cache as cached_run
import myst_nb.core.execute.direct as direct_run
from sphinx.application import Sphinx
from sphinx.util import logging

from coursebook.warnings import Kind, warn

_LOGGER = logging.getLogger(__name__)

LIBRARIES = ("altair", "pandas")
KEPT_STATES = 3  # runs kept for each document, so that taking an edit back costs nothing
KERNEL_STARTS = 3  # two kernels that start at once can choose the same port
_LITERAL = r"""\s*(["'])([^"'{}\n]+)\1\s*[,)]"""
_LOAD = re.compile(r"\bload\(")
_LOAD_LITERAL = re.compile(r"\bload\(" + _LITERAL)
_DATA_PATH = re.compile(r"""\bdata/([^"'\s)]*)""")


def data_files(source: str, folder: Path) -> list[Path]:
    """The files of the data folder that a notebook's source names.

    Args:
        source: text of the document (MyST or notebook JSON).
        folder: the book's data folder.

    Returns:
        What `load("name")` and `data/name.csv` name; every file if a name is not written out.
    """
    names = {match[2] for match in _LOAD_LITERAL.finditer(source.replace('\\"', '"'))}
    paths = {match[1].rstrip("\\") for match in _DATA_PATH.finditer(source)}
    unknown = len(_LOAD.findall(source)) > len(_LOAD_LITERAL.findall(source.replace('\\"', '"')))
    if unknown or any("{" in path or not path for path in paths):
        return sorted(path for path in folder.rglob("*") if path.is_file())
    candidates = [folder / f"{name}.csv" for name in names] + [folder / path for path in paths]
    return sorted({path for path in candidates if path.is_file()})


def state_of(files: list[Path], root: Path) -> str:
    """A short hash of the content of files and of the library versions."""
    digest = hashlib.sha256()
    for library in LIBRARIES:
        digest.update(f"{library}={metadata.version(library)};".encode())
    for path in files:
        digest.update(os.path.relpath(path, root).replace(os.sep, "/").encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def choose_cache(app: Sphinx, docname: str, source: list[str]) -> None:
    """Before a document is parsed: set the cache folder for its state and make Sphinx watch what the state is of."""
    base = _base_config(app)
    root = Path(app.srcdir)
    data = data_files(source[0], root / app.config.coursebook_data)
    packages = sorted({path for pattern in app.config.coursebook_inputs for path in root.glob(pattern)})
    if _runs_code(source[0]):
        for path in data + packages:
            app.env.note_dependency(os.path.relpath(path, root))
    own = Path(base.execution_cache_path) / docname.replace("/", "__")
    folder = own / state_of(data + packages, root)
    _forget_old(own, keep=folder)
    app.env.mystnb_config = base.copy(execution_cache_path=str(folder))


def _runs_code(source: str) -> bool:
    return "{code-cell}" in source or '"cell_type"' in source


def _base_config(app: Sphinx) -> Any:
    """MyST-NB's configuration as the author set it, before the first document changed its cache path."""
    if not hasattr(app, "_coursebook_nb_config"):
        app._coursebook_nb_config = app.env.mystnb_config
    return app._coursebook_nb_config


def _forget_old(folder: Path, keep: Path) -> None:
    """Remove the states of a document that were used longest ago."""
    if keep.is_dir():
        os.utime(keep)
    states = sorted((path for path in folder.glob("*") if path.is_dir()), key=lambda path: -path.stat().st_mtime)
    for old in [path for path in states if path != keep][KEPT_STATES - 1 :]:
        shutil.rmtree(old, ignore_errors=True)


def failed_cell(notebook: Any) -> tuple[int, int | None, str] | None:
    """Number, source line and message of the first cell that ended in an error."""
    lines = notebook.metadata.get("source_map")
    for index, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", ()):
            if output.output_type == "error":
                return index + 1, lines[index] + 1 if lines else None, f"{output.ename}: {output.evalue}"
    return None


def watched(run: Any, app: Sphinx) -> Any:
    """Jupyter Cache's function that runs a notebook, with another try for a kernel that lost its port and a warning
    that names document and cell when the code is at fault."""

    @functools.wraps(run)
    def run_watched(notebook: Any, *args: Any, **kwargs: Any) -> Any:
        for start in range(KERNEL_STARTS):
            try:
                result = run(notebook, *args, **kwargs)
                break
            except RuntimeError as error:
                if "Kernel died" not in str(error) or start == KERNEL_STARTS - 1:
                    raise
                _LOGGER.info("coursebook: kernel did not start for %s, trying again", app.env.docname)
        if result.err is not None:
            number, line, message = failed_cell(notebook) or (None, None, f"{type(result.err).__name__}")
            warn(Kind.EXECUTION, f"cell {number} failed: {message}", (app.env.docname, line))
        return result

    return run_watched


def watch_runs(app: Sphinx) -> None:
    """Put the watch around both ways in which MyST-NB runs notebooks."""
    for module in (cached_run, direct_run):
        original = getattr(module.single_nb_execution, "__wrapped__", module.single_nb_execution)
        module.single_nb_execution = watched(original, app)


def setup(app: Sphinx) -> None:
    """Register the settings and the steps."""
    app.add_config_value("coursebook_data", "data", "env", [str])
    app.add_config_value("coursebook_inputs", [], "env", [list])
    app.connect("builder-inited", watch_runs)
    app.connect("source-read", choose_cache, priority=100)
