"""dualcirc.checks on charts: every way Altair joins views, and messages that say what to change."""

from __future__ import annotations

from collections.abc import Callable

import altair as alt
import pandas as pd
import pytest

from dualcirc.checks import Checks

ROWS = pd.DataFrame({"country": ["China", "Japan"], "year": [2018, 2019], "value": [1.0, 2.0], "other": [3.0, 4.0]})
BASE = alt.Chart(ROWS).encode(x="year:O", y="sum(value):Q")
BAR = BASE.mark_bar().properties(title="China leads", description="Bar chart: China 1, Japan 2.")


def repeated(over: str) -> alt.Chart:
    y = alt.Y(alt.repeat(over), aggregate="sum", type="quantitative")
    return alt.Chart(ROWS).mark_bar().encode(x="year:O", y=y)


def report(chart: object, checks: Callable) -> list[str]:
    check = Checks({"chart": chart}, points=1)
    checks(check.chart("chart"))
    return [str(item) for item in check.items]


@pytest.mark.parametrize(
    "chart",
    [
        BAR,
        BASE.mark_bar() + BASE.mark_text(),
        alt.layer(alt.Chart().mark_bar(), alt.Chart().mark_rule(), data=ROWS).encode(x="year:O", y="sum(value):Q"),
        BASE.mark_bar() | BASE.mark_line(),
        BASE.mark_bar() & BASE.mark_line(),
        alt.concat(BASE.mark_line(), BASE.mark_bar()),
        BASE.mark_bar().facet("country:N"),
        BASE.mark_bar().encode(column="country:N"),
        (BASE.mark_bar() + BASE.mark_text()).facet(row="country:N"),
        repeated("row")
        .repeat(row=["other", "value"]),
        repeated("repeat")
        .repeat(["other", "value"]),
        repeated("layer")
        .repeat(layer=["other", "value"]),
    ],
)  # fmt: skip
def test_every_way_to_join_views(chart: object) -> None:
    lines = report(
        chart,
        lambda c: (
            c.mark("bar").encodes("y", field="value", aggregate="sum", type="Q").encodes("x", field="year", on="bar")
        ),
    )
    assert all(line.startswith("✓") for line in lines), lines


@pytest.mark.parametrize(
    ("chart", "channel"),
    [
        (BASE.mark_bar().facet("country:N"), "facet"),
        (BASE.mark_bar().facet(row="country:N"), "row"),
        (BASE.mark_bar().encode(column="country:N"), "column"),
        (BASE.mark_bar().encode(tooltip=["year", "country"]), "tooltip"),
    ],
)
def test_facets_and_lists_are_channels(chart: object, channel: str) -> None:
    assert report(chart, lambda c: c.encodes(channel, field="country")) == [f"✓ `chart` `{channel}` is mapped as asked"]


@pytest.mark.parametrize(
    ("chart", "checks", "told"),
    [
        (3, lambda c: c.mark("bar"), "should be an Altair chart, but it is a int"),
        (ROWS, lambda c: c.mark("bar"), "should be an Altair chart, but it is a DataFrame"),
        (..., lambda c: c.mark("bar"), "`chart` is not there yet"),
        (
            alt.Chart(ROWS).mark_bar().encode(x="nothing"),
            lambda c: c.mark("bar"),
            "Altair cannot draw `chart`: Unable to determine data type for the field \"nothing\"",
        ),
        (alt.hconcat(), lambda c: c.mark("bar"), "a bar mark is asked for; you have no mark"),
        (BASE.mark_bar() + BASE.mark_line(), lambda c: c.no_mark("line", "area"), "`chart`: there is a line"),
        (BASE.mark_line(point=True), lambda c: c.no_mark("line", hint="draw bars"), "there is a line. draw bars"),
        (BAR, lambda c: c.mark("line", "area"), "a line or area mark is asked for; you have bar"),
        (BAR, lambda c: c.encodes("color", field="country"), "nothing is mapped to `color`"),
        (BAR, lambda c: c.encodes("y", aggregate="mean"), "`y` should aggregate with mean; you have sum"),
        (BAR, lambda c: c.encodes("y", aggregate=None), "`y` should not aggregate; you have sum"),
        (BAR, lambda c: c.encodes("x", aggregate="sum"), "`x` should aggregate with sum; you have none"),
        (BAR, lambda c: c.encodes("y", field="other"), "`y` should show `other`; you have `value`"),
        (BAR, lambda c: c.encodes("x", type="T"), "`x` should be temporal; you have ordinal"),
        (BAR, lambda c: c.encodes("x", sort="-y", hint="sort it"), "`x` should have sort -y; you have none. sort it"),
        (BAR, lambda c: c.encodes("y", title=True), "`y` needs a title"),
        (BAR, lambda c: c.encodes("y", scale={"type": "log"}), "`y` should have scale"),
        (BAR, lambda c: c.encodes("y", on="line", field="value"), "nothing is mapped to `y`"),
        (BAR, lambda c: c.title("Japan"), "the title does not mention Japan"),
        (BASE.mark_bar(), lambda c: c.title(), "there is no title: say what the chart shows"),
        (BAR, lambda c: c.description("India"), "the description does not mention India"),
        (BASE.mark_bar(), lambda c: c.description(), "there is no description"),
    ],
)  # fmt: skip
def test_what_is_off_is_said(chart: object, checks: Callable, told: str) -> None:
    (line,) = report(chart, checks)
    assert line.startswith("✗ ") and told in line


