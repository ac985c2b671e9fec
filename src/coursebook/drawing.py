"""Everything about one chart that takes Vega: two drawings, the rows, the controls. Runs in a process of its own.

vl-convert starts threads; a Sphinx process that has used it and forks for parallel work hangs for ever. So Sphinx
never imports this module: `coursebook.draw` starts it as a helper and talks to it in lines of JSON.
"""

from __future__ import annotations

import base64
import json
import re
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

import vl_convert

from coursebook import controls, layout, rows, svg
from coursebook.spec import Spec, is_multi, normalised, without_data, without_links
from coursebook.theme import literal_text, themed

SMALLEST_FACTOR = 0.3  # cells shrunk further are no plots any more; the box scrolls instead
COLUMNS = 3  # plots in a row of a text column, where a wrapped row was wider than that
PICTURE_SCALE = 2.0  # PNG pixels for one px of the drawing


_CHINESE = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef]")


@cache
def measures_chinese() -> bool:
    """Whether this machine has a font for Chinese: without one Vega takes its characters for a quarter narrower."""
    label = {"field": "text", "type": "nominal", "title": None, "axis": {"labelFontSize": 10}}
    plot = {"mark": "point", "encoding": {"y": label}, "width": 1}
    wide, narrow = (
        svg.size(vl_convert.vegalite_to_svg({**plot, "data": {"values": [{"text": text}]}}))[0]
        for text in ("中" * 10, "i")
    )
    return wide - narrow > 90


class Painter:
    """Draws specifications that share datasets and locale."""

    def __init__(self, datasets: dict[str, Any], usermeta: dict[str, Any]) -> None:
        self.datasets = datasets
        options = usermeta.get("embedOptions") or {}
        names = {"formatLocale": "format_locale", "timeFormatLocale": "time_format_locale"}
        self.locale = {ours: options[theirs] for theirs, ours in names.items() if theirs in options}
        theme = options.get("theme")
        self.theme = {"theme": theme} if isinstance(theme, str) else {}

    def paint(self, spec: Spec) -> dict[str, Any]:
        """One drawing: `svg`, `width`, `height` (px) and the `spec` it was made from, without datasets.

        Raises:
            ValueError: Vega cannot draw it.
        """
        still = {**without_links(spec), "datasets": self.datasets}
        drawn = vl_convert.vegalite_to_svg(still, **self.locale, **self.theme)
        width, height = svg.size(drawn)
        return {"svg": svg.compact(drawn), "width": width, "height": height, "spec": spec}

    def tables(self, spec: Spec) -> tuple[list[rows.Table], Spec]:
        """The rows a chart shows first, and the compiled chart they were read from.

        Raises:
            ValueError: data that the chart fetches could not be had; Vega draws an empty chart then, in silence.
        """
        vega = vl_convert.vegalite_to_vega({**rows.asking_for_tooltips(spec), "datasets": self.datasets})
        with_probes, columns = rows.with_probes(vega)
        scenegraph = vl_convert.vega_to_scenegraph(with_probes, **self.locale)
        if missing := rows.empty_sources(vega, scenegraph):
            raise ValueError(f"no data from {', '.join(missing)}")
        return rows.read_tables(scenegraph, columns), vega


