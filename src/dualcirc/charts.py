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
    # Jupyter Server names the notebook in this variable; nbclient, which builds the site, does not. The default
    # renderer asks a CDN for Vega: fine as raw material for the site, useless in a Lab without a network.
    if "JPY_SESSION_NAME" in os.environ:
        alt.renderers.enable("jupyter", offline=True)


def _theme() -> alt.theme.ThemeConfig:
    return {
        "config": {
            "view": {"continuousWidth": 600, "continuousHeight": 320, "stroke": None},
            "title": {"anchor": "start", "fontSize": 15, "offset": 12},
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
