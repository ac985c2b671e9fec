"""One chart through Vega: two widths, its rows, its controls; and a helper process that survives bad charts."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd
import pytest

from coursebook import draw
from coursebook.draw import Drawings
from coursebook.rows import Column, Table, dataset_to_csv, object_entries, tables_to_csv

FRAME = pd.DataFrame({"year": [2000, 2001, 2000, 2001], "who": ["A", "A", "B", "B"], "v": [1.5, None, 3, 4000]})
LINE = (
    alt.Chart(FRAME)
    .mark_line()
    .encode(x=alt.X("year:O", title="Year"), y=alt.Y("v:Q", title="Value"), color=alt.Color("who:N", title="Who"))
)


@pytest.fixture(scope="module")
def drawings(tmp_path_factory: pytest.TempPathFactory) -> Drawings:
    return Drawings(tmp_path_factory.mktemp("drawings"))


def drawn(drawings: Drawings, chart: Any) -> dict[str, Any]:
    answer = drawings.get({"job": "draw", "spec": chart if isinstance(chart, dict) else chart.to_dict()})
    assert "result" in answer, answer
    return answer["result"]


def rows(result: dict[str, Any]) -> list[Table]:
    return [Table.from_json(each) for each in result["tables"]]


def test_two_widths(drawings: Drawings) -> None:
    result = drawn(drawings, LINE)
    assert (result["wide"]["width"], result["narrow"]["width"]) == (672, 312)


def test_the_rows_are_those_shown_with_their_titles(drawings: Drawings) -> None:
    (table,) = rows(drawn(drawings, LINE.transform_filter("datum.year == 2001")))
    assert {column.title for column in table.columns} == {"Year", "Value", "Who"}
    assert len(table.raw) == 2
    assert {value for row in table.raw for value in row} >= {"A", "B", 4000}


def test_aggregates_are_computed_by_vega(drawings: Drawings) -> None:
    bars = alt.Chart(FRAME).mark_bar().encode(x="sum(v):Q", y="who:N")
    (table,) = rows(drawn(drawings, bars))
    places = {column.title: place for place, column in enumerate(table.columns)}
    assert {row[places["who"]]: row[places["Sum of v"]] for row in table.raw} == {"A": 1.5, "B": 4003}


def test_dates_are_iso_in_files(drawings: Drawings) -> None:
    days = pd.DataFrame({"day": pd.to_datetime(["2020-02-29", "2020-03-01"]), "v": [1, 2]})
    (table,) = rows(drawn(drawings, alt.Chart(days).mark_line().encode(x="day:T", y="v:Q")))
    assert "2020-02-29" in tables_to_csv([table])


def test_a_bound_parameter_is_a_control_and_a_pointer_selection_gets_one(drawings: Drawings) -> None:
    since = alt.param(name="since", value=2000, bind=alt.binding_range(min=2000, max=2001, step=1, name="Since "))
    pick = alt.selection_point(name="pick", fields=["who"])
    result = drawn(drawings, LINE.add_params(since, pick))
    assert [(each["input"], each["label"]) for each in result["controls"]] == [("range", "Since"), ("select", "Who")]
    assert result["pointer_only"] == []


def test_a_selection_that_only_a_pointer_makes_is_named_unless_declared(drawings: Drawings) -> None:
    pick = alt.selection_point(name="pick", fields=["who", "year"])
    assert drawn(drawings, LINE.add_params(pick))["pointer_only"] == ["pick"]
    declared = LINE.add_params(pick).properties(usermeta={"equivalents": {"pick": "the menus Who and Year"}})
    assert drawn(drawings, declared)["pointer_only"] == []


def test_a_bad_chart_gets_a_sentence_and_the_next_one_is_drawn(drawings: Drawings) -> None:
    bad = drawings.get({"job": "draw", "spec": {"mark": "bar", "encoding": {"x": {"field": "a", "type": "nonsense"}}}})
    far = drawings.get(
        {"job": "draw", "spec": {"mark": "bar", "data": {"url": "https://data.invalid/x.csv"}, "encoding": {}}}
    )
    assert "error" in far
    assert set(bad) <= {"error", "result"}
    drawn(drawings, LINE.properties(title="after the bad one"))


def test_a_drawing_is_made_once_and_the_same_everywhere(tmp_path: Path, drawings: Drawings) -> None:
    spec = LINE.properties(title="twice").to_dict()
    first = drawn(drawings, spec)
    assert drawn(Drawings(tmp_path), spec) == first
    key = drawings.want({"job": "draw", "spec": spec})
    assert not list(drawings.folder.glob(f"{key}.want.json")), "what is drawn is not wanted again"


@pytest.mark.parametrize(
    ("written", "zone"), [("2020-01-0{}", "Z"), ("2020-01-0{}T06:00:00", ""), ("2020-01-0{}T06:00:00+00:00", "Z")]
)
def test_a_menu_of_dates_has_moments_for_values_and_dates_for_words(
    drawings: Drawings, written: str, zone: str
) -> None:
    """Date.parse takes a date alone for universal time, and one with a time of day for the reader's own."""
    rows = [{"day": written.format(day), "v": day} for day in (1, 2)]
    pick = {"name": "pick", "select": {"type": "point", "fields": ["day"]}}
    encoding = {"x": {"field": "day", "type": "temporal"}, "y": {"field": "v", "type": "quantitative"}}
    (menu,) = drawn(drawings, {"data": {"values": rows}, "mark": "bar", "encoding": encoding, "params": [pick]})[
        "controls"
    ]
    time = "T06:00:00" if "T" in written else "T00:00:00"
    assert menu["dates"] and menu["options"] == [None, *(f"2020-01-0{day}{time}{zone}" for day in (1, 2))]
    assert menu["labels"] == ["all", *(f"2020-01-0{day}{time.removesuffix('T00:00:00')}" for day in (1, 2))]


