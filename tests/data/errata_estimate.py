"""How many slips did both readers miss? Lincoln-Petersen in Chapman's form, from two lists made apart.

``python tests/data/errata_estimate.py`` prints the table. The unit is a row of ``data/errata.csv``: a row of the second
list counts through the row or rows that it names in ``second-reader/matches.csv``. Rows of the third pass, made with
both lists known, enter neither list.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECOND = Path(__file__).parent / "second-reader"
REJECTED = "rejected"
ALL = frozenset({"high", "medium", "low"})
SEVERE = frozenset({"high", "medium"})


@dataclass(frozen=True)
class Capture:
    """Slips that the first reader, the second reader and both found."""

    first: int
    second: int
    both: int

    @property
    def found(self) -> int:
        return self.first + self.second - self.both

    @property
    def total(self) -> float:
        """Chapman's estimate of all slips, found or not."""
        return (self.first + 1) * (self.second + 1) / (self.both + 1) - 1

    @property
    def share(self) -> float:
        return self.found / self.total

    def __add__(self, other: Capture) -> Capture:
        return Capture(self.first + other.first, self.second + other.second, self.both + other.both)


def read(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def ids(cell: str) -> list[str]:
    """The ids in a cell of matches.csv."""
    return [part for part in cell.split(";") if part and part != REJECTED]


def captures(
    errata: list[dict[str, str]],
    matches: list[dict[str, str]],
    third: list[dict[str, str]],
    chapters: set[str],
    severities: frozenset[str] = ALL,
) -> dict[str, Capture]:
    """What each reader found, by chapter of the register's row."""
    added = {erratum for row in matches for erratum in ids(row["added"])}
    matched = {erratum for row in matches for erratum in ids(row["first"])}
    later = {row["erratum"] for row in third}
    counts: dict[str, Capture] = {}
    for chapter in sorted(chapters):
        rows = {row["id"] for row in errata if row["chapter"] == chapter and row["severity"] in severities} - later
        first = rows - added
        counts[chapter] = Capture(len(first), len(rows & (added | matched)), len(first & matched))
    return counts


def load(severities: frozenset[str] = ALL) -> dict[str, Capture]:
    """The counts of the checkout, for the chapters of the second list."""
    chapters = {row["chapter"] for row in read(SECOND / "errata.csv")}
    return captures(
        read(ROOT / "data/errata.csv"),
        read(SECOND / "matches.csv"),
        read(SECOND / "third-pass.csv"),
        chapters,
        severities,
    )


def table(counts: dict[str, Capture]) -> list[str]:
    """Lines of text: a chapter each, and all together."""
    total = Capture(0, 0, 0)
    lines = ["chapter  first  second  both  found  estimate  missed  found/estimate"]
    for chapter, count in counts.items():
        total += count
        lines.append(_line(chapter, count))
    return [*lines, _line("all", total)]


def _line(name: str, count: Capture) -> str:
    missed = count.total - count.found
    return (
        f"{name:>7}  {count.first:5}  {count.second:6}  {count.both:4}  {count.found:5}"
        f"  {count.total:8.1f}  {missed:6.1f}  {count.share:14.2f}"
    )


def main() -> None:
    """Print both tables and what the third pass added."""
    for name, severities in (("All rows", ALL), ("Severity high or medium", SEVERE)):
        print(f"{name}\n" + "\n".join(table(load(severities))) + "\n")
    third = {row["erratum"] for row in read(SECOND / "third-pass.csv")}
    rows = [row for row in read(ROOT / "data/errata.csv") if row["id"] in third]
    by_chapter = {chapter: sum(row["chapter"] == chapter for row in rows) for chapter in load()}
    severe = sum(row["severity"] in SEVERE for row in rows)
    print(f"The third pass added {len(rows)} rows, {severe} of them high or medium: {by_chapter}")


if __name__ == "__main__":
    main()
