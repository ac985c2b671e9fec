"""Altair as this book uses it: one look, datasets named in the chart, and drawing with no network.

Colours are left to the page (light and dark) and to Altair's defaults elsewhere.
"""

from __future__ import annotations

import hashlib
import json
import os

import altair as alt
import pandas as pd


def set_up() -> None:
    """Register and enable the book's theme, data transformer and, inside Jupyter, the offline renderer."""
    alt.theme.register("dualcirc", enable=True)(_theme)
    alt.data_transformers.register("dualcirc", named_rows)
    alt.data_transformers.enable("dualcirc")
    pd.set_option("display.max_colwidth", None)  # a table of words shows its words
    # Jupyter Server names the notebook in this variable; nbclient, which builds the site, does not. The default
    # renderer asks a CDN for Vega: fine as raw material for the site, useless in a Lab without a network.
    if "JPY_SESSION_NAME" in os.environ:
        alt.renderers.enable("jupyter", offline=True)


def _theme() -> alt.theme.ThemeConfig:
    return {
        "config": {
            "view": {"continuousWidth": 600, "discreteWidth": 600, "continuousHeight": 320, "stroke": None},
            "title": {"anchor": "start", "frame": "bounds", "fontSize": 15, "offset": 12},
            "axis": {"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal", "domain": False},
            "axisX": {"grid": False},
            "legend": {"orient": "top", "title": None, "labelFontSize": 12, "columns": 4},
            "header": {"labelFontSize": 12, "title": None},
            "line": {"strokeWidth": 2.5},
            "point": {"filled": True, "size": 50},
        }
    }


def named_rows(data: object = None, max_rows: int = 5000) -> object:
    """Altair data transformer: inline rows, named after the dataset that a table came from.

    The name (``figure-4-1--`` and a hash of the rows) travels in the chart's specification, so that a page can say
    where the rows come from. Tables without ``attrs["name"]`` are passed on unnamed.
    """
    if data is None:
        return lambda table: named_rows(table, max_rows=max_rows)
    rows = alt.default_data_transformer(data, max_rows=max_rows)
    name = data.attrs.get("name") if isinstance(data, pd.DataFrame) else None
    if name and "values" in rows:
        digest = hashlib.sha256(json.dumps(rows["values"], sort_keys=True, default=str).encode()).hexdigest()
        return {"name": f"{name}--{digest[:8]}", **rows}
    return rows


def with_gaps(table: pd.DataFrame, by: str | list[str], year: str = "year") -> pd.DataFrame:
    """Add a row without a value for every missing year, so that a line breaks where nothing is known.

    Args:
        table: long table with one row per series and year.
        by: column or columns that tell the series apart.
        year: column of whole years.

    Returns:
        The table with the added rows, sorted by series and year; other columns are empty in them.
    """
    keys = [by] if isinstance(by, str) else by
    spans = table.groupby(keys)[year].agg(["min", "max"]).reset_index()
    full = spans.assign(**{year: [range(low, high + 1) for low, high in zip(spans["min"], spans["max"], strict=True)]})
    full = full.explode(year)[[*keys, year]].astype({year: table[year].dtype})
    filled = full.merge(table, on=[*keys, year], how="left")
    filled.attrs = dict(table.attrs)
    return filled


def labelled_lines(base: alt.Chart, label: str, year: str = "year") -> alt.LayerChart:
    """Lines with points, each named at its right end: no legend to look up, no colour to tell apart.

    Args:
        base: chart with its encodings; the x axis needs room for the names on the right.
        label: column that names a line.
        year: column of the x axis.
    """
    last = base.transform_joinaggregate(last=f"max({year})", groupby=[label])
    ends = last.transform_filter(f"datum.{year} == datum.last")
    return base.mark_line(point=True) + ends.mark_text(align="left", dx=8, fontSize=12, lineBreak="\n").encode(
        text=f"{label}:N"
    )
