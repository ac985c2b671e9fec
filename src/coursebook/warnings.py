"""Typed warnings, so that a book can silence (`suppress_warnings`) or, with `-W`, stop at each kind by its name.

| type                     | meaning                                                               |
|--------------------------|-----------------------------------------------------------------------|
| `coursebook.static`      | a chart could not be drawn; the page shows its description instead    |
| `coursebook.description` | a chart has no `description`; one was built from its fields           |
| `coursebook.selection`   | a selection that only a pointer can make                              |
| `coursebook.provenance`  | the data package, corrections or dataset named by a chart are at odds |
| `coursebook.execution`   | a notebook cell raised an error                                       |
| `coursebook.font`        | Chinese text was measured without a Chinese font                      |
| `coursebook.table`       | a cell asks for a table to read that its output does not give         |
| `coursebook.quiz`        | a file of questions says something that cannot be                     |
| `coursebook.formula`     | a formula that cannot be read stays as its TeX                        |
| `coursebook.outside`     | a page would load a file from another host                            |
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sphinx.util import logging

_LOGGER = logging.getLogger("coursebook")


class Kind(StrEnum):
    """The subtypes of `coursebook` warnings."""

    STATIC = "static"
    DESCRIPTION = "description"
    SELECTION = "selection"
    PROVENANCE = "provenance"
    EXECUTION = "execution"
    FONT = "font"
    TABLE = "table"
    QUIZ = "quiz"
    FORMULA = "formula"
    OUTSIDE = "outside"


def warn(kind: Kind, text: str, location: Any = None) -> None:
    """Log a warning.

    Args:
        kind: its type.
        text: one line: what is wrong, and what would be right.
        location: a docutils node, a document name or `(document name, line)`.
    """
    _LOGGER.warning(f"{text} [coursebook.{kind.value}]", type="coursebook", subtype=kind.value, location=location)
