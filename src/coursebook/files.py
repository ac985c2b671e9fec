"""The files that belong to a chart on a site: rows, data, drawing, specification. Pure text, no Sphinx."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from coursebook.rows import Table, dataset_to_csv, tables_to_csv
from coursebook.spec import Spec, to_json
from coursebook.svg import on_ground
from coursebook.theme import PALETTE, beyond, has_own_ground, literal_text, page_config


@dataclass(frozen=True)
class ChartFile:
    """One file: what follows the chart's id in its name, what a reader is told it is, and its text."""

    suffix: str
    label: str
    text: str


def chart_files(author: Spec, drawing: dict[str, Any]) -> list[ChartFile]:
    """What a reader can take away.

    Args:
        author: the author's specification.
        drawing: the result of `coursebook.drawing.draw`.
    """
    tables = [Table.from_json(each) for each in drawing["tables"]]
    files = []
    if tables:
        files.append(ChartFile(".csv", "Rows as first shown, CSV", tables_to_csv(tables)))
    texts = [(name, text) for name, values in drawing["datasets"].items() if (text := dataset_to_csv(values))]
    for number, (_, text) in enumerate(texts, start=1):
        several = f" {number} of {len(texts)}" if len(texts) > 1 else ""
        suffix = f".data-{number}.csv" if several else ".data.csv"
        files.append(ChartFile(suffix, f"All data of the chart{several}, CSV", text))
    files.append(ChartFile(".svg", "Drawing, SVG", standalone_svg(drawing["wide"])))
    files.append(ChartFile(".vl.json", "Specification, Vega-Lite", json.dumps(author, ensure_ascii=False, indent=1)))
    return files


def standalone_svg(drawing: dict[str, Any]) -> str:
    """A drawing that opens on its own: literal light colours on a light ground."""
    return on_ground(literal_text(drawing["svg"]), PALETTE["ground"][0])


def row_script(chart_id: str, tables: list[Table]) -> str:
    """All rows as a script, because a page on file:// can load scripts but not fetch data."""
    return f"coursebookRows({to_json(chart_id)},{to_json([table.shown for table in tables])});\n"


def page_spec(author: Spec, drawing: dict[str, Any], extra: dict[str, Any]) -> Spec:
    """The specification that the page holds: the wide layout in the page's colours, with all that the script needs.

    Args:
        author: the author's specification (its `usermeta` is kept).
        drawing: the result of `coursebook.drawing.draw`.
        extra: more for the script, beside the narrow layout and the controls.
    """
    ours: dict[str, Any] = {"controls": drawing["controls"], "multi": drawing["multi"], **extra}
    wide, narrow = (_undressed(drawing[side]["spec"], author) for side in ("wide", "narrow"))
    ours["undressed"] = wide is not drawing["wide"]["spec"]
    spec = {**wide, "usermeta": {**(author.get("usermeta") or {}), "coursebook": ours}}
    ours["narrow"] = {  # what differs; None removes a key
        key: narrow.get(key)
        for key in sorted((spec.keys() | narrow.keys()) - {"usermeta"})
        if narrow.get(key) != spec.get(key)
    }
    if drawing["datasets"]:
        spec["datasets"] = drawing["datasets"]
    return spec


def _undressed(spec: Spec, author: Spec) -> Spec:
    """Without what all charts of a site share in `config`, which comes once, with Vega; on an own ground as it is."""
    return spec if has_own_ground(author) else {**spec, "config": beyond(page_config(), spec["config"])}
