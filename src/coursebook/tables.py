"""Read the CSV files of a data package and put them on a page as docutils tables."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from docutils import nodes

Cell = str | Sequence[nodes.Node]
LONG = 100  # rows from which on a register shows its first rows alone until a reader asks for more


def read_csv(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file (UTF-8, header row) as dictionaries of strings."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def read_package(path: Path) -> dict[str, Any]:
    """A ``datapackage.json`` as a dictionary, not to be changed: it is read once while the file stays as it is.

    Without such a file, a package with no resources.

    Raises:
        ValueError: the file is no JSON object.
    """
    return _package(path, path.stat().st_mtime_ns) if path.is_file() else {"resources": []}


@lru_cache(maxsize=4)
def _package(path: Path, changed: int) -> dict[str, Any]:
    value = json.loads(path.read_text("utf-8"))
    if not isinstance(value, dict):
        raise ValueError(f"{path}: not a data package")
    return {"resources": [], **value}


def table(
    header: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    ids: Sequence[str] = (),
    filters: Iterable[str] = (),
    numeric: Iterable[str] = (),
    groups: Sequence[str] = (),
) -> nodes.table:
    """A docutils table.

    Args:
        header: column titles.
        rows: cells of each row, as text or as inline nodes.
        ids: permanent anchors of the rows, in their order.
        filters: titles of the columns that a reader can filter by (`register.js` makes the menus).
        numeric: titles of the columns that hold numbers, set flush right.
        groups: for each row the name of its group; a heading stands above the first row of each.
    """
    classes = [
        [name for name, titles in (("filterable", filters), ("n", numeric)) if title in set(titles)] for title in header
    ]
    group = nodes.tgroup(cols=len(header))
    group += [nodes.colspec(colwidth=1) for _ in header]
    group += nodes.thead("", nodes.row("", *map(_entry, header, classes)))
    body = nodes.tbody()
    for number, cells in enumerate(rows):
        if groups and (number == 0 or groups[number] != groups[number - 1]):
            heading = nodes.entry("", nodes.paragraph("", groups[number]), morecols=len(header) - 1)
            body += nodes.row("", heading, classes=["register-group"])
        row = nodes.row(
            "", *(_entry(cell, [c for c in named if c == "n"]) for cell, named in zip(cells, classes, strict=True))
        )
        if number < len(ids):
            row["ids"].append(ids[number])
        body += row
    group += body
    return nodes.table("", group, classes=["register-table"])


def _entry(cell: Cell, classes: Sequence[str] = ()) -> nodes.entry:
    content = [nodes.Text(cell)] if isinstance(cell, str) else list(cell)
    return nodes.entry("", nodes.paragraph("", "", *content), classes=list(classes))


def register(content: nodes.Element, cards: bool = False, dataset: str = "") -> nodes.container:
    """Wrap rows so that `register.js` puts a search box and the filters above them and lets a table's headers sort it.

    Args:
        content: what `table` made, a glossary, or folded entries.
        cards: each row a card at every width, not on a phone alone: for tables with more columns than a page is wide.
        dataset: name of the dataset whose rows these are; a report of a mistake names it.
    """
    rows = list(content.findall(lambda node: isinstance(node, (nodes.row, nodes.definition_list_item))))
    classes = [
        ("register-cards", cards),
        ("register-long", len(rows) > LONG),
        (f"dataset-{dataset}", bool(dataset)),
    ]
    return nodes.container("", content, classes=["register", *(name for name, given in classes if given)])


def is_register(node: nodes.Node) -> bool:
    """Whether a node is what `register` made."""
    return isinstance(node, nodes.container) and "register" in node["classes"]