def test_alternatives_and_nested_properties() -> None:
    chart = BASE.mark_bar().encode(
        y=alt.Y("sum(value):Q", title="USD bn", scale=alt.Scale(type="log")), x=alt.X("year:O", sort="-y")
    )
    lines = report(
        chart,
        lambda c: c.encodes("y", field=("total", "value"), aggregate=("sum", None), title=True, scale={"type": "log"})
        .encodes("x", sort=("-y", "descending")),
    )  # fmt: skip
    assert all(line.startswith("✓") for line in lines), lines


@pytest.mark.parametrize("title", ["China leads", ["China", "leads"], alt.Title("China", subtitle="leads")])
def test_titles_in_every_form(title: object) -> None:
    lines = report(BASE.mark_bar().properties(title=title), lambda c: c.title("china", "leads"))
    assert lines == ["✓ `chart` has a title"]


def test_the_view_that_comes_nearest_is_named() -> None:
    chart = BASE.mark_bar() + BASE.mark_text().encode(y="mean(other):Q")
    (line,) = report(chart, lambda c: c.encodes("y", field="value", aggregate="sum", type="Q", title=True))
    assert line == "✗ `chart`: `y` needs a title"


def test_a_chart_that_cannot_be_drawn_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    check = Checks({"chart": 3}, points=2)
    check.chart("chart").mark("bar").title().description()
    assert check.score() == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


# Sorted by size

TOP = ["Japan", "China"]  # by value


@pytest.mark.parametrize(
    "sort",
    [
        "x",
        "-x",
        TOP,
        TOP[::-1],
        alt.EncodingSortField(field="value", order="descending"),
        alt.SortByEncoding(encoding="x"),
    ],
    ids=str,
)
def test_sorted_by_size(sort: object) -> None:
    chart = alt.Chart(ROWS).mark_bar().encode(x="value:Q", y=alt.Y("country:N", sort=sort))
    assert report(chart + chart.mark_text(), lambda c: c.sorts("y", by="x")) == ["✓ `chart` `y` is sorted"]


@pytest.mark.parametrize(
    ("sort", "told"),
    [
        (alt.Undefined, "its sort is none"),
        (None, "its sort is none"),
        ("ascending", "`y` should be sorted by `x`; its sort is ascending"),
        ("-y", "its sort is -y"),
        (["China"], "its sort is ['China']"),
        (alt.EncodingSortField(field="year"), "its sort is {'field': 'year'}"),
    ],
    ids=str,
)
def test_other_orders_are_not_by_size(sort: object, told: str) -> None:
    chart = alt.Chart(ROWS).mark_bar().encode(x="value:Q", y=alt.Y("country:N", sort=sort))
    (line,) = report(chart, lambda c: c.sorts("y", by="x", hint="sort it"))
    assert line.startswith("✗") and told in line and line.endswith("sort it")


def test_a_list_is_in_order_of_size_or_not() -> None:
    rows = pd.DataFrame({"country": ["China", "Japan", "India"], "value": [1, 3, 2]})
    chart = alt.Chart(rows).mark_bar().encode(x="value:Q", y=alt.Y("country:N", sort=["China", "Japan", "India"]))
    (line,) = report(chart, lambda c: c.sorts("y", by="x"))
    assert line.startswith("✗")


# The rows that a chart shows

LONG = pd.DataFrame(
    [
        {"country": country, "year": year, "value": value, "basis": basis}
        for basis in ("old", "new")
        for country, value in (("China", 1.5), ("Japan", 2.5), ("India", 3.5))
        for year in (2018, 2019)
    ]
)
WANTED = LONG.query("basis == 'new' and country != 'India'")
ASKED = {"x": WANTED["year"], "color": WANTED["country"], "basis": WANTED["basis"]}
HINT = "the question asks for China and Japan"


def line(rows: pd.DataFrame) -> alt.Chart:
    return alt.Chart(rows).mark_line().encode(x="year:Q", y="value:Q", color="country:N", detail="basis:N")


def shown(chart: object) -> str:
    (said,) = report(chart, lambda c: c.rows(**ASKED, hint=HINT))
    return said