HELPER = """import json, sys, time
for line in sys.stdin:
    wish = json.loads(line)["wish"]
    with open("asked", "a") as log: log.write(wish + " ")
    if wish == "sleep": time.sleep(60)
    if wish == "crash": sys.exit(1)
    print(json.dumps({"error": "bad"} if wish == "fail" else {"result": wish}), flush=True)
    if wish == "fail": break
"""


@pytest.fixture
def pretended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Drawings:
    """Drawings by a helper that does as it is asked, and writes down what that was."""
    (tmp_path / "helper.py").write_text(HELPER, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(draw, "_HELPER", (sys.executable, "helper.py"))
    monkeypatch.setattr(draw, "MOST_HELPERS", 1)
    return Drawings(tmp_path / "drawings")


def asked(wishes: Drawings) -> list[str]:
    return (wishes.folder.parent / "asked").read_text(encoding="utf-8").split()


@pytest.mark.parametrize("bad", ["fail", "crash", "sleep"])
def test_one_bad_chart_costs_its_own_time_and_the_others_are_drawn(
    pretended: Drawings, monkeypatch: pytest.MonkeyPatch, bad: str
) -> None:
    monkeypatch.setattr(draw, "_SECONDS_EACH", 3)
    wishes = [{"wish": wish} for wish in ("a", "b", bad, "c", "d", "e", "f")]
    for wish in wishes:
        pretended.want(wish)
    start = time.monotonic()
    assert pretended.draw_wanted() == len(wishes)
    assert time.monotonic() - start < 15, "no longer than twice what one chart may take, and starting"
    answers = {wish["wish"]: pretended.get(wish) for wish in wishes}
    assert set(answers.pop(bad)) == {"error"}
    assert answers == {wish: {"result": wish} for wish in "abcdef"}


def test_a_failure_holds_for_one_build_and_so_do_data_from_an_address(pretended: Drawings) -> None:
    far = {"wish": "far", "spec": {"mark": "bar", "data": {"url": "https://data.invalid/x.csv"}}}
    wishes = [{"wish": "fail"}, {"wish": "good"}, far]
    for _ in range(2):
        for wish in wishes:
            pretended.get(wish)
            pretended.note_page(wish, f"chapters/{wish['wish']}")
    assert asked(pretended) == ["fail", "good", "far"], "within one build each is drawn once"
    assert sorted(pretended.forget()) == ["chapters/fail", "chapters/far"], "the next build writes these pages again"
    for wish in wishes:
        pretended.get(wish)
    assert asked(pretended) == ["fail", "good", "far", "fail", "far"]


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ('{"A": datum["x"], "B": format(datum["y"], ",")}', [("A", 'datum["x"]'), ("B", 'format(datum["y"], ",")')]),
        (
            '{"a: b, {c}": isValid(datum["q"]) ? datum["q"] : ""}',
            [("a: b, {c}", 'isValid(datum["q"]) ? datum["q"] : ""')],
        ),
        ("datum.tooltip", []),
        ("{broken: 1}", []),
    ],
)
def test_the_literal_of_a_tooltip_is_read(text: str, entries: list[tuple[str, str]]) -> None:
    assert object_entries(text) == entries


def test_files_keep_commas_quotes_and_gaps() -> None:
    table = Table([Column("A, b", "a", "text"), Column("V", "v", "number")], [], [['say "hi"', None], ["x\ny", 1.5]])
    assert tables_to_csv([table]) == '"A, b",V\n"say ""hi""",\n"x\ny",1.5\n'
    assert dataset_to_csv({"type": "FeatureCollection"}) is None
    assert dataset_to_csv([1, 2]) == "data\n1\n2\n"


def test_chinese_text_without_a_chinese_font_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only on Linux can a test take the fonts away."""
    if not sys.platform.startswith("linux"):
        pytest.skip("fonts cannot be hidden from a program on this system")
    (tmp_path / "fonts.conf").write_text(
        f'<?xml version="1.0"?><fontconfig><dir>{tmp_path}</dir></fontconfig>', encoding="utf-8"
    )
    monkeypatch.setenv("FONTCONFIG_FILE", str(tmp_path / "fonts.conf"))
    bare = Drawings(tmp_path / "drawings")
    words = pd.DataFrame({"name": ["研究开发"], "v": [1]})
    assert drawn(bare, alt.Chart(words).mark_bar().encode(x="v:Q", y="name:N"))["unmeasured"] is True
    assert drawn(bare, LINE)["unmeasured"] is False
