"""The author's words come first; without them the description says mark, title and fields."""

from __future__ import annotations

from coursebook.describe import authors_description, built_description

SPEC = {
    "title": "Growth",
    "layer": [
        {
            "mark": "line",
            "encoding": {"x": {"field": "year"}, "y": {"field": "v", "title": "Value"}, "color": {"field": "c"}},
        },
        {"mark": "text", "encoding": {"text": {"field": "c"}}},
    ],
}


def test_the_authors_words_are_kept_wherever_they_stand() -> None:
    assert authors_description({"layer": [{"mark": "bar", "description": " Bars. "}]}) == "Bars."
    assert authors_description(SPEC) == ""


def test_a_description_is_built_from_marks_title_and_fields() -> None:
    built = built_description(SPEC)
    assert built == "Line chart with chart of labels. Growth. horizontal: year, vertical: Value, colour: c."
