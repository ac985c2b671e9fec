"""What is off with a table: a missing column, a row too many, the first value that differs."""

from __future__ import annotations

import difflib

import pandas as pd
from pandas.api.types import is_numeric_dtype

from dualcirc.checks.words import shortened


def problems(
    name: str, answer: object, expected: pd.DataFrame, keys: list[str], tolerance: float
) -> tuple[str | None, str | None, str | None]:
    """What to tell the student about the columns, the rows and the values of a table; None where all is right.

    Args:
        name: the variable, for the messages.
        answer: what the student's variable holds.
        expected: the right table.
        keys: columns that tell its rows apart.
        tolerance: what a number may differ.
    """
    if not isinstance(answer, pd.DataFrame):
        hint = ": `.reset_index()` turns it into a table" if isinstance(answer, pd.Series) else ""
        wrong = f"`{name}` should be a DataFrame, but it is a {type(answer).__name__}{hint}"
        return wrong, wrong, wrong
    inside = [level for level in answer.index.names if level in expected.columns and level not in answer.columns]
    table = answer.reset_index(inside) if inside else answer
    columns = _columns(name, table, list(expected.columns))
    if any(key not in table.columns for key in keys):
        return columns, f"`{name}`: rows cannot be compared without {_listed(keys)}", columns
    if any(list(table.columns).count(key) > 1 for key in keys):
        return columns, columns, columns
    mine, right = _by_key(table, keys), _by_key(expected, keys)
    rows = _rows(name, mine, right, keys)
    if mine.index.has_duplicates or not right.index.isin(mine.index).all():
        return columns, rows, rows  # values of rows that are not there cannot be right
    compared = (
        _values(name, column, mine, right, keys, tolerance) for column in expected.columns if column not in keys
    )
    values = next(filter(None, compared), None)
    return columns, rows, values


def _columns(name: str, table: pd.DataFrame, wanted: list[str]) -> str | None:
    missing = [column for column in wanted if column not in table.columns]
    twice = [column for column in wanted if list(table.columns).count(column) > 1]
    if twice:
        return f"`{name}` has more than one column {_listed(twice)}: keep one of each name"
    if not missing:
        return None
    near = difflib.get_close_matches(missing[0], [str(column) for column in table.columns], n=1)
    hint = f"; did you mean `{near[0]}`?" if near else f"; it has {_listed(list(table.columns))}"
    return f"`{name}` has no column {_listed(missing)}{hint}"


def _by_key(table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """The table with its keys as an index of text, so that 2020, "2020" and 2020.0 name the same row."""
    index = [
        tuple(str(int(v)) if isinstance(v, float) and v.is_integer() else str(v) for v in row)
        for row in table[keys].itertuples(index=False)
    ]
    return table.set_axis(pd.Index(index, tupleize_cols=False), axis=0)


def _rows(name: str, mine: pd.DataFrame, right: pd.DataFrame, keys: list[str]) -> str | None:
    twice = mine.index[mine.index.duplicated()]
    missing = [key for key in right.index if key not in mine.index]
    extra = [key for key in mine.index if key not in right.index]
    if len(twice):
        return f"`{name}` has more than one row for {_row(keys, twice[0])}: group or filter first"
    if missing:
        return f"`{name}` lacks {_count(missing)}, the first is {_row(keys, missing[0])}"
    if extra:
        return f"`{name}` has {_count(extra)} too many, the first is {_row(keys, extra[0])}"
    return None


def _values(
    name: str, column: str, mine: pd.DataFrame, right: pd.DataFrame, keys: list[str], tolerance: float
) -> str | None:
    if column not in mine.columns:
        return f"`{name}`: no column `{column}` to compare"
    if list(mine.columns).count(column) > 1:
        return f"`{name}`: more than one column `{column}` to compare"
    have, want = mine[column].reindex(right.index), right[column]
    numeric = is_numeric_dtype(want)
    if numeric:
        if have.map(lambda value: isinstance(value, str)).any():
            return f"`{name}`: column `{column}` holds text, not numbers: `pd.to_numeric` reads them"
        have, want = _numbers(have), want.astype(float)
        if have is None:
            first = shortened(repr(mine[column].iloc[0]), 40)
            return f"`{name}`: column `{column}` holds other things than numbers, such as {first}"
        same = (have - want).abs().le(tolerance + 1e-9 * want.abs().clip(lower=1)) | (have.isna() & want.isna())
    else:
        same = have.astype(str) == want.astype(str)
    if same.all():
        return None
    wrong = [key for key, right_there in zip(right.index, same, strict=True) if not right_there]
    return (
        f"`{name}`: `{column}` differs in {_count(wrong)} of {len(right)}; at {_row(keys, wrong[0])} "
        f"you have {_shown(have.loc[[wrong[0]]].iloc[0], want.loc[[wrong[0]]].iloc[0], numeric)}"
    )


def _numbers(column: pd.Series) -> pd.Series | None:
    """A column as numbers, also one of objects as `.T` and building row by row leave it; None if it holds others."""
    if not (is_numeric_dtype(column) or column.dtype == object):
        return None
    try:
        return pd.to_numeric(column).astype(float)
    except (TypeError, ValueError, OverflowError):
        return None


def _shown(have: object, want: object, numeric: bool) -> str:
    """The student's own value, and for a number the side on which it misses."""
    if pd.isna(have):
        return "nothing"
    if not numeric:
        return repr(str(have)[:60])
    return f"{have:g}" + ("" if pd.isna(want) else f", too {'high' if have > want else 'low'}")


def _row(keys: list[str], key: tuple[str, ...]) -> str:
    return ", ".join(f"{name} {value[:40]}" for name, value in zip(keys, key, strict=True))


def _count(keys: list[tuple[str, ...]]) -> str:
    return f"{len(keys)} row{'s' if len(keys) > 1 else ''}"


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names[:8]) + (" and others" if len(names) > 8 else "")
