"""The two layouts of a chart: wide (a text column) and narrow (a phone). Pure functions on specifications.

A single plot is fitted to the column. Several plots have literal widths: the narrow layout stacks them in one
column, and `scaled` shrinks their cells until they fit.
"""

from __future__ import annotations

import copy
import unicodedata
from collections.abc import Iterator
from typing import Any

from coursebook.spec import FACET_CHANNELS, Spec, is_multi, views
from coursebook.theme import MINIMUM_TEXT, merged

WIDE, NARROW = 672, 312  # px: the text column of the book theme, and what it leaves of a 360 px phone
STACKED_HEIGHT = 180  # px; of plots below each other whose author gave no height
LABEL_WIDTH, HEADER_LETTERS = 130, 28  # px of an axis label on a phone; letters in a line of a facet's header
# Vega has no line breaks for headers, but shows a list of texts as lines.
_HEADER_LINES = (
    f"split(replace(replace(datum.label, regexp('(.{{1,{HEADER_LETTERS}}})( +|$)', 'g'), '$1\\n'), "
    "regexp('\\n$'), ''), '\\n')"
)
_FONT_SIZES = frozenset({"fontSize", "labelFontSize", "titleFontSize", "subtitleFontSize"})
_SIDE_LEGENDS = frozenset({"left", "right"})


def fitted(spec: Spec, width: int) -> Spec:
    """A single plot drawn exactly `width` px wide, its height as the author gave it."""
    spec = _without_inner_width(spec)
    return {**spec, "width": width, "autosize": {"type": "fit-x", "contains": "padding"}}


def has_own_width(spec: Spec) -> bool:
    """Whether the author gave a single plot a width (a number, or a step for each category)."""
    return any(isinstance(view.get("width"), (int, float, dict)) for view in views(spec))


def narrow(spec: Spec) -> Spec:
    """The specification arranged for a phone: one column, legends below, long text wrapped, no text under 12 px."""
    spec = copy.deepcopy(spec)
    if is_multi(spec):
        for view in list(views(spec)):
            _stack(view)
            _break_headers(view)
    config = {
        "legend": {"orient": "bottom", "columns": 2, "labelLimit": 130, "gradientLength": 180},
        "axisY": {"labelLimit": LABEL_WIDTH},
        "header": {"labelLimit": 240},
    }
    for axis in _guides(spec, "axis"):
        if isinstance(axis.get("labelLimit"), (int, float)):
            axis["labelLimit"] = min(axis["labelLimit"], LABEL_WIDTH)
    if is_multi(spec):
        config["view"] = {"continuousHeight": STACKED_HEIGHT}
    spec["config"] = merged(spec.get("config") or {}, config)
    for legend in _guides(spec, "legend"):
        if legend.get("orient") in _SIDE_LEGENDS:
            legend["orient"] = "bottom"
            legend.pop("direction", None)
    _raise_small_text(spec)
    return wrapped(spec, NARROW)


def scaled(spec: Spec, factor: float) -> Spec:
    """Several plots with every cell's width multiplied by `factor`."""
    spec = copy.deepcopy(spec)
    view_config = spec.setdefault("config", {}).setdefault("view", {})
    view_config["continuousWidth"] = round(view_config.get("continuousWidth", 300) * factor)
    step = view_config.get("step", 20)
    view_config["discreteWidth"] = {"step": round(step * factor, 1)}
    for view in views(spec):
        width = view.get("width")
        if isinstance(width, (int, float)):
            view["width"] = round(width * factor)
        elif isinstance(width, dict) and isinstance(width.get("step"), (int, float)):
            view["width"] = {"step": round(width["step"] * factor, 1)}
        elif width == "container":
            del view["width"]
    return spec


def with_legend_columns(spec: Spec, columns: int) -> Spec:
    """The specification with legends of that many columns where the author did not say."""
    return {**spec, "config": merged(spec.get("config") or {}, {"legend": {"columns": columns}})}


def with_columns(spec: Spec, columns: int) -> Spec:
    """Wrapped facets, concatenations and repeats with at most `columns` plots in a row."""
    spec = copy.deepcopy(spec)
    for view in views(spec):
        facet = (view.get("encoding") or {}).get("facet")
        wraps = "concat" in view or isinstance(view.get("repeat"), list) or "field" in (view.get("facet") or {})
        for holder in ([facet] if isinstance(facet, dict) else []) + ([view] if wraps else []):
            holder["columns"] = min(columns, holder.get("columns") or columns)
    return spec


