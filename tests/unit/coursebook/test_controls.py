"""What a control is called, and the ends of an interval."""

from __future__ import annotations

from typing import Any

import altair as alt
import pytest

from coursebook.controls import find_controls
from coursebook.rows import Column, Table

POWERS = [45.767504, 83.0, 150.957958]


def interval(name: str, values: list[Any]) -> dict[str, Any]:
    """The control of an interval over the field `power`."""
    spec = {"mark": "point", "params": [{"name": name, "select": "interval"}]}
    compiled = {"signals": [{"name": f"{name}_tuple_fields", "value": [{"field": "power", "type": "R"}]}]}
    table = Table([Column("Power", "power", "number")], raw=[[value] for value in values])
    (control,), pointer_only = find_controls(spec, compiled, [table])
    assert not pointer_only
    return control


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("brushed_years", "Brushed years"),
        ("param_12", "Selection"),
        ("param_54dd647193d9b3b3", "Selection"),
        ("param_of_mine", "Param of mine"),
    ],
)
def test_a_name_that_altair_made_up_is_not_shown(name: str, label: str) -> None:
    assert interval(name, POWERS)["label"] == label


def test_the_names_that_the_installed_altair_makes_up_are_known() -> None:
    made_up = {each.name for each in (alt.selection_interval(), alt.selection_point(), alt.param(value=1))}
    assert {interval(name, POWERS)["label"] for name in made_up} == {"Selection"}


@pytest.mark.parametrize(
    ("values", "ends"),
    [
        (POWERS, (45.7675, 150.958)),
        ([-0.000123456789, 0.00098765432], (-0.000123457, 0.000987655)),
        ([1234567.5, 7654321.25], (1234560.0, 7654330.0)),
        ([0, 1234567], (0, 1234567)),
        ([2000.0, 12345.0], (2000.0, 12345.0)),
    ],
)
def test_the_ends_of_an_interval_are_short_and_hold_every_row(values: list[float], ends: tuple[float, float]) -> None:
    (side,) = interval("brush", values)["sides"]
    assert (side["min"], side["max"]) == ends
    assert side["min"] <= min(values) and max(values) <= side["max"]
