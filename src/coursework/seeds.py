"""What a seed chooses: the same on every platform and Python, because nothing but SHA-256 is asked.

Each draw depends on the seed, the assignment and its own label: a new draw does not move the others.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import pandas as pd

from coursework.words import CourseworkError

T = TypeVar("T")

LEAST_CHANGE = 0.1  # a planted error differs by a tenth or more: no rounding explains it


@dataclass(frozen=True)
class Planted:
    """An error put into one cell of a table.

    Attributes: `row`: value of each key column; `column`: name of the changed column; `original`, `value`: what stood
    there and what stands there now, in the column's unit.
    """

    row: dict[str, object]
    column: str
    original: float
    value: float


class Draw:
    """The choices of one paper.

    Args:
        seed: any text; whoever knows it can make the paper and its key.
        assignment: name of the assignment, so that one seed chooses differently in each.
    """

    def __init__(self, seed: str, assignment: str) -> None:
        self._start = f"{seed}\n{assignment}"

    def number(self, label: str, below: int) -> int:
        """A whole number from 0 up to, not including, `below`."""
        digest = hashlib.sha256(f"{self._start}\n{label}".encode()).digest()
        return int.from_bytes(digest, "big") % below

    def one(self, label: str, choices: Sequence[T]) -> T:
        """One of the choices."""
        return choices[self.number(label, len(choices))]

    def some(self, label: str, choices: Sequence[T], count: int) -> list[T]:
        """As many of the choices as `count` says, in the order given."""
        kept = self._shuffled(label, range(len(choices)))[:count]
        return [choices[place] for place in sorted(kept)]

    def span(self, label: str, first: int, last: int, *, at_least: int) -> tuple[int, int]:
        """Two years between `first` and `last`, `at_least` so many years apart."""
        spans = [(start, end) for start in range(first, last + 1) for end in range(start + at_least, last + 1)]
        if not spans:
            raise CourseworkError(f"span {label!r}: {first} to {last} has no two years {at_least} apart")
        return self.one(label, spans)

    def plant(
        self,
        label: str,
        table: pd.DataFrame,
        columns: Sequence[str],
        *,
        keys: Sequence[str],
        exposed_by: Callable[[pd.DataFrame], bool],
    ) -> tuple[pd.DataFrame, Planted]:
        """A copy of a table with an error in one cell.

        Args:
            label: name of this draw.
            table: the right table.
            columns: where the error may be; of numbers.
            keys: columns that tell the rows apart.
            exposed_by: the check that students are to find: True for a table in which it sees an error.

        Returns:
            The copy, and what was planted.

        Raises:
            CourseworkError: the check sees an error in the right table, or sees none that could be planted.
        """
        if exposed_by(table):
            raise CourseworkError(f"plant {label!r}: the check sees an error in the right table")
        places = [(row, column) for row in range(len(table)) for column in columns]
        for row, column in self._shuffled(label, places):
            original = table[column].iloc[row].item()
            for value in self._shuffled(f"{label} {row} {column}", slips(original)):
                copy = table.copy()
                copy[column] = copy[column].astype(type(value))
                copy.iloc[row, copy.columns.get_loc(column)] = value
                if exposed_by(copy):
                    key = {name: _plain(table[name].iloc[row]) for name in keys}
                    return copy, Planted(key, column, original, value)
        raise CourseworkError(f"plant {label!r}: the check sees none of the errors that could be planted")

    def _shuffled(self, label: str, items: Sequence[T]) -> list[T]:
        ranked = sorted(range(len(items)), key=lambda place: self.number(f"{label} {place}", 2**64))
        return [items[place] for place in ranked]


def slips(value: float) -> list[float]:
    """What a number becomes by a slip of the pen: two neighbouring digits exchanged, one left out, ten times too large
    or too small. Only slips that change it by a tenth or more; whole numbers stay whole."""
    printed = repr(value)
    digits = [place for place, sign in enumerate(printed) if sign.isdigit()]
    found = {float(printed) * 10, float(printed) / 10}
    for here, after in itertools.pairwise(digits):
        one, two = printed[here], printed[after]
        between = printed[here + 1 : after]
        found.add(float(printed[:here] + two + between + one + printed[after + 1 :]))
        found.add(float(printed[:here] + printed[here + 1 :]))
    whole = isinstance(value, int)
    changed = sorted(slip for slip in found if abs(slip - value) >= LEAST_CHANGE * abs(value) and slip != 0)
    return [int(slip) if whole else round(slip, 10) for slip in changed if not whole or slip.is_integer()]


def _plain(value: object) -> object:
    """A value of a table as Python's own type."""
    return value.item() if hasattr(value, "item") else value
