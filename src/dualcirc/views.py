"""What of a dataset can be drawn, and the Altair code that draws it. No widgets: see :mod:`dualcirc.explorer`.

The code is the single truth: a chart of the explorer is what its code makes when it is run, so the code that a student
copies gives the same chart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import altair as alt
import pandas as pd

from dualcirc.data import load, resource

KINDS = {"Lines": "line", "Bars": "bar", "Points": "point"}
SCALES = ("values", "index", "share")

#: Columns that speak about a row; they do not tell one series from another.
_REMARKS = {"unit", "note", "source", "checked", "status", "printed", "qualifier", "role", "confidence", "cell", "text"}
_YEAR, _DATE = re.compile(r"\d{4}"), re.compile(r"\d{4}-(0[1-9]|1[0-2])(-\d{2})?")


@dataclass(frozen=True)
class Shape:
    """How the rows of a dataset make series.

    Attributes:
        dataset: its name.
        measure: the column that can be drawn, or an empty string.
        unit: the column with the unit of each row, or an empty string if one unit holds for all.
        time: the column of the horizontal axis, or an empty string.
        names: the columns that tell the series apart.
        why_not: why nothing can be drawn, in a sentence for students; empty if something can.
    """

    dataset: str
    measure: str = ""
    unit: str = ""
    time: str = ""
    names: tuple[str, ...] = ()
    why_not: str = ""


@dataclass(frozen=True)
class View:
    """What a reader chose to see.

    Attributes:
        dataset, unit, series: names as `series_of` gives them.
        kind: one of `KINDS`.
        scale: "values", "index" (`base` = 100) or "share" (percent of the shown series at the same time).
        base: the period of an index.
        log: a logarithmic axis of values; not for bars, whose length would mean nothing.
    """

    dataset: str
    unit: str
    series: tuple[str, ...]
    kind: str = "Lines"
    scale: str = "values"
    base: str = ""
    log: bool = False


def shape_of(dataset: str) -> Shape:
    """How a dataset can be drawn.

    Raises:
        UnknownDataset: no dataset has that name.
    """
    described = resource(dataset)["schema"]
    fields, keys = described["fields"], described.get("primaryKey", [])
    measures = [each["name"] for each in fields if "unit" in each and each["type"] in ("integer", "number")]
    if not measures:
        return Shape(dataset, why_not="This dataset holds words, no measured values: read it as a table.")
    if keys == ["id"]:
        return Shape(dataset, why_not="Each row is a statement of its own, part of no series: read it as a table.")
    table, measure = load(dataset), measures[0]
    written = next(each["unit"] for each in fields if each["name"] == measure)
    unit = written[1:] if written.startswith("@") else ""  # "@unit": column `unit` has it row by row
    rows = table.dropna(subset=measure)
    time = "period" if "period" in rows and rows["period"].notna().all() else ""
    names = _names(rows, fields, keys, [part for part in (unit, time) if part])
    largest = int(rows[unit].value_counts().max() if unit and len(rows) else len(rows))
    if not names or largest < 2:
        return Shape(dataset, why_not="No two of its values share a unit, so none can be compared: read it as a table.")
    return Shape(dataset, measure, unit, time, names)


def _names(rows: pd.DataFrame, fields: list[dict], keys: list[str], beside: list[str]) -> tuple[str, ...]:
    """Columns of words that, with unit and time, tell all rows apart: of the key first, then as they stand."""
    words = [each["name"] for each in fields if each["type"] == "string"]
    words = [name for name in words if name not in {*_REMARKS, *beside} and rows[name].nunique() > 1]
    ordered = [name for name in words if name in keys] + [name for name in words if name not in keys]
    chosen: list[str] = []
    for name in ordered:
        if chosen and not rows.duplicated([*beside, *chosen]).any():
            break
        if chosen and not rows.groupby(chosen, dropna=False)[name].nunique(dropna=False).gt(1).any():
            continue  # says nothing that the columns before it do not say
        chosen.append(name)
    if not chosen:  # one series alone: its name is the same in every row
        chosen = [name for name in ("series", *keys) if name in rows and name not in beside][:1]
    return tuple(chosen)


def series_of(shape: Shape, table: pd.DataFrame) -> pd.Series:
    """The name of the series that each row belongs to."""
    parts = table[list(shape.names)].fillna("").astype(str)
    return parts.agg(lambda row: ", ".join(part for part in row if part), axis="columns")


def units_of(shape: Shape, table: pd.DataFrame) -> list[str]:
    """Units that at least two values share, the most frequent among the main rows first."""
    if not shape.unit:
        return [table.attrs["units"][shape.measure]]
    rows = table.dropna(subset=shape.measure)
    main = rows[rows["role"] == "main"] if "role" in rows else rows
    counts = rows[shape.unit].value_counts()
    order = main[shape.unit].value_counts()

    def rank(unit: str) -> tuple[bool, int, int, str]:
        return unit == "year", -int(order.get(unit, 0)), -int(counts[unit]), unit  # a year is a date, hardly a quantity

    return sorted(counts[counts > 1].index, key=rank)


def series_in(shape: Shape, table: pd.DataFrame, unit: str) -> tuple[list[str], list[str]]:
    """Names of all series with a value in a unit, and those among them to show first: the main ones, eight at most."""
    rows = table.dropna(subset=shape.measure)
    if shape.unit:
        rows = rows[rows[shape.unit] == unit]
    named = series_of(shape, rows)
    main = named[rows["role"] == "main"] if "role" in rows else named
    return list(dict.fromkeys(named)), list(dict.fromkeys(main if len(main) else named))[:8]


def periods_of(shape: Shape, rows: pd.DataFrame) -> list[str]:
    """Periods of a selection, in order."""
    return sorted(rows[shape.time].dropna().astype(str).unique()) if shape.time else []


def kinds_for(periods: list[str]) -> list[str]:
    """Kinds of chart that periods allow, the usual one first. A line needs steps of time that it can be true to."""
    steps = all(_YEAR.fullmatch(each) for each in periods) or all(_DATE.fullmatch(each) for each in periods)
    return ["Lines", "Bars", "Points"] if len(periods) > 1 and steps else ["Bars", "Points"]


def selection(shape: Shape, table: pd.DataFrame, unit: str, series: tuple[str, ...]) -> pd.DataFrame:
    """The rows of a unit and some series that hold a value."""
    rows = table.dropna(subset=shape.measure)
    if shape.unit:
        rows = rows[rows[shape.unit] == unit]
    return rows[series_of(shape, rows).isin(series)]


def code_of(view: View) -> str:
    """Python that makes the chart and names it ``chart``; it runs as it stands where ``dualcirc`` is installed."""
    shape = shape_of(view.dataset)
    table = load(view.dataset)
    periods = periods_of(shape, selection(shape, table, view.unit, view.series))
    dates = ["import pandas as pd"] if _axis(periods) == "T" else []
    lines = ["import altair as alt", *dates, "from dualcirc import load", ""]
    lines += [f"rows = load({_text(view.dataset)}).dropna(subset={_text(shape.measure)})"]
    if shape.unit:
        lines.append(f"rows = rows[rows[{_text(shape.unit)}] == {_text(view.unit)}]")
    lines += _series_lines(shape, view)
    lines += _time_lines(shape, periods)
    lines += _scale_lines(shape, view)
    lines += ["", *_chart_lines(shape, view, periods)]
    return "\n".join(lines) + "\n"


def _text(value: str) -> str:
    """A string as Python code, in double quotes where they do."""
    return repr(value) if '"' in value or "\\" in value else f'"{value}"'


def _series_lines(shape: Shape, view: View) -> list[str]:
    if len(shape.names) == 1:
        named = f"rows[{_text(shape.names[0])}]"
    else:
        columns = ", ".join(map(_text, shape.names))
        named = f'rows[[{columns}]].fillna("").agg(lambda row: ", ".join(part for part in row if part), axis="columns")'
    chosen = "".join(f"    {_text(name)},\n" for name in view.series)
    return [f"rows = rows.assign(name={named})", f'rows = rows[rows["name"].isin([\n{chosen}])]']


def _axis(periods: list[str]) -> str:
    """Altair's type of a time axis: years are numbers, months dates, anything else ordered labels."""
    if periods and all(_YEAR.fullmatch(each) for each in periods):
        return "Q"
    return "T" if periods and all(_DATE.fullmatch(each) for each in periods) else "O"


