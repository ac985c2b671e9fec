"""A DataFrame becomes a table to read: its words, its headers, its filters."""

from __future__ import annotations

import pandas as pd
import pytest

from coursebook.dataframes import TableError, readable

FRAME = pd.DataFrame(
    {"Court": ["Wuhan", "Shenzhen", "<b>Delhi</b>"], "Cases": ["1,200", "", "3"], "Year": [2020, 2019, 2021]}
)


def test_words_arrive_as_words_and_row_numbers_are_dropped() -> None:
    table = readable(FRAME.to_html(), {})
    assert [entry.astext() for entry in table.findall(lambda node: node.tagname == "entry")][:6] == [
        "Court", "Cases", "Year", "Wuhan", "1,200", "2020",
    ]  # fmt: skip
    assert "<b>Delhi</b>" in table.astext()


def test_numbers_stand_right_and_filters_are_marked() -> None:
    table = readable(FRAME.to_html(), {"filters": ["Court"]})
    heads = [entry["classes"] for entry in table.findall(lambda node: node.tagname == "entry")][:3]
    assert heads == [["filterable"], ["n"], ["n"]]


def test_a_first_column_that_says_something_stays() -> None:
    named = FRAME.set_axis(["north", "south", "west"]).rename_axis(None)
    heads = [entry.astext() for entry in readable(named.to_html(), {}).findall(lambda node: node.tagname == "entry")]
    assert heads[:2] == ["", "Court"] and "north" in heads


@pytest.mark.parametrize(
    ("frame", "options", "said"),
    [
        (FRAME, {"filters": ["Nation"]}, "Nation"),
        (FRAME, {"sort": "Year"}, "knows filters and datasets, not sort"),
        (FRAME.set_index("Court"), {}, "reset_index"),
    ],
)
def test_what_cannot_be_is_said(frame: pd.DataFrame, options: dict, said: str) -> None:
    with pytest.raises(TableError, match=said):
        readable(frame.to_html(), options)


def test_an_output_without_a_table_is_said() -> None:
    with pytest.raises(TableError, match="DataFrame"):
        readable("<p>no table</p>", {})
