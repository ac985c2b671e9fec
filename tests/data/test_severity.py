"""The severity of an erratum is at least what its numbers ask for: over 10% high, 1 to 10% medium.

Only a row with one number printed and one computed, both amounts or both percentages, or with the ratio of the two can
be judged so. A row may be more severe for what it changes.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from validation import rows

ORDER = ["low", "medium", "high"]
#: Rows whose two numbers are not two values of one thing, and what they are.
UNLIKE = {
    "E1-13": "the ratio is the rise to the target",
    "E1-54": "a day of the month and a number of weeks",
    "E1-56": "the span of a scholar beside the span of the Plan",
    "E2-32": "the sum fits after rounding; the other two are shares",
    "E3-28": "a span of years and a growth factor",
    "E3-54": "a goal and its ratio to the start",
    "E3-84": "nearly 20 is 18 rounded, and says so",
    "E4-40": "the ratio is the growth that the text calls almost double",
    "E4-106": "a length of a list and a rank on it",
    "E5-61": "about 24 is 23.7 rounded, and says so",
    "E5-63": "vendors of the world and of China",
    "E8-04": "the ratio is the growth over fifteen years",
    "E8-17": "a mark in a list and the number of its entries",
    "E8-45": "two counts of different regions",
}
_NUMBER = re.compile(r"(?<![\w.])([+-]?)(\d[\d,]*(?:\.\d+)?)(?: ?(%))?(?![\w]*-)")
_RATIO = re.compile(r"(\d[\d,.]*) ?/ ?(\d[\d,.]*) = (\d+(?:\.\d+)?)(?! ?%|[\d,.])")
_YEAR = re.compile(r"(?:19|20)\d\d")


def numbers(text: str) -> list[tuple[str, float, str]]:
    """Sign, value and percent sign of every number of a text; years are left out."""
    found = [(sign, figure.replace(",", ""), percent) for sign, figure, percent in _NUMBER.findall(text)]
    return [(sign, float(figure), percent) for sign, figure, percent in found if not _YEAR.fullmatch(figure)]


def difference(printed: str, computed: str) -> float | None:
    """How far the computed number lies from the printed one, as a share of it; None where the two cannot be compared.

    A signed percentage in `computed` is the difference itself, a ratio of the printed number to another (or the other
    way round) is one plus the difference; else the number after the only equals sign counts.
    """
    formula, equals, result = computed.rpartition("=")
    was, now = numbers(printed), numbers(result)
    for above, below, ratio in _RATIO.findall(computed):
        if {float(each.strip(".,").replace(",", "")) for each in (above, below)} & {value for _, value, _ in was}:
            return abs(float(ratio) - 1)
    if formula.count("=") or len(was) != 1 or len(now) != 1 or not was[0][1]:
        return None
    (_, old, old_percent), (sign, new, percent) = was[0], now[0]
    if equals and sign and percent:
        return new / 100
    return abs(new / old - 1) if old_percent == percent else None


def least(share: float) -> str:
    """The severity that a difference asks for."""
    return "high" if share > 0.1 else "medium" if share >= 0.01 else "low"


def test_severity_follows_the_numbers(root: Path) -> None:
    judged, low = 0, {}
    for row in rows(root / "data/errata.csv"):
        share = difference(row["printed"], row["computed"]) if row["computed"] else None
        judged += share is not None
        if share is not None and ORDER.index(row["severity"]) < ORDER.index(least(share)):
            low[row["id"]] = (
                f"{row['id']} is {row['severity']} and off by {share:.1%}: {row['printed']} | {row['computed']}"
            )
    assert judged > 40, "the reader of numbers finds nothing to judge"
    assert set(low) == set(UNLIKE), "\n".join(low.values())


@pytest.mark.parametrize(
    ("printed", "computed", "share"),
    [
        ("USD 516.9 billion, 2020", "684.6 / 516.9 = +32.4%", 0.324),
        ("62% of total investment", "(3,136,871+2,874,851)/(9,666,087-2,774,064) = 87.2%", 87.2 / 62 - 1),
        ("JPY 500,000 to JPY 800,000", "38,800 x 17 = 659,600; 800,000/659,600 = 1.21", 0.21),
        ("nearly 20 years", "2019 - 2001 = 18", 0.1),
        ("62% of the total", "18 of 29", None),
        ("two or three", "5", None),
    ],
)
def test_the_reader_of_differences_reads(printed: str, computed: str, share: float | None) -> None:
    assert difference(printed, computed) == (share if share is None else pytest.approx(share))


def test_the_rule_is_the_rule() -> None:
    assert [least(share) for share in (0.005, 0.01, 0.1, 0.11)] == ["low", "medium", "medium", "high"]
