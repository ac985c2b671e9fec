"""The rows that a view of a chart draws: its inline data after filters that are plain comparisons."""

from __future__ import annotations

import operator
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

Row = Mapping[str, object]
Key = tuple[str, ...]

_COMPARE: dict[str, Callable] = {
    "equal": operator.eq,
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
    "oneOf": lambda have, want: have in want,
    "range": lambda have, want: want[0] <= have <= want[1],
}
_SIGNS = {"==": "equal", "===": "equal", "<": "lt", "<=": "lte", ">": "gt", ">=": "gte"}
_COMPARISON = re.compile(  # datum.country === 'China', datum['year'] >= 2010
    r"""[\s(]* datum (?: \.(?P<name>\w+) | \[(['"])(?P<quoted>.+?)\2\] ) \s*
    (?P<sign>={2,3}|!={1,2}|[<>]=?) \s* (?: (?P<number>-?\d+(?:\.\d+)?) | (['"])(?P<text>[^'"]*)\6 ) [\s)]*""",
    re.VERBOSE,
)
_NEW_YEAR = re.compile(r"(\d{4})-01-01(T00:00:00(\.0+)?Z?)?")


class NotJudged(Exception):
    """Which rows are drawn is not to be seen in the specification; says why."""


def drawn(view: dict, datasets: Mapping[str, object]) -> list[Row]:
    """The rows of one view, without those that have no number on an axis.

    Raises:
        NotJudged: its data stand elsewhere, or are made over by more than plain filters.
    """
    data = view["data"]
    rows = data.get("values", datasets.get(data.get("name", "")))
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise NotJudged("its data do not stand in the chart itself")
    for step in view["transform"]:
        if set(step) != {"filter"}:
            raise NotJudged("the chart makes its data over")
        rows = [row for row in rows if _passes(step["filter"], row)]
    axes = [view["encoding"].get(axis, {}) for axis in ("x", "y")]
    numbers = [axis["field"] for axis in axes if axis.get("type") in ("quantitative", "temporal") and "field" in axis]
    return [row for row in rows if all(_there(row.get(field)) for field in numbers)]


def keyed(view: dict, rows: list[Row], keys: list[str]) -> Counter[Key] | None:
    """How often rows hold each combination of what a view has on channels, or in columns; None if one is missing."""
    fields = [field_of(view, key) or key for key in keys]
    if not all(field in row for row in rows for field in fields):
        return None
    return Counter(tuple(plain(row[field]) for field in fields) for row in rows)


def field_of(view: dict, channel: str) -> str | None:
    """The column that a view maps to a channel."""
    definition = view["encoding"].get(channel)
    return definition.get("field") if isinstance(definition, dict) else None


def plain(value: object) -> str:
    """A value as text, so that 2020, "2020", 2020.0 and the first of January 2020 name the same row."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    year = _NEW_YEAR.fullmatch(str(value))
    return year[1] if year else str(value)


def _there(value: object) -> bool:
    """Whether a value is one: an empty cell is None, and in a column of objects not equal to itself."""
    return value is not None and value == value


def _passes(test: object, row: Row) -> bool:
    """Whether a row passes a filter: an expression, or a predicate of Vega-Lite."""
    if isinstance(test, str):
        return all(_compares(*comparison, row) for comparison in _comparisons(test))
    if isinstance(test, dict):
        if set(test) == {"not"}:
            return not _passes(test["not"], row)
        if set(test) in ({"and"}, {"or"}):
            (join, parts), *_ = test.items()
            return {"and": all, "or": any}[join](_passes(part, row) for part in parts)
        names = set(test) - {"field"}
        if "field" in test and len(names) == 1 and names <= set(_COMPARE):
            (name,) = names
            return _compares(test["field"], name, test[name], row)
    raise NotJudged("the chart filters by more than plain comparisons")


def _comparisons(expression: str) -> Iterator[tuple[str, str, object]]:
    for part in expression.split("&&"):
        found = _COMPARISON.fullmatch(part)
        if not found:
            raise NotJudged("the chart filters by more than plain comparisons")
        number, sign = found["number"], found["sign"]
        name = "unequal" if sign.startswith("!") else _SIGNS[sign]
        yield found["name"] or found["quoted"], name, found["text"] if number is None else float(number)


def _compares(field: str, name: str, want: object, row: Row) -> bool:
    have = row.get(field)
    kind = str if isinstance(have, str) else int | float
    alike = all(isinstance(each, kind) for each in (want if isinstance(want, list) else [want]))
    if field not in row or have is None or not alike:
        raise NotJudged("the chart filters by a column that cannot be compared")
    return have != want if name == "unequal" else bool(_COMPARE[name](have, want))
