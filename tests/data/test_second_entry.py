"""A second transcription, made without looking at the first, agrees with it cell by cell or is settled in its log."""

from __future__ import annotations

from pathlib import Path

import pytest
from validation import rows

ENTRIES = sorted(path for path in (Path(__file__).parent / "second-entry").glob("*.csv") if path.stem != "log")
#: Columns that a second reader filled in, where the dataset has them.
ENTERED = ["value", "value_max", "university", "place", "global_rank", "stake_percent", "target_value", "number"]
ENTERED += ["right_holder", "licensee", "court", "standards", "outcome", "outcome_period"]


def same(first: str, second: str) -> bool:
    """Equal as numbers, or else as text."""
    try:
        return float(first) == float(second)
    except ValueError:
        return first == second


@pytest.mark.parametrize("path", ENTRIES, ids=lambda path: path.stem)
def test_second_entry_agrees(path: Path, root: Path) -> None:
    first, second = rows(root / f"data/{path.name}"), rows(path)
    settled = {(row["dataset"], row["column"], row["first"]) for row in rows(path.with_name("log.csv"))}
    if path.stem == "facts":
        by_id = {row["id"]: row for row in first}
        first = [by_id[row["id"]] for row in second]
    assert len(first) == len(second)
    differences = [
        f"{path.name}, {a.get('id') or f'row {number}'}, {column}: {a[column]!r}, second entry {b[column]!r}"
        for number, (a, b) in enumerate(zip(first, second, strict=True), start=2)
        for column in ENTERED
        if column in a and b.get(column) and not same(a[column], b[column])
        if (path.stem, column, a[column]) not in settled
    ]
    assert not differences, "\n".join(differences)


def test_most_facts_were_entered_twice(root: Path) -> None:
    entered = {row["id"] for row in rows(Path(__file__).parent / "second-entry/facts.csv")}
    facts = {row["id"] for row in rows(root / "data/facts.csv")}
    assert entered <= facts
    assert len(entered) / len(facts) > 0.7