def _time_lines(shape: Shape, periods: list[str]) -> list[str]:
    if not shape.time:
        return []
    column = f"rows[{_text(shape.time)}]"
    made = {
        "Q": f"{column}.astype(int)",
        "T": f'pd.to_datetime({column}, format="ISO8601")',
        "O": f"{column}.astype(str)",
    }
    return [f"rows = rows.assign(time={made[_axis(periods)]})"]


def _scale_lines(shape: Shape, view: View) -> list[str]:
    """The column `shown`: the value, or what an index or a share makes of it."""
    lines = [f"rows = rows.assign(shown=rows[{_text(shape.measure)}].astype(float))"]
    if view.scale == "index":
        start = f'rows[rows[{_text(shape.time)}] == {_text(view.base)}].groupby("name")["shown"].first()'
        lines += [
            f"start = {start}",
            "start = start[start != 0]  # nothing is a percentage of zero",
            'rows = rows.assign(shown=rows["shown"] / rows["name"].map(start) * 100).dropna(subset="shown")',
        ]
    elif view.scale == "share":
        total = 'rows.groupby("time")["shown"].transform("sum")' if shape.time else 'rows["shown"].sum()'
        lines.append(f'rows = rows.assign(shown=rows["shown"] / {total} * 100)')
    return lines + (['rows = rows[rows["shown"] > 0]'] if view.log else [])


