"""A chart fits a text column and a phone: stacked, wrapped, with text that can be read."""

from __future__ import annotations

import altair as alt
import pandas as pd

from coursebook import layout
from coursebook.spec import views

FRAME = pd.DataFrame({"a": [1], "b": ["x"], "c": [2]})
POINT = alt.Chart(FRAME).mark_point().encode(x="a:Q", y="c:Q")


def test_side_by_side_becomes_below_each_other() -> None:
    assert "vconcat" in layout.narrow((POINT | POINT).to_dict())
    assert layout.narrow(alt.concat(POINT, POINT, columns=2).to_dict())["columns"] == 1


def test_columns_of_a_facet_become_rows() -> None:
    assert layout.narrow(POINT.facet(column="b:N").to_dict())["columns"] == 1
    encoding = layout.narrow(POINT.encode(column="b:N").to_dict())["encoding"]
    assert "column" not in encoding and encoding["facet"]["columns"] == 1


def test_a_repeat_by_column_keeps_its_fields() -> None:
    chart = alt.Chart(FRAME).mark_point().encode(x=alt.X(alt.repeat("column"), type="quantitative"), y="c:Q")
    found = layout.narrow(chart.repeat(column=["a", "c"]).to_dict())
    assert found["repeat"] == ["a", "c"] and found["columns"] == 1
    assert found["spec"]["encoding"]["x"]["field"] == {"repeat": "repeat"}


def test_a_grid_of_rows_and_columns_stays_a_grid() -> None:
    found = layout.narrow(POINT.encode(column="b:N", row="a:O").to_dict())
    assert {"row", "column"} <= found["encoding"].keys()


def test_small_text_grows_and_large_stays() -> None:
    chart = POINT.encode(x=alt.X("a:Q", axis=alt.Axis(labelFontSize=8, titleFontSize=20))).to_dict()
    axis = layout.narrow(chart)["encoding"]["x"]["axis"]
    assert (axis["labelFontSize"], axis["titleFontSize"]) == (12, 20)


def test_the_size_of_points_is_an_area_and_stays() -> None:
    assert layout.narrow({"mark": {"type": "point", "size": 4}})["mark"]["size"] == 4
    assert layout.narrow({"mark": {"type": "text", "size": 4}})["mark"]["size"] == 12


def test_wide_labels_leave_room_for_the_plot() -> None:
    chart = POINT.encode(y=alt.Y("b:N", axis=alt.Axis(labelLimit=400))).to_dict()
    assert layout.narrow(chart)["encoding"]["y"]["axis"]["labelLimit"] == layout.LABEL_WIDTH


def test_headers_break_unless_their_author_wrote_an_expression() -> None:
    header = layout.narrow(POINT.facet("b:N").to_dict())["facet"]["header"]
    assert "split(" in header["labelExpr"]
    own = layout.narrow(POINT.facet(alt.Facet("b:N", header=alt.Header(labelExpr="datum.label"))).to_dict())
    assert own["facet"]["header"]["labelExpr"] == "datum.label"


def test_side_legends_move_below() -> None:
    chart = POINT.encode(color=alt.Color("b:N", legend=alt.Legend(orient="right"))).to_dict()
    assert layout.narrow(chart)["encoding"]["color"]["legend"]["orient"] == "bottom"


def test_titles_break_between_words_and_chinese_anywhere() -> None:
    title = layout.wrapped({"title": "A title that is far too long for a phone's narrow screen"}, 312)["title"]["text"]
    assert len(title) > 1 and " ".join(title) == "A title that is far too long for a phone's narrow screen"
    chinese = layout.wrapped({"title": "中国的研究开发支出在二十年里增长了许多倍而日本增长得慢"}, 200)["title"]["text"]
    assert len(chinese) > 1 and "".join(chinese).startswith("中国的研究")
    assert layout.wrapped({"title": ["as", "given"]}, 312)["title"] == ["as", "given"]


def test_a_fitted_plot_forgets_widths_of_its_layers() -> None:
    layered = (POINT.properties(width=300) + POINT.properties(width=300)).to_dict()
    found = layout.fitted(layered, 672)
    assert found["width"] == 672 and not [view for view in list(views(found))[1:] if "width" in view]


def test_nothing_of_the_authors_specification_is_changed() -> None:
    spec = (POINT | POINT).to_dict()
    before = str(spec)
    layout.narrow(spec)
    layout.scaled(spec, 0.5)
    layout.with_columns(spec, 2)
    assert str(spec) == before
