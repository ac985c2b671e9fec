"""Specifications are recognised in every wrapping, walked whole, and their data found once."""

from __future__ import annotations

import altair as alt
import pandas as pd
import pytest

from coursebook import spec as module

ROWS = pd.DataFrame({"a": [1, 2], "b": ["x", "</script>"]})
CHART = alt.Chart(ROWS, title=["Two", "lines"]).mark_bar().encode(x="a:Q", y="b:N")


@pytest.mark.parametrize("template", ["standard", "universal", "inline", "olli"])
def test_altairs_own_html_gives_the_specification_back(template: str) -> None:
    wanted = CHART.to_dict()
    wanted.pop("$schema")
    html = alt.utils.mimebundle.spec_to_mimebundle(
        CHART.to_dict(), format="html", mode="vega-lite", template=template,
        vega_version="6", vegalite_version="6", vegaembed_version="7",
    )["text/html"]  # fmt: skip
    found = module.spec_in_html(html)
    assert found is not None
    assert {key: found[key] for key in wanted} == wanted


@pytest.mark.parametrize(
    ("mime", "content"),
    [
        ("application/vnd.vegalite.v6+json", CHART.to_dict()),
        ("application/vnd.vegalite.v6.json", CHART.to_dict()),
        (
            "application/vnd.vegalite.v5+json",
            '{"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "mark": "bar"}',
        ),
    ],
)
def test_vegalite_mime_types_are_read(mime: str, content: object) -> None:
    assert module.is_spec(module.spec_in_mime(mime, content))


@pytest.mark.parametrize(
    ("mime", "content"),
    [
        ("text/html", "<p>vegaEmbed is a word here</p>"),
        ("text/html", "<script>vegaEmbed('#v', })({broken</script>"),
        ("application/vnd.vegalite.v6+json", "not json"),
        ("application/vnd.vega.v6+json", {"marks": []}),
        ("text/plain", "alt.Chart(...)"),
    ],
)
def test_what_is_no_chart_is_left_alone(mime: str, content: object) -> None:
    assert module.spec_in_mime(mime, content) is None


def test_a_vega_specification_is_not_ours() -> None:
    assert not module.is_spec({"$schema": "https://vega.github.io/schema/vega/v6.json", "layer": []})


def test_every_view_is_walked_outermost_first() -> None:
    both = ((CHART + CHART) | CHART.facet("b:N")).to_dict()
    kinds = [next(key for key in ("hconcat", "layer", "facet", "mark") if key in view) for view in module.views(both)]
    assert kinds == ["hconcat", "layer", "mark", "mark", "facet", "mark"]
    assert len(module.units(both)) == 3


@pytest.mark.parametrize(
    ("chart", "several"),
    [
        (CHART, False),
        (CHART + CHART, False),
        (CHART | CHART, True),
        (CHART & CHART, True),
        (CHART.facet("b:N"), True),
        (CHART.encode(column="b:N"), True),
        (CHART.repeat(["a"]), True),
    ],
)
def test_several_plots_are_told_from_one(chart: alt.TopLevelMixin, several: bool) -> None:
    assert module.is_multi(chart.to_dict()) is several


def test_equal_data_stand_once_and_keep_their_name() -> None:
    rows = [{"a": 1}]
    found = module.normalised(
        {
            "hconcat": [
                {"mark": "bar", "data": {"values": rows, "name": "mine"}},
                {"mark": "bar", "data": {"values": rows}},
            ]
        }
    )
    assert found["datasets"] == {"mine": rows}
    assert [view["data"] for view in found["hconcat"]] == [{"name": "mine"}, {"name": "mine"}]


def test_one_name_for_two_data_does_not_lose_either() -> None:
    views = [{"mark": "bar", "data": {"name": "same", "values": [{"a": place}]}} for place in (1, 2)]
    found = module.normalised({"hconcat": views})
    shown = [found["datasets"][view["data"]["name"]] for view in found["hconcat"]]
    assert shown == [[{"a": 1}], [{"a": 2}]]


def test_lookup_data_are_found() -> None:
    lookup = {"lookup": "id", "from": {"data": {"url": "far.json"}, "key": "id", "fields": ["x"]}}
    assert module.data_urls({"mark": "bar", "data": {"url": "near.csv"}, "transform": [lookup]}) == [
        "near.csv",
        "far.json",
    ]


def test_titles_become_one_line() -> None:
    assert module.title_of(CHART.to_dict()) == "Two lines"
    assert module.title_of({"title": {"text": "One"}}) == "One"
    assert module.title_of({}) == ""


def test_json_in_a_page_cannot_end_its_script() -> None:
    text = module.to_json({"a": "</script><!-- \u2028"})
    assert "<" not in text and "\u2028" not in text


def test_links_are_left_out_of_still_pictures_only() -> None:
    linked = {"mark": "bar", "encoding": {"href": {"field": "b"}, "x": {"field": "a"}}}
    assert module.without_links(linked)["encoding"] == {"x": {"field": "a"}}
    assert "href" in linked["encoding"]
