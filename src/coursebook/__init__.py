"""Altair charts of a Jupyter Book as first-class figures: static first, described, with their data, no network.

Install with pip and name in `_config.yml`:

    sphinx:
      extra_extensions: [coursebook]

This file only wires; every module says in its first line what it is for. Sphinx is imported when Sphinx calls
`setup`, so that the modules that draw can be used (and tested, and run in a helper process) without it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx

MODULES = (
    "parallel",
    "garbage",
    "execution",
    "assets",
    "provenance",
    "nodes",
    "transforms",
    "pictures",
    "language",
    "formulas",
    "search",
    "keys",
    "uses",
    "facts",
    "registers",
    "catalogue",
    "terms",
    "selfcheck",
    "objectives",
    "pages",
    "show_code",
    "notebooks",
    "printing",
    "edition",
    "leftovers",
    "offline",
    "head",
    "notfound",
    "mistakes",
    "mended",
    "menu",
    "light",
)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register every part with Sphinx."""
    for name in MODULES:
        import_module(f"coursebook.{name}").setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
