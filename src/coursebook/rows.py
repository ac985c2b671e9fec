"""The rows a chart shows in its initial view, after all its transforms, as tables and CSV.

Vega itself answers: for each mark, Vega-Lite writes a tooltip signal with title and value of every encoded field.
A copy of the chart asks for that tooltip on all marks and carries, beside each mark, an invisible one (a
probe) over the same data whose text is the list of those values. The scenegraph then holds every row, as the
reader reads it and raw. What hover can show, the table shows, and nothing is computed a second time in Python.
"""

from __future__ import annotations

import copy
import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from coursebook.spec import COMPOSITE_MARKS, FACET_CHANNELS, Spec, children, mark_type

PROBE = "coursebook-probe"
SOURCE_PROBE = f"{PROBE}-source-"
# A mark drawn through many rows. With more fields in its details it falls into a group for each row, which takes Vega
# ten times as long as a point for each.
_PATHS = frozenset({"line", "trail", "area"})
_GUIDES = ("axes", "legends", "title")
_DATUM = re.compile(r'datum\["((?:[^"\\]|\\.)*)"\]')
_OPEN, _CLOSE = "([{", ")]}"
Kind = Literal["number", "date", "text"]


@dataclass(frozen=True)
class Column:
    """One column: what the reader calls it, the field of the data it comes from, and how it is set."""

    title: str
    source: str
    kind: Kind


