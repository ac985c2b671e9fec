"""A pandas table of a notebook as a table to read: headers with scopes, sorting, filters, cards on a phone.

The author asks for it in the cell's metadata; in JupyterLab the cell shows the plain DataFrame as ever:

    coursebook: {table: {filters: [Court, Outcome], datasets: [table-3-2]}}
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bs4 import BeautifulSoup, Tag
from docutils import nodes

from coursebook import tables
from coursebook.language import marked

_NUMBER = re.compile(r"^[−–-]?[\d,]+(\.\d+)?%?$")
OPTIONS = ("filters", "datasets")
_EMPTY = {"NaN", "<NA>", "None", "NaT"}


class TableError(ValueError):
    """The cell's metadata asks for what its table does not have."""


def readable(html: str, options: dict[str, Any]) -> nodes.container:
    """The DataFrame that a cell displayed, as a register table.

    Args:
        html: what pandas wrote for the DataFrame.
        options: `filters`, titles of the columns that a reader can filter by; `datasets`, which the caller shows.

    Raises:
        TableError: unknown option or column; or more than one row of headers.
    """
    if unknown := set(options) - set(OPTIONS):
        raise TableError(f"coursebook: table knows {' and '.join(OPTIONS)}, not {', '.join(sorted(unknown))}")
    frame = BeautifulSoup(html, "html.parser").select_one("table.dataframe")
    if frame is None or len(frame.select("thead tr")) != 1:
        raise TableError("coursebook: table needs a DataFrame with one row of headers; reset_index() gives one")
    header = [cell.get_text(strip=True) for cell in frame.select("thead th")]
    rows = [[_text(cell) for cell in row.find_all(["th", "td"])] for row in _rows(frame)]
    if header[0] == "" and [row[0] for row in rows] == [str(number) for number in range(len(rows))]:
        header, rows = header[1:], [row[1:] for row in rows]  # the row numbers of pandas say nothing
    filters = options.get("filters", [])
    if missing := set(filters) - set(header):
        raise TableError(f"coursebook: table filters by {', '.join(sorted(missing))}; columns: {', '.join(header)}")
    numeric = {title for title, *cells in zip(header, *rows, strict=True) if _are_numbers(cells)}
    content = tables.table(header, [list(map(marked, row)) for row in rows], filters=filters, numeric=numeric)
    return tables.register(content)


def _rows(frame: Tag) -> Iterator[Tag]:
    yield from frame.select("tbody tr")


def _text(cell: Tag) -> str:
    text = cell.get_text()
    return "" if text in _EMPTY else text


def _are_numbers(cells: list[str]) -> bool:
    filled = [cell for cell in cells if cell]
    return bool(filled) and all(map(_NUMBER.match, filled))
