"""Two readers looked for slips apart; their lists are matched row by row, and the match says how many both missed."""

from __future__ import annotations

from pathlib import Path

import pytest
from errata_estimate import REJECTED, SECOND, SEVERE, Capture, captures, ids, load, table
from validation import rows

#: Of the slips that change a value by more than 1% or a conclusion, at least this share should be in the register.
FOUND = 0.9


@pytest.fixture(scope="module")
def matches() -> list[dict[str, str]]:
    return rows(SECOND / "matches.csv")


def test_every_row_of_the_second_list_has_one_decision(matches: list[dict[str, str]]) -> None:
    second = [row["id"] for row in rows(SECOND / "errata.csv")]
    decided = [row["second"] for row in matches]
    assert sorted(decided) == sorted(second), f"no decision or two: {sorted(set(second) ^ set(decided))}"
    undecided = [row["second"] for row in matches if not row["first"] and not row["added"]]
    assert not undecided, f"neither matched, added nor rejected: {undecided}"
    torn = [row["second"] for row in matches if row["first"] == REJECTED and row["added"]]
    assert not torn, f"rejected and yet added: {torn}"


def test_every_erratum_named_by_a_decision_exists(root: Path, matches: list[dict[str, str]]) -> None:
    known = {row["id"] for row in rows(root / "data/errata.csv")}
    named = {erratum for row in matches for column in ("first", "added") for erratum in ids(row[column])}
    named |= {row["erratum"] for row in rows(SECOND / "third-pass.csv")}
    assert named <= known, f"errata.csv lacks {sorted(named - known)}"
    found_by_first = {erratum for row in matches for erratum in ids(row["first"])}
    found_by_second = {erratum for row in matches for erratum in ids(row["added"])}
    assert not found_by_first & found_by_second, "a row cannot be in the first list and added from the second"


def test_most_of_the_slips_that_matter_were_found() -> None:
    """Prints the estimate (pytest -rP); fails with the chapters of which too little was found."""
    print("\n".join(["All rows", *table(load()), "Severity high or medium", *table(load(SEVERE))]))
    short = {chapter: round(count.share, 2) for chapter, count in load(SEVERE).items() if count.share < FOUND}
    assert not short, f"found/estimate below {FOUND} in chapters {short}: read them once more"


def test_the_estimate_is_chapmans() -> None:
    assert Capture(20, 15, 8).total == pytest.approx(21 * 16 / 9 - 1)
    assert Capture(10, 10, 10).share == 1
    register = [{"id": f"E1-0{n}", "chapter": "1", "severity": "high"} for n in range(1, 6)]
    decisions = [
        {"second": "S1-01", "first": "E1-01;E1-02", "added": ""},
        {"second": "S1-02", "first": "E1-02", "added": "E1-04"},
        {"second": "S1-03", "first": REJECTED, "added": ""},
    ]
    assert captures(register, decisions, [{"erratum": "E1-05"}], {"1"}) == {"1": Capture(3, 3, 2)}