@dataclass
class Table:
    """Rows of one set of marks: `shown` as texts for the reader, `raw` as values for a file."""

    columns: list[Column]
    shown: list[list[str]] = field(default_factory=list)
    raw: list[list[Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Plain data for the drawing cache."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Table:
        """The inverse of `as_json`."""
        return cls([Column(**each) for each in value["columns"]], value["shown"], value["raw"])


def asking_for_tooltips(spec: Spec) -> Spec:
    """A copy in which every mark has the tooltip that lists all its encoded fields."""
    spec = copy.deepcopy(spec)
    _ask(spec, inherited=[], detail=[])
    return spec


def _ask(view: Spec, inherited: list[dict[str, Any]], detail: list[dict[str, Any]]) -> None:
    """Walk down; fields that Vega-Lite does not put into the tooltip itself travel along as `detail`."""
    encoding = view.setdefault("encoding", {}) if ("mark" in view or "layer" in view) else {}
    facets = [encoding[channel] for channel in FACET_CHANNELS if channel in encoding]
    if isinstance(view.get("facet"), dict):
        facet = view["facet"]
        facets += [facet] if "field" in facet else list(facet.values())
    inherited = inherited + [_plain(each) for each in facets]
    own = encoding.get("detail", [])
    detail = detail + (own if isinstance(own, list) else [own])
    for definition in encoding.values():
        for each in definition if isinstance(definition, list) else [definition]:
            _title_from_guide(each)
    if "mark" in view:
        _unstack(encoding)
        tooltip = encoding.pop("tooltip", [])
        wanted = tooltip if isinstance(tooltip, list) else [tooltip]
        extra = [*detail, *inherited, *(each for each in wanted if "field" in each or "aggregate" in each)]
        if extra:
            encoding["detail"] = extra
        if mark_type(view) not in COMPOSITE_MARKS:
            mark = view["mark"] if isinstance(view["mark"], dict) else {"type": view["mark"]}
            falls_apart = len(extra) > len(detail) and mark["type"] in _PATHS
            if falls_apart and not {"x2", "y2"} & encoding.keys():  # points have no second end
                mark = {**mark, "type": "point", "point": False, "line": False, "invalid": "show"}
            view["mark"] = {**mark, "tooltip": {"content": "encoding"}, "aria": False}
    for child in children(view):
        _ask(child, inherited, detail)


def _unstack(encoding: dict[str, Any]) -> None:
    """Stacking makes up zeros where a series has no row; the values are the same without it (shares are not)."""
    for channel in ("x", "y", "theta", "radius"):
        definition = encoding.get(channel)
        if isinstance(definition, dict) and definition.get("stack") != "normalize" and "field" in definition:
            definition["stack"] = None


def _plain(definition: dict[str, Any]) -> dict[str, Any]:
    """A facet's definition as one of a detail: without what only a facet has."""
    facet_only = ("header", "columns", "align", "center", "spacing", "bounds", "sort")
    _title_from_guide(definition)
    return {key: value for key, value in definition.items() if key not in facet_only}


def _title_from_guide(definition: Any) -> None:
    """A title given to the axis, legend or header is the field's name for the reader too."""
    if not isinstance(definition, dict) or definition.get("title"):
        return
    for guide in ("axis", "legend", "header"):
        title = definition[guide].get("title") if isinstance(definition.get(guide), dict) else None
        if title:
            definition["title"] = title
            return


def with_probes(vega: Spec) -> tuple[Spec, list[list[Column]]]:
    """A compiled Vega specification with a probe beside each mark that reads data.

    Returns:
        The specification and, for the probe named `coursebook-probe-<i>`, its columns at index i.
    """
    vega = copy.deepcopy(vega)
    layouts: list[list[Column]] = []
    _probe_group(vega, layouts)
    for data in vega.get("data", []):
        if "url" in data:
            count = {"signal": f"length(data({json.dumps(data['name'])}))"}
            name = f"{SOURCE_PROBE}{data['name']}"
            vega["marks"].append({"type": "symbol", "name": name, "encode": {"update": {"text": count}}})
    return vega, layouts


def empty_sources(vega: Spec, scenegraph: Any) -> list[str]:
    """Addresses from which no row came."""
    counts = {
        name.removeprefix(SOURCE_PROBE): items[0].get("text")
        for name, items in _named_items(scenegraph)
        if name.startswith(SOURCE_PROBE) and items
    }
    return [str(data["url"]) for data in vega.get("data", []) if "url" in data and not counts.get(data["name"])]


def _probe_group(group: Spec, layouts: list[list[Column]]) -> None:
    """Add probes, and take out what shows no row: nearly all the time of a drawing goes into measuring its words."""
    for guide in _GUIDES:
        group.pop(guide, None)
    probes = []
    for mark in group.get("marks", ()):
        if mark["type"] == "group":
            _probe_group(mark, layouts)
            continue
        tooltip = mark.get("encode", {}).get("update", {}).get("tooltip", {})
        source = mark.get("from", {}).get("data")
        entries = object_entries(tooltip.get("signal", "")) if isinstance(tooltip, dict) else []
        entries = _distinct([(title, value) for title, value in entries if _DATUM.search(value)])
        if not source or not entries:
            continue
        # One flat list, shown and raw alternating: the scenegraph keeps lists of texts and numbers, not objects.
        # A symbol, because Vega would measure every line of a text mark.
        values = ", ".join(f"{value}, {_raw(value)}" for _, value in entries)
        probes.append(
            {
                "type": "symbol",
                "name": f"{PROBE}-{len(layouts)}",
                "from": {"data": source},
                "encode": {"update": {"size": {"value": 0}, "text": {"signal": f"[{values}]"}}},
            }
        )
        layouts.append([Column(title, _source(value), _kind(value)) for title, value in entries])
    group.setdefault("marks", []).extend(probes)


def _distinct(entries: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Entries less those that repeat a field (a colour that is also a facet, a label) under another title."""
    seen: dict[str, tuple[str, str]] = {}
    for title, value in entries:
        seen.setdefault(_raw(value), (title, value))
    return list(seen.values())


def object_entries(text: str) -> list[tuple[str, str]]:
    """Key and value expression of each entry in the source of a flat JavaScript object literal."""
    text = text.strip()
    if not (text.startswith("{") and text.endswith("}")):
        return []
    entries = []
    for part in _split(text[1:-1], ","):
        key, *value = _split(part, ":")
        try:
            entries.append((json.loads(key), ":".join(value).strip()))
        except ValueError:
            return []
    return entries


def _split(text: str, separator: str) -> list[str]:
    """`text` cut at separators that stand outside strings and brackets; a `:` only at its first such place."""
    parts, start, depth, quote, index = [], 0, 0, "", 0
    while index < len(text):
        character = text[index]
        if quote:
            index += character == "\\"
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character in _OPEN:
            depth += 1
        elif character in _CLOSE:
            depth -= 1
        elif character == separator and depth == 0:
            parts.append(text[start:index].strip())
            start = index + 1
            if separator == ":":
                break
        index += 1
    return [*parts, text[start:].strip()]


def _source(expression: str) -> str:
    return _DATUM.search(expression)[1]


def _kind(expression: str) -> Kind:
    if re.search(r"\b(?:time|utc)Format\(", expression):
        return "date"
    return "number" if re.search(r"\bformat\(", expression) else "text"


def _raw(expression: str) -> str:
    """The expression of the value itself: dates as ISO texts in the chart's own time, all else as it stands."""
    datum = _DATUM.search(expression)[0]
    if _kind(expression) == "date":
        formatter = "utcFormat" if "utcFormat(" in expression else "timeFormat"
        return f"isValid({datum}) ? {formatter}({datum}, '%Y-%m-%dT%H:%M:%S') : null"
    return datum


def read_tables(scenegraph: Any, layouts: list[list[Column]]) -> list[Table]:
    """The tables that the probes found, without repetition: one per set of columns, none that another contains."""
    tables = [Table(columns) for columns in layouts]
    for name, items in _named_items(scenegraph):
        if name.startswith(SOURCE_PROBE):
            continue
        index = int(name.removeprefix(f"{PROBE}-"))
        for item in items:
            values = item.get("text")
            values = values if isinstance(values, list) else [values]
            tables[index].shown.append([_text(value) for value in values[0::2]])
            tables[index].raw.append([_midnight(value) for value in values[1::2]])
    return _without_contained(_joined(tables))


def _named_items(node: Any) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Name and items of every probe in a scenegraph."""
    if isinstance(node, list):
        for each in node:
            yield from _named_items(each)
    elif isinstance(node, dict):
        name = str(node.get("name", ""))
        if name.startswith(PROBE):
            yield name, node.get("items") or []
            return
        for each in node.values():
            if isinstance(each, (list, dict)):
                yield from _named_items(each)


def _text(value: Any) -> str:
    return "" if value in (None, "null", "NaN", "undefined", "Invalid Date") else str(value)


def _midnight(value: Any) -> Any:
    """A date without a time of day is written as a date."""
    return value.removesuffix("T00:00:00") if isinstance(value, str) else value


def _joined(tables: list[Table]) -> list[Table]:
    """Tables with the same columns become one; a row that occurs in both stands there once."""
    joined: dict[tuple[Column, ...], Table] = {}
    for table in tables:
        key = tuple(table.columns)
        if key not in joined:
            joined[key] = table
            continue
        known = {json.dumps(row) for row in joined[key].raw}
        for shown, raw in zip(table.shown, table.raw, strict=True):
            if json.dumps(raw) not in known:
                joined[key].shown.append(shown)
                joined[key].raw.append(raw)
    return [table for table in joined.values() if table.raw]


def _without_contained(tables: list[Table]) -> list[Table]:
    """Drop every table whose columns and rows another table has (labels at line ends, a highlighted point)."""
    kept: list[Table] = []
    for table in sorted(tables, key=lambda each: -len(each.columns)):
        if not any(_contains(other, table) for other in kept):
            kept.append(table)
    return [table for table in tables if table in kept]


def _contains(big: Table, small: Table) -> bool:
    if not set(small.columns) <= set(big.columns):
        return False
    places = [big.columns.index(column) for column in small.columns]
    rows = {json.dumps([row[place] for place in places]) for row in big.raw}
    return all(json.dumps(row) in rows for row in small.raw)


def to_csv(header: list[str], rows: list[list[Any]]) -> str:
    """Rows as CSV text: commas, `\\n`, missing values empty."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([["" if value is None else value for value in row] for row in rows])
    return out.getvalue()


def tables_to_csv(tables: list[Table]) -> str:
    """The rows shown: several tables follow each other, each with its header, an empty line between."""
    return "\n".join(to_csv([column.title for column in table.columns], table.raw) for table in tables)


def dataset_to_csv(values: Any) -> str | None:
    """Everything one inline dataset holds, or None if it is not tabular (a map, a text)."""
    if not isinstance(values, list):
        return None
    rows = [row if isinstance(row, dict) else {"data": row} for row in values]
    header = list(dict.fromkeys(key for row in rows for key in row))
    return to_csv(header, [[_cell(row.get(key)) for key in header] for row in rows])


def _cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else value
