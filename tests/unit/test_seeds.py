"""coursework.seeds: the same paper on every platform and Python. Tried on CPython 3.11, 3.12 and 3.13."""

from __future__ import annotations

import pandas as pd
import pytest

from coursework.seeds import LEAST_CHANGE, Draw, Planted, slips
from coursework.words import CourseworkError

COUNTRIES = ["Brazil", "China", "Germany", "India", "Japan"]
TABLE = pd.DataFrame(
    {"country": COUNTRIES, "money": [12.5, 40.25, 31.0, 18.75, 22.5], "twice": [25, 80.5, 62, 37.5, 45]}
)


def disagrees(table: pd.DataFrame) -> bool:
    return bool((table["twice"] != 2 * table["money"]).any())


# The results below were found once and must never change: a course's papers depend on them.
KNOWN = {
    "0": (533175, "Germany", ["China", "India", "Japan"], (2004, 2014), ("Germany", "money", 31.0, 3.1)),
    "1": (169796, "China", ["Brazil", "India", "Japan"], (2005, 2014), ("India", "twice", 37.5, 73.5)),
    "autumn": (213125, "Brazil", ["China", "India", "Japan"], (2003, 2017), ("Germany", "money", 31.0, 1.0)),
    "秋学期": (202844, "Brazil", ["Brazil", "India", "Japan"], (2000, 2011), ("Japan", "twice", 45.0, 450.0)),
}


@pytest.mark.parametrize("seed", KNOWN)
def test_known_seeds_give_known_papers(seed: str) -> None:
    draw = Draw(seed, "sample")
    _, planted = draw.plant("error", TABLE, ["money", "twice"], keys=["country"], exposed_by=disagrees)
    found = (
        draw.number("number", 1_000_000),
        draw.one("one", COUNTRIES),
        draw.some("some", COUNTRIES, 3),
        draw.span("span", 2000, 2019, at_least=8),
        (planted.row["country"], planted.column, planted.original, planted.value),
    )
    assert found == KNOWN[seed]


def test_one_draw_does_not_move_another() -> None:
    alone, after = Draw("0", "sample"), Draw("0", "sample")
    after.one("before", COUNTRIES)
    assert alone.number("number", 10**9) == after.number("number", 10**9)
    assert Draw("0", "sample").number("number", 10**9) != Draw("0", "other").number("number", 10**9)


def test_every_choice_comes_up_about_equally_often() -> None:
    counts = pd.Series([Draw(str(seed), "sample").one("one", COUNTRIES) for seed in range(2000)]).value_counts()
    assert len(counts) == len(COUNTRIES) and counts.between(330, 470).all()  # 400 expected, standard deviation 18


def test_a_planted_error_is_one_cell_that_the_check_sees() -> None:
    for seed in range(40):
        copy, planted = Draw(str(seed), "sample").plant(
            "error", TABLE, ["money", "twice"], keys=["country"], exposed_by=disagrees
        )
        changed = copy.ne(TABLE)
        assert changed.sum().sum() == 1 and disagrees(copy)
        at = copy.set_index("country").loc[planted.row["country"], planted.column]
        assert at == planted.value != planted.original
        assert abs(planted.value - planted.original) >= LEAST_CHANGE * planted.original


def test_whole_numbers_stay_whole() -> None:
    assert all(isinstance(slip, int) for slip in slips(2622))
    assert 6222 in slips(2622) and 262 in slips(2622) and 26220 in slips(2622)


def test_a_check_that_sees_nothing_cannot_be_the_exercise() -> None:
    with pytest.raises(CourseworkError, match="sees none of the errors"):
        Draw("0", "s").plant("error", TABLE, ["money"], keys=["country"], exposed_by=lambda table: False)
    with pytest.raises(CourseworkError, match="error in the right table"):
        Draw("0", "s").plant("error", TABLE, ["money"], keys=["country"], exposed_by=lambda table: True)


def test_a_span_that_cannot_be_says_so() -> None:
    with pytest.raises(CourseworkError, match="2000 to 2005 has no two years 8 apart"):
        Draw("0", "s").span("years", 2000, 2005, at_least=8)


def test_planted_remembers_everything() -> None:
    _, planted = Draw("7", "s").plant("error", TABLE, ["money"], keys=["country"], exposed_by=disagrees)
    assert isinstance(planted, Planted) and set(planted.row) == {"country"} and planted.column == "money"