def left_out(view: View, drawn: pd.DataFrame) -> list[str]:
    """What was chosen and cannot be drawn so, in sentences that say why.

    Args:
        view: what was chosen.
        drawn: the rows that `draw` made of it.
    """
    shape = shape_of(view.dataset)
    rows = selection(shape, load(view.dataset), view.unit, view.series)
    named, said = series_of(shape, rows), []
    if view.scale == "index":
        has_base = rows[shape.time].astype(str).eq(view.base) & rows[shape.measure].ne(0)
        without = ~named.isin(named[has_base])
        if lacking := list(dict.fromkeys(named[without])):
            said.append(
                f"{len(lacking)} of {named.nunique()} series are not drawn, for lack of a value other than 0 in "
                f"{view.base}: {'; '.join(lacking)}."
            )
        rows = rows[~without]
    if view.log and len(drawn) < len(rows):
        left = f"{len(rows) - len(drawn)} of {len(rows)} values"
        said.append(f"{left} are not drawn: a logarithmic axis has no place for 0 or less.")
    return said


def unit_shown(view: View) -> str:
    """What the axis of values says."""
    return {"index": f"index, {view.base} = 100", "share": "% of the shown series"}.get(view.scale, view.unit)


def _chart_lines(shape: Shape, view: View, periods: list[str]) -> list[str]:
    kind, values = KINDS[view.kind], unit_shown(view)
    described = f"{kind.capitalize()} chart of {view.dataset}, {values}: {'; '.join(view.series)}."
    columns = ", ".join(map(_text, ["name", "time", "shown"] if shape.time else ["name", "shown"]))
    mark = "mark_line(point=True)" if kind == "line" else f"mark_{kind}()"
    scale = ', scale=alt.Scale(type="log")' if view.log else ""
    measured = f'"shown:Q", title={_text(values)}{scale}'
    encoding = _over_time(kind, _axis(periods), measured) if len(periods) > 1 else _side_by_side(measured)
    return [
        f"chart = alt.Chart(rows[[{columns}]]).{mark}.encode(",
        *(f"    {line}," for line in [*encoding, f"tooltip=[{columns}]"]),
        ").properties(",
        f"    title={_text(resource(view.dataset)['title'])},",
        f"    description={_text(described)},",
        ")",
        "chart",
    ]


def _over_time(kind: str, axis: str, measured: str) -> list[str]:
    """Encodings with time across; a second channel beside colour tells the series apart."""
    second = {"line": "strokeDash=alt.StrokeDash", "point": "shape=alt.Shape", "bar": "xOffset=alt.XOffset"}[kind]
    year = ', axis=alt.Axis(format="d"), scale=alt.Scale(zero=False)' if axis == "Q" and kind != "bar" else ""
    return [
        f'x=alt.X("time:{"O" if kind == "bar" else axis}", title=None{year})',
        f"y=alt.Y({measured})",
        'color=alt.Color("name:N", title=None, legend=alt.Legend(columns=1, labelLimit=400))',
        f'{second}("name:N"' + (")" if kind == "bar" else ", title=None)"),
    ]


def _side_by_side(measured: str) -> list[str]:
    """Encodings of one moment: a bar or point for each series."""
    return [f"x=alt.X({measured})", 'y=alt.Y("name:N", title=None, sort="-x", axis=alt.Axis(labelLimit=300))']


def draw(view: View) -> tuple[alt.Chart, pd.DataFrame]:
    """Run a view's code.

    Returns:
        The chart, and its rows with all their columns; `name` and `shown` are as drawn.

    Raises:
        ValueError: nothing is left to draw, for instance because no series has a value in the base period.
    """
    shape = shape_of(view.dataset)
    made: dict[str, object] = {"rows": selection(shape, load(view.dataset), view.unit, view.series)}
    if not made["rows"].empty:
        exec(code_of(view), made)  # text of our own, its names those of the data package, each quoted
    if made["rows"].empty:
        raise ValueError("Nothing is left to draw: choose another base period, other series, or plain values.")
    return made["chart"], made["rows"]
