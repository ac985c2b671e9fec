"""Native controls for everything a chart lets a reader change: bound parameters, and selections made by pointer.

A parameter with `bind` is a control by its author's wish. A selection that only a pointer can make gets a control
of ours where its values are known: a menu for a point selection over one field, from and to for an interval. What
is left over is named, so that the build can say so, unless the author declares what does the same:
`usermeta={"equivalents": {"brush": "the menu above the chart"}}`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Context
from typing import Any

from coursebook.rows import Table
from coursebook.spec import Spec, views

MENU_LIMIT = 60  # more values than this are a search, not a menu
#: How a dataset writes moments of universal time: as numbers, as dates alone, or with a zone.
_UNIVERSAL = re.compile(r"^-?\d+(\.\d+)?$|^\d{4}-\d\d(-\d\d)?$|(Z|[+-]\d\d:?\d\d)$")
Control = dict[str, Any]


def find_controls(spec: Spec, vega: Spec, tables: list[Table]) -> tuple[list[Control], list[str]]:
    """The controls of a chart and the names of the selections that only a pointer can make.

    Args:
        spec: the Vega-Lite specification, normalised.
        vega: the same, compiled.
        tables: the rows it shows first; they know the values of a field.

    Returns:
        Controls as plain data: `label`, `input` (range, select, radio, checkbox, text, number, date, interval)
        with its settings, `value`, and either `signal` (set this Vega signal) or `store` and `fields` (fill this
        selection store); then names of selections without control, binding or declared equivalent.
    """
    signals = {signal["name"]: signal for signal in _signals(vega)}
    controls = [_bound(signal) for signal in vega.get("signals", []) if isinstance(signal.get("bind"), dict)]
    declared = (spec.get("usermeta") or {}).get("equivalents") or {}
    pointer_only = []
    for param in _selections(spec):
        name = param["name"]
        if param.get("bind") == "scales" or (isinstance(param.get("bind"), dict) and "legend" not in param["bind"]):
            continue  # zooming shows nothing that the table does not; a bound selection has its control
        fields = signals.get(f"{name}_tuple_fields", {}).get("value") or []
        ours = _selection_controls(name, fields, tables, spec.get("datasets") or {})
        controls += ours
        if not ours and name not in declared:
            pointer_only.append(name)
    return controls, pointer_only


def _signals(group: Spec) -> Iterator[Spec]:
    yield from group.get("signals", [])
    for mark in group.get("marks", []):
        if mark.get("type") == "group":
            yield from _signals(mark)


def _selections(spec: Spec) -> list[Spec]:
    found: dict[str, Spec] = {}
    for view in views(spec):
        for param in view.get("params") or ():
            if "select" in param:
                found.setdefault(param["name"], param)
    return list(found.values())


def _bound(signal: Spec) -> Control:
    bind = signal["bind"]
    settings = {key: bind[key] for key in ("min", "max", "step", "options", "labels", "placeholder") if key in bind}
    label = str(bind.get("name") or _readable(signal["name"])).strip().rstrip(":")
    return {
        "label": label,
        "input": bind.get("input", "text"),
        **settings,
        "value": _start(signal),
        "signal": signal["name"],
    }


def _start(signal: Spec) -> Any:
    """The value a signal has at first: Vega-Lite writes that of a selection as an expression."""
    try:
        return signal.get("value", json.loads(signal.get("init", "null")))
    except ValueError:
        return None


def _selection_controls(name: str, fields: list[Spec], tables: list[Table], datasets: Spec) -> list[Control]:
    """One menu for a point selection over one field, or from and to for each side of an interval; else nothing."""
    if len(fields) == 1 and fields[0].get("type") == "E":
        title, kind, values = _known_values(fields[0]["field"], tables)
        if title and 1 < len(values) <= MENU_LIMIT:
            zone = _zone(fields[0]["field"], datasets)
            return [
                {
                    "label": title,
                    "input": "select",
                    "options": [None, *(_moment(value, zone) if kind == "date" else value for value in values)],
                    "labels": ["all", *(str(value) for value in values)],
                    "value": None,
                    "store": name,
                    "fields": fields,
                    **({"dates": True} if kind == "date" else {}),
                }
            ]
        return []
    sides = [_side(field, tables, datasets) for field in fields if field.get("type") == "R"]
    if not sides or len(sides) != len(fields) or None in sides:
        return []
    label = _readable(name)
    return [{"label": label, "input": "interval", "sides": sides, "value": None, "store": name, "fields": fields}]


def _known_values(source: str, tables: list[Table]) -> tuple[str, str, list[Any]]:
    """Title, kind and distinct values of a field among the rows shown."""
    title, kind, values = "", "", {}
    for table in tables:
        for place, column in enumerate(table.columns):
            if column.source == source:
                title, kind = title or column.title, kind or column.kind
                values.update(dict.fromkeys(row[place] for row in table.raw if row[place] is not None))
    return title, kind, list(values)


def _zone(source: str, datasets: Spec) -> str:
    """`Z` if a field's dates are moments of universal time, nothing if they are of the reader's own, as `Date.parse`
    takes a date with a time of day but no zone."""
    rows = (row for values in datasets.values() if isinstance(values, list) for row in values if isinstance(row, dict))
    first = next((row[source] for row in rows if row.get(source) is not None), "")
    return "Z" if _UNIVERSAL.search(str(first)) else ""


def _moment(iso: str, zone: str) -> str:
    """A date for the page's `Date.parse`: Vega compares dates as numbers, which depend on where the reader is."""
    return f"{iso if 'T' in iso else f'{iso}T00:00:00'}{zone}"


def _side(field: Spec, tables: list[Table], datasets: Spec) -> dict[str, Any] | None:
    """One side of an interval: title, kind of value and its extent; None if the rows do not tell."""
    title, _, values = _known_values(field["field"], tables)
    if not values:
        return None
    if all(isinstance(value, (int, float)) for value in values):
        least, most = min(values), max(values)
        return {"title": title, "type": "number", "min": _short(least, ROUND_FLOOR), "max": _short(most, ROUND_CEILING)}
    if all(isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d", value) for value in values):
        days = {"min": min(values)[:10], "max": max(values)[:10]}
        return {"title": title, "type": "date", **days, "zone": _zone(field["field"], datasets)}
    return None


def _short(value: float, outward: str) -> float:
    """An end of an interval in digits that a field has room for, moved outward so that no row falls out."""
    return value if value == int(value) else float(Context(prec=6, rounding=outward).create_decimal(repr(value)))


def _readable(name: str) -> str:
    """`year_from` as `Year from`; a name that Altair made up says nothing."""
    if re.fullmatch(r"param_(\d+|[0-9a-f]{16})(_.*)?", name):  # a number, or since Altair 6 a hash
        name = name.partition("_")[2].partition("_")[2] or "Selection"
    return name.replace("_", " ").replace("-", " ").strip().capitalize()
