"""What can be drawn of each dataset, and code that makes the chart it promises."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import altair as alt
import pandas as pd
import pytest

from dualcirc import datasets, load
from dualcirc.views import View, code_of, draw, kinds_for, left_out, selection, series_in, shape_of, units_of

DRAWN = [name for name in datasets() if not shape_of(name).why_not]
RD = View("figure-4-1", "PPP USD billion", ("China, R&D expenditure", "United States, R&D expenditure"))


def first_view(name: str, **options: object) -> View:
    shape, table = shape_of(name), load(name)
    unit = units_of(shape, table)[0]
    return View(name, unit, tuple(series_in(shape, table, unit)[1]), **{"kind": "Points", **options})


def test_most_numbers_can_be_drawn_and_words_cannot() -> None:
    assert {"figure-4-1", "table-6-1", "figure-3-1", "exchange-rates"} <= set(DRAWN)
    assert len(DRAWN) > 25
    assert "words" in shape_of("glossary").why_not
    assert "statement of its own" in shape_of("facts").why_not


@pytest.mark.parametrize("name", DRAWN)
def test_a_series_has_one_value_at_a_time(name: str) -> None:
    """Else a line would zigzag and a bar would hide another."""
    view = first_view(name)
    chart, rows = draw(view)
    expected = selection(shape_of(name), load(name), view.unit, view.series)
    assert len(rows) == len(expected) > 0
    assert sorted(rows["shown"]) == sorted(expected[shape_of(name).measure].astype(float))
    if name not in (
        "exchange-rates",
        "table-8-1",
        "table-8-2",
    ):  # rates and rules that the report states more than once
        assert not rows.duplicated(["name", "time"] if "time" in rows else ["name"]).any()
    text = chart.to_dict()
    assert text["title"] and text["description"]


def test_the_code_runs_as_it_stands_and_makes_the_same_chart(tmp_path: Path) -> None:
    view = View(**{**RD.__dict__, "scale": "index", "base": "2000", "log": True})
    script = tmp_path / "chart.py"
    script.write_text(code_of(view) + "print(chart.to_json())\n", encoding="utf-8")
    ran = subprocess.run([sys.executable, str(script)], capture_output=True, encoding="utf-8", check=True, cwd=tmp_path)
    assert ran.stdout.strip() == draw(view)[0].to_json()


def test_an_index_is_the_value_over_that_of_its_base() -> None:
    _, rows = draw(View(**{**RD.__dict__, "scale": "index", "base": "2010"}))
    china = load("figure-4-1").query("country == 'China' and unit == 'PPP USD billion'").set_index("period")["value"]
    shown = rows[rows["country"] == "China"].set_index("period")["shown"]
    assert shown["2010"] == 100
    assert shown["2019"] == pytest.approx(china["2019"] / china["2010"] * 100)


def test_shares_of_a_moment_add_up_to_hundred() -> None:
    _, rows = draw(View(**{**RD.__dict__, "scale": "share"}))
    assert rows.groupby("time")["shown"].sum().round(6).eq(100).all()


def test_a_base_without_values_says_what_to_do() -> None:
    with pytest.raises(ValueError, match="another base period"):
        draw(View(**{**RD.__dict__, "scale": "index", "base": "1900"}))


STATIONS = View("table-5-1", "base stations", ("1, Nokia", "1, Huawei", "4, Huawei"), "Points")


def test_a_series_of_zero_or_nothing_in_the_base_period_is_left_out_and_said() -> None:
    view = View(**{**STATIONS.__dict__, "scale": "index", "base": "2020-03-27"})
    _, rows = draw(view)
    assert list(rows["name"]) == ["1, Huawei"] and list(rows["shown"]) == [100]
    assert left_out(view, rows) == [
        "2 of 3 series are not drawn, for lack of a value other than 0 in 2020-03-27: 4, Huawei; 1, Nokia."
    ]


def test_values_that_a_logarithmic_axis_cannot_hold_are_counted() -> None:
    view = View(**{**STATIONS.__dict__, "log": True})
    _, rows = draw(view)
    assert "1, Nokia" not in set(rows["name"])
    assert left_out(view, rows) == ["1 of 3 values are not drawn: a logarithmic axis has no place for 0 or less."]
    assert left_out(STATIONS, draw(STATIONS)[1]) == []


def test_a_logarithmic_axis_stands_in_the_chart() -> None:
    chart, _ = draw(View(**{**RD.__dict__, "log": True}))
    assert chart.to_dict()["encoding"]["y"]["scale"]["type"] == "log"


@pytest.mark.parametrize(
    ("periods", "kinds"),
    [
        (["2019", "2020"], ["Lines", "Bars", "Points"]),
        (["2019-06", "2020-12"], ["Lines", "Bars", "Points"]),
        (["2016/2020", "2021/2025"], ["Bars", "Points"]),
        (["2019"], ["Bars", "Points"]),
        ([], ["Bars", "Points"]),
    ],
)
def test_lines_need_steps_of_time(periods: list[str], kinds: list[str]) -> None:
    assert kinds_for(periods) == kinds


@pytest.mark.parametrize("kind", ["Lines", "Bars", "Points"])
def test_every_kind_draws(kind: str) -> None:
    chart, rows = draw(View(**{**RD.__dict__, "kind": kind}))
    assert isinstance(chart, alt.Chart) and isinstance(rows, pd.DataFrame)
    mark = chart.to_dict()["mark"]
    assert mark["type"] == {"Lines": "line", "Bars": "bar", "Points": "point"}[kind]


def test_names_with_quotes_stay_names() -> None:
    hostile = ('x"] ; import os #', "a\n'b\"\\")
    tree = ast.parse(code_of(View("figure-4-1", hostile[0], hostile)))
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert set(hostile) <= texts
    assert not any(isinstance(node, ast.Import) and node.names[0].name == "os" for node in ast.walk(tree))
