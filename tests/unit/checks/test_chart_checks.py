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
        (alt.Chart(ROWS).mark_bar().encode(x="nothing"), lambda c: c.mark("bar"), "Altair cannot draw `chart`"),
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