def draw(spec: Spec) -> dict[str, Any]:
    """Draw one chart.

    Args:
        spec: the author's specification.

    Returns:
        `wide` and `narrow` (see `Painter.paint`), `multi`, `own_width`, `datasets`, `tables`, `controls`,
        `pointer_only` (see `controls.find_controls`), `unmeasured` (Chinese text, and no font to measure it).

    Raises:
        ValueError: Vega cannot draw it (bad specification, data that cannot be fetched).
    """
    spec = normalised(spec)
    bare = without_data(spec)
    painter = Painter(spec.get("datasets") or {}, spec.get("usermeta") or {})
    dressed = themed(bare)
    fit = _several if is_multi(bare) else _single
    wide = fit(painter, layout.wrapped(dressed, layout.WIDE), layout.WIDE)
    narrow = fit(painter, layout.narrow(dressed), layout.NARROW)
    tables, vega = painter.tables(bare)
    found, pointer_only = controls.find_controls(spec, vega, tables)
    return {
        "wide": wide,
        "narrow": narrow,
        "multi": is_multi(bare),
        "own_width": not is_multi(bare) and layout.has_own_width(bare),
        "datasets": painter.datasets,
        "tables": [table.as_json() for table in tables],
        "controls": found,
        "pointer_only": pointer_only,
        "unmeasured": bool(_CHINESE.search(json.dumps(spec, ensure_ascii=False))) and not measures_chinese(),
    }


def _single(painter: Painter, spec: Spec, width: int) -> dict[str, Any]:
    """One plot, as wide as the column, or as its author said if that is less."""
    if layout.has_own_width(spec):
        drawing = painter.paint(spec)
        if drawing["width"] <= width:
            return drawing
    drawing = painter.paint(layout.fitted(spec, width))
    if drawing["width"] > width and width == layout.NARROW:  # a legend of two columns is too wide for a phone
        drawing = painter.paint(layout.fitted(layout.with_legend_columns(spec, 1), width))
    return drawing


def _several(painter: Painter, spec: Spec, width: int) -> dict[str, Any]:
    """Several plots, their cells shrunk as far as the column asks and reading allows."""
    natural = painter.paint(spec)
    if natural["width"] <= width:
        return natural
    if width == layout.WIDE and (folded := layout.with_columns(spec, COLUMNS)) != spec:
        spec, natural = folded, painter.paint(folded)
    factor = max(width / natural["width"], SMALLEST_FACTOR)
    first = painter.paint(layout.scaled(spec, factor))
    # Axes and gaps do not shrink with the cells: two drawings tell how wide the cells may be.
    slope = (natural["width"] - first["width"]) / (1 - factor) if factor < 1 else 0
    if slope <= 0 or 0.97 * width <= first["width"] <= width:
        return first
    exact = 1 - (natural["width"] - width + 1) / slope
    return painter.paint(layout.scaled(spec, min(max(exact, SMALLEST_FACTOR), 1)))


def picture(drawing: str, kind: str) -> bytes:
    """A compact drawing as a file of its own in light colours.

    Args:
        drawing: SVG text.
        kind: `png` or `pdf`.
    """
    plain = literal_text(drawing)
    if kind == "pdf":
        return vl_convert.svg_to_pdf(plain)
    return vl_convert.svg_to_png(plain, scale=PICTURE_SCALE)


def bundle() -> str:
    """Vega, Vega-Lite and Vega-Embed as one classic script."""
    return vl_convert.javascript_bundle()


JOBS: dict[str, Callable[..., Any]] = {
    "draw": draw,
    "picture": lambda **request: base64.b64encode(picture(**request)).decode(),
    "bundle": bundle,
}


def answer(line: str) -> dict[str, Any]:
    """Do the job that a line of JSON asks for: `{"job": name, ...arguments}` gives `result` or `error`."""
    request = json.loads(line)
    try:
        return {"result": JOBS[request.pop("job")](**request)}
    except Exception as error:  # whatever Vega throws at a chart, the book gets a sentence and goes on
        return {"error": " ".join(str(error).split())[:300] or type(error).__name__}


def main() -> None:
    """Answer lines from standard input until it ends, or something fails.

    An error can surface late in Vega's event loop and fall upon the next chart; so nothing is drawn after one, and
    whoever asks starts anew.
    """
    sys.stdin.reconfigure(encoding="utf-8")
    sys.stdout.reconfigure(encoding="utf-8")
    for line in sys.stdin:
        reply = answer(line)
        print(json.dumps(reply, ensure_ascii=False), flush=True)
        if "error" in reply:
            return


if __name__ == "__main__":
    main()
