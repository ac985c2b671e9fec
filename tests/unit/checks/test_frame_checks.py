"""dualcirc.checks on tables: useful differences, partial credit, and freedom in what does not matter."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest

from dualcirc.checks import Checks

RIGHT = pd.DataFrame({"country": ["China", "Japan"], "year": [2019, 2019], "share": [22.3, 8.1], "kind": ["a", "b"]})
TWO_LEVELS = pd.MultiIndex.from_product([RIGHT.columns, ["a"]])


def lines(answer: object, tolerance: float = 0.05) -> list[str]:
    check = Checks({"table": answer}, points=4)
    check.frame("table", RIGHT, keys=["country", "year"], tolerance=tolerance)
    return [str(item) for item in check.items]


@pytest.mark.parametrize(
    "answer",
    [
        RIGHT,
        RIGHT.iloc[::-1],
        RIGHT[["share", "year", "country", "kind"]],
        RIGHT.assign(more=1),
        RIGHT.set_index(["country", "year"]),
        RIGHT.assign(year=["2019", "2019"]),
        RIGHT.assign(year=[2019.0, 2019.0]),
        RIGHT.assign(share=[22.31, 8.1]),
        RIGHT.convert_dtypes(),
        RIGHT.set_index("year", drop=False),
        RIGHT.set_index(["country", "year"], drop=False),
        RIGHT.set_index("year", drop=False).set_index("country", append=True),
        RIGHT.set_index(["country", "share"]),
        RIGHT.T.T,
        RIGHT.assign(share=pd.Series([Decimal("22.3"), 8.1], dtype=object)),
    ],
    ids=[
        *("same", "order", "columns", "further", "index", "text years", "float years", "tolerance", "dtypes"),
        *("index and column", "two indexes and columns", "one of two", "value in index", "objects", "decimals"),
    ],
)
def test_what_does_not_matter(answer: pd.DataFrame) -> None:
    assert all(line.startswith("✓") for line in lines(answer))


@pytest.mark.parametrize(
    ("answer", "told", "right"),
    [
        (RIGHT["share"], "should be a DataFrame, but it is a Series: `.reset_index()`", 0),
        (3, "should be a DataFrame, but it is a int", 0),
        (RIGHT.rename(columns={"share": "x"}), "no column `share`; it has `country`, `year`, `x`, `kind`", 1),
        (RIGHT.drop(columns="share"), "`table`: no column `share` to compare", 1),
        (RIGHT.rename(columns={"share": "shares"}), "no column `share`; did you mean `shares`?", 1),
        (RIGHT.drop(columns="country"), "rows cannot be compared without `country`", 0),
        (RIGHT.iloc[:1], "lacks 1 row, the first is country Japan, year 2019", 1),
        (pd.concat([RIGHT, RIGHT.assign(year=2020)]), "has 2 rows too many, the first is country China", 2),
        (pd.concat([RIGHT, RIGHT]), "more than one row for country China, year 2019", 1),
        (RIGHT.assign(share=[22.3, 9]), "differs in 1 row of 2; at country Japan, year 2019 you have 9, too high", 2),
        (RIGHT.assign(share=["22.3", "8.1"]), "column `share` holds text, not numbers", 2),
        (RIGHT.assign(share=[22.3, "8.1"]), "column `share` holds text, not numbers", 2),
        (RIGHT.assign(share=pd.Timestamp("2020")), "holds other things than numbers, such as Timestamp", 2),
        (RIGHT.assign(share=[[22.3], [8.1]]), "column `share` holds other things than numbers, such as [22.3]", 2),
        (RIGHT.assign(share=[10**400, 8.1]), "other things than numbers", 2),
        (pd.concat([RIGHT, RIGHT[["share"]]], axis=1), "more than one column `share`: keep one of each name", 1),
        (pd.concat([RIGHT, RIGHT[["share"]]], axis=1), "more than one column `share` to compare", 1),
        (pd.concat([RIGHT, RIGHT[["year"]]], axis=1), "more than one column `year`: keep one of each name", 0),
        (RIGHT.set_axis(TWO_LEVELS, axis=1), "is not what was asked for", 0),
        (RIGHT.set_index(["year", "year"]), "is not what was asked for", 0),
        (RIGHT.assign(share=[22.3, None]), "you have nothing", 2),
        (RIGHT.assign(kind=["a", "c"]), "you have 'c'", 2),
        (RIGHT.iloc[:0], "lacks 2 rows", 1),
    ],
)  # fmt: skip
def test_what_is_off_is_said(answer: object, told: str, right: int) -> None:
    report = lines(answer)
    assert any(told in line for line in report), report
    assert sum(line.startswith("✓") for line in report) == right


def test_partial_credit() -> None:
    check = Checks({"table": RIGHT.assign(share=0.0)}, points=4)
    check.frame("table", RIGHT, keys=["country", "year"])
    assert check.score() == 2


def test_values_expected_to_be_missing() -> None:
    expected = RIGHT.assign(share=[22.3, None])
    check = Checks({"table": expected}, points=1)
    check.frame("table", expected, keys=["country", "year"])
    assert check.score() == 1