RIGHT_ROWS = {
    "same": line(WANTED),
    "other order": line(WANTED.iloc[::-1]),
    "further columns": line(WANTED.assign(more=1)),
    "text years": line(WANTED.assign(year=WANTED["year"].astype(str))),
    "float years": line(WANTED.assign(year=WANTED["year"].astype(float))),
    "dates": line(WANTED.assign(year=pd.to_datetime(WANTED["year"].astype(str)))),
    "no number": line(pd.concat([WANTED, WANTED.assign(year=2020, value=None)])),
    "labels": line(WANTED) + line(WANTED).mark_text(),
    "rule of its own": line(WANTED) + alt.Chart(pd.DataFrame({"y": [2]})).mark_rule().encode(y="y:Q"),
    "layer for each": line(WANTED.query("country == 'China'")) + line(WANTED.query("country == 'Japan'")),
    "facets": line(WANTED).facet("country:N"),
    "datum": line(LONG)
    .transform_filter((alt.datum.country != "India") & (alt.datum.basis == "new"))
    .transform_filter(alt.datum["year"] >= 2018),
    "text": line(LONG).transform_filter('datum["country"] != "India" && datum.basis == "new"'),
    "one of": line(LONG)
    .transform_filter(alt.FieldOneOfPredicate(field="country", oneOf=["China", "Japan"]))
    .transform_filter(alt.FieldEqualPredicate(field="basis", equal="new")),
    "logic": line(LONG).transform_filter(
        {
            "and": [
                {"not": {"field": "country", "equal": "India"}},
                {"or": [{"field": "basis", "equal": "new"}, {"field": "year", "gt": 2019}]},
                {"field": "year", "range": [2018, 2019]},
            ]
        }
    ),
    "filter of all layers": alt.layer(line(LONG), line(LONG).mark_point()).transform_filter(
        "datum.country != 'India' && datum.basis == 'new'"
    ),
}  # fmt: skip


@pytest.mark.parametrize("chart", RIGHT_ROWS.values(), ids=RIGHT_ROWS)
def test_the_rows_asked_for(chart: object) -> None:
    assert shown(chart) == "✓ `chart` shows the rows asked for"


@pytest.mark.parametrize(
    ("chart", "told"),
    [
        (line(LONG.query("basis == 'new'")), "it shows 3 values of `country`, and India is not asked for"),
        (line(LONG.query("country != 'India'")), "it shows 2 values of `basis`, and old is not asked for"),
        (line(WANTED.iloc[1:]), "it lacks 1 of 4 rows"),
        (line(WANTED.assign(value=None)), "no rows with `x`, `color`, `basis`"),
        (line(WANTED).encode(x="value:Q"), "1.5 is not asked for"),
        (line(pd.concat([WANTED, WANTED])), "it shows more rows than asked for at year 2018, country China, basis new"),
        (line(LONG).transform_filter(alt.datum.basis == "new"), "India is not asked for"),
        (alt.Chart(WANTED.drop(columns="basis")).mark_line().encode(x="year:Q", color="country:N"), "no rows with"),
    ],
)
def test_other_rows_are_told(chart: object, told: str) -> None:
    said = shown(chart)
    assert said.startswith("✗ `chart`: ") and told in said and said.endswith(HINT)


@pytest.mark.parametrize(
    "chart",
    [
        line(LONG).transform_filter("year(datum.year) == 2018"),
        line(LONG).transform_filter("datum.basis == 'new' || datum.year > 2018"),
        line(LONG).transform_filter("datum.year == '2018'"),
        line(LONG).transform_filter("datum.other == 1"),
        line(LONG).transform_filter(alt.selection_point(name="picked")),
        line(LONG).transform_calculate(year="datum.year + 1"),
        line("https://example.org/rows.csv"),
    ],
)
def test_rows_that_cannot_be_known_are_not_judged(chart: object, capsys: pytest.CaptureFixture[str]) -> None:
    check = Checks({"chart": chart}, points=2)
    check.chart("chart").mark("line").no_mark("line").rows(**ASKED, weight=5)
    assert check.score() == 1
    assert "– `chart` which rows it shows is not judged: " in capsys.readouterr().out


def test_a_chart_of_no_known_form_costs_its_items_alone() -> None:
    class Odd(alt.Chart):
        def to_dict(self) -> dict:
            return {"mark": "bar", "encoding": {"y": 3}, "title": "odd", "data": 4}

    lines = report(Odd(ROWS), lambda c: c.title().encodes("y", field="value").rows(y=[1]).mark("bar"))
    assert [each[0] for each in lines] == ["✓", "✗", "✗", "✓"]
    assert "cannot be read" in lines[1] and "cannot be read" in lines[2]