def wrapped(spec: Spec, width: int) -> Spec:
    """Titles broken into lines that `width` px can hold; a title already given as lines is left alone."""
    spec = copy.deepcopy(spec)
    config = (spec.get("config") or {}).get("title") or {}
    for view in views(spec):
        title = view.get("title")
        if isinstance(title, str):
            view["title"] = {"text": _lines(title, width, config.get("fontSize", 13))}
        elif isinstance(title, dict):
            for key, size_key, default in (("text", "fontSize", 13), ("subtitle", "subtitleFontSize", 11)):
                size = title.get(size_key) or config.get(size_key, default)
                if isinstance(title.get(key), str):
                    title[key] = _lines(title[key], width, size)
    return spec


def _lines(text: str, width: float, size: float) -> list[str]:
    """`text` broken between words (anywhere in scripts without spaces) by an estimate of its width."""
    lines, line, room = [], "", width / size
    for word in _pieces(text):
        if line and _ems(line + word.rstrip()) > room:
            lines.append(line.rstrip())
            line = ""
        line += word
    return [*lines, line.rstrip()]


def _pieces(text: str) -> Iterator[str]:
    """Words with the space after them; each character of a wide script (Chinese, Japanese) alone."""
    piece = ""
    for character in text:
        if _is_wide(character) and piece:
            yield piece
            piece = ""
        piece += character
        if character == " " or _is_wide(character):
            yield piece
            piece = ""
    if piece:
        yield piece


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


def _ems(text: str) -> float:
    """Estimated width of bold text in ems; rather too wide than too narrow."""
    return sum(1.0 if _is_wide(character) else 0.6 for character in text)


def _without_inner_width(spec: Spec) -> Spec:
    """Drop widths and word heights (`container`) that an author gave to the plot or its layers."""
    spec = copy.deepcopy(spec)
    for view in views(spec):
        view.pop("width", None)
        if view.get("height") == "container":
            del view["height"]
    return spec


def _break_headers(view: Spec) -> None:
    """Let the headers of facets run over several lines, unless the author gave them an expression."""
    encoding = view.get("encoding") or {}
    facet = view.get("facet") if isinstance(view.get("facet"), dict) else {}
    for definition in [encoding.get(channel) for channel in FACET_CHANNELS] + [facet, *facet.values()]:
        if isinstance(definition, dict) and "field" in definition and definition.get("header", {}) is not None:
            header = definition["header"] = dict(definition.get("header") or {})
            header.setdefault("labelExpr", _HEADER_LINES)


def _stack(view: Spec) -> None:
    """Turn one view's plots side by side into plots below each other, where that is possible."""
    if "hconcat" in view:
        view["vconcat"] = view.pop("hconcat")
    if "concat" in view:
        view["columns"] = 1
    _stack_facet(view)
    _stack_repeat(view)


def _stack_facet(view: Spec) -> None:
    encoding = view.get("encoding") or {}
    used = [channel for channel in FACET_CHANNELS if channel in encoding]
    if used in (["column"], ["facet"]):
        encoding["facet"] = {**encoding.pop(used[0]), "columns": 1}
    facet = view.get("facet")
    if not isinstance(facet, dict):
        return
    if "field" in facet:
        view["columns"] = 1
    elif set(facet) == {"column"}:
        view["facet"], view["columns"] = facet["column"], 1


def _stack_repeat(view: Spec) -> None:
    repeat = view.get("repeat")
    if isinstance(repeat, list):
        view["columns"] = 1
    elif isinstance(repeat, dict) and set(repeat) == {"column"}:
        view["repeat"], view["columns"] = repeat["column"], 1
        _rename_repeat(view["spec"])


def _rename_repeat(value: Any) -> None:
    """A repeat that was by column is now a plain one: fields must refer to it by that name."""
    if isinstance(value, dict):
        if value.get("repeat") == "column":
            value["repeat"] = "repeat"
        for each in value.values():
            _rename_repeat(each)
    elif isinstance(value, list):
        for each in value:
            _rename_repeat(each)


def _guides(value: Any, name: str) -> Iterator[dict[str, Any]]:
    """Every definition of that guide (`axis`, `legend`, `header`) in an encoding or in the configuration."""
    if isinstance(value, dict):
        for key, each in value.items():
            if key == name and isinstance(each, dict):
                yield each
            elif key != "datasets":
                yield from _guides(each, name)
    elif isinstance(value, list):
        for each in value:
            yield from _guides(each, name)


def _raise_small_text(value: Any) -> None:
    """Bring every explicit text size up to what a phone can show."""
    if isinstance(value, dict):
        if value.get("type") == "text" and isinstance(value.get("size"), (int, float)):
            value["size"] = max(value["size"], MINIMUM_TEXT)  # of a text mark; elsewhere `size` is an area
        for key, each in value.items():
            if key in _FONT_SIZES and isinstance(each, (int, float)) and each < MINIMUM_TEXT:
                value[key] = MINIMUM_TEXT
            elif key != "datasets":
                _raise_small_text(each)
    elif isinstance(value, list):
        for each in value:
            _raise_small_text(each)
