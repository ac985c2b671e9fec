"""dualcirc.checks on numbers and conditions: what is right, what is wrong, and what the student reads."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from dualcirc.checks import Checks


def said(answer: object, expected: float = 54.2, **options: object) -> str:
    """The line about one number."""
    check = Checks({"share": answer}, points=1)
    check.number("share", expected, tolerance=0.1, unit="%", **options)
    return str(check.items[0])


@pytest.mark.parametrize(
    "answer",
    [
        54.2,
        54.25,
        np.float64(54.15),
        np.float32(54.2),
        Decimal("54.2"),
        Fraction(542, 10),
        pd.Series([54], dtype="Int64").iloc[0] + 0.2,
        np.array(54.2),
        np.array([[54.2]]),
        pd.Series([54.2], index=["China"]),
        pd.Series([54.2], dtype="Float64"),
        pd.array([54.2], dtype="Float64"),
        pd.Index([54.2]),
    ],
    ids=lambda answer: f"{type(answer).__name__}-{getattr(answer, 'dtype', '')}",
)
def test_a_right_number_in_any_number_type(answer: object) -> None:
    assert said(answer) == "✓ `share` is right"


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (..., "`share` is not there yet"),
        ("54.2", "is text: leave out the quotation marks"),
        (pd.Series([54.2, 54.2]), "holds a Series, not one number"),
        (np.array([]), "holds a ndarray, not one number"),
        (pd.DataFrame({"share": [54.2]}), "holds a DataFrame, not one number"),
        ([54.2], "holds a list, not one number"),
        ((54.2,), "holds a tuple, not one number"),
        (pd.Series([None]), "is empty"),
        (pd.Series(["54.2"]), "is text"),
        (None, "is empty"),
        (pd.NA, "is empty"),
        (True, "should be a number, but it is a bool"),
        (lambda: 54.2, "should be a number, but it is a function"),
        (math.nan, "is not a finite number"),
        (math.inf, "is not a finite number"),
        (Decimal("NaN"), "is not a finite number"),
        (10**400, "has more than 300 digits"),
        (Fraction(10**400), "has more than 300 digits"),
        (Decimal("sNaN"), "is not what was asked for, and cannot be read (ValueError"),
        (0.542, "100 times too small"),
        (5420, "100 times too large"),
        (54200, "1,000 times too large"),
        (0.0542, "1,000 times too small"),
        (-54.2, "wrong sign"),
        (54.6, "close but not close enough"),
        (80, "too high"),
        (20, "too low"),
    ],
)
def test_a_wrong_number_is_told_what_is_off(answer: object, told: str) -> None:
    line = said(answer)
    assert line.startswith("✗ ") and told in line


def test_no_message_gives_the_right_value_away() -> None:
    for answer in (..., "x", None, 0.542, 54.6, 80, 20):
        assert "54.2" not in said(answer)


def test_a_known_mistake_gets_its_own_hint() -> None:
    assert "the inverse ratio" in said(184.5, mistakes={184.5: "this is the inverse ratio"})


def test_a_missing_name_is_not_an_error() -> None:
    check = Checks({}, points=1)
    check.number("share", 1)
    assert "not there yet" in check.items[0].message


def test_without_tolerance_only_floating_point_noise_is_forgiven() -> None:
    check = Checks({"total": 0.1 + 0.2, "rounded": 0.3001}, points=2)
    check.number("total", 0.3)
    check.number("rounded", 0.3)
    assert [item.ok for item in check.items] == [True, False]


def test_an_item_says_which_answer_it_needs() -> None:
    check = Checks({"table": ...}, points=1)
    check.item("has five rows", lambda: len(...) == 5, uses=["table"])
    assert str(check.items[0]).startswith("✗ `table` is not there yet")


def test_a_warning_of_a_condition_is_not_written(recwarn: pytest.WarningsRecorder) -> None:
    check = Checks({}, points=1)
    check.item("is a size", lambda: np.float64(1) / 0 > 1)
    assert check.items[0].ok and not recwarn.list


def test_items_hold_fail_or_raise(capsys: pytest.CaptureFixture[str]) -> None:
    check = Checks({}, points=3)
    check.item("names the row", True)
    check.item("gives a reason", lambda: "", hint="say why the sum fails")
    check.item("runs", lambda: 1 / 0, hint="look at the last cell")
    assert check.score() == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "✓ names the row",
        "✗ gives a reason: say why the sum fails",
        "✗ runs: look at the last cell (ZeroDivisionError: division by zero)",
        "1 of 3 points",
    ]


def test_weights_share_the_points() -> None:
    check = Checks({"a": 1, "b": 0}, points=4)
    check.number("a", 1, weight=3)
    check.number("b", 1, weight=1)
    assert check.score() == 3


def test_a_part_without_items_is_the_authors_mistake() -> None:
    with pytest.raises(ValueError, match="Nothing was checked"):
        Checks({}, points=1).score()


def test_a_long_error_of_a_student_is_cut(capsys: pytest.CaptureFixture[str]) -> None:
    def long() -> None:
        raise ValueError("x" * 100_000)

    check = Checks({}, points=1)
    check.item("runs", long)
    check.score()
    assert len(capsys.readouterr().out) < 200
