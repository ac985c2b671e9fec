"""Check an answer and say what is off: numbers, tables, charts and single conditions, with partial credit.

    from dualcirc.checks import Checks
    check = Checks(globals(), points=3)
    check.number("share", 54.2, tolerance=0.1, unit="%", mistakes={184.5: "this is the inverse ratio"}, weight=2)
    check.chart("chart").mark("line").encodes("y", field="value", aggregate="sum")
    check.score()

The last line prints one line per item and returns the points: as the last expression of a cell it is the partial
credit that nbgrader reads. Needs no nbgrader, so that a student can run the visible checks anywhere. No message
gives the expected value away.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from dualcirc.checks import charts, frames, numbers
from dualcirc.checks.words import shortened, unforeseen

__all__ = ["Checks", "Item"]

_MISSING = object()


@dataclass(frozen=True)
class Item:
    """One line of a report: whether it holds, what it weighs, what the student reads."""

    ok: bool
    weight: float
    message: str

    def __str__(self) -> str:
        sign = ("✓" if self.ok else "✗") if self.weight else "–"  # what weighs nothing was not judged
        return f"{sign} {self.message}"


class Checks:
    """The checks of one part of an assignment.

    Args:
        names: where the answers are looked up by name, in a notebook ``globals()``.
        points: what the part is worth; shared among its items by their weights.
    """

    def __init__(self, names: Mapping[str, object], points: float) -> None:
        self.points = points
        self.items: list[Item] = []
        self._names = names

    def number(
        self,
        name: str,
        expected: float,
        *,
        tolerance: float = 0.0,
        unit: str = "",
        mistakes: Mapping[float, str] | None = None,
        weight: float = 1,
    ) -> None:
        """Check one number.

        Args:
            name: the variable that holds the answer.
            expected: the right value, in ``unit``.
            tolerance: what the answer may differ, in ``unit``.
            unit: named in messages.
            mistakes: wrong values that are known, each with the hint it deserves.
            weight: share of the part's points.
        """
        answer, problem = self._answer(name)
        if not problem:
            try:
                problem = numbers.problem(name, answer, expected, tolerance, unit, mistakes or {})
            except Exception as error:  # an answer may be anything
                problem = unforeseen(name, error)
        self._add(problem, weight, f"`{name}` is right")

    def frame(
        self,
        name: str,
        expected: pd.DataFrame,
        *,
        keys: Sequence[str],
        tolerance: float = 0.0,
        weight: float = 1,
    ) -> None:
        """Check a table: its columns (a quarter), its rows (a quarter) and its values (half).

        The order of rows and columns, an index and further columns do not matter.

        Args:
            name: the variable that holds the answer.
            expected: the right table.
            keys: columns that tell its rows apart.
            tolerance: what a number may differ, in its column's unit.
            weight: share of the part's points.
        """
        answer, problem = self._answer(name)
        problems: Sequence[str | None] = [problem] * 3
        if not problem:
            try:
                problems = frames.problems(name, answer, expected, list(keys), tolerance)
            except Exception as error:  # an answer may be anything
                problems = [unforeseen(name, error)] * 3
        facets = (
            ("has the columns asked for", 0.25),
            ("has the rows asked for", 0.25),
            ("holds the right values", 0.5),
        )
        for problem, (good, share) in zip(problems, facets, strict=True):
            self._add(problem, weight * share, f"`{name}` {good}")

    def chart(self, name: str, *, weight: float = 1) -> charts.ChartCheck:
        """Check an Altair chart by its specification; the methods of the result add one item each.

        Args:
            name: the variable that holds the chart.
            weight: share of the part's points that each item gets, unless the item names its own.
        """
        answer, problem = self._answer(name)
        spec, problem = ({}, problem) if problem else charts.specification(name, answer)
        return charts.ChartCheck(name, spec, problem, self._add, weight)

    def item(
        self,
        label: str,
        condition: bool | Callable[[], object],
        *,
        uses: Sequence[str] = (),
        hint: str = "",
        weight: float = 1,
    ) -> None:
        """Check a condition of its own.

        Args:
            label: what should hold, in a few words that follow a tick or a cross.
            condition: a truth value, or a function without arguments; one that raises does not hold.
            uses: the student's names that the condition needs; if one is not there yet, that is what is said.
            hint: where to look when it does not hold.
            weight: share of the part's points.
        """
        for name in uses:
            if problem := self._answer(name)[1]:
                self._add(problem, weight, label)
                return
        try:
            with warnings.catch_warnings():  # what is written to stderr costs all points of a cell
                warnings.simplefilter("ignore")
                holds = bool(condition() if callable(condition) else condition)
            why = hint
        except Exception as error:  # the student's own code may fail in any way
            holds, why = False, f"{hint} ({type(error).__name__}: {shortened(str(error))})".strip()
        self._add(None if holds else f"{label}{': ' + why if why else ''}", weight, label)

    def score(self) -> float:
        """Print the report and return the points, with two decimals.

        Raises:
            ValueError: nothing was checked, which is a mistake of the assignment and not of the answer.
        """
        total = sum(item.weight for item in self.items)
        if not total:
            raise ValueError("Nothing was checked: add number(), frame(), chart() or item() before score().")
        points = round(self.points * sum(item.weight for item in self.items if item.ok) / total, 2)
        for line in dict.fromkeys(map(str, self.items)):  # a reason that spoils several items is read once
            print(line)
        print(f"{points:g} of {self.points:g} points")
        return points

    def _answer(self, name: str) -> tuple[object, str | None]:
        """The answer of that name, or what to tell a student who has not given one."""
        answer = self._names.get(name, _MISSING)
        if answer is _MISSING or answer is ...:
            return None, f"`{name}` is not there yet: write your answer in the cell above and run it"
        return answer, None

    def _add(self, problem: str | None, weight: float, good: str) -> None:
        self.items.append(Item(problem is None, weight, problem or good))
