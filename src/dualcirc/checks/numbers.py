"""What is off with a number: its kind first, then known mistakes, then scale, sign and size."""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping
from decimal import Decimal

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

_ARRAYS = (np.ndarray, pd.Series, pd.Index, ExtensionArray)

# Factors by which answers are off when a step was forgotten, and the step.
_FACTORS = {
    100: "100 times too large: is it a percentage where a share is asked for, or was it multiplied twice?",
    1 / 100: "100 times too small: is it a share where a percentage is asked for?",
    1000: "1,000 times too large: check the scale of the column",
    1 / 1000: "1,000 times too small: check the scale of the column",
    -1: "of the right size with the wrong sign: check which value is taken from which",
}


def problem(
    name: str, answer: object, expected: float, tolerance: float, unit: str, mistakes: Mapping[float, str]
) -> str | None:
    """What to tell the student about a number, or None if it is right.

    Args:
        name: the variable, for the message.
        answer: what the student's variable holds.
        expected: the right value.
        tolerance: what the answer may differ from it.
        unit: unit of the answer, for the message.
        mistakes: known wrong values and their hints, matched within the same tolerance.
    """
    answer = _alone(answer)
    kind = _not_a_number(answer)
    if kind:
        return f"`{name}` {kind}"
    value = float(answer)  # type: ignore[arg-type]
    if _near(value, expected, tolerance):
        return None
    shown = f"{value:g}{' ' + unit if unit else ''}"
    for wrong, hint in mistakes.items():
        if _near(value, wrong, tolerance):
            return f"`{name}` is {shown}: {hint}"
    for factor, hint in _FACTORS.items():
        if expected and _near(value, expected * factor, tolerance * abs(factor)):
            return f"`{name}` is {shown}, {hint}"
    if expected and abs(value / expected - 1) <= 0.01:
        return f"`{name}` is {shown}, close but not close enough: round less on the way, or not at all"
    return f"`{name}` is {shown}, which is too {'high' if value > expected else 'low'}"


def _alone(answer: object) -> object:
    """The one element of an array or a series that has no more than one; any other answer as it is."""
    return np.asarray(answer, dtype=object).item() if isinstance(answer, _ARRAYS) and np.size(answer) == 1 else answer


def _not_a_number(answer: object) -> str | None:
    if isinstance(answer, str):
        return "is text: leave out the quotation marks, separators and units"
    if isinstance(answer, (*_ARRAYS, pd.DataFrame, list, tuple)):
        return (
            f"holds a {type(answer).__name__}, not one number: take the number out of it, for instance with `.item()`"
        )
    if answer is pd.NA or answer is None:
        return "is empty: the calculation found no value"
    if isinstance(answer, bool) or not isinstance(answer, numbers.Real | Decimal):
        return f"should be a number, but it is a {type(answer).__name__}"
    try:
        finite = math.isfinite(answer)
    except OverflowError:
        return "has more than 300 digits: look for a power or a product too many"
    return None if finite else "is not a finite number: look for a missing value or a division by zero"


def _near(value: float, target: float, tolerance: float) -> bool:
    # The least tolerance absorbs what floating-point arithmetic adds, never a digit that a student sees.
    return abs(value - target) <= max(tolerance, 1e-9 * max(1.0, abs(target)))
